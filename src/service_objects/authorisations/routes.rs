//! Listing, granting and ending authorisations.

use crate::http::routing::ServiceConfig;
use actix_web::{HttpResponse, get, post, web};
use serde_json::json;
use uuid::Uuid;

use super::domain::Grant;
use super::dto::{AuthorisationFilters, AuthorisationView, NewAuthorisation};
use super::expiring;
use super::store::{self, Insert};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::AuthoriseForEnterprise;
use crate::db::Tx;
use crate::directory::ending::Ending;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};
use crate::http::{IfMatch, ListParams, Page, PathId, ValidJson, ValidQuery, Work};
use crate::problems;
use crate::service_objects::reach::divisions_of;
use crate::service_objects::store::{KIND, find as find_object, find_facts};
use crate::service_objects::words::ObjectType;

/// The operations on authorisations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_authorisations)
        .service(create_authorisation)
        .service(end_authorisation);
}

/// List who may speak for an enterprise
///
/// Oldest first; of an enterprise within the caller's division.
#[utoipa::path(operation_id = "list_authorisations", tag = "service_objects",
    params(("id" = Uuid, Path, description = "The enterprise's id"), ListParams, AuthorisationFilters),
    responses((status = 200, description = "A page", body = Page<AuthorisationView>)))]
#[get("/service-objects/{id}/authorisations")]
async fn list_authorisations(
    who: Can<AuthoriseForEnterprise>,
    app: web::Data<App>,
    id: PathId,
    list: ValidQuery<ListParams>,
    filters: ValidQuery<AuthorisationFilters>,
) -> ApiResult<Page<AuthorisationView>> {
    let page = list.0.page(&("list_authorisations", id.0, &filters.0))?;
    find_object(&app.db, &divisions_of(&who), id.0).await?.or_not_found()?;
    let include_ended = filters.0.include_ended.unwrap_or(false);
    store::list(&app.db, id.0, include_ended, app.clock.now(), &page).await
}

/// Let a person speak for an enterprise
///
/// From then on the person sees the problems that the enterprise reported, and confirms, rates, supplements and reopens
/// them with his own account, for which he needs a membership as reporter. By an officer or dispatcher within whose
/// division the enterprise lies, never to himself. 409 `duplicate` where the person has it already.
#[utoipa::path(operation_id = "create_authorisation", tag = "service_objects", request_body = NewAuthorisation,
    params(("id" = Uuid, Path, description = "The enterprise's id")),
    responses((status = 201, description = "Granted", body = AuthorisationView)),
    extensions(("x-error-codes" = json!(["ended", "duplicate"]))))]
#[post("/service-objects/{id}/authorisations")]
async fn create_authorisation(
    who: Can<AuthoriseForEnterprise>,
    work: Work,
    id: PathId,
    body: ValidJson<NewAuthorisation>,
) -> ApiResult<HttpResponse> {
    let (mut tx, divisions, act) = (work.begin().await?, divisions_of(&who), who.act(work.now()));
    find_object(&mut tx, &divisions, id.0).await?.or_not_found()?;
    store::lock_enterprise(&mut tx, id.0).await?;
    check(&mut tx, &divisions, &act, id.0, &body.0).await?;
    let granted_by = act.person.ok_or_else(|| ApiError::new(Code::Forbidden))?;
    let new = Insert {
        id: work.app.ids.next(),
        person_id: body.0.person_id,
        enterprise_id: id.0,
        valid_from: body.0.valid_from.unwrap_or(act.at),
        valid_to: body.0.valid_to,
        granted_by,
    };
    store::insert(&mut tx, &act, &new).await?;
    problems::store::authorised::gain(&mut tx, new.person_id, id.0).await?;
    let event = NewEvent::of(KIND, id.0, "authorisation.created")
        .with(json!({ "authorisation": new.id, "person": new.person_id, "valid_to": new.valid_to }));
    append_to(&mut tx, &work.app.ids, &act, event).await?;
    let view = store::find(&mut tx, &divisions, new.id).await?.or_not_found()?;
    work.created(tx, format!("/api/v1/service-objects/{}/authorisations", id.0), &view)
        .await
}

async fn check(tx: &mut Tx, divisions: &[Uuid], act: &Act, enterprise: Uuid, new: &NewAuthorisation) -> ApiResult<()> {
    let object = find_facts(&mut *tx, enterprise).await?.or_not_found()?;
    let grant = Grant {
        of_enterprise: object.kind == ObjectType::Enterprise,
        ended: object.ended,
        held: store::holds(&mut *tx, new.person_id, enterprise, act.at).await?,
        in_reach: store::reaches_person(&mut *tx, divisions, new.person_id).await?,
        to_oneself: [act.person, act.on_behalf_of].contains(&Some(new.person_id)),
        valid_from: new.valid_from.unwrap_or(act.at),
        valid_to: new.valid_to,
    };
    grant.check(act.at)
}

/// End an authorisation
///
/// The person speaks for the enterprise no more, from this moment on, and its problems are out of his sight, but for
/// those in which he has another part.
#[utoipa::path(operation_id = "end_authorisation", tag = "service_objects", request_body = Ending,
    params(("id" = Uuid, Path, description = "The authorisation's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Ended", body = AuthorisationView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/authorisations/{id}/end")]
async fn end_authorisation(
    who: Can<AuthoriseForEnterprise>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<Ending>,
) -> ApiResult<HttpResponse> {
    let (mut tx, divisions, act) = (work.begin().await?, divisions_of(&who), who.act(work.now()));
    let found = store::find(&mut tx, &divisions, id.0).await?.or_not_found()?;
    store::lock_enterprise(&mut tx, found.enterprise.id).await?;
    let found = store::find(&mut tx, &divisions, id.0).await?.or_not_found()?;
    if found.ended_at.is_some() {
        return Err(ApiError::new(Code::Ended));
    }
    at.check(found.version)?;
    let which = (found.id, found.person.id, found.enterprise.id);
    expiring::end(&mut tx, &work.app, &act, which, &body.0.reason).await?;
    let view = store::find(&mut tx, &divisions, id.0).await?.or_not_found()?;
    work.ok(tx, &view).await
}

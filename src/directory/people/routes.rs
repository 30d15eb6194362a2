//! Listing, reading, entering and changing people.

use crate::http::routing::ServiceConfig;
use actix_web::{HttpResponse, get, patch, post, web};
use uuid::Uuid;

use super::CODE_SECONDS;
use super::dto::{NewAccount, NewPerson, PersonCreated, PersonFilters, PersonPatch, PersonView};
use super::store;
use crate::app::App;
use crate::auth::policy::{ManageDirectory, ReadDirectory};
use crate::auth::{Can, Role, Scope, accounts};
use crate::db::Tx;
use crate::directory::orgs;
use crate::error::{ApiError, ApiResult, FaultCode, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Page, PathId, ValidJson, ValidQuery, View, Work};

/// The operations on people.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_people)
        .service(create_person)
        .service(get_person)
        .service(update_person);
}

/// List people
///
/// Those of the administration, by name; people outside it (reporters without an organisation) are not listed.
#[utoipa::path(operation_id = "list_people", tag = "directory", params(ListParams, PersonFilters),
    responses((status = 200, description = "A page of people", body = Page<PersonView>)))]
#[get("/people")]
async fn list_people(
    _who: Can<ReadDirectory>,
    app: web::Data<App>,
    list: ValidQuery<ListParams>,
    filters: ValidQuery<PersonFilters>,
) -> ApiResult<Page<PersonView>> {
    let page = list.0.page(&("list_people", &filters.0))?;
    store::list(&app.db, &filters.0, app.clock.now(), &page).await
}

/// Read a person
///
/// Anyone of the administration, active or not. A person outside it is found by the administrators of the division in
/// which he holds a right.
#[utoipa::path(operation_id = "get_person", tag = "directory",
    params(("id" = Uuid, Path, description = "The person's id")),
    responses((status = 200, description = "The person", body = PersonView)))]
#[get("/people/{id}")]
async fn get_person(who: Can<ReadDirectory>, app: web::Data<App>, id: PathId) -> ApiResult<View<PersonView>> {
    let administered: Vec<Uuid> = who
        .memberships
        .iter()
        .filter(|membership| membership.role == Role::Admin)
        .flat_map(|membership| Scope::of(who.subject, membership))
        .map(|scope| scope.id())
        .collect();
    Ok(View(
        store::find_view(&app.db, &administered, id.0, app.clock.now()).await?,
    ))
}

/// Enter a person
///
/// In an organisation within the administrator's division. With a username, an account is made and the answer holds its
/// one-time code, once; a password is set with it. Refuses a username that is taken (409 `duplicate`).
#[utoipa::path(operation_id = "create_person", tag = "directory", request_body = NewPerson,
    responses((status = 201, description = "Entered", body = PersonCreated)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/people")]
async fn create_person(who: Can<ManageDirectory>, work: Work, body: ValidJson<NewPerson>) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let (scopes, act) = (who.scope_ids(), who.act(work.now()));
    require_org(&mut tx, &scopes, body.0.org_id).await?;
    let id = store::insert(&mut tx, &work.app.ids, &act, &body.0).await?;
    let account = match body.0.username {
        None => None,
        Some(username) => {
            let code = accounts::open_account(&mut tx, &work.app, &act, id, &username, CODE_SECONDS).await?;
            Some(NewAccount {
                username: code.username,
                one_time_code: code.code,
                expires_at: code.expires_at,
            })
        }
    };
    let person = store::find_view(&mut tx, &scopes, id, act.at).await?;
    let created = PersonCreated { person, account };
    work.created(tx, format!("/api/v1/people/{id}"), &created).await
}

/// Change a person
///
/// A merge patch (RFC 7396) of name, post and organisation. Rights are not touched: they are memberships.
#[utoipa::path(operation_id = "update_person", tag = "directory", request_body = PersonPatch,
    params(("id" = Uuid, Path, description = "The person's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read, such as `\"3\"`")),
    responses((status = 200, description = "Changed", body = PersonView)))]
#[patch("/people/{id}")]
async fn update_person(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<PersonPatch>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let (scopes, act) = (who.scope_ids(), who.act(work.now()));
    let person = store::lock(&mut tx, &scopes, id.0).await?.or_not_found()?;
    at.check(person.version)?;
    if let Some(org) = body.0.org_id {
        require_org(&mut tx, &scopes, org).await?;
    }
    store::update(&mut tx, &work.app.ids, &act, id.0, &body.0).await?;
    let view = store::find_view(&mut tx, &scopes, id.0, act.at).await?;
    work.ok(tx, &view).await
}

/// 422 at `/org_id` unless it is a living organisation within reach.
async fn require_org(tx: &mut Tx, scopes: &[Uuid], org: Uuid) -> ApiResult<()> {
    match orgs::store::find_within(&mut *tx, scopes, org).await? {
        Some(org) if !org.ended => Ok(()),
        _ => Err(ApiError::invalid_at("/org_id", FaultCode::UnknownReference)),
    }
}

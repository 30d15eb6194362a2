//! Listing, giving and ending delegations.

use crate::http::routing::ServiceConfig;
use actix_web::{HttpResponse, get, post, web};
use uuid::Uuid;

use super::domain::Delegation;
use super::dto::{DelegationView, NewDelegation};
use super::store;
use crate::app::App;
use crate::auth::policy::ManageDirectory;
use crate::auth::{Can, accounts};
use crate::db::{On, Tx};
use crate::directory::ending::Ending;
use crate::directory::memberships::dto::RightFilters;
use crate::directory::people;
use crate::directory::rights::ChangedRights;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Page, PathId, ValidJson, ValidQuery, View, Work};

/// The operations on delegations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_delegations)
        .service(create_delegation)
        .service(get_delegation)
        .service(end_delegation);
}

/// List a person's delegations
///
/// Those that he gave and those that he got, oldest first; of a person within the administrator's division.
#[utoipa::path(operation_id = "list_delegations", tag = "directory",
    params(("id" = Uuid, Path, description = "The person's id"), ListParams, RightFilters),
    responses((status = 200, description = "A page of delegations", body = Page<DelegationView>)))]
#[get("/people/{id}/delegations")]
async fn list_delegations(
    who: Can<ManageDirectory>,
    app: web::Data<App>,
    id: PathId,
    list: ValidQuery<ListParams>,
    filters: ValidQuery<RightFilters>,
) -> ApiResult<Page<DelegationView>> {
    let page = list.0.page(&("list_delegations", id.0, &filters.0))?;
    people::store::find_within(&app.db, &who.scope_ids(), id.0)
        .await?
        .or_not_found()?;
    store::list(&app.db, id.0, &filters.0, app.clock.now(), &page).await
}

/// Let another act for a person
///
/// For operations that the person himself may carry out, never rating, look-back or deciding; for a year at most. Both
/// must lie within the administrator's division. Whoever acts so appears in every event beside the person.
#[utoipa::path(operation_id = "create_delegation", tag = "directory", request_body = NewDelegation,
    params(("id" = Uuid, Path, description = "The id of the person for whom is acted")),
    responses((status = 201, description = "Given", body = DelegationView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/people/{id}/delegations")]
async fn create_delegation(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    body: ValidJson<NewDelegation>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let (scopes, act) = (who.scope_ids(), who.act(work.now()));
    let from = people::store::find_within(&mut tx, &scopes, id.0)
        .await?
        .or_not_found()?;
    let to = people::store::find_within(&mut tx, &scopes, body.0.to_person_id).await?;
    let delegation = Delegation {
        from_active: from.active,
        from_roles: &store::roles_of(&mut tx, id.0, act.at).await?,
        to_in_reach: to.is_some_and(|to| to.active),
        to_oneself: body.0.to_person_id == id.0,
        actions: &body.0.actions,
        valid_from: body.0.valid_from.unwrap_or(act.at),
        valid_to: body.0.valid_to,
    };
    delegation.check(act.at)?;
    let made = store::insert(&mut tx, &work.app.ids, &act, id.0, &body.0).await?;
    let view = store::find_view(&mut tx, made).await?;
    let changed = bump_both(&mut tx, &work, &view).await?;
    let answer = work.created(tx, format!("/api/v1/delegations/{made}"), &view).await?;
    changed.tell(&work.app);
    Ok(answer)
}

/// Read a delegation
///
/// Given by a person within the administrator's division, ended or not.
#[utoipa::path(operation_id = "get_delegation", tag = "directory",
    params(("id" = Uuid, Path, description = "The delegation's id")),
    responses((status = 200, description = "The delegation", body = DelegationView)))]
#[get("/delegations/{id}")]
async fn get_delegation(who: Can<ManageDirectory>, app: web::Data<App>, id: PathId) -> ApiResult<View<DelegationView>> {
    Ok(View(find_within(On::Db(&app.db), &who.scope_ids(), id.0).await?))
}

/// End a delegation
///
/// With a reason; tokens made from it are stale at once here, within five seconds everywhere.
#[utoipa::path(operation_id = "end_delegation", tag = "directory", request_body = Ending,
    params(("id" = Uuid, Path, description = "The delegation's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read, such as `\"1\"`")),
    responses((status = 200, description = "Ended", body = DelegationView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/delegations/{id}/end")]
async fn end_delegation(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<Ending>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let (scopes, act) = (who.scope_ids(), who.act(work.now()));
    let delegation = find_within(On::Tx(&mut tx), &scopes, id.0).await?;
    // Locks both people's rows, so that the delegation is read as the last change of their rights left it.
    let changed = bump_both(&mut tx, &work, &delegation).await?;
    let delegation = store::find_view(&mut tx, id.0).await?;
    if delegation.ended_at.is_some() {
        return Err(ApiError::new(Code::Ended));
    }
    at.check(delegation.version)?;
    store::end(&mut tx, &work.app.ids, &act, &delegation, &body.0.reason).await?;
    let view = store::find_view(&mut tx, id.0).await?;
    let answer = work.ok(tx, &view).await?;
    changed.tell(&work.app);
    Ok(answer)
}

/// A delegation given by somebody whom the caller administers; else 404.
async fn find_within(mut on: On<'_>, scopes: &[Uuid], id: Uuid) -> ApiResult<DelegationView> {
    let view = store::find_view(&mut on, id).await?;
    people::store::find_within(&mut on, scopes, view.from.id)
        .await?
        .or_not_found()?;
    Ok(view)
}

/// Raises the rights of both people, in the order of their ids, so that two who do it at once do not wait for each
/// other.
async fn bump_both(tx: &mut Tx, work: &Work, delegation: &DelegationView) -> ApiResult<ChangedRights> {
    let mut both = [delegation.from.id, delegation.to.id];
    both.sort_unstable();
    let mut changed = ChangedRights::default();
    for person in both {
        let rights = accounts::bump_rights(&mut *tx, person, work.app.real_clock.now()).await?;
        changed.add(person, rights);
    }
    Ok(changed)
}

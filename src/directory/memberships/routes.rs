//! Listing, giving and ending memberships.

use crate::http::routing::ServiceConfig;
use actix_web::{HttpResponse, get, post, web};
use uuid::Uuid;

use super::domain::Grant;
use super::dto::{MembershipView, NewMembership, RightFilters};
use super::store::{self, NewRow};
use crate::app::App;
use crate::auth::policy::ManageDirectory;
use crate::auth::{Can, accounts};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::directory::ending::Ending;
use crate::directory::rights::ChangedRights;
use crate::directory::{divisions, orgs, people};
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Page, PathId, ValidJson, ValidQuery, View, Work};

/// The operations on memberships.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_memberships)
        .service(create_membership)
        .service(get_membership)
        .service(end_membership);
}

/// List a person's memberships
///
/// Of a person within the administrator's division; oldest first.
#[utoipa::path(operation_id = "list_memberships", tag = "directory",
    params(("id" = Uuid, Path, description = "The person's id"), ListParams, RightFilters),
    responses((status = 200, description = "A page of memberships", body = Page<MembershipView>)))]
#[get("/people/{id}/memberships")]
async fn list_memberships(
    who: Can<ManageDirectory>,
    app: web::Data<App>,
    id: PathId,
    list: ValidQuery<ListParams>,
    filters: ValidQuery<RightFilters>,
) -> ApiResult<Page<MembershipView>> {
    let page = list.0.page(&("list_memberships", id.0, &filters.0))?;
    people::store::find_within(&app.db, &who.scope_ids(), id.0)
        .await?
        .or_not_found()?;
    store::list(&app.db, id.0, &filters.0, app.clock.now(), &page).await
}

/// Give a person a role
///
/// In an organisation and for a division within the administrator's own; never wider than the organisation's. Refuses a
/// role that the person holds there already (409 `duplicate`) and people who are no longer active (409 `ended`). The
/// person's older tokens are stale at once.
#[utoipa::path(operation_id = "create_membership", tag = "directory", request_body = NewMembership,
    params(("id" = Uuid, Path, description = "The person's id")),
    responses((status = 201, description = "Given", body = MembershipView)),
    extensions(("x-error-codes" = json!(["duplicate", "ended"]))))]
#[post("/people/{id}/memberships")]
async fn create_membership(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    body: ValidJson<NewMembership>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let (scopes, act) = (who.scope_ids(), who.act(work.now()));
    let person = people::store::lock(&mut tx, &scopes, id.0).await?.or_not_found()?;
    let row = look_up(&mut tx, &scopes, id.0, person.active, &body.0, act.at).await?;
    let membership = store::insert(&mut tx, &work.app.ids, &act, &row).await?;
    let rights = accounts::bump_rights(&mut tx, id.0, work.app.real_clock.now()).await?;
    let view = store::find_view(&mut tx, &scopes, membership).await?;
    let answer = work
        .created(tx, format!("/api/v1/memberships/{membership}"), &view)
        .await?;
    ChangedRights::of(id.0, rights).tell(&work.app);
    Ok(answer)
}

/// Read a membership
///
/// Within the administrator's division, ended or not.
#[utoipa::path(operation_id = "get_membership", tag = "directory",
    params(("id" = Uuid, Path, description = "The membership's id")),
    responses((status = 200, description = "The membership", body = MembershipView)))]
#[get("/memberships/{id}")]
async fn get_membership(who: Can<ManageDirectory>, app: web::Data<App>, id: PathId) -> ApiResult<View<MembershipView>> {
    Ok(View(store::find_view(&app.db, &who.scope_ids(), id.0).await?))
}

/// End a membership
///
/// With a reason. Tokens that carry it are stale at once here, within five seconds everywhere. The last administrator's
/// cannot be ended (409 `last_administrator`).
#[utoipa::path(operation_id = "end_membership", tag = "directory", request_body = Ending,
    params(("id" = Uuid, Path, description = "The membership's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read, such as `\"1\"`")),
    responses((status = 200, description = "Ended", body = MembershipView)),
    extensions(("x-error-codes" = json!(["ended", "last_administrator"]))))]
#[post("/memberships/{id}/end")]
async fn end_membership(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<Ending>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let (scopes, act) = (who.scope_ids(), who.act(work.now()));
    let person = store::find_view(&mut tx, &scopes, id.0).await?.person.id;
    // Locks the person's row, so that the membership is read as the last change of his rights left it.
    let rights = accounts::bump_rights(&mut tx, person, work.app.real_clock.now()).await?;
    let membership = store::find_view(&mut tx, &scopes, id.0).await?;
    if membership.ended_at.is_some() {
        return Err(ApiError::new(Code::Ended));
    }
    store::end(&mut tx, &work.app.ids, &act, &membership, &body.0.reason).await?;
    // Asked of the state that the change makes; a 409 goes before a 412, and either undoes the change.
    store::require_administrator(&mut tx, act.at).await?;
    at.check(membership.version)?;
    let view = store::find_view(&mut tx, &scopes, id.0).await?;
    let answer = work.ok(tx, &view).await?;
    ChangedRights::of(person, rights).tell(&work.app);
    Ok(answer)
}

/// Looks up what a new membership names, and checks it.
async fn look_up(
    tx: &mut Tx,
    scopes: &[Uuid],
    person: Uuid,
    active: bool,
    body: &NewMembership,
    now: Timestamp,
) -> ApiResult<NewRow> {
    let org = orgs::store::find_within(&mut *tx, scopes, body.org_id).await?;
    let org = org.filter(|org| !org.ended);
    let division = match &body.division {
        None => org.as_ref().map(|org| org.division_id),
        Some(code) => {
            let found = divisions::find_by_code(&mut *tx, code, now.shanghai_date()).await?;
            match found {
                Some(found) if divisions::is_within_any(&mut *tx, scopes, found.id).await? => Some(found.id),
                _ => None,
            }
        }
    };
    let division_of_org = match (&org, division) {
        (Some(org), Some(division)) => divisions::is_within(&mut *tx, org.division_id, division).await?,
        _ => false,
    };
    let valid_from = body.valid_from.unwrap_or(now);
    let grant = Grant {
        role: body.role,
        active,
        org_in_reach: org.is_some(),
        // Without a division of its own it reaches the organisation's: a fault of the latter is told once.
        division_in_reach: division.is_some() || body.division.is_none(),
        division_of_org,
        valid_from,
        valid_to: body.valid_to,
    };
    grant.check(now)?;
    Ok(NewRow {
        person,
        role: body.role,
        org: body.org_id,
        division: division.or_not_found()?,
        valid_from,
        valid_to: body.valid_to,
    })
}

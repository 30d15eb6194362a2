//! Listing, reading, entering, changing and ending organisations.

use crate::http::routing::ServiceConfig;
use actix_web::{HttpResponse, get, patch, post, web};
use uuid::Uuid;

use super::domain::{self, Parent, Place, Successor};
use super::dto::{EndOrg, NewOrg, OrgFilters, OrgPatch, OrgView};
use super::{entitlements, store, succession, tree};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{ManageDirectory, ReadDirectory};
use crate::db::Tx;
use crate::directory::{divisions, memberships};
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Page, PathId, ValidJson, ValidQuery, View, Work};

/// The operations on organisations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_orgs)
        .service(create_org)
        .service(get_org)
        .service(update_org)
        .service(end_org);
}

/// List organisations
///
/// By name. Everyone inside the administration may read the whole directory.
#[utoipa::path(operation_id = "list_orgs", tag = "directory", params(ListParams, OrgFilters),
    responses((status = 200, description = "A page of organisations", body = Page<OrgView>)))]
#[get("/orgs")]
async fn list_orgs(
    _who: Can<ReadDirectory>,
    app: web::Data<App>,
    list: ValidQuery<ListParams>,
    filters: ValidQuery<OrgFilters>,
) -> ApiResult<Page<OrgView>> {
    let page = list.0.page(&("list_orgs", &filters.0))?;
    store::list(&app.db, &filters.0, &page).await
}

/// Read an organisation
///
/// Ended ones too, with the organisation that took their work along.
#[utoipa::path(operation_id = "get_org", tag = "directory",
    params(("id" = Uuid, Path, description = "The organisation's id")),
    responses((status = 200, description = "The organisation", body = OrgView)))]
#[get("/orgs/{id}")]
async fn get_org(_who: Can<ReadDirectory>, app: web::Data<App>, id: PathId) -> ApiResult<View<OrgView>> {
    Ok(View(store::find_view(&app.db, id.0).await?))
}

/// Enter an organisation
///
/// In a division within the administrator's own. Refuses a second living organisation of the same name in a division
/// (409 `duplicate` with `existing_id`), a level above the division's, a parent whose division does not cover it, and a
/// leading body that is not of its kind.
#[utoipa::path(operation_id = "create_org", tag = "directory", request_body = NewOrg,
    responses((status = 201, description = "Entered", body = OrgView)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/orgs")]
async fn create_org(who: Can<ManageDirectory>, work: Work, body: ValidJson<NewOrg>) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    tree::hold(&mut tx).await?;
    let scopes = who.scope_ids();
    let division = divisions::find_by_code(&mut tx, &body.0.division, work.now().shanghai_date()).await?;
    let division = match division {
        Some(division) if divisions::is_within_any(&mut tx, &scopes, division.id).await? => Some(division),
        _ => None,
    };
    let parent = match (body.0.parent_id, &division) {
        (Some(parent), Some(division)) => Some(parent_facts(&mut tx, &scopes, parent, division.id, None).await?),
        _ => None,
    };
    let division = division.map(|division| (division.id, division.level));
    let place = domain::place(
        body.0.kind,
        body.0.leading_body,
        body.0.level,
        &Place { division, parent },
    )?;
    let id = store::insert(&mut tx, &work.app.ids, &who.act(work.now()), &body.0, place).await?;
    let view = store::find_view(&mut tx, id).await?;
    work.created(tx, format!("/api/v1/orgs/{id}"), &view).await
}

/// Change an organisation
///
/// A merge patch (RFC 7396) of name, public name and parent. With another parent, everything below comes along, and who
/// sees which problem and visit follows. Refuses the name of another living organisation of the division (409
/// `duplicate` with `existing_id`).
#[utoipa::path(operation_id = "update_org", tag = "directory", request_body = OrgPatch,
    params(("id" = Uuid, Path, description = "The organisation's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read, such as `\"3\"`")),
    responses((status = 200, description = "Changed", body = OrgView)),
    extensions(("x-error-codes" = json!(["duplicate", "ended"]))))]
#[patch("/orgs/{id}")]
async fn update_org(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<OrgPatch>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    if body.0.name.is_some() || body.0.parent_id.is_some() {
        tree::hold(&mut tx).await?;
    }
    let scopes = who.scope_ids();
    let (version, ended) = store::lock(&mut tx, &scopes, id.0).await?.or_not_found()?;
    if ended {
        return Err(ApiError::new(Code::Ended));
    }
    at.check(version)?;
    let org = store::find_ref(&mut tx, id.0).await?.or_not_found()?;
    if let Some(Some(parent)) = body.0.parent_id {
        let parent = parent_facts(&mut tx, &scopes, parent, org.division_id, Some(id.0)).await?;
        Parent::fault(parent).map_or(Ok(()), |fault| Err(ApiError::invalid(vec![fault])))?;
    }
    store::update(&mut tx, &work.app.ids, &who.act(work.now()), &org, &body.0).await?;
    let view = store::find_view(&mut tx, id.0).await?;
    work.ok(tx, &view).await
}

/// End an organisation
///
/// With a reason. While it leads, supports or studies open problems, has questions to answer, visits to make, objects
/// to look after or organisations below it, a successor must be named, which takes all of it along in the same
/// transaction; without one the answer is 409 `has_open_work` with the counts. Its memberships and clients end; its
/// people stay and may be given to other organisations. Refuses to end the last administrator (409
/// `last_administrator`).
#[utoipa::path(operation_id = "end_org", tag = "directory", request_body = EndOrg,
    params(("id" = Uuid, Path, description = "The organisation's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read, such as `\"3\"`")),
    responses((status = 200, description = "Ended", body = OrgView)),
    extensions(("x-error-codes" = json!(["ended", "has_open_work", "last_administrator"]))))]
#[post("/orgs/{id}/end")]
async fn end_org(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<EndOrg>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    // Nobody gives it work from here on, so that what is counted is all there is.
    tree::hold(&mut tx).await?;
    let scopes = who.scope_ids();
    let EndOrg { reason, successor_id } = body.0;
    let (version, ended) = store::lock(&mut tx, &scopes, id.0).await?.or_not_found()?;
    let open_work = succession::open_work(&mut tx, id.0).await?;
    let successor = match successor_id {
        Some(successor) => Some(successor_facts(&mut tx, &scopes, successor, id.0).await?),
        None => None,
    };
    // State (409) before version (412) before the facts of the body (422).
    domain::may_end(ended, open_work, successor.is_some())?;
    at.check(version)?;
    domain::fit_successor(successor)?;
    let (ids, act, real_now) = (&work.app.ids, who.act(work.now()), work.app.real_clock.now());
    succession::end(&mut tx, ids, &act, id.0, &reason, successor_id, open_work).await?;
    if let Some(new) = successor_id {
        succession::pass_on(&mut tx, ids, &act, succession::Succession { old: id.0, new }).await?;
    }
    entitlements::pass_on_competence(&mut tx, ids, &act, id.0, successor_id, &reason).await?;
    let changed = entitlements::end_rights(&mut tx, ids, &act, id.0, &reason, real_now).await?;
    memberships::require_administrator(&mut tx, act.at).await?;
    let view = store::find_view(&mut tx, id.0).await?;
    let answer = work.ok(tx, &view).await?;
    changed.tell(&work.app);
    Ok(answer)
}

/// What is to be known of a parent within the caller's reach.
async fn parent_facts(
    tx: &mut Tx,
    scopes: &[Uuid],
    parent: Uuid,
    division: Uuid,
    child: Option<Uuid>,
) -> ApiResult<Option<Parent>> {
    let Some(facts) = store::find_within(&mut *tx, scopes, parent).await? else {
        return Ok(None);
    };
    let below_child = match child {
        Some(child) => tree::is_below(&mut *tx, child, parent).await?,
        None => false,
    };
    Ok(Some(Parent {
        covers_division: divisions::is_within(&mut *tx, facts.division_id, division).await?,
        ended: facts.ended,
        below_child,
    }))
}

/// What is to be known of a successor within the caller's reach.
async fn successor_facts(tx: &mut Tx, scopes: &[Uuid], successor: Uuid, ending: Uuid) -> ApiResult<Option<Successor>> {
    let Some(facts) = store::find_within(&mut *tx, scopes, successor).await? else {
        return Ok(None);
    };
    Ok(Some(Successor {
        ended: facts.ended,
        below: tree::is_below(&mut *tx, ending, successor).await?,
    }))
}

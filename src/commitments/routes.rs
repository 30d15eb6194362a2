//! The commitments of visits, problems and organisations, and what comes of them.

use crate::http::routing::ServiceConfig;
use actix_web::{HttpResponse, get, post, web};

use super::domain::CommitmentAction;
use super::dto::{CommitmentFilters, CommitmentView, EndCommitment, NewCommitment, SettleCommitment};
use super::store::list::{self, Asked, Owner};
use super::store::{self, CommitmentRow};
use super::{making, settling};
use crate::app::App;
use crate::auth::policy::{
    EndCommitments, MakeCommitments, ReadCommitments, ReadProblemCommitments, SettleCommitments,
};
use crate::auth::{Caller, Can};
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Locale, Page, PathId, PathRef, ValidJson, ValidQuery, View, Work};
use crate::problems::store::facts;
use crate::visits::store as visits;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(create_commitment)
        .service(list_visit_commitments)
        .service(list_problem_commitments)
        .service(list_commitments)
        .service(get_commitment)
        .service(keep_commitment)
        .service(break_commitment)
        .service(end_commitment);
}

/// Enter a promise made on site
///
/// By who led the visit, went along or recorded it, once it has begun (S-64). A promise about a problem is told to its
/// reporter.
#[utoipa::path(operation_id = "create_commitment", tag = "commitments", request_body = NewCommitment,
    params(("id" = Uuid, Path, description = "The visit's id")),
    responses((status = 201, description = "Entered", body = CommitmentView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "erased"]))))]
#[post("/visits/{id}/commitments")]
async fn create_commitment(
    who: Can<MakeCommitments>,
    work: Work,
    id: PathId,
    body: ValidJson<NewCommitment>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = making::make(&work, &mut tx, &who, &who.scope_ids(), id.0, &body.0).await?;
    let location = format!("/api/v1/commitments/{}", row.id);
    let view = CommitmentView::of(row, work.now().shanghai_date(), work.locale, true);
    work.created(tx, location, &view).await
}

/// The promises made at a visit
///
/// The first due first, without those that were ended.
#[utoipa::path(operation_id = "list_visit_commitments", tag = "commitments",
    params(("id" = Uuid, Path, description = "The visit's id"), ListParams),
    responses((status = 200, description = "A page", body = Page<CommitmentView>)))]
#[get("/visits/{id}/commitments")]
async fn list_visit_commitments(
    who: Can<ReadCommitments>,
    app: web::Data<App>,
    id: PathId,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<Page<CommitmentView>> {
    let visit = visits::find(&app.db, &who.scope_ids(), id.0).await?.or_not_found()?;
    page_of(&app, &who, Owner::Visit(visit.id), &params.0, (locale, true)).await
}

/// The promises about a problem
///
/// The first due first, with those that are overdue; for its reporter too, who learns nobody's name.
#[utoipa::path(operation_id = "list_problem_commitments", tag = "commitments",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<CommitmentView>)))]
#[get("/problems/{id}/commitments")]
async fn list_problem_commitments(
    who: Can<ReadProblemCommitments>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<Page<CommitmentView>> {
    let facts = facts(&app.db, &who.scope_ids(), &id, &who, app.clock.now())
        .await?
        .or_not_found()?;
    let names = facts.is_seen_inside(&who);
    page_of(&app, &who, Owner::Problem(facts.id), &params.0, (locale, names)).await
}

async fn page_of(
    app: &App,
    who: &Caller,
    owner: Owner,
    params: &ListParams,
    (locale, names): (Locale, bool),
) -> ApiResult<Page<CommitmentView>> {
    let page = params.page(&("list_commitments_of", owner))?;
    let now = app.clock.now();
    let rows: Vec<CommitmentRow> = list::page_of((who, now), owner, page.after()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(list::count_of(&app.db, owner)).await?;
    let (today, place) = (now.shanghai_date(), |row: &CommitmentRow| (row.due_on, row.id));
    Ok(page
        .page(rows, place, |row| CommitmentView::of(row, today, locale, names))
        .with_total(total))
}

/// Promises made on site
///
/// Within the caller's scopes by their visit or problem, and those that his organisations are to keep, the first due
/// first; `overdue=true` what should have been kept by now. Looks at up to 5,000 rows along the order and then answers
/// what it has: a short page with a `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_commitments", tag = "commitments", params(ListParams, CommitmentFilters),
    responses((status = 200, description = "A page", body = Page<CommitmentView>)))]
#[get("/commitments")]
async fn list_commitments(
    who: Can<ReadCommitments>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<CommitmentFilters>,
    locale: Locale,
) -> ApiResult<Page<CommitmentView>> {
    let (scopes, now) = (who.scope_ids(), app.clock.now());
    let page = params.0.page(&("list_commitments", &filters.0))?;
    let asked = Asked {
        who: &who,
        scopes: &scopes,
        filters: &filters.0,
        now,
    };
    let view = |row| CommitmentView::of(row, now.shanghai_date(), locale, true);
    page.windowed(&app.db, &asked, view).await
}

/// One promise
///
/// Within the scope of its visit or problem, or of the organisation that is to keep it; ended ones too.
#[utoipa::path(operation_id = "get_commitment", tag = "commitments",
    params(("id" = Uuid, Path, description = "The commitment's id")),
    responses((status = 200, description = "The commitment", body = CommitmentView)))]
#[get("/commitments/{id}")]
async fn get_commitment(
    who: Can<ReadCommitments>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<CommitmentView>> {
    let now = app.clock.now();
    let row = store::find(&app.db, (&who, now), &who.scope_ids(), id.0)
        .await?
        .or_not_found()?;
    Ok(View(CommitmentView::of(row, now.shanghai_date(), locale, true)))
}

/// Say that a promise was kept
///
/// In writing, by somebody of the organisation that was to keep it, or a dispatcher or supervisor; never by who made
/// it. Kept after its day it is kept, and counts as late.
#[utoipa::path(operation_id = "keep_commitment", tag = "commitments", request_body = SettleCommitment,
    params(("id" = Uuid, Path, description = "The commitment's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Kept", body = CommitmentView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "transition_not_allowed"]))))]
#[post("/commitments/{id}/keep")]
async fn keep_commitment(
    who: Can<SettleCommitments>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<SettleCommitment>,
) -> ApiResult<HttpResponse> {
    let scopes = who.scope_ids();
    settle(
        &work,
        &who,
        &scopes,
        id.0,
        (CommitmentAction::Keep, &at),
        &body.0.settlement,
    )
    .await
}

/// Say that a promise was broken
///
/// With the reason, by somebody of the organisation, by who made it, or by a dispatcher or supervisor.
#[utoipa::path(operation_id = "break_commitment", tag = "commitments", request_body = SettleCommitment,
    params(("id" = Uuid, Path, description = "The commitment's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Broken", body = CommitmentView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/commitments/{id}/break")]
async fn break_commitment(
    who: Can<SettleCommitments>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<SettleCommitment>,
) -> ApiResult<HttpResponse> {
    let scopes = who.scope_ids();
    settle(
        &work,
        &who,
        &scopes,
        id.0,
        (CommitmentAction::Break, &at),
        &body.0.settlement,
    )
    .await
}

/// End a promise that was entered in error
///
/// By a dispatcher or supervisor who did not make it, with the reason, while it is open and not overdue: what is
/// overdue is settled.
#[utoipa::path(operation_id = "end_commitment", tag = "commitments", request_body = EndCommitment,
    params(("id" = Uuid, Path, description = "The commitment's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Ended", body = CommitmentView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "transition_not_allowed", "too_late"]))))]
#[post("/commitments/{id}/end")]
async fn end_commitment(
    who: Can<EndCommitments>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<EndCommitment>,
) -> ApiResult<HttpResponse> {
    let scopes = who.scope_ids();
    settle(&work, &who, &scopes, id.0, (CommitmentAction::End, &at), &body.0.reason).await
}

async fn settle(
    work: &Work,
    who: &Caller,
    scopes: &[uuid::Uuid],
    id: uuid::Uuid,
    what: (CommitmentAction, &IfMatch),
    text: &str,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = settling::settle(work, &mut tx, who, scopes, id, what, text).await?;
    let view = CommitmentView::of(row, work.now().shanghai_date(), work.locale, true);
    work.ok(tx, &view).await
}

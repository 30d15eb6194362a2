//! The referrals of a problem, and those that wait for an organisation.

use actix_web::{HttpResponse, get, post, web};

use super::dto::{AnswerReferral, EndReferral, NewReferral, ReferralFilters, ReferralView};
use super::referring;
use super::store::{self, Asked, ReferralRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{AnswerReferrals, ReadReferrals, ReferProblem};
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Locale, Page, PathId, PathRef, ValidJson, ValidQuery, View, Work};
use crate::problems::store as problems;

/// Refer a question to a department
///
/// To be studied and answered in writing by a day (S-43). By a dispatcher, a leader, or the head or a handler of the
/// organisation that leads. The organisation sees the problem from then on, and handles none of it; no clock stops. It
/// has one open question about a problem at most: a second is 409 `duplicate`.
#[utoipa::path(operation_id = "create_referral", tag = "referrals", request_body = NewReferral,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The problem's version that was read")),
    responses((status = 201, description = "Referred", body = ReferralView)),
    extensions(("x-error-codes" = json!(["duplicate", "merged", "ended"]))))]
#[post("/problems/{id}/referrals")]
pub async fn create_referral(
    who: Can<ReferProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<NewReferral>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let view = referring::refer(&work, &mut tx, &who, &who.scope_ids(), &id, &at, &body.0).await?;
    let location = format!("/api/v1/referrals/{}", view.id);
    work.created(tx, location, &view).await
}

/// The referrals of a problem
///
/// Open, answered and ended, the first due first.
#[utoipa::path(operation_id = "list_problem_referrals", tag = "referrals",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<ReferralView>)))]
#[get("/problems/{id}/referrals")]
pub async fn list_problem_referrals(
    who: Can<ReadReferrals>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<Page<ReferralView>> {
    let facts = problems::facts(&app.db, &who.scope_ids(), &id, &who, app.clock.now())
        .await?
        .or_not_found()?;
    let page = params.0.page(&("list_problem_referrals", facts.id))?;
    let rows: Vec<ReferralRow> = store::of_problem(&who, facts.id, page.after()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count_of_problem(&app.db, facts.id)).await?;
    let (today, place) = (app.clock.today(), |row: &ReferralRow| (row.due_on, row.id));
    Ok(page
        .page(rows, place, |row| ReferralView::of(row, today, locale))
        .with_total(total))
}

/// Referrals
///
/// Of problems within the caller's scopes, the first due first; `org=…&state=open` is what waits for an organisation,
/// `overdue=true` what should have been answered. Looks at up to 5,000 rows along the order and then answers what it
/// has: a short page with a `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_referrals", tag = "referrals", params(ListParams, ReferralFilters),
    responses((status = 200, description = "A page", body = Page<ReferralView>)))]
#[get("/referrals")]
pub async fn list_referrals(
    who: Can<ReadReferrals>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<ReferralFilters>,
    locale: Locale,
) -> ApiResult<Page<ReferralView>> {
    let (scopes, today) = (who.scope_ids(), app.clock.today());
    let page = params.0.page(&("list_referrals", &filters.0))?;
    let asked = Asked {
        who: &who,
        scopes: &scopes,
        filters: &filters.0,
        today,
    };
    page.windowed(&app.db, &asked, |row| ReferralView::of(row, today, locale))
        .await
}

/// One referral
///
/// Within the scope of its problem.
#[utoipa::path(operation_id = "get_referral", tag = "referrals",
    params(("id" = Uuid, Path, description = "The referral's id")),
    responses((status = 200, description = "The referral", body = ReferralView)))]
#[get("/referrals/{id}")]
pub async fn get_referral(
    who: Can<ReadReferrals>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<ReferralView>> {
    let row = store::find(&app.db, &who, &who.scope_ids(), id.0)
        .await?
        .or_not_found()?;
    Ok(View(ReferralView::of(row, app.clock.today(), locale)))
}

/// Answer a referral in writing
///
/// By a handler or head of the organisation that was asked, once.
#[utoipa::path(operation_id = "answer_referral", tag = "referrals", request_body = AnswerReferral,
    params(("id" = Uuid, Path, description = "The referral's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Answered", body = ReferralView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "erased"]))))]
#[post("/referrals/{id}/answer")]
pub async fn answer_referral(
    who: Can<AnswerReferrals>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<AnswerReferral>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let view = referring::answer(&work, &mut tx, &who, &who.scope_ids(), id.0, &at, &body.0).await?;
    work.ok(tx, &view).await
}

/// End a referral without an answer
///
/// By who may refer, with the reason, while it is open. The organisation sees the problem no longer by this.
#[utoipa::path(operation_id = "end_referral", tag = "referrals", request_body = EndReferral,
    params(("id" = Uuid, Path, description = "The referral's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Ended", body = ReferralView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "erased"]))))]
#[post("/referrals/{id}/end")]
pub async fn end_referral(
    who: Can<ReferProblem>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<EndReferral>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let view = referring::end(&work, &mut tx, &who, &who.scope_ids(), id.0, &at, body.0.reason).await?;
    work.ok(tx, &view).await
}

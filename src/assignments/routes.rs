//! The assignments of a problem, and what a supporting organisation does with its own.

use actix_web::{HttpResponse, get, post, web};

use super::domain::AssignmentAction;
use super::dto::{AcceptAssignment, AssignmentReason, AssignmentView, NewAssignment};
use super::moving::{self, Said};
use super::store::{self, AssignmentRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{AddAssignment, AnswerAssignment, ReadAssignments, WaiveAssignment};
use crate::clock::Timestamp;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Locale, Page, PathId, PathRef, ValidJson, ValidQuery, View, Work};
use crate::problems::store as problems;

/// The assignments of a problem
///
/// Lead and supporting, of every cycle, in the order in which they were made.
#[utoipa::path(operation_id = "list_assignments", tag = "assignments",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<AssignmentView>)))]
#[get("/problems/{id}/assignments")]
pub async fn list_assignments(
    who: Can<ReadAssignments>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<Page<AssignmentView>> {
    let facts = problems::facts(&app.db, &who.scope_ids(), &id, &who, app.clock.now())
        .await?
        .or_not_found()?;
    let page = params.0.page(&("list_assignments", facts.id))?;
    let rows: Vec<AssignmentRow> = store::of_problem(facts.id, page.after::<Timestamp>()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, facts.id)).await?;
    let place = |row: &AssignmentRow| (row.assigned_at, row.id);
    let view = |row: AssignmentRow| {
        let standing = moving::standing(&who, &facts, &row);
        AssignmentView::of(row, &standing, locale)
    };
    Ok(page.page(rows, place, view).with_total(total))
}

/// One assignment
///
/// Within the scope of its problem.
#[utoipa::path(operation_id = "get_assignment", tag = "assignments",
    params(("id" = Uuid, Path, description = "The assignment's id")),
    responses((status = 200, description = "The assignment", body = AssignmentView)))]
#[get("/assignments/{id}")]
pub async fn get_assignment(
    who: Can<ReadAssignments>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<AssignmentView>> {
    let row = store::find(&app.db, &who.scope_ids(), id.0).await?.or_not_found()?;
    let problem = PathRef::Id(row.problem_id);
    let facts = problems::facts(&app.db, &who.scope_ids(), &problem, &who, app.clock.now())
        .await?
        .or_not_found()?;
    let standing = moving::standing(&who, &facts, &row);
    Ok(View(AssignmentView::of(row, &standing, locale)))
}

/// Give a supporting organisation its part
///
/// By a dispatcher, or by the head of the lead organisation; with a stated duty (S-58). An organisation has one open
/// part in a problem at most: a second is 409 `duplicate`.
#[utoipa::path(operation_id = "create_assignment", tag = "assignments", request_body = NewAssignment,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The problem's version that was read")),
    responses((status = 201, description = "Given", body = AssignmentView)),
    extensions(("x-error-codes" = json!(["duplicate", "transition_not_allowed", "merged", "ended"]))))]
#[post("/problems/{id}/assignments")]
pub async fn create_assignment(
    who: Can<AddAssignment>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<NewAssignment>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let view = moving::add(&work, &mut tx, &who, &who.scope_ids(), &id, &at, &body.0).await?;
    let location = format!("/api/v1/assignments/{}", view.id);
    work.created(tx, location, &view).await
}

/// Accept a part
///
/// By a handler of the supporting organisation, with the one person responsible. The lead's own assignment is accepted
/// with the problem.
#[utoipa::path(operation_id = "accept_assignment", tag = "assignments", request_body = AcceptAssignment,
    params(("id" = Uuid, Path, description = "The assignment's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Accepted", body = AssignmentView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "erased"]))))]
#[post("/assignments/{id}/accept")]
pub async fn accept_assignment(
    who: Can<AnswerAssignment>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<AcceptAssignment>,
) -> ApiResult<HttpResponse> {
    let said = Said::by(body.0.person_id);
    moving::carry_out(&work, &who, &who.scope_ids(), id.0, &at, AssignmentAction::Accept, said).await
}

/// Report a part done
///
/// By a handler of the supporting organisation.
#[utoipa::path(operation_id = "report_assignment_done", tag = "assignments",
    params(("id" = Uuid, Path, description = "The assignment's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Done", body = AssignmentView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "erased"]))))]
#[post("/assignments/{id}/done")]
pub async fn report_assignment_done(
    who: Can<AnswerAssignment>,
    work: Work,
    id: PathId,
    at: IfMatch,
) -> ApiResult<HttpResponse> {
    moving::carry_out(
        &work,
        &who,
        &who.scope_ids(),
        id.0,
        &at,
        AssignmentAction::Done,
        Said::default(),
    )
    .await
}

/// Refuse a part
///
/// By a handler of the supporting organisation, with the reason, until the end of the next working day (409
/// `too_late`).
#[utoipa::path(operation_id = "refuse_assignment", tag = "assignments", request_body = AssignmentReason,
    params(("id" = Uuid, Path, description = "The assignment's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Refused", body = AssignmentView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "too_late", "erased"]))))]
#[post("/assignments/{id}/refuse")]
pub async fn refuse_assignment(
    who: Can<AnswerAssignment>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<AssignmentReason>,
) -> ApiResult<HttpResponse> {
    let said = Said::because(body.0.reason);
    moving::carry_out(&work, &who, &who.scope_ids(), id.0, &at, AssignmentAction::Refuse, said).await
}

/// Relieve an organisation of its part
///
/// By the head of the lead organisation, with the reason.
#[utoipa::path(operation_id = "waive_assignment", tag = "assignments", request_body = AssignmentReason,
    params(("id" = Uuid, Path, description = "The assignment's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Waived", body = AssignmentView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "erased"]))))]
#[post("/assignments/{id}/waive")]
pub async fn waive_assignment(
    who: Can<WaiveAssignment>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<AssignmentReason>,
) -> ApiResult<HttpResponse> {
    let said = Said::because(body.0.reason);
    moving::carry_out(&work, &who, &who.scope_ids(), id.0, &at, AssignmentAction::Waive, said).await
}

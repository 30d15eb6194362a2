//! Planning, changing, holding and ending visits.

use actix_web::{HttpResponse, patch, post};

use crate::auth::Can;
use crate::auth::policy::WriteVisits;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{IfMatch, PathId, ValidJson, Work};
use crate::visits::changing::{self, written};
use crate::visits::dto::{CancelVisit, CompleteVisit, NewVisit, StartVisit, UpdateVisit, VisitView};
use crate::visits::planning::{Entered, enter};
use crate::visits::store::find_to_change;
use crate::visits::transitions;

/// Plan a visit, or enter one that was held
///
/// It has exactly one leader (S-02), goes to a division within the caller's, and belongs to the campaign-year that is
/// open on its day (S-09). With `started_at` it is entered as one in progress: what was heard is recorded, and then it
/// is completed. The same `client_ref` from the same person and client answers 200 with what was stored the first time;
/// another person's is 409 `duplicate`.
#[utoipa::path(operation_id = "create_visit", tag = "visits", request_body = NewVisit,
    responses((status = 201, description = "Planned, or entered", body = VisitView),
        (status = 200, description = "Sent before", body = VisitView)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/visits")]
pub async fn create_visit(who: Can<WriteVisits>, work: Work, body: ValidJson<NewVisit>) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    match enter(&mut tx, &work, &who, body.0).await? {
        Entered::New(id) => {
            let view = written(&mut tx, &work, &who, id).await?;
            work.created(tx, format!("/api/v1/visits/{id}"), &view).await
        }
        Entered::Before(id) => {
            let view = written(&mut tx, &work, &who, id).await?;
            work.ok(tx, &view).await
        }
    }
}

/// Change a visit
///
/// A merge patch, while the visit is planned or in progress. Where it goes, when, and who leads it change only while it
/// is planned (409 `immutable`); a completed or cancelled visit stays as it is (409 `transition_not_allowed`).
#[utoipa::path(operation_id = "update_visit", tag = "visits", request_body = UpdateVisit,
    params(("id" = Uuid, Path, description = "The visit's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "The visit as it is now", body = VisitView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "immutable"]))))]
#[patch("/visits/{id}")]
pub async fn update_visit(
    who: Can<WriteVisits>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<UpdateVisit>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let visit = find_to_change(&mut tx, &who.scope_ids(), id.0).await?.or_not_found()?;
    changing::change(&mut tx, &work, &who, visit, body.0, &at).await?;
    let view = written(&mut tx, &work, &who, id.0).await?;
    work.ok(tx, &view).await
}

/// Start a visit
///
/// From planned to in progress, now or at a time named. It then belongs to the year of its campaign in which it began.
#[utoipa::path(operation_id = "start_visit", tag = "visits", request_body = Option<StartVisit>,
    params(("id" = Uuid, Path, description = "The visit's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "In progress", body = VisitView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/visits/{id}/start")]
pub async fn start_visit(
    who: Can<WriteVisits>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<StartVisit>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let visit = find_to_change(&mut tx, &who.scope_ids(), id.0).await?.or_not_found()?;
    transitions::start(&mut tx, &work, &who, visit, body.0, &at).await?;
    let view = written(&mut tx, &work, &who, id.0).await?;
    work.ok(tx, &view).await
}

/// Complete a visit
///
/// From in progress to completed, with who was there in person (S-65) and, if not yet entered, what was seen and heard.
/// Nothing that was heard is lost: while a problem of the visit has no disposition, 409 `undisposed_problems` names it
/// in `problems` (S-42). From now on the visit counts.
#[utoipa::path(operation_id = "complete_visit", tag = "visits", request_body = Option<CompleteVisit>,
    params(("id" = Uuid, Path, description = "The visit's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Completed", body = VisitView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "undisposed_problems"]))))]
#[post("/visits/{id}/complete")]
pub async fn complete_visit(
    who: Can<WriteVisits>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<CompleteVisit>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let visit = find_to_change(&mut tx, &who.scope_ids(), id.0).await?.or_not_found()?;
    transitions::complete(&mut tx, &work, &who, visit, body.0, &at).await?;
    let view = written(&mut tx, &work, &who, id.0).await?;
    work.ok(tx, &view).await
}

/// Cancel a visit
///
/// With a reason, while it is planned and no problem was recorded in it (409 `has_open_work`).
#[utoipa::path(operation_id = "cancel_visit", tag = "visits", request_body = CancelVisit,
    params(("id" = Uuid, Path, description = "The visit's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Cancelled", body = VisitView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "has_open_work"]))))]
#[post("/visits/{id}/cancel")]
pub async fn cancel_visit(
    who: Can<WriteVisits>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<CancelVisit>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let visit = find_to_change(&mut tx, &who.scope_ids(), id.0).await?.or_not_found()?;
    transitions::cancel(&mut tx, &work, &who, visit, body.0, &at).await?;
    let view = written(&mut tx, &work, &who, id.0).await?;
    work.ok(tx, &view).await
}

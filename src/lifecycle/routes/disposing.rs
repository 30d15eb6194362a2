//! What is decided before anybody handles it, and whether it stays a problem of its own.

use actix_web::{HttpResponse, post};

use super::carry_out;
use crate::auth::Can;
use crate::auth::policy::{AssignProblem, DisposeProblem, OpenProblem, WithdrawProblem};
use crate::error::ApiResult;
use crate::http::{IfMatch, PathRef, ValidJson, Work};
use crate::lifecycle::command::Command;
use crate::lifecycle::dto::{Merge, Redispose, Withdraw};
use crate::problems::dto::{Dispose, ProblemView};

/// Dispose of a problem
///
/// The three classes of the speech (S-05): `resolved_on_site` by the visit's leader or members, with what was answered
/// or coordinated (S-06, S-40, S-41); `follow_up` with a lead organisation and a due date (S-07), proposed, or assigned
/// at once by the visit's leader or a dispatcher; `typical` by a leader, with the organisation that is to study it. A
/// second disposition is 409 `already_disposed`.
#[utoipa::path(operation_id = "dispose_problem", tag = "problems", request_body = Dispose,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Disposed of", body = ProblemView)),
    extensions(("x-error-codes" = json!(["already_disposed", "transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/dispose")]
pub async fn dispose_problem(
    who: Can<DisposeProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Dispose>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Dispose(body.0)).await
}

/// Dispose of a problem anew
///
/// While it is assigned or studied, by whoever may dispose of it as the new class, with the reason; history keeps both
/// dispositions. The clock goes on.
#[utoipa::path(operation_id = "redispose_problem", tag = "problems", request_body = Redispose,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Disposed of anew", body = ProblemView)),
    extensions(("x-error-codes" = json!(["already_disposed", "transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/redispose")]
pub async fn redispose_problem(
    who: Can<DisposeProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Redispose>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Redispose(body.0)).await
}

/// Open a recorded problem
///
/// A dispatcher opens it so that competent organisations can claim it.
#[utoipa::path(operation_id = "open_problem", tag = "problems",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Open", body = ProblemView)),
    extensions(("x-error-codes" = json!(["already_disposed", "transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/open")]
pub async fn open_problem(who: Can<OpenProblem>, work: Work, id: PathRef, at: IfMatch) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Open).await
}

/// Merge a problem into another
///
/// Of the same audience and not ended. Open assignments and requests end; its reporters follow the other problem and
/// keep their own number, which answers with `merged_into` for ever. Every later write to it is 409 `merged`.
#[utoipa::path(operation_id = "merge_problem", tag = "problems", request_body = Merge,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Merged", body = ProblemView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/merge")]
pub async fn merge_problem(
    who: Can<AssignProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Merge>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Merge(body.0)).await
}

/// Withdraw a problem
///
/// By its reporter while it is handled; by whoever recorded it until the end of the next working day, where nobody else
/// has acted on it (409 `too_late` otherwise).
#[utoipa::path(operation_id = "withdraw_problem", tag = "problems", request_body = Withdraw,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Withdrawn", body = ProblemView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "merged", "too_late"]))))]
#[post("/problems/{id}/withdraw")]
pub async fn withdraw_problem(
    who: Can<WithdrawProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Withdraw>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Withdraw(body.0)).await
}

//! How a problem ends, and how it begins anew.

use actix_web::{HttpResponse, post};

use super::carry_out;
use crate::auth::Can;
use crate::auth::policy::{AssignProblem, ClaimProblem, ConfirmProblem, LookBackProblem, ReopenProblem, StartProblem};
use crate::error::ApiResult;
use crate::http::{IfMatch, PathRef, ValidJson, Work};
use crate::lifecycle::command::Command;
use crate::lifecycle::dto::{Answer, CloseUnanswered, Complete, Confirm, LookBack, RejectResult, Reopen};
use crate::problems::dto::ProblemView;

/// Answer a simple matter
///
/// The short way: no analysis, no plan; by an officer or handler of the competent or the assigned organisation.
#[utoipa::path(operation_id = "answer_problem", tag = "problems", request_body = Answer,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Pending confirmation", body = ProblemView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/answer")]
pub async fn answer_problem(
    who: Can<ClaimProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Answer>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Answer(body.0)).await
}

/// Report a problem done (办结)
///
/// It then awaits its reporter's confirmation; nobody but he closes it (S-32). 409 `open_duties` while a step or a
/// supporting duty is open (S-56); 409 `no_face_to_face` without a meeting or a reason (S-51); 409 `output_missing` for
/// an institutional matter without theme or output (S-47).
#[utoipa::path(operation_id = "complete_problem", tag = "problems", request_body = Complete,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Pending confirmation", body = ProblemView)),
    extensions(("x-error-codes" = json!(["open_duties", "no_face_to_face", "output_missing", "too_many_attempts", "transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/complete")]
pub async fn complete_problem(
    who: Can<StartProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Complete>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Complete(body.0)).await
}

/// Confirm that a problem is solved
///
/// By whoever speaks for the reporter (account, receipt, portal), or by a call back of somebody who neither handled nor
/// recorded it; a rating may come along, never by a call back. What was closed without an answer may be confirmed
/// within a year.
#[utoipa::path(operation_id = "confirm_problem", tag = "problems", request_body = Confirm,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Closed", body = ProblemView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "duplicate", "too_late", "transition_not_allowed", "merged", "erased"]))))]
#[post("/problems/{id}/confirm")]
pub async fn confirm_problem(
    who: Can<ConfirmProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Confirm>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Confirm(body.0)).await
}

/// Reject the result
///
/// Like confirming. The next cycle begins under the same number; a rejected answer makes the matter complex; the third
/// rejection goes to the supervisor as an appeal.
#[utoipa::path(operation_id = "reject_result", tag = "problems", request_body = RejectResult,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "The next cycle, or in dispute", body = ProblemView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/reject_result")]
pub async fn reject_result(
    who: Can<ConfirmProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<RejectResult>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::RejectResult(body.0)).await
}

/// Close what the reporter did not answer to
///
/// After ten working days (409 `too_early`) and two logged attempts to reach him (409 `attempts_missing`); where nobody
/// knows who he is, once the result was published for ten working days as a `result_notice` (409
/// `result_notice_missing`). It is never counted as confirmed.
#[utoipa::path(operation_id = "close_unanswered", tag = "problems", request_body = CloseUnanswered,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Closed, unconfirmed", body = ProblemView)),
    extensions(("x-error-codes" = json!(["too_early", "attempts_missing", "result_notice_missing", "transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/close_unanswered")]
pub async fn close_unanswered(
    who: Can<AssignProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<CloseUnanswered>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::CloseUnanswered(body.0)).await
}

/// Look back at a closed problem (回头看)
///
/// By a supervisor, or an officer of an organisation without a part in handling; never by who handled or headed it
/// (S-75). A relapse begins the next cycle under the same number.
#[utoipa::path(operation_id = "look_back_problem", tag = "problems", request_body = LookBack,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Looked back at", body = ProblemView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "transition_not_allowed", "merged", "erased"]))))]
#[post("/problems/{id}/look_back")]
pub async fn look_back_problem(
    who: Can<LookBackProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<LookBack>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::LookBack(body.0)).await
}

/// Reopen a closed problem
///
/// Within a year, by whoever speaks for the reporter or a supervisor: the next cycle under the same number. A reporter
/// whose appeal was refused in this cycle gets 409 `adjudicated`.
#[utoipa::path(operation_id = "reopen_problem", tag = "problems", request_body = Reopen,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "The next cycle", body = ProblemView)),
    extensions(("x-error-codes" = json!(["too_late", "adjudicated", "transition_not_allowed", "merged", "erased"]))))]
#[post("/problems/{id}/reopen")]
pub async fn reopen_problem(
    who: Can<ReopenProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Reopen>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Reopen(body.0)).await
}

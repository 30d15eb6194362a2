//! Who handles a problem, and how it is worked on.

use actix_web::{HttpResponse, post};

use super::carry_out;
use crate::auth::Can;
use crate::auth::policy::{
    AcceptProblem, AssignProblem, ClaimProblem, ConcludeProblem, ResumeProblem, SpeakForReporter, StartProblem,
    TransferProblem,
};
use crate::error::ApiResult;
use crate::http::{IfMatch, PathRef, ValidJson, Work};
use crate::lifecycle::command::Command;
use crate::lifecycle::dto::{Accept, AskReporter, Assign, Claim, Conclude, HandOver, Supply, Transfer};
use crate::problems::dto::ProblemView;

/// Claim an open problem for your organisation (主动认领)
///
/// By an officer or handler of a competent organisation, or of the proposed lead (S-55). Of many at once one wins; the
/// others get 409 `already_claimed` with the winner.
#[utoipa::path(operation_id = "claim_problem", tag = "problems", request_body = Claim,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Claimed", body = ProblemView)),
    extensions(("x-error-codes" = json!(["already_claimed", "transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/claim")]
pub async fn claim_problem(
    who: Can<ClaimProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Claim>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Claim(body.0)).await
}

/// Assign an open problem (交办)
///
/// To the organisation that is to lead, with its due date; undisposed, it is followed up from now on.
#[utoipa::path(operation_id = "assign_problem", tag = "problems", request_body = Assign,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Assigned", body = ProblemView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/assign")]
pub async fn assign_problem(
    who: Can<AssignProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Assign>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Assign(body.0)).await
}

/// Accept an assigned problem (签收)
///
/// By a handler of the lead organisation, with the one person responsible.
#[utoipa::path(operation_id = "accept_problem", tag = "problems", request_body = Accept,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Accepted", body = ProblemView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/accept")]
pub async fn accept_problem(
    who: Can<AcceptProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Accept>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Accept(body.0)).await
}

/// Start work
///
/// By the head of the lead organisation, with a signed analysis and an approved plan that has a step for this cycle;
/// else 409 `not_ready` with what is missing (S-45, S-50).
#[utoipa::path(operation_id = "start_problem", tag = "problems",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "In progress", body = ProblemView)),
    extensions(("x-error-codes" = json!(["not_ready", "transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/start")]
pub async fn start_problem(who: Can<StartProblem>, work: Work, id: PathRef, at: IfMatch) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Start).await
}

/// Transfer a problem to another organisation (转办)
///
/// Counted, and never a reason for a later due date (S-58). One that goes back to whoever led before opens a return by
/// itself, which is ruled on finally; after a final ruling only a supervisor transfers.
#[utoipa::path(operation_id = "transfer_problem", tag = "problems", request_body = Transfer,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Transferred", body = ProblemView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/transfer")]
pub async fn transfer_problem(
    who: Can<TransferProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Transfer>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Transfer(body.0)).await
}

/// Hand a problem over within its organisation (移交承办人)
///
/// By its head, to another person of the organisation. The reporter does not see it.
#[utoipa::path(operation_id = "hand_over_problem", tag = "problems", request_body = HandOver,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Handed over", body = ProblemView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/hand_over")]
pub async fn hand_over_problem(
    who: Can<StartProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<HandOver>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::HandOver(body.0)).await
}

/// Ask the reporter for more
///
/// Once in a cycle (S-60). The clock stands still until he answers. 409 `no_contact` where nobody knows who he is.
#[utoipa::path(operation_id = "ask_reporter", tag = "problems", request_body = AskReporter,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Awaiting the reporter", body = ProblemView)),
    extensions(("x-error-codes" = json!(["no_contact", "transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/ask_reporter")]
pub async fn ask_reporter(
    who: Can<AcceptProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<AskReporter>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::AskReporter(body.0)).await
}

/// Supply what was asked
///
/// By whoever speaks for the reporter. It is kept beside his statement; work goes on where it stood.
#[utoipa::path(operation_id = "supply_problem", tag = "problems", request_body = Supply,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Supplied", body = ProblemView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/supply")]
pub async fn supply_problem(
    who: Can<SpeakForReporter>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Supply>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Supply(body.0)).await
}

/// Resume what was put on hold (恢复办理)
///
/// By the head of the organisation that handles it, or by a supervisor; by itself at the end of the day until which it
/// was put on hold. It stands where it stood before, and the due time moves by the working days that the clock stood
/// still.
#[utoipa::path(operation_id = "resume_problem", tag = "problems",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Resumed", body = ProblemView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/resume")]
pub async fn resume_problem(who: Can<ResumeProblem>, work: Work, id: PathRef, at: IfMatch) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Resume).await
}

/// Conclude the study of a typical problem
///
/// By the organisation that studies it: with a policy, rule or case that came of it, which the reporter is to confirm;
/// or by naming the organisation that is to act.
#[utoipa::path(operation_id = "conclude_problem", tag = "problems", request_body = Conclude,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Concluded", body = ProblemView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "merged", "output_missing", "too_many_attempts"]))))]
#[post("/problems/{id}/conclude")]
pub async fn conclude_problem(
    who: Can<ConcludeProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Conclude>,
) -> ApiResult<HttpResponse> {
    carry_out(&work, &who, &id, &at, &Command::Conclude(body.0)).await
}

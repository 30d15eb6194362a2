//! Moving plans.

use actix_web::{HttpResponse, post};

use super::written;
use crate::action_plans::changing::lock;
use crate::action_plans::dto::{Abandonment, ActionPlanView, SendBack, SubmitPlan};
use crate::action_plans::moving;
use crate::auth::Can;
use crate::auth::policy::{ApprovePlans, WritePlans};
use crate::error::ApiResult;
use crate::http::{IfMatch, PathId, ValidJson, Work};

/// Submit a draft for approval
///
/// With at least one step (S-67): without one it is 422. One whose measures and steps are those of the template that it
/// began with says why (S-49): 422 otherwise.
#[utoipa::path(operation_id = "submit_action_plan", tag = "action_plans", request_body = Option<SubmitPlan>,
    params(("id" = Uuid, Path, description = "The plan's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Submitted", body = ActionPlanView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "invalid"]))))]
#[post("/action-plans/{id}/submit")]
pub async fn submit_action_plan(
    who: Can<WritePlans>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<SubmitPlan>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let plan = lock(&mut tx, &who, id.0).await?;
    moving::submit(&work, &mut tx, &who, plan, &at, body.0).await?;
    let view = written(&work, &mut tx, &who, id.0).await?;
    work.ok(tx, &view).await
}

/// Approve a plan
///
/// By a head of the organisation, who may have worked it out himself. From now on its reporters see it.
#[utoipa::path(operation_id = "approve_action_plan", tag = "action_plans",
    params(("id" = Uuid, Path, description = "The plan's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Approved", body = ActionPlanView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/action-plans/{id}/approve")]
pub async fn approve_action_plan(
    who: Can<ApprovePlans>,
    work: Work,
    id: PathId,
    at: IfMatch,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let plan = lock(&mut tx, &who, id.0).await?;
    moving::approve(&work, &mut tx, &who, plan, &at).await?;
    let view = written(&work, &mut tx, &who, id.0).await?;
    work.ok(tx, &view).await
}

/// Send a plan back
///
/// By a head, with a reason: it is a draft again.
#[utoipa::path(operation_id = "send_back_action_plan", tag = "action_plans", request_body = SendBack,
    params(("id" = Uuid, Path, description = "The plan's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "A draft again", body = ActionPlanView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/action-plans/{id}/send_back")]
pub async fn send_back_action_plan(
    who: Can<ApprovePlans>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<SendBack>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let plan = lock(&mut tx, &who, id.0).await?;
    moving::send_back(&work, &mut tx, &who, plan, &at, body.0.reason).await?;
    let view = written(&work, &mut tx, &who, id.0).await?;
    work.ok(tx, &view).await
}

/// Abandon a plan
///
/// With a reason: a draft by a handler or head, what was submitted by a head alone. Its problems may then stand in
/// another plan.
#[utoipa::path(operation_id = "abandon_action_plan", tag = "action_plans", request_body = Abandonment,
    params(("id" = Uuid, Path, description = "The plan's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Abandoned", body = ActionPlanView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/action-plans/{id}/abandon")]
pub async fn abandon_action_plan(
    who: Can<WritePlans>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<Abandonment>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let plan = lock(&mut tx, &who, id.0).await?;
    moving::abandon(&work, &mut tx, &who, plan, &at, body.0.reason).await?;
    let view = written(&work, &mut tx, &who, id.0).await?;
    work.ok(tx, &view).await
}

//! The steps of a plan.

use actix_web::{HttpRequest, HttpResponse, delete, patch, post};
use uuid::Uuid;

use super::{part, viewer};
use crate::action_plans::changing::lock;
use crate::action_plans::dto::{NewStep, StepResult, StepView, StepWaiver, UpdateStep};
use crate::action_plans::steps;
use crate::action_plans::store::view;
use crate::auth::Can;
use crate::auth::policy::{ApprovePlans, Permission, WritePlans};
use crate::db::Tx;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{IfMatch, PathId, ValidJson, Work};

/// Add a step
///
/// With its owner, its day and the result that is expected (S-67), for one of the plan's problems: in a draft, and in a
/// plan that is approved or carried out, as every further cycle of a problem needs. Where nobody works at the problem,
/// it is 409.
#[utoipa::path(operation_id = "create_plan_step", tag = "action_plans", request_body = NewStep,
    params(("id" = Uuid, Path, description = "The plan's id")),
    responses((status = 201, description = "Added", body = StepView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/action-plans/{id}/steps")]
pub async fn create_plan_step(
    who: Can<WritePlans>,
    work: Work,
    id: PathId,
    body: ValidJson<NewStep>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let plan = lock(&mut tx, &who, id.0).await?;
    let step = steps::add(&work, &mut tx, &who, plan, body.0).await?;
    let view = written(&work, &mut tx, &who, (id.0, step)).await?;
    let location = format!("/api/v1/action-plans/{}", id.0);
    work.created(tx, location, &view).await
}

/// Change a step
///
/// A merge patch, while it is open: of a draft by a handler or head; what was approved by a head alone.
#[utoipa::path(operation_id = "update_plan_step", tag = "action_plans", request_body = UpdateStep,
    params(("id" = Uuid, Path, description = "The plan's id"), ("step" = Uuid, Path, description = "The step's id"),
        ("If-Match" = Option<String>, Header, description = "The step's version that was read")),
    responses((status = 200, description = "As it now stands", body = StepView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[patch("/action-plans/{id}/steps/{step}")]
pub async fn update_plan_step(
    who: Can<WritePlans>,
    work: Work,
    id: PathId,
    request: HttpRequest,
    at: IfMatch,
    body: ValidJson<UpdateStep>,
) -> ApiResult<HttpResponse> {
    let (mut tx, step) = (work.begin().await?, part(&request, "step")?);
    let plan = lock(&mut tx, &who, id.0).await?;
    let found = steps::find(&mut tx, &who, plan, step).await?;
    steps::change(&work, &mut tx, &who, found, &at, body.0).await?;
    let view = written(&work, &mut tx, &who, (id.0, step)).await?;
    work.ok(tx, &view).await
}

/// Take a step out of a draft
///
/// Drafts only; what was approved is waived instead.
#[utoipa::path(operation_id = "delete_plan_step", tag = "action_plans",
    params(("id" = Uuid, Path, description = "The plan's id"), ("step" = Uuid, Path, description = "The step's id"),
        ("If-Match" = Option<String>, Header, description = "The step's version that was read")),
    responses((status = 204, description = "Taken out")),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[delete("/action-plans/{id}/steps/{step}")]
pub async fn delete_plan_step(
    who: Can<WritePlans>,
    work: Work,
    id: PathId,
    request: HttpRequest,
    at: IfMatch,
) -> ApiResult<HttpResponse> {
    let (mut tx, step) = (work.begin().await?, part(&request, "step")?);
    let plan = lock(&mut tx, &who, id.0).await?;
    let found = steps::find(&mut tx, &who, plan, step).await?;
    steps::remove(&work, &mut tx, &who, found, &at).await?;
    work.empty(tx).await
}

/// Report a step as done
///
/// With its result, while the plan is carried out: by its owner, a handler or head of the owner's organisation, or one
/// of the organisation that leads or studies the problem.
#[utoipa::path(operation_id = "complete_plan_step", tag = "action_plans", request_body = StepResult,
    params(("id" = Uuid, Path, description = "The plan's id"), ("step" = Uuid, Path, description = "The step's id"),
        ("If-Match" = Option<String>, Header, description = "The step's version that was read")),
    responses((status = 200, description = "Done", body = StepView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/action-plans/{id}/steps/{step}/done")]
pub async fn complete_plan_step(
    who: Can<WritePlans>,
    work: Work,
    id: PathId,
    request: HttpRequest,
    at: IfMatch,
    body: ValidJson<StepResult>,
) -> ApiResult<HttpResponse> {
    let (mut tx, step) = (work.begin().await?, part(&request, "step")?);
    let plan = lock(&mut tx, &who, id.0).await?;
    let found = steps::find(&mut tx, &who, plan, step).await?;
    steps::done(&work, &mut tx, &who, found, &at, body.0.result).await?;
    let view = written(&work, &mut tx, &who, (id.0, step)).await?;
    work.ok(tx, &view).await
}

/// Waive a step
///
/// By a head, with a reason, once the plan is approved: the problem can be completed without it.
#[utoipa::path(operation_id = "waive_plan_step", tag = "action_plans", request_body = StepWaiver,
    params(("id" = Uuid, Path, description = "The plan's id"), ("step" = Uuid, Path, description = "The step's id"),
        ("If-Match" = Option<String>, Header, description = "The step's version that was read")),
    responses((status = 200, description = "Waived", body = StepView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/action-plans/{id}/steps/{step}/waive")]
pub async fn waive_plan_step(
    who: Can<ApprovePlans>,
    work: Work,
    id: PathId,
    request: HttpRequest,
    at: IfMatch,
    body: ValidJson<StepWaiver>,
) -> ApiResult<HttpResponse> {
    let (mut tx, step) = (work.begin().await?, part(&request, "step")?);
    let plan = lock(&mut tx, &who, id.0).await?;
    let found = steps::find(&mut tx, &who, plan, step).await?;
    steps::waive(&work, &mut tx, &who, found, &at, body.0.reason).await?;
    let view = written(&work, &mut tx, &who, (id.0, step)).await?;
    work.ok(tx, &view).await
}

/// The step that the caller has just written, as it is stored.
async fn written<P: Permission>(
    work: &Work,
    tx: &mut Tx,
    who: &Can<P>,
    (plan, step): (Uuid, Uuid),
) -> ApiResult<StepView> {
    let plan = view::one(&mut *tx, &who.scope_ids(), (who, work.now()), plan)
        .await?
        .or_not_found()?;
    let row = view::step(&mut *tx, who, step).await?;
    Ok(viewer(work, who).step(row, plan.state, true))
}

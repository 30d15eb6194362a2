//! Working plans out.

use actix_web::{HttpResponse, patch, post};

use super::written;
use crate::action_plans::changing::{change, lock};
use crate::action_plans::drafting::draft;
use crate::action_plans::dto::{ActionPlanView, NewActionPlan, UpdateActionPlan};
use crate::auth::Can;
use crate::auth::policy::WritePlans;
use crate::error::ApiResult;
use crate::http::{IfMatch, PathId, ValidJson, Work};

/// Begin a plan
///
/// As a draft, by a handler or head of the organisation that leads or studies all of its problems. A 一企一策 names its
/// enterprise and covers problems of it; a 一事一议 has one problem and its discussion (S-50). Need, blockage and pain
/// point are required (S-52). A problem without a current analysis is 409 `analysis_missing` (S-45), one that stands in
/// a plan 409 `duplicate`, one that nobody works at 409 `transition_not_allowed`. Simple matters need no plan.
#[utoipa::path(operation_id = "create_action_plan", tag = "action_plans", request_body = NewActionPlan,
    responses((status = 201, description = "Begun", body = ActionPlanView)),
    extensions(("x-error-codes" = json!(["analysis_missing", "duplicate", "transition_not_allowed"]))))]
#[post("/action-plans")]
pub async fn create_action_plan(
    who: Can<WritePlans>,
    work: Work,
    body: ValidJson<NewActionPlan>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let id = draft(&work, &mut tx, &who, body.0).await?;
    let view = written(&work, &mut tx, &who, id).await?;
    work.created(tx, format!("/api/v1/action-plans/{id}"), &view).await
}

/// Change a draft
///
/// A merge patch. Kind, enterprise and problems stay; what was submitted is changed once it is sent back.
#[utoipa::path(operation_id = "update_action_plan", tag = "action_plans", request_body = UpdateActionPlan,
    params(("id" = Uuid, Path, description = "The plan's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "As it now stands", body = ActionPlanView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[patch("/action-plans/{id}")]
pub async fn update_action_plan(
    who: Can<WritePlans>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<UpdateActionPlan>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let plan = lock(&mut tx, &who, id.0).await?;
    change(&work, &mut tx, &who, plan, &at, body.0).await?;
    let view = written(&work, &mut tx, &who, id.0).await?;
    work.ok(tx, &view).await
}

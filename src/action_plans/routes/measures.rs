//! The measures of a plan.

use actix_web::{HttpRequest, HttpResponse, delete, patch, post};

use super::{part, viewer};
use crate::action_plans::changing::lock;
use crate::action_plans::dto::{MeasureView, NewMeasure, UpdateMeasure};
use crate::action_plans::measures;
use crate::action_plans::store::view;
use crate::auth::Can;
use crate::auth::policy::WritePlans;
use crate::error::ApiResult;
use crate::http::{IfMatch, PathId, ValidJson, Work};

/// Add a measure
///
/// A platform, a policy, a green channel or another (S-54); `implement_policy` names its policy. In a draft, and in a
/// plan that is approved or carried out.
#[utoipa::path(operation_id = "create_measure", tag = "action_plans", request_body = NewMeasure,
    params(("id" = Uuid, Path, description = "The plan's id")),
    responses((status = 201, description = "Added", body = MeasureView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/action-plans/{id}/measures")]
pub async fn create_measure(
    who: Can<WritePlans>,
    work: Work,
    id: PathId,
    body: ValidJson<NewMeasure>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let plan = lock(&mut tx, &who, id.0).await?;
    let measure = measures::add(&work, &mut tx, &who, plan, body.0).await?;
    let row = view::measure(&mut tx, measure).await?;
    let location = format!("/api/v1/action-plans/{}", id.0);
    work.created(tx, location, &viewer(&work, &who).measure(row)).await
}

/// Change a measure
///
/// A merge patch: of a draft by a handler or head; what was approved by a head alone.
#[utoipa::path(operation_id = "update_measure", tag = "action_plans", request_body = UpdateMeasure,
    params(("id" = Uuid, Path, description = "The plan's id"), ("measure" = Uuid, Path, description = "The measure's id"),
        ("If-Match" = Option<String>, Header, description = "The measure's version that was read")),
    responses((status = 200, description = "As it now stands", body = MeasureView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[patch("/action-plans/{id}/measures/{measure}")]
pub async fn update_measure(
    who: Can<WritePlans>,
    work: Work,
    id: PathId,
    request: HttpRequest,
    at: IfMatch,
    body: ValidJson<UpdateMeasure>,
) -> ApiResult<HttpResponse> {
    let (mut tx, measure) = (work.begin().await?, part(&request, "measure")?);
    let plan = lock(&mut tx, &who, id.0).await?;
    measures::change(&work, &mut tx, &who, plan, (measure, &at), body.0).await?;
    let row = view::measure(&mut tx, measure).await?;
    let view = viewer(&work, &who).measure(row);
    work.ok(tx, &view).await
}

/// Take a measure out of a draft
///
/// Drafts only.
#[utoipa::path(operation_id = "delete_measure", tag = "action_plans",
    params(("id" = Uuid, Path, description = "The plan's id"), ("measure" = Uuid, Path, description = "The measure's id"),
        ("If-Match" = Option<String>, Header, description = "The measure's version that was read")),
    responses((status = 204, description = "Taken out")),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[delete("/action-plans/{id}/measures/{measure}")]
pub async fn delete_measure(
    who: Can<WritePlans>,
    work: Work,
    id: PathId,
    request: HttpRequest,
    at: IfMatch,
) -> ApiResult<HttpResponse> {
    let (mut tx, measure) = (work.begin().await?, part(&request, "measure")?);
    let plan = lock(&mut tx, &who, id.0).await?;
    measures::remove(&work, &mut tx, &who, plan, (measure, &at)).await?;
    work.empty(tx).await
}

//! Outputs: entered, read, kept.

pub mod cases;

use actix_web::{HttpResponse, get, patch, post, web};

use super::domain::OutputAction;
use super::dto::{EndOutput, EnterOutput, OutputFilters, OutputView, UpdateOutput};
use super::keeping;
use super::store::{self, Asked};
use crate::app::App;
use crate::auth::policy::{KeepOutputs, PublishOutputs, ReadOutputs};
use crate::auth::{Caller, Can};
use crate::db::Tx;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Locale, Page, PathId, ValidJson, ValidQuery, View, Work};

/// Enter an output
///
/// A policy, rule or case that came of problems (制度成果), of a theme or of both. By a handler or head of the organisation
/// that issues it, or a dispatcher. Identity and telephone numbers, credit codes, and the names and addresses of
/// whoever raised or handles its problems, or those of its theme, are 422: every official reads it.
#[utoipa::path(operation_id = "create_output", tag = "outputs", request_body = EnterOutput,
    responses((status = 201, description = "Entered", body = OutputView)),
    extensions(("x-error-codes" = json!(["too_many_attempts"]))))]
#[post("/outputs")]
pub async fn create_output(who: Can<KeepOutputs>, work: Work, body: ValidJson<EnterOutput>) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let id = keeping::enter(&work, &mut tx, &who, body.0).await?;
    let view = written(&work, &mut tx, &who, id).await?;
    work.created(tx, format!("/api/v1/outputs/{id}"), &view).await
}

/// Outputs
///
/// All of them, whatever the caller's scope, the latest first. Looks at up to 5,000 along the order and then answers
/// what it has: a short page with a `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_outputs", tag = "outputs", params(ListParams, OutputFilters),
    responses((status = 200, description = "A page", body = Page<OutputView>)))]
#[get("/outputs")]
pub async fn list_outputs(
    who: Can<ReadOutputs>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<OutputFilters>,
    locale: Locale,
) -> ApiResult<Page<OutputView>> {
    let page = params.0.page(&("list_outputs", &filters.0))?;
    let asked = Asked {
        who: &who,
        filters: &filters.0,
    };
    page.windowed(&app.db, &asked, |row| OutputView::of(row, &who, locale))
        .await
}

/// An output
///
/// For every official, whatever his scope; its problems as far as he sees them.
#[utoipa::path(operation_id = "get_output", tag = "outputs",
    params(("id" = Uuid, Path, description = "The output's id")),
    responses((status = 200, description = "The output", body = OutputView)))]
#[get("/outputs/{id}")]
pub async fn get_output(
    who: Can<ReadOutputs>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<OutputView>> {
    let row = store::find(&app.db, &who, id.0).await?.or_not_found()?;
    Ok(View(OutputView::of(row, &who, locale)))
}

/// Change an output
///
/// A merge patch. Kind, organisation and problems stay. Taking a closed theme's last output away is 409
/// `output_missing`.
#[utoipa::path(operation_id = "update_output", tag = "outputs", request_body = UpdateOutput,
    params(("id" = Uuid, Path, description = "The output's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "As it now stands", body = OutputView)),
    extensions(("x-error-codes" = json!(["ended", "output_missing", "too_many_attempts"]))))]
#[patch("/outputs/{id}")]
pub async fn update_output(
    who: Can<KeepOutputs>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<UpdateOutput>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = keeping::take(&mut tx, &who, id.0, OutputAction::Update, &at).await?;
    keeping::update(&work, &mut tx, &who, &row, body.0).await?;
    let view = written(&work, &mut tx, &who, id.0).await?;
    work.ok(tx, &view).await
}

/// Show an output to the public
///
/// By a dispatcher of the issuing organisation's division. 422 where it names somebody, of a problem that its theme
/// gathered since too.
#[utoipa::path(operation_id = "publish_output", tag = "outputs",
    params(("id" = Uuid, Path, description = "The output's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Shown", body = OutputView)),
    extensions(("x-error-codes" = json!(["ended", "too_many_attempts", "transition_not_allowed"]))))]
#[post("/outputs/{id}/publish")]
pub async fn publish_output(who: Can<PublishOutputs>, work: Work, id: PathId, at: IfMatch) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = keeping::take(&mut tx, &who, id.0, OutputAction::Publish, &at).await?;
    keeping::publish(&work, &mut tx, &who, &row, true).await?;
    let view = written(&work, &mut tx, &who, id.0).await?;
    work.ok(tx, &view).await
}

/// Show an output to the public no longer
///
/// By a dispatcher of the issuing organisation's division.
#[utoipa::path(operation_id = "unpublish_output", tag = "outputs",
    params(("id" = Uuid, Path, description = "The output's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Shown no longer", body = OutputView)),
    extensions(("x-error-codes" = json!(["ended", "transition_not_allowed"]))))]
#[post("/outputs/{id}/unpublish")]
pub async fn unpublish_output(
    who: Can<PublishOutputs>,
    work: Work,
    id: PathId,
    at: IfMatch,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = keeping::take(&mut tx, &who, id.0, OutputAction::Unpublish, &at).await?;
    keeping::publish(&work, &mut tx, &who, &row, false).await?;
    let view = written(&work, &mut tx, &who, id.0).await?;
    work.ok(tx, &view).await
}

/// End an output
///
/// With the reason: it counts for no problem any more, and the public sees it no longer. The last one of a closed theme
/// stays: 409 `output_missing`.
#[utoipa::path(operation_id = "end_output", tag = "outputs", request_body = EndOutput,
    params(("id" = Uuid, Path, description = "The output's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Ended", body = OutputView)),
    extensions(("x-error-codes" = json!(["ended", "output_missing"]))))]
#[post("/outputs/{id}/end")]
pub async fn end_output(
    who: Can<KeepOutputs>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<EndOutput>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = keeping::take(&mut tx, &who, id.0, OutputAction::End, &at).await?;
    keeping::end(&work, &mut tx, &who, &row, body.0.reason).await?;
    let view = written(&work, &mut tx, &who, id.0).await?;
    work.ok(tx, &view).await
}

/// What the caller has just written, as it is stored.
async fn written(work: &Work, tx: &mut Tx, who: &Caller, id: uuid::Uuid) -> ApiResult<OutputView> {
    let row = store::find(tx, who, id).await?.or_not_found()?;
    Ok(OutputView::of(row, who, work.locale))
}

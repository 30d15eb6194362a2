//! Templates: read, made, replaced, ended.

use actix_web::{HttpResponse, get, post, web};

use super::dto::{EndPlanTemplate, NewPlanTemplate, PlanTemplateFilters, PlanTemplateView};
use super::keeping;
use super::store::{self, TemplateRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{KeepPlanTemplates, ReadPlanTemplates};
use crate::db::Tx;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Locale, Page, PathId, ValidJson, ValidQuery, View, Work};

/// Make a template
///
/// Measures and steps with which plans for an audience, and perhaps a category and a nature, may begin (S-49); for the
/// caller's division or one below.
#[utoipa::path(operation_id = "create_plan_template", tag = "plan_templates", request_body = NewPlanTemplate,
    responses((status = 201, description = "Made", body = PlanTemplateView)))]
#[post("/plan-templates")]
pub async fn create_plan_template(
    who: Can<KeepPlanTemplates>,
    work: Work,
    body: ValidJson<NewPlanTemplate>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let id = keeping::create(&work, &mut tx, &who, &body.0).await?;
    let view = written(&mut tx, id, work.locale).await?;
    work.created(tx, format!("/api/v1/plan-templates/{id}"), &view).await
}

/// Templates
///
/// Of the caller's divisions, of those above, which are for him too, and of those below; the latest first. Former
/// versions are listed by `series_id` alone.
#[utoipa::path(operation_id = "list_plan_templates", tag = "plan_templates", params(ListParams, PlanTemplateFilters),
    responses((status = 200, description = "A page", body = Page<PlanTemplateView>)))]
#[get("/plan-templates")]
pub async fn list_plan_templates(
    who: Can<ReadPlanTemplates>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<PlanTemplateFilters>,
    locale: Locale,
) -> ApiResult<Page<PlanTemplateView>> {
    let page = params.0.page(&("list_plan_templates", &filters.0))?;
    let statement = store::page(&who, &filters.0, page.after()?, page.fetch());
    let rows: Vec<TemplateRow> = statement.all(&app.db).await?;
    let place = |row: &TemplateRow| (row.created_at, row.id);
    let total = page.total(store::count(&app.db, &who, &filters.0)).await?;
    let view = |row| PlanTemplateView::of(row, locale);
    Ok(page.page(rows, place, view).with_total(total))
}

/// A template
///
/// In one of its versions, former and ended ones too.
#[utoipa::path(operation_id = "get_plan_template", tag = "plan_templates",
    params(("id" = Uuid, Path, description = "The id of a version")),
    responses((status = 200, description = "The template", body = PlanTemplateView)))]
#[get("/plan-templates/{id}")]
pub async fn get_plan_template(
    who: Can<ReadPlanTemplates>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<PlanTemplateView>> {
    let row = store::find(&app.db, &who, id.0).await?.or_not_found()?;
    Ok(View(PlanTemplateView::of(row, locale)))
}

/// Replace a template by its next version
///
/// The whole of it; plans keep the version that they began with. One that was replaced or ended is 409 `ended`.
#[utoipa::path(operation_id = "replace_plan_template", tag = "plan_templates", request_body = NewPlanTemplate,
    params(("id" = Uuid, Path, description = "The id of the latest version"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 201, description = "The next version", body = PlanTemplateView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/plan-templates/{id}/replace")]
pub async fn replace_plan_template(
    who: Can<KeepPlanTemplates>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<NewPlanTemplate>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let next = keeping::replace(&work, &mut tx, &who, id.0, &at, &body.0).await?;
    let view = written(&mut tx, next, work.locale).await?;
    work.created(tx, format!("/api/v1/plan-templates/{next}"), &view).await
}

/// End a template
///
/// With the reason: no plan begins with it any more.
#[utoipa::path(operation_id = "end_plan_template", tag = "plan_templates", request_body = EndPlanTemplate,
    params(("id" = Uuid, Path, description = "The id of the latest version"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Ended", body = PlanTemplateView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/plan-templates/{id}/end")]
pub async fn end_plan_template(
    who: Can<KeepPlanTemplates>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<EndPlanTemplate>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    keeping::end(&work, &mut tx, &who, id.0, &at, body.0.reason).await?;
    let view = written(&mut tx, id.0, work.locale).await?;
    work.ok(tx, &view).await
}

/// What was just written, as it is stored.
async fn written(tx: &mut Tx, id: uuid::Uuid, locale: Locale) -> ApiResult<PlanTemplateView> {
    let row = store::by_id(tx, id).await?.or_not_found()?;
    Ok(PlanTemplateView::of(row, locale))
}

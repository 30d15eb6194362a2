//! The questions, and giving new ones.

use actix_web::{HttpResponse, get, post, web};

use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{ManageSurveys, ReadSurveys};
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{ListParams, Locale, Page, PathId, ValidJson, ValidQuery, View, Work};
use crate::surveys::dto::{NewSurveyTemplate, SurveyTemplateFilters, SurveyTemplateView};
use crate::surveys::store::templates::{self as store, TemplateRow};
use crate::surveys::templates;

/// Surveys
///
/// The questions that enterprises, the people and the grassroots are asked (S-21): a set for each audience, as it is in
/// force today; with `include_ended=true` every number that there was or will be.
#[utoipa::path(operation_id = "list_survey_templates", tag = "surveys", params(ListParams, SurveyTemplateFilters),
    responses((status = 200, description = "A page", body = Page<SurveyTemplateView>)))]
#[get("/surveys/templates")]
pub async fn list_survey_templates(
    _who: Can<ReadSurveys>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<SurveyTemplateFilters>,
    locale: Locale,
) -> ApiResult<Page<SurveyTemplateView>> {
    let (filters, today) = (filters.0, app.clock.today());
    let page = params.0.page(&("list_survey_templates", &filters))?;
    let rows: Vec<TemplateRow> = store::page(&filters, today, page.after()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, &filters, today)).await?;
    let place = |row: &TemplateRow| (row.audience.as_str().to_owned(), row.id);
    Ok(page
        .page(rows, place, |row| SurveyTemplateView::of(row, locale))
        .with_total(total))
}

/// One survey
///
/// Whether it is in force or not.
#[utoipa::path(operation_id = "get_survey_template", tag = "surveys",
    params(("id" = Uuid, Path, description = "The survey's id")),
    responses((status = 200, description = "The survey", body = SurveyTemplateView)))]
#[get("/surveys/templates/{id}")]
pub async fn get_survey_template(
    _who: Can<ReadSurveys>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<SurveyTemplateView>> {
    let row = store::find(&app.db, id.0).await?.or_not_found()?;
    Ok(View(SurveyTemplateView::of(row, locale)))
}

/// Give an audience new questions
///
/// The next number of its survey, which takes the place of the one before on its day; answers that were given stay what
/// they are. Surveys belong to the whole installation: its highest administrators give them. A question that keeps its
/// code goes on being compared. Enterprises are always asked for `invest_confidence` and `tech_reno_confidence` (S-79).
#[utoipa::path(operation_id = "create_survey_template", tag = "surveys", request_body = NewSurveyTemplate,
    responses((status = 201, description = "Given", body = SurveyTemplateView)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/surveys/templates")]
pub async fn create_survey_template(
    who: Can<ManageSurveys>,
    work: Work,
    body: ValidJson<NewSurveyTemplate>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = templates::make(&work, &mut tx, &who, body.0).await?;
    let location = format!("/api/v1/surveys/templates/{}", row.id);
    let view = SurveyTemplateView::of(row, work.locale);
    work.created(tx, location, &view).await
}

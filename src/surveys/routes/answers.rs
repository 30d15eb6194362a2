//! Answering, and reading what was answered.

use actix_web::{HttpResponse, get, post, web};

use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{AnswerSurvey, ReadSurveyAnswers};
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{ListParams, Page, PathId, ValidJson, ValidQuery, View, Work};
use crate::surveys::answering;
use crate::surveys::dto::{NewSurveyAnswer, SurveyAnswerFilters, SurveyAnswerView};
use crate::surveys::store::answers::{self as store, Asked};

/// Answer a survey
///
/// With `visit_id`: an officer or leader who was there writes down what an object of the visit, or the reporter of a
/// problem recorded at it, answers. Without: whoever speaks for the reporter of `problem_id` answers, by account,
/// receipt or portal. Who handled the problem answers for nobody. Every item is answered, and every fault is named at
/// once. One survey is answered once for each moment by the same: a second is 409 `duplicate`. It never changes.
#[utoipa::path(operation_id = "create_survey_answer", tag = "surveys", request_body = NewSurveyAnswer,
    responses((status = 201, description = "Answered", body = SurveyAnswerView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "merged", "transition_not_allowed", "duplicate",
        "erased"]))))]
#[post("/surveys/answers")]
pub async fn create_survey_answer(
    who: Can<AnswerSurvey>,
    work: Work,
    body: ValidJson<NewSurveyAnswer>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = answering::answer(&work, &mut tx, &who, &body.0).await?;
    let location = format!("/api/v1/surveys/answers/{}", row.id);
    work.created(tx, location, &SurveyAnswerView::from(row)).await
}

/// Answered surveys
///
/// Of problems and visits within the caller's scopes, the oldest first; nobody's name. Looks at up to 5,000 rows along
/// the order and then answers what it has: a short page with a `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_survey_answers", tag = "surveys", params(ListParams, SurveyAnswerFilters),
    responses((status = 200, description = "A page", body = Page<SurveyAnswerView>)))]
#[get("/surveys/answers")]
pub async fn list_survey_answers(
    who: Can<ReadSurveyAnswers>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<SurveyAnswerFilters>,
) -> ApiResult<Page<SurveyAnswerView>> {
    let (filters, scopes) = (&filters.0, &who.scope_ids());
    let page = params.0.page(&("list_survey_answers", filters))?;
    let asked = Asked { scopes, filters };
    page.windowed(&app.db, &asked, SurveyAnswerView::from).await
}

/// One answered survey
///
/// Within the scope of its problem or visit.
#[utoipa::path(operation_id = "get_survey_answer", tag = "surveys",
    params(("id" = Uuid, Path, description = "The answer's id")),
    responses((status = 200, description = "The answer", body = SurveyAnswerView)))]
#[get("/surveys/answers/{id}")]
pub async fn get_survey_answer(
    who: Can<ReadSurveyAnswers>,
    app: web::Data<App>,
    id: PathId,
) -> ApiResult<View<SurveyAnswerView>> {
    let row = store::find(&app.db, &who.scope_ids(), id.0).await?.or_not_found()?;
    Ok(View(SurveyAnswerView::from(row)))
}

//! The handlers.

use actix_web::{HttpResponse, get, post, web};

use super::dto::{AnalysisView, NewAnalysis};
use super::signing::sign;
use super::store::{self, AnalysisRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{AnalyseProblem, ReadAnalyses};
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Locale, Page, PathRef, ValidJson, ValidQuery, Work};
use crate::problems::store as problems;

/// The analyses of a problem
///
/// The newest first: the current one, and those that it corrected with their reasons (S-46).
#[utoipa::path(operation_id = "list_analyses", tag = "analyses",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<AnalysisView>)))]
#[get("/problems/{id}/analyses")]
pub async fn list_analyses(
    who: Can<ReadAnalyses>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<Page<AnalysisView>> {
    let facts = problems::facts(&app.db, &who.scope_ids(), &id, &who, app.clock.now())
        .await?
        .or_not_found()?;
    let page = params.0.page(&("list_analyses", facts.id))?;
    let below = page.after::<i64>()?.map(|(number, _)| number);
    let rows: Vec<AnalysisRow> = store::page(&app.db, facts.id, below, page.fetch()).all(&app.db).await?;
    let total = page.total(store::count(&app.db, facts.id)).await?;
    let place = |row: &AnalysisRow| (row.number, row.id);
    Ok(page
        .page(rows, place, |row| AnalysisView::of(row, locale))
        .with_total(total))
}

/// Sign an analysis of a problem
///
/// By a handler or head of the organisation that leads or studies it, while it is worked at. With the dimension of its
/// audience (S-44): `key_factor` of an enterprise, `dimensions` of the masses, `shortfall` of the grassroots. Where
/// there is an analysis, this is a correction: it gives its reason and names the number that it corrects in `If-Match`
/// (S-46). `institutional` makes the matter institutional and lengthens the clock to 30 working days, once a cycle.
#[utoipa::path(operation_id = "create_analysis", tag = "analyses", request_body = NewAnalysis,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The number of the analysis that is corrected")),
    responses((status = 201, description = "Signed", body = AnalysisView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/problems/{id}/analyses")]
pub async fn create_analysis(
    who: Can<AnalyseProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<NewAnalysis>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let (problem, number) = sign(&work, &mut tx, &who, &id, &at, body.0).await?;
    let row = store::one(&mut tx, problem, number).await?;
    let location = format!("/api/v1/problems/{problem}/analyses");
    work.created(tx, location, &AnalysisView::of(row, work.locale)).await
}

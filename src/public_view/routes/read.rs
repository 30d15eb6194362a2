//! Reading without a token.

use actix_web::{get, web};

use super::Shared;
use crate::app::App;
use crate::clock::Timestamp;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{ListParams, Locale, Page, PathId, ValidQuery, View};
use crate::public_view::dto::{
    PublicFilters, PublicOutput, PublicOutputFilters, PublicOverview, PublicOverviewParams, PublicProblem,
    PublicProblemDetail,
};
use crate::public_view::store::shown::{self, PublicOutputRow, PublicRow};
use crate::public_view::{figures, reading};

/// Published problems
///
/// The latest published first. No names but those of organisations; a firm only where it agreed and its problem is
/// closed. A page may be short and still have a `next_cursor`: filters look at up to 5,000 along the order. Anybody may
/// keep the answer for 30 seconds.
#[utoipa::path(operation_id = "list_public_problems", tag = "public_view", params(ListParams, PublicFilters),
    responses((status = 200, description = "A page", body = Page<PublicProblem>)))]
#[get("/public/problems")]
pub async fn list_public_problems(
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<PublicFilters>,
    locale: Locale,
) -> ApiResult<Shared<Page<PublicProblem>, 30>> {
    Ok(Shared(reading::page(&app, &params.0, &filters.0, locale).await?))
}

/// A published problem
///
/// With what was done, the approved plan without names, its course by days and organisations, and what came of it. By
/// its id alone: the number on a receipt is known to nobody here. 404 for what is not published, any more or at all.
/// Anybody may keep the answer for 30 seconds.
#[utoipa::path(operation_id = "get_public_problem", tag = "public_view",
    params(("id" = Uuid, Path, description = "The problem's id")),
    responses((status = 200, description = "The problem", body = PublicProblemDetail)))]
#[get("/public/problems/{id}")]
pub async fn get_public_problem(
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<Shared<View<PublicProblemDetail>, 30>> {
    let row: Option<PublicRow> = shown::one(id.0, app.clock.now()).optional(&app.db).await?;
    let detail = reading::detail(&app, row.or_not_found()?, locale).await?;
    Ok(Shared(View(detail.or_not_found()?)))
}

/// Figures for everybody
///
/// Of the province, a city or a county: problems in their four parts, how many were solved and not only closed, what
/// those served say, counties reached. Anybody may keep the answer for a minute.
#[utoipa::path(operation_id = "get_public_overview", tag = "public_view", params(PublicOverviewParams),
    responses((status = 200, description = "The figures", body = PublicOverview)))]
#[get("/public/overview")]
pub async fn get_public_overview(
    app: web::Data<App>,
    asked: ValidQuery<PublicOverviewParams>,
) -> ApiResult<Shared<View<PublicOverview>, 60>> {
    Ok(Shared(View(figures::overview(&app, asked.0).await?)))
}

/// Published outputs
///
/// Policies, rules and cases that came of problems, the latest first. Anybody may keep the answer for a minute.
#[utoipa::path(operation_id = "list_public_outputs", tag = "public_view", params(ListParams, PublicOutputFilters),
    responses((status = 200, description = "A page", body = Page<PublicOutput>)))]
#[get("/public/outputs")]
pub async fn list_public_outputs(
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<PublicOutputFilters>,
) -> ApiResult<Shared<Page<PublicOutput>, 60>> {
    let page = params.0.page(&("list_public_outputs", &filters.0))?;
    let rows: Vec<PublicOutputRow> = shown::outputs(&filters.0, page.after::<Timestamp>()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(shown::count_outputs(&app.db, &filters.0)).await?;
    let place = |row: &PublicOutputRow| (row.created_at, row.id);
    Ok(Shared(page.page(rows, place, PublicOutput::from).with_total(total)))
}

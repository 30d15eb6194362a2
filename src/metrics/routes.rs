//! `GET /metrics/overview`, `GET /metrics/matrix` and `GET /metrics/first-response`.

use actix_web::{get, web};

use super::domain::formulas::OVERVIEW;
use super::dto::{FigureParams, FormulaView, Overview, Ratio, VisitParams};
use super::first_response::{FirstResponse, Waits};
use super::matrix::Matrix;
use super::overview::Sums;
use super::question::{Question, applied, ask};
use super::rollup::Outcome;
use super::store;
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::ReadMetrics;
use crate::error::ApiResult;
use crate::http::Locale;
use crate::http::body::ValidQuery;
use crate::http::respond::View;

/// The figures of a division
///
/// Problems in their four parts, which sum to the total under any filter (S-05); counties reached, against those that
/// exist on `as_of` (S-03); distinct objects reached (S-24) beside visits; how many visits were proactive, on site and
/// at which level (S-61 to S-63). No count of activity stands without what became of the problems and what those served
/// say (S-27). The figures are those of the caller's division and what lies below it, or of a `division` therein: 422
/// `unknown_reference` for another. Nobody is ordered by anything.
#[utoipa::path(operation_id = "get_metrics_overview", tag = "metrics", params(FigureParams, VisitParams),
    responses((status = 200, description = "The figures", body = Overview)))]
#[get("/metrics/overview")]
pub async fn get_metrics_overview(
    who: Can<ReadMetrics>,
    app: web::Data<App>,
    locale: Locale,
    query: ValidQuery<FigureParams>,
    visits: ValidQuery<VisitParams>,
) -> ApiResult<View<Overview>> {
    let (asked, visits) = (query.0, visits.0);
    let question = ask(&app, &who, &asked, &visits).await?;
    let sums = Sums::of(store::figures::figures(&app.db, &question.filters).await?);
    Ok(View(view(asked, &visits, question, &sums, locale)))
}

/// The matrix of horizon and nature
///
/// How many of a division's problems are long- or short-term, institutional or operational, by the analysis that was
/// current on `as_of` (S-45). The four cells sum to the problems that were analysed; how many were not is the rest of
/// `analysed`. Scope and filters are those of the overview.
#[utoipa::path(operation_id = "get_metrics_matrix", tag = "metrics", params(FigureParams),
    responses((status = 200, description = "The matrix", body = Matrix)))]
#[get("/metrics/matrix")]
pub async fn get_metrics_matrix(
    who: Can<ReadMetrics>,
    app: web::Data<App>,
    locale: Locale,
    query: ValidQuery<FigureParams>,
) -> ApiResult<View<Matrix>> {
    let (asked, visits) = (query.0, VisitParams::default());
    let question = ask(&app, &who, &asked, &visits).await?;
    let rows = store::matrix::statement(&question.filters).all(&app.db).await?;
    Ok(View(Matrix::of(asked, question, &rows, locale)))
}

/// How long reporters waited for a first response
///
/// Working minutes from recording to the first answer, contact, question or reply of a person: the time within which
/// half, and nine in ten, of those who had one had it, beside how many still wait (S-19). Scope and filters are those
/// of the overview.
#[utoipa::path(operation_id = "get_first_response_metrics", tag = "metrics", params(FigureParams),
    responses((status = 200, description = "The figures", body = FirstResponse)))]
#[get("/metrics/first-response")]
pub async fn get_first_response_metrics(
    who: Can<ReadMetrics>,
    app: web::Data<App>,
    locale: Locale,
    query: ValidQuery<FigureParams>,
) -> ApiResult<View<FirstResponse>> {
    let (asked, visits) = (query.0, VisitParams::default());
    let question = ask(&app, &who, &asked, &visits).await?;
    let rows = store::first_response::statement(&question.filters).all(&app.db).await?;
    let waits = Waits::of(&rows, &app.calendar(), question.filters.period.as_of);
    Ok(View(FirstResponse::of(asked, question, waits, locale)))
}

fn view(asked: FigureParams, visits: &VisitParams, question: Question, sums: &Sums, locale: Locale) -> Overview {
    let (total, period) = (sums.total(), question.filters.period);
    let (problems, counties) = (total.problems(), total.counties());
    Overview {
        division: question.division.into(),
        as_of: period.as_of,
        from: period.since,
        to: period.until,
        status: question.status,
        illustrative: question.illustrative,
        filters: applied(&asked, visits),
        campaign: asked.campaign,
        year: asked.year,
        problems_per_county: Ratio::of(problems.total, counties.visited),
        problems,
        finally_solved_rate: total.finally_solved_rate(),
        completion_rate: total.completion_rate(),
        confirmed: total.confirmed(),
        confirmed_via: total.confirmed_via(),
        unconfirmed: total.unconfirmed(),
        satisfaction: total.satisfaction(),
        claim_rate: total.claim_rate(),
        own_level_rate: total.own_level_rate(),
        run_once_rate: total.run_once_rate(),
        returns_per_problem: total.per_problem(Outcome::Returned),
        transfers_per_problem: total.per_problem(Outcome::Transferred),
        ping_pong_rate: total.per_problem(Outcome::PingPong),
        visits: total.visits(),
        objects: total.objects(),
        counties,
        proactive_share: total.proactive_share(),
        on_site_share: total.on_site_share(),
        level_of_place: total.level_of_place(),
        group_by: visits.group_by,
        groups: visits
            .group_by
            .map_or_else(Vec::new, |group_by| sums.groups(group_by, locale)),
        formulas: OVERVIEW
            .iter()
            .map(|formula| FormulaView::of(formula, locale))
            .collect(),
    }
}

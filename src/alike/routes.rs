//! The handlers.

use actix_web::{get, post, web};

use super::dto::{Precedent, PrecedentParams, SimilarProblem, SimilarProblemsQuery};
use super::{precedents, similar};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::FindAlike;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{Locale, Page, PathRef, ValidJson, ValidQuery};
use crate::problems::hiding::Eyes;
use crate::problems::listing::{ProblemRow, joins, summaries};
use crate::problems::store::facts;
use crate::problems::view::Viewer;

/// Problems like one that is about to be recorded
///
/// Within the caller's scopes, open and closed, up to ten, the most alike first: by the words of their summaries and
/// statements, their category and what they are about, where that does not tell who raised it. Reads only: nothing is
/// stored, and no event written.
#[utoipa::path(operation_id = "find_similar_problems", tag = "alike", request_body = SimilarProblemsQuery,
    responses((status = 200, description = "What is alike; there are no further pages", body = Page<SimilarProblem>)))]
#[post("/problems/similar")]
pub async fn find_similar_problems(
    who: Can<FindAlike>,
    app: web::Data<App>,
    locale: Locale,
    body: ValidJson<SimilarProblemsQuery>,
) -> ApiResult<Page<SimilarProblem>> {
    let (now, calendar) = (app.clock.now(), app.calendar());
    let found = similar::find(&app, (&who.scope_ids(), &Eyes::of(&who, now)), &body.0).await?;
    let ids: Vec<_> = found.iter().map(|(id, _)| *id).collect();
    let statement = summaries(&app.db, &who, now).push("FROM problem p ").push(joins());
    let rows: Vec<ProblemRow> = statement.push(" WHERE p.id").in_list(&ids).all(&app.db).await?;
    let viewer = Viewer {
        caller: &who,
        locale,
        now,
        calendar: &calendar,
    };
    let show = |row: ProblemRow, score: super::domain::Score| SimilarProblem {
        problem: viewer.summary(&row),
        score: score.value,
        reasons: score.reasons,
    };
    Ok(Page::whole(similar::in_order(found, rows, |row| row.id, show)))
}

/// Solved cases like a problem
///
/// From everywhere, whatever the caller's scope: closed, confirmed by their reporters and not relapsed, with an output
/// or measures to learn from, the most alike first. Depersonalised: what a case was about and what solved it; not where
/// it was, nor whose. The problem itself lies within the caller's scope.
#[utoipa::path(operation_id = "list_precedents", tag = "alike",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), PrecedentParams),
    responses((status = 200, description = "The cases; there are no further pages", body = Page<Precedent>)))]
#[get("/problems/{id}/precedents")]
pub async fn list_precedents(
    who: Can<FindAlike>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<PrecedentParams>,
    locale: Locale,
) -> ApiResult<Page<Precedent>> {
    let (now, scopes) = (app.clock.now(), who.scope_ids());
    let found = facts(&app.db, &scopes, &id, &who, now).await?;
    let problem = found.or_not_found()?;
    let most = usize::try_from(params.0.limit.unwrap_or(10)).unwrap_or(10);
    let eyes = Eyes::of(&who, now);
    let cases = precedents::find(&app.db, locale, (problem.id, problem.category_id, &eyes), most).await?;
    Ok(Page::whole(cases))
}

//! Reading problems: one, a page, a visit's.

use actix_web::{get, web};

use crate::app::App;
use crate::auth::policy::{Permission as _, ReadProblems, ReadVisits};
use crate::auth::{Can, Scope};
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::http::{ListParams, Locale, Page, PathId, PathRef, ValidQuery, View};
use crate::problems::dto::{ProblemFilters, ProblemSort, ProblemSummary, ProblemView};
use crate::problems::listing::filter_ids;
use crate::problems::store::list;
use crate::problems::store::read::{self, ProblemRow};
use crate::problems::view::{Viewer, with_target};
use crate::visits;

/// One problem
///
/// By its id or its `tracking_no`. Outside the caller's scope it does not exist. One that was merged tells where the
/// other stands and what was done there, as far as that is for everybody who raised the like.
#[utoipa::path(operation_id = "get_problem", tag = "problems",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`")),
    responses((status = 200, description = "The problem", body = ProblemView)))]
#[get("/problems/{id}")]
pub async fn get_problem(
    who: Can<ReadProblems>,
    app: web::Data<App>,
    id: PathRef,
    locale: Locale,
) -> ApiResult<View<ProblemView>> {
    let row: Option<ProblemRow> = read::one(&app.db, &who.scope_ids(), &id, &who, app.clock.now())
        .optional(&app.db)
        .await?;
    let calendar = app.calendar();
    let viewer = Viewer {
        caller: &who,
        locale,
        now: app.clock.now(),
        calendar: &calendar,
    };
    let view = viewer.whole(row.or_not_found()?);
    Ok(View(with_target(&app.db, view).await?))
}

/// Problems of one scope
///
/// Pages cost the same at any depth for every scope and sort, with one `state` or none. Other filters look at up to
/// 5,000 rows along the order and then answer what they have: a short page with a `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_problems", tag = "problems", params(ListParams, ProblemFilters),
    responses((status = 200, description = "A page", body = Page<ProblemSummary>)))]
#[get("/problems")]
pub async fn list_problems(
    who: Can<ReadProblems>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<ProblemFilters>,
    locale: Locale,
) -> ApiResult<Page<ProblemSummary>> {
    let (params, filters) = (params.0, filters.0);
    let scope = who.list_scope(filters.scope.as_deref())?.id();
    let page = params.page(&("list_problems", scope, &filters))?;
    let sort = filters.order();
    let after = match sort {
        ProblemSort::UrgencyDue | ProblemSort::Due | ProblemSort::ResponseDue => page.after::<i64>()?,
        ProblemSort::RecordedDesc | ProblemSort::UpdatedDesc | ProblemSort::Progress => {
            page.after::<Timestamp>()?.map(|(at, id)| (at.micros(), id))
        }
    };
    let ids = filter_ids(&app, &who, &filters).await?;
    let rows: Vec<ProblemRow> = list::page(&app.db, scope, (&who, app.clock.now()), &filters, &ids, &page, after)
        .all(&app.db)
        .await?;
    let total = page.total(list::count(&app.db, scope, &filters, &ids)).await?;
    let calendar = app.calendar();
    let viewer = Viewer {
        caller: &who,
        locale,
        now: app.clock.now(),
        calendar: &calendar,
    };
    let stopped = list::stopped_at(&app.db, scope, &filters, &ids, after);
    let answer = page.thinned(rows, |row| sort.place(row), |row| viewer.summary(&row), stopped);
    Ok(answer.await?.with_total(total))
}

/// The problems of a visit
///
/// In the order in which they were recorded, as far as the caller sees them.
#[utoipa::path(operation_id = "list_visit_problems", tag = "problems",
    params(("id" = Uuid, Path, description = "The visit's id"), ListParams),
    responses((status = 200, description = "A page", body = Page<ProblemSummary>)))]
#[get("/visits/{id}/problems")]
pub async fn list_visit_problems(
    who: Can<ReadVisits>,
    app: web::Data<App>,
    id: PathId,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<Page<ProblemSummary>> {
    // Who sees a visit does not by that see its problems: a client may hold one scope and not the other.
    if !who.may(ReadProblems::RULE) {
        return Err(ApiError::new(Code::Forbidden).with_member("permission", ReadProblems::RULE.permission));
    }
    let scopes: Vec<_> = who.scopes_for(ReadProblems::RULE).iter().map(Scope::id).collect();
    visits::store::find(&app.db, &who.scope_ids(), id.0)
        .await?
        .or_not_found()?;
    let page = params.0.page(&("list_visit_problems", id.0))?;
    let after = page.after::<Timestamp>()?;
    let statement = list::of_visit(&app.db, &scopes, (&who, app.clock.now()), id.0, &page, after);
    let rows: Vec<ProblemRow> = statement.all(&app.db).await?;
    let calendar = app.calendar();
    let viewer = Viewer {
        caller: &who,
        locale,
        now: app.clock.now(),
        calendar: &calendar,
    };
    let total = page.total(list::count_of_visit(&app.db, &scopes, id.0)).await?;
    Ok(page
        .page(rows, |row| (row.recorded_at, row.id), |row| viewer.summary(&row))
        .with_total(total))
}

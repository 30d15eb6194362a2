//! Reading plans.

use actix_web::{get, web};

use crate::action_plans::dto::{ActionPlanSummary, ActionPlanView, PlanFilters};
use crate::action_plans::presenting::Viewer;
use crate::action_plans::store::list::PlanQuery;
use crate::action_plans::store::view;
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::ReadPlans;
use crate::error::{ApiResult, OrNotFound as _};
use crate::events::dto::EventView;
use crate::events::store::{EventRow, count, timeline};
use crate::full_text::store::{Kind, search};
use crate::http::{ListParams, Locale, Page, PathId, ValidQuery, View};

/// Plans of one scope
///
/// The action list (落实清单): along the problems of the scope, the latest recorded first, each plan once. A page looks at
/// up to 5,000 problems and then answers what it has: a short page with a `next_cursor` is not the last. Abandoned
/// plans are hidden unless asked for.
#[utoipa::path(operation_id = "list_action_plans", tag = "action_plans", params(ListParams, PlanFilters),
    responses((status = 200, description = "A page", body = Page<ActionPlanSummary>)))]
#[get("/action-plans")]
pub async fn list_action_plans(
    who: Can<ReadPlans>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<PlanFilters>,
    locale: Locale,
) -> ApiResult<Page<ActionPlanSummary>> {
    let scope = who.list_scope(filters.0.scope.as_deref())?.id();
    let page = params.0.page(&("list_action_plans", scope, &filters.0))?;
    let words = match &filters.0.q {
        Some(typed) => Some(search(&app.db, Kind::ActionPlan, typed).await?),
        None => None,
    };
    let now = app.clock.now();
    let query = PlanQuery {
        words: words.as_ref(),
        scope,
        who: (&who, now),
        filters: &filters.0,
    };
    let viewer = Viewer { who: &who, locale, now };
    page.windowed(&app.db, &query, |row| viewer.summary(&row)).await
}

/// A plan
///
/// With its measures and steps, as far as the caller sees their problems, and what he may do now. A reporter sees what
/// is planned once it is approved, and no names of people (S-59).
#[utoipa::path(operation_id = "get_action_plan", tag = "action_plans",
    params(("id" = Uuid, Path, description = "The plan's id")),
    responses((status = 200, description = "The plan", body = ActionPlanView)))]
#[get("/action-plans/{id}")]
pub async fn get_action_plan(
    who: Can<ReadPlans>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<ActionPlanView>> {
    let viewer = Viewer {
        who: &who,
        locale,
        now: app.clock.now(),
    };
    Ok(View(viewer.whole(&app.db, &who.scope_ids(), id.0).await?))
}

/// What happened to a plan
///
/// Its events and those of its measures and steps, the first one first. A reporter sees the public ones.
#[utoipa::path(operation_id = "list_action_plan_events", tag = "action_plans",
    params(("id" = Uuid, Path, description = "The plan's id"), ListParams),
    responses((status = 200, description = "A page of events", body = Page<EventView>)))]
#[get("/action-plans/{id}/events")]
pub async fn list_action_plan_events(
    who: Can<ReadPlans>,
    app: web::Data<App>,
    id: PathId,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<EventView>> {
    let plan = view::one(&app.db, &who.scope_ids(), (&who, app.clock.now()), id.0)
        .await?
        .or_not_found()?;
    let inside = plan.is_inside(&who);
    let request = params.0.page(&("list_action_plan_events", plan.id, inside))?;
    let after = request.after::<i64>()?.map(|(seq, _)| seq);
    let statement = timeline(plan.id, !inside, after, request.fetch());
    let rows: Vec<EventRow> = statement.all(&app.db).await?;
    let total = request.total(count(&app.db, plan.id, !inside)).await?;
    let place = |row: &EventRow| (row.aggregate_seq, row.id);
    let page = request.page(rows, place, |row| EventView::of(row, inside));
    Ok(page.with_total(total))
}

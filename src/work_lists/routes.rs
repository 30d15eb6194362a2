//! What waits for the caller, and problems counted.

use std::collections::HashMap;

use actix_web::{get, web};
use uuid::Uuid;

use super::domain::{CountBy, Found, Worker, branches, merge};
use super::dto::{Beside, CountParams, CountsView, WorkItem, WorkSummary};
use super::store::{self, CountRow, For};
use crate::app::App;
use crate::auth::policy::{CountProblems, Permission as _, ReadTasks, ReadWork};
use crate::auth::{Caller, Can, Role, Scope};
use crate::calendar::{Calendar, start_of_shanghai_day};
use crate::clock::Timestamp;
use crate::error::ApiResult;
use crate::http::total::{COUNTED, Total};
use crate::http::window::Windowed as _;
use crate::http::{ListParams, Locale, Page, ValidQuery, View};
use crate::notices::store::mine;
use crate::problems::dto::ProblemFilters;
use crate::problems::listing::{ProblemRow, filter_ids};
use crate::problems::store::counts::{self, By};
use crate::problems::view::Viewer;
use crate::requests::listing;
use crate::tasks::dto::TaskFilters;
use crate::tasks::store::list::Asked;

/// How far badges count.
const BADGE: i64 = 1_000;

/// What waits for the caller (我的待办)
///
/// Problems that wait for an act of his, most urgent first, each once and with the reason: assigned to his organisation
/// and not accepted, his own to handle, supported, asked about, studied or overseen, open and for him to claim or
/// assign, heard in his visit and undisposed, or his own as their reporter. Each reason looks at up to 5,000 rows along
/// the order; a short page with a `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_my_work", tag = "work_lists", params(ListParams),
    responses((status = 200, description = "A page", body = Page<WorkItem>)))]
#[get("/me/work")]
pub async fn list_my_work(
    who: Can<ReadWork>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<Page<WorkItem>> {
    let (scopes, now) = (who.scope_ids(), app.clock.now());
    let page = params.0.page(&("list_my_work", who.subject, &scopes))?;
    let (branches, of) = (branches(&worker(&who)), For { scopes: &scopes, now });
    let looked = store::look(&app.db, of, &branches, page.after()?, page.fetch()).await?;
    let limit = usize::try_from(page.fetch() - 1).unwrap_or_default();
    let (found, next) = merge(looked, limit);
    let items = items(&app, &who, now, &found, locale).await?;
    let answer = Page {
        items,
        next_cursor: next.map(|(place, id)| page.cursor_at(&place, id)),
        total: None,
        total_at_least: None,
    };
    if !page.with_total || branches.is_empty() {
        let none = (branches.is_empty() && page.with_total).then_some(Total::Exactly(0));
        return Ok(answer.with_total(none));
    }
    let counted: Vec<CountRow> = store::counts(of, &branches, COUNTED, now).all(&app.db).await?;
    let total: i64 = counted.iter().map(|row| row.problems).sum();
    let total = if counted.iter().any(|row| row.more) {
        Total::AtLeast(total.min(COUNTED))
    } else {
        total.into()
    };
    Ok(answer.with_total(Some(total)))
}

fn worker(who: &Caller) -> Worker {
    Worker {
        person: who.person().map(|_| who.subject),
        memberships: who
            .memberships
            .iter()
            .map(|held| (held.role, held.org, held.division))
            .collect(),
    }
}

async fn items(app: &App, who: &Caller, now: Timestamp, found: &[Found], locale: Locale) -> ApiResult<Vec<WorkItem>> {
    let ids: Vec<Uuid> = found.iter().map(|one| one.place.1).collect();
    let rows = store::summaries(&app.db, who, now, &ids).await?;
    let rows: HashMap<Uuid, ProblemRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let calendar = app.calendar();
    let viewer = Viewer {
        caller: who,
        locale,
        now,
        calendar: &calendar,
    };
    let item = |one: &Found| {
        rows.get(&one.place.1).map(|row| WorkItem {
            why: one.why,
            problem: viewer.summary(row),
        })
    };
    Ok(found.iter().filter_map(item).collect())
}

/// The badges of the caller's work
///
/// How many problems wait for which reason, how many are overdue or due within a working day, how many requests the
/// caller may decide, how many to-dos are his or his organisations', and how many notices are unread. Exact up to 1,000
/// each, at any number of problems: no reason reads more rows than that.
#[utoipa::path(operation_id = "get_my_work_summary", tag = "work_lists",
    responses((status = 200, description = "The badges", body = WorkSummary)))]
#[get("/me/work/summary")]
pub async fn get_my_work_summary(who: Can<ReadWork>, app: web::Data<App>) -> ApiResult<View<WorkSummary>> {
    let (scopes, now) = (who.scope_ids(), app.clock.now());
    let (branches, of) = (branches(&worker(&who)), For { scopes: &scopes, now });
    let rows: Vec<CountRow> = if branches.is_empty() {
        Vec::new()
    } else {
        store::counts(of, &branches, BADGE, soon(&app.calendar(), now))
            .all(&app.db)
            .await?
    };
    let reasons: Vec<_> = branches.iter().map(|branch| branch.why).collect();
    let beside = beside(&app, &who, &scopes).await?;
    Ok(View(WorkSummary::of(&reasons, &rows, beside, BADGE)))
}

/// What waits beside problems, each as its own list has it.
async fn beside(app: &App, who: &Caller, scopes: &[Uuid]) -> ApiResult<Beside> {
    let person = who.person().unwrap_or(Uuid::nil());
    let requests = if [Role::Dispatcher, Role::Supervisor].iter().any(|role| who.has(*role)) {
        listing::count_decidable(&app.db, who, app.clock.now()).await?
    } else {
        Total::Exactly(0)
    };
    let to_dos = if who.may_call(ReadTasks::RULE, "list_tasks") {
        let orgs: Vec<_> = who.memberships.iter().map(|held| held.org).collect();
        let own = Some((person, orgs.as_slice()));
        let filters = TaskFilters::default();
        let asked = Asked {
            scopes,
            own,
            filters: &filters,
        };
        asked.count(&app.db).await?
    } else {
        Total::Exactly(0)
    };
    Ok(Beside {
        requests,
        to_dos,
        unread: mine::count_unread(&app.db, person, BADGE + 1).await?,
    })
}

/// What is due before this is due within a working day.
fn soon(calendar: &Calendar, now: Timestamp) -> Timestamp {
    let day = calendar.add_working_days(now.shanghai_date(), 2).date;
    start_of_shanghai_day(day).into()
}

/// Problems of one scope, counted
///
/// With the filters of their list, so that the groups sum to the list's total. By state with no filter but `state` the
/// count is exact at any number of problems and reads an index alone; otherwise up to 50,000 rows along the order of
/// recording are looked at, and `complete` says whether that was all.
#[utoipa::path(operation_id = "count_problems", tag = "work_lists", params(CountParams, ProblemFilters),
    responses((status = 200, description = "The counts", body = CountsView)))]
#[get("/problems/counts")]
pub async fn count_problems(
    who: Can<CountProblems>,
    app: web::Data<App>,
    params: ValidQuery<CountParams>,
    filters: ValidQuery<ProblemFilters>,
    locale: Locale,
) -> ApiResult<View<CountsView>> {
    let (by, filters, now) = (params.0.group_by, filters.0, app.clock.now());
    let scope = who.list_scope(filters.scope.as_deref())?;
    let ids = filter_ids(&app, &who, &filters).await?;
    let counted_by = match (by, ids.division, &scope) {
        (CountBy::Division, Some(base), _) => By::DivisionsBelow(base),
        (CountBy::Division, None, Scope::Division { id, .. }) => By::DivisionsBelow(*id),
        (CountBy::Division, None, Scope::Org(_) | Scope::Own(_)) => By::Counties,
        (CountBy::State, ..) => By::State,
        (CountBy::Disposition, ..) => By::Disposition,
        (CountBy::Category, ..) => By::Category,
        (CountBy::Audience, ..) => By::Audience,
        (CountBy::LeadOrg, ..) => By::LeadOrg,
        (CountBy::Urgency, ..) => By::Urgency,
        (CountBy::Status, ..) => By::Status(now, soon(&app.calendar(), now)),
    };
    let counted = counts::counted(&app.db, scope.id(), &filters, &ids, counted_by).await?;
    Ok(View(CountsView::of(by, counted, locale)))
}

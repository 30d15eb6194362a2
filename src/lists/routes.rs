//! The handlers.

use actix_web::{get, web};
use uuid::Uuid;

use super::domain::Whose;
use super::dto::{
    ActionListFilters, AssignmentListFilters, ListedAction, ListedAssignment, ListedProblem, ProblemListFilters,
};
use super::store::{self, Actions, Asked, Assignments, Listing, Problems};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::ReadLists;
use crate::db::{Db, DbError, Row};
use crate::error::ApiResult;
use crate::http::page::{CursorKey, PageRequest};
use crate::http::{ListParams, Locale, Page, ValidQuery};
use crate::problems::hiding::Eyes;

/// The problem list (问题清单) of an organisation or an object
///
/// Of an organisation: the problems in which it, or one below it, has a part; of an object: those that it is about. As
/// far as they lie within the caller's scopes, the latest recorded first. Exactly one of `org_id` and `object_id`.
#[utoipa::path(operation_id = "get_problem_list", tag = "lists", params(ListParams, ProblemListFilters),
    responses((status = 200, description = "A page", body = Page<ListedProblem>)))]
#[get("/lists/problems")]
pub async fn get_problem_list(
    who: Can<ReadLists>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<ProblemListFilters>,
    locale: Locale,
) -> ApiResult<Page<ListedProblem>> {
    let whose = Whose::of(filters.0.org_id, filters.0.object_id)?;
    let eyes = Eyes::of(&who, app.clock.now());
    let request = params.0.page(&("get_problem_list", &filters.0))?;
    let list = listed::<Problems>(&app.db, whose, (&who.scope_ids(), &eyes), &filters.0, &request).await?;
    Ok(list.page(
        &request,
        |row| (row.recorded_at, row.id),
        |row| ListedProblem::of(row, locale),
    ))
}

/// The action list (落实清单) of an organisation or an object
///
/// The steps of plans that are approved, carried out or done: of an organisation those that its people do, of an object
/// those for its problems. As far as the problems lie within the caller's scopes, the first due first. Exactly one of
/// `org_id` and `object_id`.
#[utoipa::path(operation_id = "get_action_list", tag = "lists", params(ListParams, ActionListFilters),
    responses((status = 200, description = "A page", body = Page<ListedAction>)))]
#[get("/lists/actions")]
pub async fn get_action_list(
    who: Can<ReadLists>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<ActionListFilters>,
) -> ApiResult<Page<ListedAction>> {
    let whose = Whose::of(filters.0.org_id, filters.0.object_id)?;
    let eyes = Eyes::of(&who, app.clock.now());
    let request = params.0.page(&("get_action_list", &filters.0))?;
    let list = listed::<Actions>(&app.db, whose, (&who.scope_ids(), &eyes), &filters.0, &request).await?;
    let today = app.clock.today();
    Ok(list.page(&request, |row| (row.due_on, row.id), |row| ListedAction::of(row, today)))
}

/// The assignment list (责任清单) of an organisation or an object
///
/// Who answers for what: of an organisation its own assignments, of an object those of its problems. As far as the
/// problems lie within the caller's scopes, the latest assigned first; ended ones are hidden unless asked for. Exactly
/// one of `org_id` and `object_id`.
#[utoipa::path(operation_id = "get_assignment_list", tag = "lists", params(ListParams, AssignmentListFilters),
    responses((status = 200, description = "A page", body = Page<ListedAssignment>)))]
#[get("/lists/assignments")]
pub async fn get_assignment_list(
    who: Can<ReadLists>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<AssignmentListFilters>,
) -> ApiResult<Page<ListedAssignment>> {
    let whose = Whose::of(filters.0.org_id, filters.0.object_id)?;
    let eyes = Eyes::of(&who, app.clock.now());
    let request = params.0.page(&("get_assignment_list", &filters.0))?;
    let list = listed::<Assignments>(&app.db, whose, (&who.scope_ids(), &eyes), &filters.0, &request).await?;
    Ok(list.page(&request, |row| (row.assigned_at, row.id), ListedAssignment::from))
}

/// What was read of a list.
struct Listed<L: Listing> {
    lines: Vec<L::Line>,
    rest: Option<(L::Key, Uuid)>,
    counted: Option<(i64, bool)>,
}

async fn listed<L: Listing>(
    db: &Db,
    whose: Whose,
    (scopes, eyes): (&[Uuid], &Eyes),
    filters: &L::Filters,
    request: &PageRequest,
) -> ApiResult<Listed<L>>
where
    L::Key: CursorKey,
    (Uuid, L::Key): Row,
{
    let asked = Asked {
        whose,
        scopes,
        eyes,
        filters,
    };
    let (lines, rest) = store::page::<L>(db, &asked, request.after()?, request.fetch()).await?;
    let counted = count::<L>(db, &asked, request.with_total).await?;
    Ok(Listed { lines, rest, counted })
}

async fn count<L: Listing>(
    db: &Db,
    asked: &Asked<'_, L::Filters>,
    with_total: bool,
) -> Result<Option<(i64, bool)>, DbError> {
    if with_total {
        store::count::<L>(db, asked).await.map(Some)
    } else {
        Ok(None)
    }
}

impl<L: Listing> Listed<L>
where
    L::Key: CursorKey,
{
    fn page<T>(
        self,
        request: &PageRequest,
        place: impl Fn(&L::Line) -> (L::Key, Uuid),
        view: impl FnMut(L::Line) -> T,
    ) -> Page<T> {
        let mut page = request.page(self.lines, place, view);
        page.total = self.counted.filter(|(_, whole)| *whole).map(|(count, _)| count);
        page.total_at_least = self.counted.filter(|(_, whole)| !whole).map(|(count, _)| count);
        let rest = self.rest.map(|(key, id)| request.cursor_at(&key, id));
        page.next_cursor = page.next_cursor.or(rest);
        page
    }
}

//! The handlers.

use actix_web::{get, web};

use super::domain::Whose;
use super::dto::{
    ActionListFilters, AssignmentListFilters, ListedAction, ListedAssignment, ListedProblem, ProblemListFilters,
};
use super::store::{Actions, Asked, Assignments, Problems};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::ReadLists;
use crate::error::ApiResult;
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
    let page = params.0.page(&("get_problem_list", &filters.0))?;
    let asked = Asked::<Problems> {
        whose,
        scopes: &who.scope_ids(),
        eyes: &eyes,
        filters: &filters.0,
    };
    page.windowed(&app.db, &asked, |row| ListedProblem::of(row, locale))
        .await
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
    let page = params.0.page(&("get_action_list", &filters.0))?;
    let asked = Asked::<Actions> {
        whose,
        scopes: &who.scope_ids(),
        eyes: &eyes,
        filters: &filters.0,
    };
    let today = app.clock.today();
    page.windowed(&app.db, &asked, |row| ListedAction::of(row, today)).await
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
    let page = params.0.page(&("get_assignment_list", &filters.0))?;
    let asked = Asked::<Assignments> {
        whose,
        scopes: &who.scope_ids(),
        eyes: &eyes,
        filters: &filters.0,
    };
    page.windowed(&app.db, &asked, ListedAssignment::from).await
}

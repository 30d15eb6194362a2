//! The handlers.

use actix_web::{HttpResponse, get, post, web};

use super::doing::{self, may_complete};
use super::dto::{CompleteTask as Done, TaskFilters, TaskView};
use super::store::list::{self, Asked};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{CompleteTask, ReadTasks};
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{ListParams, Locale, Page, PathId, ValidJson, ValidQuery, View, Work};

/// To-dos (待办)
///
/// What the service has planned for people about the problems within the caller's scopes, the first due first:
/// look-backs (S-75), contacts after closure (S-71), closures that nobody confirmed; and the promises that his
/// organisations are to keep, about a problem or about none (S-64). They are known before they are due: `due_before`
/// says which are wanted. A page looks at 5,000 to-dos at most: a short one with a `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_tasks", tag = "tasks", params(ListParams, TaskFilters),
    responses((status = 200, description = "A page", body = Page<TaskView>)))]
#[get("/tasks")]
pub async fn list_tasks(
    who: Can<ReadTasks>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<TaskFilters>,
    locale: Locale,
) -> ApiResult<Page<TaskView>> {
    let page = params.0.page(&("list_tasks", &filters.0))?;
    let (scopes, now) = (who.scope_ids(), app.clock.now());
    let orgs: Vec<_> = who.memberships.iter().map(|held| held.org).collect();
    let asked = Asked {
        scopes: &scopes,
        own: (filters.0.mine == Some(true)).then_some((who.subject, &orgs)),
        filters: &filters.0,
    };
    let view = |row| {
        let may = may_complete(&row, &who);
        TaskView::of(row, now, locale, may)
    };
    page.windowed(&app.db, &asked, view).await
}

/// One to-do
///
/// Within the scope of its problem; of a promise, of its visit and of the organisation that is to keep it too.
#[utoipa::path(operation_id = "get_task", tag = "tasks",
    params(("id" = Uuid, Path, description = "The to-do's id")),
    responses((status = 200, description = "The to-do", body = TaskView)))]
#[get("/tasks/{id}")]
pub async fn get_task(
    who: Can<ReadTasks>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<TaskView>> {
    let row = list::find(&app.db, &who.scope_ids(), id.0).await?.or_not_found()?;
    let may = may_complete(&row, &who);
    Ok(View(TaskView::of(row, app.clock.now(), locale, may)))
}

/// Mark a to-do done
///
/// A `follow_up`, by somebody of the organisation whose it is; a contact with the reporter that is logged does the
/// same. The others are done by the transition of their name, and a promise by saying what came of it: 409
/// `transition_not_allowed` with `done_by`. A to-do has no version: it is done once, and who comes second gets 409 with
/// its `state`.
#[utoipa::path(operation_id = "complete_task", tag = "tasks", request_body = Done,
    params(("id" = Uuid, Path, description = "The to-do's id")),
    responses((status = 200, description = "Done", body = TaskView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/tasks/{id}/done")]
pub async fn complete_task(
    who: Can<CompleteTask>,
    work: Work,
    id: PathId,
    body: ValidJson<Done>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = doing::complete(&work, &mut tx, &who, &who.scope_ids(), id.0, &body.0).await?;
    let view = TaskView::of(row, work.now(), work.locale, false);
    work.ok(tx, &view).await
}

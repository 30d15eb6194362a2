//! One's own watches.

use actix_web::{HttpResponse, delete, get, post, web};

use super::dto::{NewWatch, WatchView};
use super::store::{self, WatchRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::WatchProblems;
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code, FaultCode};
use crate::http::{ListParams, Locale, Page, PathId, PathRef, ValidJson, ValidQuery, Work};
use crate::problems::store as problems;
use crate::problems::view::{Viewer, stored};

/// Watch a problem (盯办)
///
/// One within the caller's scope; its events are told him from then on, and he may urge. 409 `duplicate` where he does
/// already.
#[utoipa::path(operation_id = "create_watch", tag = "watches", request_body = NewWatch,
    responses((status = 201, description = "Watched", body = WatchView)),
    extensions(("x-error-codes" = json!(["duplicate", "merged", "erased"]))))]
#[post("/me/watches")]
pub async fn create_watch(who: Can<WatchProblems>, work: Work, body: ValidJson<NewWatch>) -> ApiResult<HttpResponse> {
    let (mut tx, now) = (work.begin().await?, work.now());
    let problem = PathRef::Id(body.0.problem_id);
    let facts = problems::facts(&mut tx, &who.scope_ids(), &problem, &who, now)
        .await?
        .ok_or_else(|| ApiError::invalid_at("/problem_id", FaultCode::UnknownReference))?;
    facts.state.must_not_be_merged()?;
    facts.must_not_be_erased()?;
    match store::insert(&mut tx, who.subject, facts.id, body.0.note.as_deref(), now).await {
        Err(fault) if fault.is_unique("watch") => return Err(ApiError::new(Code::Duplicate)),
        other => other?,
    }
    let view = WatchView {
        problem: stored(&work, &mut tx, &who, facts.id).await?.summary,
        note: body.0.note,
        since: now,
    };
    work.created(tx, "/api/v1/me/watches".to_owned(), &view).await
}

/// One's watches
///
/// The latest first, as far as the problems lie within one's scopes.
#[utoipa::path(operation_id = "list_watches", tag = "watches", params(ListParams),
    responses((status = 200, description = "A page", body = Page<WatchView>)))]
#[get("/me/watches")]
pub async fn list_watches(
    who: Can<WatchProblems>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<Page<WatchView>> {
    let (scopes, now) = (who.scope_ids(), app.clock.now());
    let page = params.0.page(&("list_watches", who.subject))?;
    let after = page.after::<Timestamp>()?;
    let rows: Vec<WatchRow> = store::page(&app.db, (&who, now), &scopes, after, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, who.subject, &scopes)).await?;
    let calendar = app.calendar();
    let viewer = Viewer {
        caller: &who,
        locale,
        now,
        calendar: &calendar,
    };
    let view = |row: WatchRow| WatchView {
        problem: viewer.summary(&row.problem),
        note: row.watch_note,
        since: row.watched_since,
    };
    let place = |row: &WatchRow| (row.watched_since, row.problem.id);
    Ok(page.page(rows, place, view).with_total(total))
}

/// Watch a problem no longer
///
/// Nothing is kept of it, so no `If-Match` is needed.
#[utoipa::path(operation_id = "delete_watch", tag = "watches",
    params(("id" = Uuid, Path, description = "The problem's id")),
    responses((status = 204, description = "Watched no longer")))]
#[delete("/me/watches/{id}")]
pub async fn delete_watch(who: Can<WatchProblems>, work: Work, id: PathId) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    if !store::delete(&mut tx, who.subject, id.0).await? {
        return Err(ApiError::not_found());
    }
    work.empty(tx).await
}

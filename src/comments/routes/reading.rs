//! Comments of a problem, of a scope, one, counted; and the moderation log.

use actix_web::{get, web};

use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{ListComments, ReadComments, ReadModerations};
use crate::clock::Timestamp;
use crate::comments::dto::{
    CommentCountParams, CommentCounts, CommentFilters, CommentModerationView, CommentView, CountedComments,
    ModerationFilters,
};
use crate::comments::finding::{one_to_read, to_read};
use crate::comments::listing::page_of;
use crate::comments::store::listing::Listed;
use crate::comments::store::moderation::{self, ModerationRow};
use crate::comments::store::{self, CommentRow};
use crate::error::ApiResult;
use crate::http::{ListParams, Locale, Page, PathId, PathRef, ValidQuery, View};

/// The comments on a problem
///
/// Oldest first; of a problem within the caller's scopes, or one that is published. Reporters and clients read what
/// everybody reads; of whom a comment is, others learn what they may know of a reporter.
#[utoipa::path(operation_id = "list_problem_comments", tag = "comments",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<CommentView>)))]
#[get("/problems/{id}/comments")]
pub async fn list_problem_comments(
    who: Can<ReadComments>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<Page<CommentView>> {
    let read = to_read(&app.db, &who, &who.scope_ids(), &id, app.clock.now()).await?;
    let problem = read.problem;
    let page = params.0.page(&("list_problem_comments", problem))?;
    let rows: Vec<CommentRow> = store::page(problem, page.after::<Timestamp>()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, problem)).await?;
    let place = |row: &CommentRow| (row.at, row.id);
    Ok(page
        .page(rows, place, |row| read.comment(row, locale))
        .with_total(total))
}

/// One comment
///
/// On a problem within the caller's scopes, or one that is published.
#[utoipa::path(operation_id = "get_comment", tag = "comments",
    params(("id" = Uuid, Path, description = "The comment's id")),
    responses((status = 200, description = "The comment", body = CommentView)))]
#[get("/comments/{id}")]
pub async fn get_comment(
    who: Can<ReadComments>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<CommentView>> {
    let (row, read) = one_to_read(&app.db, &who, &who.scope_ids(), id.0, app.clock.now()).await?;
    Ok(View(read.comment(row, locale)))
}

/// Comments of one scope
///
/// The latest first; with `awaiting_reply` those that wait for a reply of the administration, the most urgent first. Up
/// to 5,000 are looked at along that order: a short page with a `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_comments", tag = "comments", params(ListParams, CommentFilters),
    responses((status = 200, description = "A page", body = Page<CommentView>)))]
#[get("/comments")]
pub async fn list_comments(
    who: Can<ListComments>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<CommentFilters>,
    locale: Locale,
) -> ApiResult<Page<CommentView>> {
    let scope = who.list_scope(filters.0.scope.as_deref())?.id();
    let page = params.0.page(&("list_comments", scope, &filters.0))?;
    let listed = Listed {
        scope,
        filters: &filters.0,
        now: app.clock.now(),
    };
    page_of(&app.db, &who, locale, &listed, &page).await
}

/// How many comments of one scope bear what
///
/// `group_by=hidden_reason`: how many are hidden, and why (S-81). Up to 50,000 are looked at.
#[utoipa::path(operation_id = "count_comments", tag = "comments", params(CommentCountParams, CommentFilters),
    responses((status = 200, description = "The counts", body = CommentCounts)))]
#[get("/comments/counts")]
pub async fn count_comments(
    who: Can<ListComments>,
    app: web::Data<App>,
    by: ValidQuery<CommentCountParams>,
    filters: ValidQuery<CommentFilters>,
    locale: Locale,
) -> ApiResult<View<CommentCounts>> {
    let listed = Listed {
        scope: who.list_scope(filters.0.scope.as_deref())?.id(),
        filters: &filters.0,
        now: app.clock.now(),
    };
    let by = by.0.group_by;
    let (rows, complete) = listed.counted(&app.db, by).await?;
    let groups: Vec<CountedComments> = rows
        .into_iter()
        .map(|row| CountedComments::of(by, row, locale))
        .collect();
    Ok(View(CommentCounts {
        group_by: by,
        total: groups.iter().map(|group| group.comments).sum(),
        groups,
        complete,
    }))
}

/// The moderation log
///
/// Every hiding of a comment of one scope, and every end of one, the latest first (S-81).
#[utoipa::path(operation_id = "list_comment_moderations", tag = "comments", params(ListParams, ModerationFilters),
    responses((status = 200, description = "A page", body = Page<CommentModerationView>)))]
#[get("/comment-moderations")]
pub async fn list_comment_moderations(
    who: Can<ReadModerations>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<ModerationFilters>,
    locale: Locale,
) -> ApiResult<Page<CommentModerationView>> {
    let scope = who.list_scope(filters.0.scope.as_deref())?.id();
    let page = params.0.page(&("list_comment_moderations", scope, &filters.0))?;
    let rows: Vec<ModerationRow> = moderation::page(scope, &filters.0, page.after::<Timestamp>()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(moderation::count(&app.db, scope, &filters.0)).await?;
    let place = |row: &ModerationRow| (row.at, row.id);
    Ok(page.page(rows, place, |row| row.view(locale)).with_total(total))
}

//! Reading attachments: one, a problem's, a visit's, a plan's.

use actix_web::{get, web};
use uuid::Uuid;

use crate::app::App;
use crate::attachments::dto::{AttachmentFilters, AttachmentView};
use crate::attachments::owners;
use crate::attachments::store::owners::plan_is_within;
use crate::attachments::store::read::{Listed, Of, find};
use crate::attachments::store::{AttachmentRow, Author};
use crate::auth::Can;
use crate::auth::policy::{Permission as _, ReadAttachments};
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, OrNotFound as _};
use crate::http::{ListParams, Page, PathId, PathRef, ValidQuery, View};
use crate::reporters::domain::KNOW_MASKED;
use crate::{problems, visits};

/// An attachment
///
/// What it is, of whom and of what; its bytes are behind a link (`POST /attachments/{id}/link`). Whoever sees its owner
/// sees it; a reporter sees what is public and what he uploaded himself.
#[utoipa::path(operation_id = "get_attachment", tag = "attachments",
    params(("id" = Uuid, Path, description = "The attachment's id")),
    responses((status = 200, description = "The attachment", body = AttachmentView)))]
#[get("/attachments/{id}")]
pub async fn get_attachment(
    who: Can<ReadAttachments>,
    app: web::Data<App>,
    id: PathId,
) -> ApiResult<View<AttachmentView>> {
    let reach = owners::reach(&app, &who, ReadAttachments::RULE);
    let row = find(&app.db, &reach, id.0).await?.or_not_found()?;
    Ok(View(AttachmentView::of(row, reach.author)))
}

/// The attachments of a problem
///
/// Its own and those of its look-backs, oldest first. A reporter sees what is public and what he uploaded himself.
#[utoipa::path(operation_id = "list_problem_attachments", tag = "attachments",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams, AttachmentFilters),
    responses((status = 200, description = "A page", body = Page<AttachmentView>)))]
#[get("/problems/{id}/attachments")]
pub async fn list_problem_attachments(
    who: Can<ReadAttachments>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<AttachmentFilters>,
) -> ApiResult<Page<AttachmentView>> {
    let facts = problems::store::facts(&app.db, &who.scope_ids(), &id, &who, app.clock.now())
        .await?
        .or_not_found()?;
    let inside = facts.is_seen_inside(&who);
    list(&app, &who, Of::Problem(facts.id), inside, &params.0, &filters.0).await
}

/// The attachments of a visit
///
/// Oldest first, for whoever sees the visit.
#[utoipa::path(operation_id = "list_visit_attachments", tag = "attachments",
    params(("id" = Uuid, Path, description = "The visit's id"), ListParams, AttachmentFilters),
    responses((status = 200, description = "A page", body = Page<AttachmentView>)))]
#[get("/visits/{id}/attachments")]
pub async fn list_visit_attachments(
    who: Can<ReadAttachments>,
    app: web::Data<App>,
    id: PathId,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<AttachmentFilters>,
) -> ApiResult<Page<AttachmentView>> {
    let reach = owners::reach(&app, &who, ReadAttachments::RULE);
    visits::store::find(&app.db, &reach.inside, id.0)
        .await?
        .or_not_found()?;
    list(&app, &who, Of::Owner(id.0), true, &params.0, &filters.0).await
}

/// The attachments of an action plan
///
/// Oldest first, for whoever sees one of its problems from inside the administration.
#[utoipa::path(operation_id = "list_action_plan_attachments", tag = "attachments",
    params(("id" = Uuid, Path, description = "The plan's id"), ListParams, AttachmentFilters),
    responses((status = 200, description = "A page", body = Page<AttachmentView>)))]
#[get("/action-plans/{id}/attachments")]
pub async fn list_action_plan_attachments(
    who: Can<ReadAttachments>,
    app: web::Data<App>,
    id: PathId,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<AttachmentFilters>,
) -> ApiResult<Page<AttachmentView>> {
    let reach = owners::reach(&app, &who, ReadAttachments::RULE);
    if !plan_is_within(&app.db, id.0, &reach.inside).await? {
        return Err(ApiError::not_found());
    }
    list(&app, &who, Of::Owner(id.0), true, &params.0, &filters.0).await
}

async fn list(
    app: &App,
    who: &Can<ReadAttachments>,
    of: Of,
    inside: bool,
    params: &ListParams,
    filters: &AttachmentFilters,
) -> ApiResult<Page<AttachmentView>> {
    let author = Author::of(who);
    let call_back = who.scopes_of(|role| KNOW_MASKED.contains(&role));
    let listed = Listed {
        of,
        outsider: (!inside).then_some(author),
        include_ended: inside && filters.include_ended.unwrap_or(false),
        call_back: &call_back,
    };
    let page = params.page(&("list_attachments", of, inside, filters))?;
    let rows: Vec<AttachmentRow> = listed
        .page(page.after::<Timestamp>()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(listed.count(&app.db)).await?;
    let place = |row: &AttachmentRow| -> (Timestamp, Uuid) { (row.created_at, row.id) };
    Ok(page
        .page(rows, place, |row| AttachmentView::of(row, author))
        .with_total(total))
}

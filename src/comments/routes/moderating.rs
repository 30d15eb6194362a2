//! Replying, hiding, showing again.

use actix_web::{HttpResponse, post};
use uuid::Uuid;

use crate::auth::policy::{ModerateComments, ReplyToComments};
use crate::auth::{Caller, Can};
use crate::comments::dto::{CommentView, HideComment, ReplyToComment, UnhideComment};
use crate::comments::finding::{ToRead, to_change};
use crate::comments::moderating::Moderated;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::http::{IfMatch, PathId, ValidJson, Work};

/// Reply to a comment for the administration
///
/// By the organisation that leads or studies the problem, or a dispatcher; once, and everybody reads it. Where it
/// answers the problem's reporter, it may be the first response to him. The author is told.
#[utoipa::path(operation_id = "reply_to_comment", tag = "comments", request_body = ReplyToComment,
    params(("id" = Uuid, Path, description = "The comment's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Replied to", body = CommentView)),
    extensions(("x-error-codes" = json!(["duplicate", "erased", "merged", "too_many_attempts", "transition_not_allowed"]))))]
#[post("/comments/{id}/reply")]
pub async fn reply_to_comment(
    who: Can<ReplyToComments>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<ReplyToComment>,
) -> ApiResult<HttpResponse> {
    let (mut tx, scopes) = (work.begin().await?, who.scope_ids());
    let comment = Moderated::find(&work, &mut tx, &who, &scopes, id.0).await?;
    comment.reply(&work, &mut tx, &who, &at, &body.0).await?;
    answer(&work, tx, &who, &scopes, id.0).await
}

/// Hide a comment
///
/// By a dispatcher or a supervisor, for the law or for privacy and nothing else: `reason` is a term below `hide`. Its
/// stub with the reason stays for everybody. Who is criticised hides nothing: 403 `separation_of_duties` for whoever
/// acted on the problem, and for whoever belongs to an organisation that handles it or did.
#[utoipa::path(operation_id = "hide_comment", tag = "comments", request_body = HideComment,
    params(("id" = Uuid, Path, description = "The comment's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Hidden", body = CommentView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "transition_not_allowed", "erased"]))))]
#[post("/comments/{id}/hide")]
pub async fn hide_comment(
    who: Can<ModerateComments>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<HideComment>,
) -> ApiResult<HttpResponse> {
    let (mut tx, scopes) = (work.begin().await?, who.scope_ids());
    let comment = Moderated::find(&work, &mut tx, &who, &scopes, id.0).await?;
    comment.hide(&work, &mut tx, &who, &at, &body.0).await?;
    answer(&work, tx, &who, &scopes, id.0).await
}

/// Show a hidden comment again
///
/// By whoever may hide it, with the reason in words.
#[utoipa::path(operation_id = "unhide_comment", tag = "comments", request_body = UnhideComment,
    params(("id" = Uuid, Path, description = "The comment's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Shown again", body = CommentView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "transition_not_allowed", "erased"]))))]
#[post("/comments/{id}/unhide")]
pub async fn unhide_comment(
    who: Can<ModerateComments>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<UnhideComment>,
) -> ApiResult<HttpResponse> {
    let (mut tx, scopes) = (work.begin().await?, who.scope_ids());
    let comment = Moderated::find(&work, &mut tx, &who, &scopes, id.0).await?;
    comment.unhide(&work, &mut tx, &who, &at, &body.0).await?;
    answer(&work, tx, &who, &scopes, id.0).await
}

async fn answer(work: &Work, mut tx: Tx, who: &Caller, scopes: &[Uuid], id: Uuid) -> ApiResult<HttpResponse> {
    let (facts, row) = to_change(&mut tx, who, scopes, id, work.now()).await?;
    let view = ToRead::within(who, &facts).comment(row, work.locale);
    work.ok(tx, &view).await
}

//! Commenting and supporting.

use actix_web::{HttpResponse, post};

use crate::auth::Can;
use crate::auth::policy::Comment;
use crate::comments::dto::{NewComment, SupportComment};
use crate::comments::finding::{one_to_read, to_comment};
use crate::comments::store::{self, CommentRow};
use crate::comments::writing;
use crate::error::ApiResult;
use crate::http::{PathId, PathRef, ValidJson, Work};

/// Comment on a problem
///
/// On a published one by whoever is identified: an account, the bearer of a receipt of whichever problem, a client
/// (scope `reporters:act`) for somebody whom it names; before that by whoever speaks for its reporter. `anonymous`:
/// nobody who handles the problem learns who it is. A reply of the administration is due within five working days. What
/// everybody will read names nobody. It never changes and is never removed. One voice says a thing once, and speaks of
/// a problem five times within 24 hours. Who handled the problem does not comment on it.
#[utoipa::path(operation_id = "create_comment", tag = "comments", request_body = NewComment,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`")),
    responses((status = 201, description = "Written", body = crate::comments::dto::CommentView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "duplicate", "erased", "merged", "too_many_attempts", "transition_not_allowed"]))))]
#[post("/problems/{id}/comments")]
pub async fn create_comment(
    who: Can<Comment>,
    work: Work,
    id: PathRef,
    body: ValidJson<NewComment>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let found = to_comment(&mut tx, &who, &who.scope_ids(), &id, work.now()).await?;
    let comment = writing::write(&work, &mut tx, &who, &found, &body.0).await?;
    let row: CommentRow = store::one(comment).one(&mut tx).await?;
    let view = found.read.comment(row, work.locale);
    work.created(tx, format!("/api/v1/comments/{comment}"), &view).await
}

/// Support a comment
///
/// By whoever is identified, as for commenting; each voice counts once, whichever way it comes: a second time is 409
/// `duplicate`, and so is one's own comment.
#[utoipa::path(operation_id = "support_comment", tag = "comments", request_body = Option<SupportComment>,
    params(("id" = Uuid, Path, description = "The comment's id")),
    responses((status = 200, description = "Counted", body = crate::comments::dto::CommentView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "duplicate", "erased", "merged", "transition_not_allowed"]))))]
#[post("/comments/{id}/support")]
pub async fn support_comment(
    who: Can<Comment>,
    work: Work,
    id: PathId,
    body: ValidJson<SupportComment>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let (row, read) = one_to_read(&mut tx, &who, &who.scope_ids(), id.0, work.now()).await?;
    writing::support(&work, &mut tx, &who, &row, &body.0).await?;
    let row: CommentRow = store::one(id.0).one(&mut tx).await?;
    work.ok(tx, &read.comment(row, work.locale)).await
}

//! The handlers.

pub mod content;
pub mod read;
pub mod write;

use actix_web::HttpResponse;
use uuid::Uuid;

use super::dto::AttachmentView;
use super::store::{AttachmentRow, Reach, read as rows};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiResult, OrNotFound as _};
use crate::events::Act;
use crate::http::Work;
use crate::reporters::voice::nobody;

/// The attachment for a change: locked, and within reach.
async fn find_to_change(tx: &mut Tx, reach: &Reach, id: Uuid) -> ApiResult<AttachmentRow> {
    super::store::write::lock(tx, id).await?;
    rows::find(tx, reach, id).await?.or_not_found()
}

/// What the caller does to an attachment, for the events of its problem: its author's name only where he may be known,
/// since whoever handles the problem reads them.
async fn act_on(tx: &mut Tx, work: &Work, who: &Caller, is_author: bool, id: Uuid) -> ApiResult<Act> {
    let act = who.act(work.now());
    if is_author && rows::is_by_masked_reporter(tx, id).await? {
        return Ok(nobody(act));
    }
    Ok(act)
}

/// Answers what the caller has just changed, as it is stored.
async fn changed(work: &Work, mut tx: Tx, reach: &Reach, id: Uuid) -> ApiResult<HttpResponse> {
    let row = rows::find_changed(&mut tx, reach, id).await?.or_not_found()?;
    work.ok(tx, &AttachmentView::of(row, reach.author)).await
}

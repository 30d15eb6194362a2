//! The handlers.

pub mod content;
pub mod read;
pub mod write;

use actix_web::HttpResponse;
use uuid::Uuid;

use super::dto::AttachmentView;
use super::store::{AttachmentRow, Reach, read as rows};
use crate::db::Tx;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::Work;

/// The attachment for a change: locked, and within reach.
async fn find_to_change(tx: &mut Tx, reach: &Reach, id: Uuid) -> ApiResult<AttachmentRow> {
    super::store::write::lock(tx, id).await?;
    rows::find(tx, reach, id).await?.or_not_found()
}

/// Answers what the caller has just changed, as it is stored.
async fn changed(work: &Work, mut tx: Tx, reach: &Reach, id: Uuid) -> ApiResult<HttpResponse> {
    let row = rows::find(&mut tx, reach, id).await?.or_not_found()?;
    work.ok(tx, &AttachmentView::of(row, reach.author)).await
}

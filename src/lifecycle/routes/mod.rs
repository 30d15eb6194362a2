//! The transitions as operations: each hands its body to the command of the same name.

pub mod bulk;
pub mod closing;
pub mod disposing;
pub mod handling;
pub mod meta;
pub mod suggestions;
pub mod urging;

use actix_web::HttpResponse;

use crate::auth::Caller;
use crate::error::ApiResult;
use crate::http::{IfMatch, PathRef, Work};
use crate::lifecycle::command::Command;
use crate::problems::view::stored;

async fn carry_out(
    work: &Work,
    who: &Caller,
    id: &PathRef,
    at: &IfMatch,
    command: &Command,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let id = command.carry_out(work, &mut tx, who, id, Some(at), "").await?;
    let view = stored(work, &mut tx, who, id).await?;
    work.ok(tx, &view).await
}

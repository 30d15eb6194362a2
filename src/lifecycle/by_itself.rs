//! A transition that happens by itself, through the code of those that are asked for. The table says which may, `tasks`
//! when.

use uuid::Uuid;

use super::step::Step;
use super::workflow::Action;
use super::{assign, open, resume, supply};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::http::Work;

/// Carries it out at a moment; false where the problem's state does not allow it any more, or it is gone.
///
/// # Errors
/// What the transition itself meets; an internal one for an action that never happens by itself.
pub async fn carry_out(work: &Work, tx: &mut Tx, problem: Uuid, action: Action, now: Timestamp) -> ApiResult<bool> {
    let mut step = match Step::take_by_itself(work, tx, problem, action, now).await {
        Ok(step) => step,
        Err(refusal) if matches!(refusal.code().status(), 404 | 409) => return Ok(false),
        Err(fault) => return Err(fault),
    };
    match action {
        Action::Open => open::carry_out(&mut step).await,
        Action::Assign => assign::by_itself(&mut step).await,
        Action::Supply => supply::by_itself(&mut step).await,
        Action::Resume => resume::carry_out(&mut step).await,
        other => Err(ApiError::internal(format!("{other} never happens by itself"))),
    }?;
    Ok(true)
}

//! Reopening what was closed, within a year: the next cycle under the same number.

use super::dto::Reopen;
use super::step::Step;
use super::{closing, confirm};
use crate::error::{ApiError, ApiResult, Code};
use crate::requests::domain::is_final;
use crate::requests::store;

/// Reopens it.
///
/// # Errors
/// 409 `too_late` a year after closing; 409 `adjudicated` for a reporter whose appeal was refused.
pub async fn carry_out(step: &mut Step<'_>, body: &Reopen) -> ApiResult<()> {
    confirm::within_a_year(step)?;
    if step.spoken.is_some() {
        let before = store::before(&mut *step.tx, step.facts.id).await?;
        if is_final(step.facts.cycle_no, &before) {
            return Err(ApiError::new(Code::Adjudicated));
        }
    }
    let event = step.event("problem.reopened").with_text(Some(body.reason.clone()));
    let matter = step.facts.matter;
    closing::begin_anew(step, "reopened", matter, event).await
}

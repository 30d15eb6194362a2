//! Reopening what was closed, within a year: the next cycle under the same number.

use super::dto::Reopen;
use super::step::Step;
use super::{closing, confirm};
use crate::error::ApiResult;

/// Reopens it.
///
/// # Errors
/// 409 `too_late` a year after closing.
pub async fn carry_out(step: &mut Step<'_>, body: &Reopen) -> ApiResult<()> {
    confirm::within_a_year(step)?;
    let event = step.event("problem.reopened").with_text(Some(body.reason.clone()));
    let matter = step.facts.matter;
    closing::begin_anew(step, "reopened", matter, event).await
}

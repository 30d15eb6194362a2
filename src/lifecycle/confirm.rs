//! The reporter says that it is solved: the only way to close that counts (S-32, S-82).
//!
//! It never fails for a reason inside the administration. What was closed without an answer may still be confirmed
//! within a year.

use chrono::Days;

use super::closing;
use super::dto::Confirm;
use super::step::Step;
use crate::error::{ApiError, ApiResult, Code, FaultCode, OrNotFound as _};
use crate::feedback;
use crate::feedback::dto::NewRating;
use crate::http::PathRef;
use crate::problems::domain::{ConfirmedVia, State};
use crate::problems::store;

/// Confirms it.
///
/// # Errors
/// 409 `too_late` a year after closing; 422 at `/call_back`, or at `/rating`, which never comes by a call back.
pub async fn carry_out(step: &mut Step<'_>, body: &Confirm) -> ApiResult<()> {
    within_a_year(step)?;
    let via = closing::way(step, body.call_back.as_ref()).await?;
    if body.rating.is_some() && step.spoken.is_none() {
        return Err(ApiError::invalid_at("/rating", FaultCode::Conflict));
    }
    let kind = if via == ConfirmedVia::CallBack {
        "problem.confirmed_by_call_back"
    } else {
        "problem.confirmed"
    };
    let event = step
        .event(kind)
        .with(serde_json::json!({ "via": via, "cycle": step.facts.cycle_no }));
    closing::close(step, Some(via), event).await?;
    match &body.rating {
        Some(rating) => rate(step, rating).await,
        None => Ok(()),
    }
}

/// The rating that comes along, of the problem as it now stands.
async fn rate(step: &mut Step<'_>, rating: &NewRating) -> ApiResult<()> {
    let (id, now) = (PathRef::Id(step.facts.id), step.now());
    let facts = store::facts_to_change(step.tx, &step.who.every_scope(), &id, step.who, now).await?;
    feedback::rate::carry_out(step.work, step.tx, step.who, &facts.or_not_found()?, rating).await?;
    Ok(())
}

/// # Errors
/// 409 `too_late` where it was closed more than a year ago.
pub fn within_a_year(step: &Step<'_>) -> ApiResult<()> {
    let until = step
        .facts
        .closed_at
        .map(|closed| closed.shanghai_date() + Days::new(365));
    if step.facts.state == State::Closed && until.is_some_and(|until| step.now().shanghai_date() > until) {
        return Err(ApiError::new(Code::TooLate));
    }
    Ok(())
}

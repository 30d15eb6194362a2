//! Closing what the reporter did not answer to: never counted as confirmed.

use super::closing;
use super::dto::CloseUnanswered;
use super::step::Step;
use crate::clock::Timestamp;
use crate::clock_rules::domain::Term;
use crate::contacts;
use crate::error::{ApiError, ApiResult, Code};
use crate::public_view::store::publications::notice_until;
use crate::reporters::domain::Anonymity;

/// Attempts to reach him, where anybody knows who he is.
const ATTEMPTS: i64 = 2;

/// Closes it.
///
/// # Errors
/// 409 `too_early` before the last working day that the reporter has for his answer has ended; 409 `attempts_missing`
/// with fewer than two attempts; where nobody knows him, in their place 409 `result_notice_missing` without a notice of
/// this result, and `too_early` while it is shown.
pub async fn carry_out(step: &mut Step<'_>, body: &CloseUnanswered) -> ApiResult<()> {
    let done = step.facts.resolution_at.unwrap_or(step.facts.cycle_began);
    let days = step.terms().await?.days(Term::Confirmation);
    let (until, _) = step.calendar().due_at(done.utc(), days);
    must_be_over(step, until.into())?;
    // Who was called before there was a result was not asked to confirm it.
    let attempts = contacts::store::attempts(&mut *step.tx, step.facts.id, step.facts.cycle_no, done).await?;
    let reachable = step
        .facts
        .reporter_anonymity
        .is_some_and(|anonymity| anonymity != Anonymity::Unknown);
    if reachable && attempts < ATTEMPTS {
        return Err(ApiError::new(Code::AttemptsMissing)
            .with_member("attempts", attempts)
            .with_member("needed", ATTEMPTS));
    }
    if !reachable {
        let shown = notice_until(&mut *step.tx, step.facts.id, done).await?;
        must_be_over(step, shown.ok_or_else(|| ApiError::new(Code::NoticeMissing))?)?;
    }
    let event = step
        .event("problem.closed_unanswered")
        .with_text(body.note.clone())
        .with(serde_json::json!({ "attempts": attempts, "cycle": step.facts.cycle_no }));
    closing::close(step, None, event).await
}

fn must_be_over(step: &Step<'_>, until: Timestamp) -> ApiResult<()> {
    if step.now() < until {
        return Err(ApiError::new(Code::TooEarly).with_member("from", until.to_string()));
    }
    Ok(())
}

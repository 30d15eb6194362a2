//! Urging (催办): a dispatcher, a supervisor, whoever watches, or the reporter by any of his voices. It moves nothing, so
//! the version stays and no `If-Match` is needed; one that is sent is compared. Each of them once in five working days.

use super::dto::Urge;
use super::step::Step;
use super::workflow::Tie;
use crate::auth::Role;
use crate::calendar::{Calendar, start_of_shanghai_day};
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code};
use crate::problems::store::{change, urges};

/// Working days between two urgings by the same.
const DAYS: u32 = 5;

/// Who may urge.
pub const URGES: &[(Role, Tie)] = &[
    (Role::Dispatcher, Tie::None),
    (Role::Supervisor, Tie::None),
    (Role::Reporter, Tie::Speaks),
    (Role::Integrator, Tie::Speaks),
    (Role::Officer, Tie::Watches),
    (Role::Leader, Tie::Watches),
    (Role::Handler, Tie::Watches),
    (Role::Head, Tie::Watches),
];

/// Urges it: an event, which the reporter sees where it is his own.
///
/// # Errors
/// 409 `too_early` with `next_at` within five working days.
pub async fn carry_out(step: &mut Step<'_>, body: &Urge) -> ApiResult<()> {
    let (ids, by_reporter) = (step.ids(), step.spoken.is_some());
    let person = step.who.person().filter(|_| !by_reporter);
    let last = urges::last(step.tx, step.facts.id, person).await?;
    let next = last.map(|last| next_at(&step.calendar(), last));
    if let Some(next_at) = next.filter(|next_at| step.now() < *next_at) {
        return Err(ApiError::new(Code::TooEarly).with_member("next_at", next_at.to_string()));
    }
    urges::insert(step.tx, ids, &step.facts, person, step.act.at).await?;
    step.note_act(step.counts_as).await?;
    let mut event = step
        .event("problem.urged")
        .with_text(Some(body.note.clone()))
        .with(serde_json::json!({ "by_reporter": by_reporter }));
    event.public = by_reporter;
    change::note(step.tx, ids, &step.act, &step.facts, event).await
}

/// The beginning of the fifth working day after one urging.
fn next_at(calendar: &Calendar, last: Timestamp) -> Timestamp {
    let day = calendar.add_working_days(last.shanghai_date(), DAYS).date;
    start_of_shanghai_day(day).into()
}

//! Logging a contact.

use serde_json::json;
use uuid::Uuid;

use super::domain::{must_be_in_time, time_fault};
use super::dto::LogContact;
use super::store::{self, NewContact};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::NewEvent;
use crate::http::Work;
use crate::problems::store::{ProblemFacts, change, course, cycle};
use crate::tasks::planning;

/// Logs a contact about a problem that the transaction has locked; its id.
///
/// # Errors
/// 403 for a client, which speaks with nobody; 409 once it is too late; 422 for a time that cannot be.
pub async fn log(work: &Work, tx: &mut Tx, who: &Caller, facts: &ProblemFacts, body: LogContact) -> ApiResult<Uuid> {
    let (now, act) = (work.now(), who.act(work.now()));
    let person_id = who.person().ok_or_else(|| ApiError::new(Code::Forbidden))?;
    must_be_in_time(facts.state, body.purpose)?;
    facts.must_not_be_erased()?;
    let at = body.at.unwrap_or(now);
    if let Some(fault) = time_fault(at, facts.recorded_at, now) {
        return Err(ApiError::invalid(vec![fault]));
    }
    let new = NewContact {
        problem_id: facts.id,
        purpose: body.purpose.into(),
        channel: body.channel,
        at,
        face_to_face: body.face_to_face,
        with_reporter: body.with_reporter,
        reporter_came: body.reporter_came,
        person_id,
        words: body.words,
        public: body.public,
    };
    let id = store::log(tx, &work.app.ids, &act, &new).await?;
    // The first contact or reply with the reporter is the first response of its cycle.
    if new.with_reporter && new.purpose.responds() {
        cycle::contacted(tx, facts, new.at).await?;
    }
    let event = NewEvent::of("problem", facts.id, "problem.contacted").with(json!({
        "contact": id, "purpose": new.purpose, "channel": new.channel, "face_to_face": new.face_to_face,
        "with_reporter": new.with_reporter, "reporter_came": new.reporter_came,
    }));
    let event = if new.public { event.public() } else { event };
    change::note(tx, &work.app.ids, &act, facts, event).await?;
    planning::replan(tx, &work.app.ids, &work.app.calendar(), &act, facts.id).await?;
    if new.reporter_came {
        course::count_trip(tx, facts).await?;
    }
    Ok(id)
}

//! Blotting a passage out.

use serde_json::json;
use uuid::Uuid;

use super::domain::{Passage, RedactedField, blot, says_nothing};
use super::dto::{NewRedaction, NewVisitRedaction};
use super::erasing::after_text_changed;
use super::store::redactions::{self, Left};
use crate::action_plans::store::texts as plan_texts;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, FaultCode};
use crate::events::{Act, NewEvent};
use crate::http::{Work, idempotency};
use crate::problems::domain::ProblemAct;
use crate::problems::store::{ProblemFacts, write};
use crate::visits::store::{self as visits, VisitRow};

/// Blots a passage out of a text of a problem that the transaction has locked, and out of the timeline.
///
/// # Errors
/// 422 at `/passage`: `passage_missing` where it does not stand there, `nothing_left` where nothing else does.
pub async fn carry_out(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    facts: &ProblemFacts,
    body: &NewRedaction,
) -> ApiResult<()> {
    let (act, passage) = (who.act(work.now()), body.passage());
    if body.field == RedactedField::Plan {
        plan_texts::hold(tx, facts.id).await?;
    }
    let blotted = blot_out(tx, &act, facts.id, passage).await?;
    write::acted(tx, &work.app.ids, facts.id, &act, ProblemAct::Redact).await?;
    // The reporter is told that it happened; the text may be one that was never for him (`EventView`).
    let event = NewEvent::of("problem", facts.id, "problem.redacted").public();
    after_text_changed(work, tx, &act, facts, blotted.told_by(event, passage)).await
}

/// The same of a text of a visit.
///
/// # Errors
/// 422 at `/passage`, as [`carry_out`]; 412 where another writer was faster.
pub async fn carry_out_of_visit(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    visit: &VisitRow,
    body: &NewVisitRedaction,
) -> ApiResult<()> {
    let (act, passage) = (who.act(work.now()), body.passage());
    let blotted = blot_out(tx, &act, visit.id, passage).await?;
    idempotency::forget(tx, &[visit.id], work.app.real_clock.now()).await?;
    let event = blotted.told_by(NewEvent::of("visit", visit.id, "visit.redacted"), passage);
    if visits::write::reworded(tx, &work.app.ids, &act, visit, event).await? {
        Ok(())
    } else {
        Err(ApiError::new(Code::PreconditionFailed))
    }
}

/// What became of the texts that held a passage.
struct Blotted {
    /// Each as it now stands.
    left: Vec<String>,
    /// The events whose text was erased.
    events: Vec<Uuid>,
}

/// Blots a passage out of the texts of a problem or a visit, and erases the texts of the timeline that hold it.
async fn blot_out(tx: &mut Tx, act: &Act, of: Uuid, passage: Passage<'_>) -> ApiResult<Blotted> {
    let mut left = redactions::blot_out(tx, of, passage).await?;
    let told = redactions::events_that_say(tx, of, passage).await?;
    let named = |id: &Uuid| passage.target.is_none_or(|target| target == *id);
    if passage.field.is_timeline() {
        let texts = told.iter().filter(|(id, _)| named(id));
        left.extend(
            texts
                .filter_map(|(_, text)| blot(text, passage.words))
                .map(Left::sentence),
        );
    }
    if left.is_empty() {
        return Err(ApiError::invalid_at("/passage", FaultCode::PassageMissing));
    }
    // A name may go whole; what was said may not, or blotting out would be deleting.
    if left.iter().any(|left| left.is_sentence && says_nothing(&left.text)) {
        return Err(ApiError::invalid_at("/passage", FaultCode::NothingLeft));
    }
    let left = left.into_iter().map(|left| left.text).collect();
    let events: Vec<Uuid> = told.iter().map(|(id, _)| *id).collect();
    redactions::erase_events(tx, &events, act.at).await?;
    Ok(Blotted { left, events })
}

impl Blotted {
    /// The event that tells of it. What is left is its text: so it carries its salted hash, while the first one's stays
    /// with the first event. What somebody noted for himself alone is nobody else's to read.
    fn told_by(self, event: NewEvent, passage: Passage<'_>) -> NewEvent {
        event
            .with_text(passage.field.is_told().then(|| self.left.join("\n")))
            .with(json!({
                "field": passage.field.as_str(), "target": passage.target, "ground": passage.ground,
                "texts": self.left.len(), "events": self.events,
            }))
    }
}

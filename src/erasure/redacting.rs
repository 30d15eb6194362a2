//! Blotting a passage out.

use serde_json::json;
use uuid::Uuid;

use super::domain::{RedactedField, blot};
use super::dto::NewRedaction;
use super::erasing::after_text_changed;
use super::store::redactions;
use crate::action_plans::store::texts as plan_texts;
use crate::auth::Caller;
use crate::comments::judging;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, FaultCode};
use crate::events::NewEvent;
use crate::http::Work;
use crate::problems::store::{ProblemFacts, write};

/// Keeps criticism from whoever is criticised: he blots nothing out of it.
///
/// # Errors
/// 403 `separation_of_duties`.
pub async fn must_be_apart(tx: &mut Tx, who: &Caller, facts: &ProblemFacts, field: RedactedField) -> ApiResult<()> {
    match field {
        RedactedField::Comment | RedactedField::Rating => judging::must_not_be_criticised(tx, who, facts.id).await,
        _ => Ok(()),
    }
}

/// Blots a passage out of a text of a problem that the transaction has locked, and out of the timeline.
///
/// # Errors
/// 422 `passage_missing` where it does not stand there.
pub async fn carry_out(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    facts: &ProblemFacts,
    body: &NewRedaction,
) -> ApiResult<()> {
    let (act, passage) = (who.act(work.now()), body.passage.as_str());
    if body.field == RedactedField::Plan {
        plan_texts::hold(tx, facts.id).await?;
    }
    let mut left = redactions::blot_out(tx, facts.id, body.field, body.target_id, passage).await?;
    let told = redactions::events_that_say(tx, facts.id, passage).await?;
    let named = |id: &Uuid| body.target_id.is_none_or(|target| target == *id);
    if body.field == RedactedField::Event {
        let texts = told.iter().filter(|(id, _)| named(id));
        left.extend(texts.filter_map(|(_, text)| blot(text, passage)));
    }
    if left.is_empty() {
        return Err(ApiError::invalid_at("/passage", FaultCode::PassageMissing));
    }
    let events: Vec<Uuid> = told.iter().map(|(id, _)| *id).collect();
    redactions::erase_events(tx, &events, act.at).await?;
    write::acted(tx, &work.app.ids, facts.id, &act, "redact").await?;
    // What is left is the event's text: so it carries its salted hash, while the first one's stays with the first event. The
    // reporter is told that it happened; the text may be one that was never for him (`EventView`), and what somebody noted
    // for himself alone is nobody else's to read.
    let event = NewEvent::of("problem", facts.id, "problem.redacted")
        .public()
        .with_text(body.field.is_told().then(|| left.join("\n")))
        .with(json!({
            "field": body.field, "target": body.target_id, "ground": body.ground, "texts": left.len(), "events": events,
        }));
    after_text_changed(work, tx, &act, facts, event).await
}

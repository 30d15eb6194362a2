//! Transferring a problem to another organisation (转办, S-58): counted, and it never sets the clock back. One that goes
//! back to whoever led before opens a return by itself; after a final ruling only a supervisor transfers.

use super::dto::Transfer;
use super::lead::{self, Lead};
use super::step::Step;
use crate::assignments::domain::AssignmentOrigin;
use crate::assignments::store as assignments;
use crate::error::{ApiResult, Fault, FaultCode};
use crate::metrics::rollup::{self, Outcome};
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::problems::store::cycle;
use crate::problems::store::write::rollup_key;
use crate::requests::{self, asking};

/// Transfers it.
///
/// # Errors
/// 422 for an unknown organisation, the one that leads already, or a day later than the clock's.
pub async fn carry_out(step: &mut Step<'_>, body: &Transfer) -> ApiResult<()> {
    step.expect_org("/lead_org_id", body.lead_org_id).await?;
    if step.facts.lead_org_id == Some(body.lead_org_id) {
        step.faults.push(Fault::new("/lead_org_id", FaultCode::Conflict));
    }
    let rule = step
        .rule(step.facts.matter, step.facts.disposition, Some(body.lead_org_id))
        .await?;
    // What was granted before stays the limit: an institutional analysis or an earlier, shorter date.
    let running = match step.facts.state {
        State::OnHold => {
            let now = step.now();
            cycle::go_on(step.tx, &step.calendar(), &step.facts, now).await?
        }
        _ => step.facts.due_at,
    };
    let latest = running.map_or(rule.due_at, |due| due);
    let due = step.named("/due_on", body.due_on, latest.shanghai_date());
    step.refuse_faults()?;
    cycle::choose(step.tx, &step.facts, due).await?;
    let lead = Lead::of(&step.facts, AssignmentOrigin::Assigned, body.lead_org_id, due);
    // A→B→A: ruled on finally, unless it was before.
    let elsewhere = step.facts.responsible() != Some(body.lead_org_id);
    let back = elsewhere
        && !step.situation.ruled
        && assignments::had_it(&mut *step.tx, step.facts.id, body.lead_org_id).await?;
    if back {
        asking::dispute(step, body.lead_org_id, &body.reason).await?;
    }
    lead::make(step, lead).await?;
    let event = step
        .event("problem.transferred")
        .with_text(Some(body.reason.clone()))
        .with(serde_json::json!({
            "from_org": step.facts.responsible(), "lead_org": body.lead_org_id, "due_on": body.due_on, "back": back,
        }));
    let to = if back { State::InDispute } else { State::Assigned };
    let change = Move {
        return_state: back.then_some(State::Assigned),
        ..lead.moving(&step.facts, to, event)
    };
    step.apply(change).await?;
    count(step, back).await
}

/// Counts the transfer, and the first that goes back.
async fn count(step: &mut Step<'_>, back: bool) -> ApiResult<()> {
    let (key, today) = (rollup_key(&step.facts), step.now().shanghai_date());
    rollup::outcome(step.tx, &key, Outcome::Transferred, today, 1).await?;
    if back && requests::store::disputes(&mut *step.tx, step.facts.id).await? == 1 {
        rollup::outcome(step.tx, &key, Outcome::PingPong, today, 1).await?;
    }
    Ok(())
}

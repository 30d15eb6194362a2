//! What a decision leads to, by kind: who leads from now on, where the problem stands, and what its clock does.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::domain::{RequestDecision, RequestKind};
use super::dto::Decide;
use super::store::RequestRow;
use crate::assignments::domain::AssignmentOrigin;
use crate::assignments::store as assignments;
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::events::NewEvent;
use crate::lifecycle::lead::{self, Lead};
use crate::lifecycle::step::Step;
use crate::lifecycle::workflow::asking::rule_of;
use crate::lifecycle::{closing, reject_result};
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::problems::store::cycle::{self, Chosen};
use crate::problems::store::extend;
use crate::{action_plans, receipts};

/// What a decision says besides yes or no.
#[derive(Clone, Copy, Debug)]
pub enum Ruled {
    /// Nothing.
    Nothing,
    /// An organisation that is to lead, by when, and whether the clock has its day already.
    Lead(Uuid, Chosen, bool),
    /// The new due day.
    ExtendedTo(Option<NaiveDate>),
}

impl Ruled {
    /// The organisation that was ruled.
    pub fn org(self) -> Option<Uuid> {
        match self {
            Self::Lead(org, ..) => Some(org),
            Self::Nothing | Self::ExtendedTo(_) => None,
        }
    }

    /// The new due day.
    pub fn extended_to(self) -> Option<NaiveDate> {
        match self {
            Self::ExtendedTo(day) => day,
            Self::Nothing | Self::Lead(..) => None,
        }
    }
}

/// Checks what a decision names, by kind; the faults are the step's.
pub async fn ruled(step: &mut Step<'_>, row: &RequestRow, body: &Decide) -> ApiResult<Ruled> {
    let names = rule_of(row.kind).names_org && body.decision == RequestDecision::Granted;
    if names {
        return named(step, body).await;
    }
    for (pointer, there) in [("/org_id", body.org_id.is_some()), ("/due_on", body.due_on.is_some())] {
        if there {
            step.faults.push(Fault::new(pointer, FaultCode::Conflict));
        }
    }
    Ok(match (row.kind, body.decision) {
        // It stays with whoever has it, finally.
        (RequestKind::Return, RequestDecision::Refused) => {
            let org = step.facts.responsible();
            let org = org.ok_or_else(|| ApiError::internal("a return from nobody"))?;
            Ruled::Lead(org, lead::due(step, org).await?, true)
        }
        (RequestKind::Extend, RequestDecision::Granted) => {
            let due = extend::due(&mut *step.tx, step.facts.id, step.facts.cycle_no).await?;
            let later = due.later(&step.calendar(), row.working_days());
            Ruled::ExtendedTo(later.at().map(Timestamp::shanghai_date))
        }
        _ => Ruled::Nothing,
    })
}

async fn named(step: &mut Step<'_>, body: &Decide) -> ApiResult<Ruled> {
    let Some(org) = body.org_id else {
        step.faults.push(Fault::new("/org_id", FaultCode::Required));
        return Ok(Ruled::Nothing);
    };
    step.expect_org("/org_id", org).await?;
    if step.facts.responsible() == Some(org) {
        step.faults.push(Fault::new("/org_id", FaultCode::Conflict));
    }
    let own = lead::due(step, org).await?;
    Ok(match body.due_on {
        None => Ruled::Lead(org, own, step.facts.due_at.is_some()),
        Some(due_on) => Ruled::Lead(org, step.named("/due_on", due_on, own.due_at.shanghai_date()), false),
    })
}

/// Carries a decision out. It is stored already, so that no move ends it as lapsed.
pub async fn carry_out(step: &mut Step<'_>, row: &RequestRow, body: &Decide, ruled: Ruled) -> ApiResult<()> {
    match (row.kind, body.decision) {
        (RequestKind::Return, _) => lead_finally(step, "problem.return_ruled", ruled).await,
        (RequestKind::Escalate, RequestDecision::Granted) => lead_finally(step, "problem.escalated", ruled).await,
        (RequestKind::Escalate, RequestDecision::Refused) => sent_back(step, row).await,
        (RequestKind::Hold, RequestDecision::Granted) => hold(step, row).await,
        (RequestKind::Extend, RequestDecision::Granted) => later(step, row, ruled).await,
        (RequestKind::Decline, RequestDecision::Granted) => decline(step, row).await,
        (RequestKind::Appeal, RequestDecision::Granted) => begin_anew(step, body).await,
        (RequestKind::Appeal, RequestDecision::Refused) => finally(step, body).await,
        (RequestKind::Hold | RequestKind::Extend | RequestKind::Decline, RequestDecision::Refused) => {
            step.note_act(step.counts_as).await
        }
    }
}

async fn lead_finally(step: &mut Step<'_>, kind: &'static str, ruled: Ruled) -> ApiResult<()> {
    let Ruled::Lead(org, due, is_chosen) = ruled else {
        return Err(ApiError::internal("ruled to nobody"));
    };
    if !is_chosen {
        cycle::choose(step.tx, &step.facts, due).await?;
    }
    let lead = Lead::of(&step.facts, AssignmentOrigin::Ruled, org, due);
    lead::make(step, lead).await?;
    let event = NewEvent::of("problem", step.facts.id, kind).with(json!({
        "from_org": step.facts.responsible(), "lead_org": org,
        "due_on": due.due_at.shanghai_date(),
    }));
    step.apply(lead.moving(&step.facts, State::Assigned, event)).await
}

/// The state before, for what waited in a state of its own.
fn back(step: &Step<'_>, row: &RequestRow) -> State {
    step.facts.return_state.unwrap_or(row.from_state)
}

async fn sent_back(step: &mut Step<'_>, row: &RequestRow) -> ApiResult<()> {
    let event = NewEvent::of("problem", step.facts.id, "problem.escalation_refused").with(json!({}));
    let change = Move::of(&step.facts, back(step, row), event);
    step.apply(change).await
}

async fn hold(step: &mut Step<'_>, row: &RequestRow) -> ApiResult<()> {
    let now = step.now();
    cycle::pause(step.tx, &step.facts, now).await?;
    let event = step
        .event("problem.put_on_hold")
        .with_text(row.reason.clone())
        .with(json!({ "request": row.id, "reason_code": row.reason_code, "until": row.until_on }));
    let change = Move {
        due_at: None,
        return_state: Some(step.facts.state),
        ..Move::of(&step.facts, State::OnHold, event)
    };
    step.apply(change).await
}

async fn later(step: &mut Step<'_>, row: &RequestRow, ruled: Ruled) -> ApiResult<()> {
    let (ids, days) = (step.ids(), row.working_days());
    step.note_act(step.counts_as).await?;
    let event = step
        .event("problem.extended")
        .with_text(row.reason.clone())
        .with(json!({ "request": row.id, "working_days": days }));
    if let Some(due_on) = ruled.extended_to() {
        assignments::due_lead(step.tx, &step.act, step.facts.id, due_on).await?;
    }
    let calendar = step.calendar();
    extend::extend(step.tx, ids, &step.act, &step.facts, &calendar, days, event).await?;
    Ok(())
}

async fn decline(step: &mut Step<'_>, row: &RequestRow) -> ApiResult<()> {
    let (now, problem) = (step.now(), step.facts.id);
    let explanation = row.facts["explanation"].as_str().unwrap_or_default();
    // The explanation is what the reporter is answered: his first response, where he had none, and the cycle's result.
    cycle::responded(step.tx, &step.facts, now).await?;
    cycle::resolved(step.tx, &step.facts, now, explanation).await?;
    assignments::end_all(step.tx, &step.act, problem).await?;
    receipts::store::expire(step.tx, problem, now).await?;
    let event = step
        .event("problem.declined")
        .with_text(Some(explanation.to_owned()))
        .with(json!({ "request": row.id, "reason_code": row.reason_code }));
    let change = Move::of(&step.facts, State::Declined, event);
    step.apply(change).await?;
    Ok(action_plans::store::settle(step.tx, step.ids(), &step.act, problem).await?)
}

async fn begin_anew(step: &mut Step<'_>, body: &Decide) -> ApiResult<()> {
    let event = step
        .event("problem.appeal_granted")
        .with_text(Some(body.ruling.clone()));
    let matter = reject_result::no_longer_simple(step.facts.matter);
    closing::begin_anew(step, "appealed", matter, event).await
}

/// What was declined stays declined; what was rejected a third time is closed, unconfirmed.
async fn finally(step: &mut Step<'_>, body: &Decide) -> ApiResult<()> {
    let event = step
        .event("problem.appeal_refused")
        .with_text(Some(body.ruling.clone()));
    if step.facts.return_state != Some(State::Declined) {
        return closing::close(step, None, event).await;
    }
    let (now, problem) = (step.now(), step.facts.id);
    receipts::store::expire(step.tx, problem, now).await?;
    let change = Move::of(&step.facts, State::Declined, event);
    step.apply(change).await?;
    Ok(action_plans::store::settle(step.tx, step.ids(), &step.act, problem).await?)
}

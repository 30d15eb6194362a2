//! Who leads: what claiming, assigning, accepting, transferring and a new cycle have in common.

use uuid::Uuid;

use super::step::Step;
use crate::assignments::domain::{AssignmentOrigin, AssignmentPart, AssignmentState};
use crate::assignments::store::{self as assignments, NewAssignment};
use crate::error::ApiResult;
use crate::events::NewEvent;
use crate::problems::domain::{Disposition, State};
use crate::problems::store::ProblemFacts;
use crate::problems::store::change::{self, Move, NewDisposition};
use crate::problems::store::cycle::Chosen;
use crate::problems::store::write;

/// A lead to be.
#[derive(Clone, Copy, Debug)]
pub struct Lead {
    /// Which organisation.
    pub org: Uuid,
    /// The person responsible there, once it has accepted.
    pub person: Option<Uuid>,
    /// How it came to it.
    pub origin: AssignmentOrigin,
    /// By when.
    pub due: Chosen,
    /// In which cycle.
    pub cycle: i64,
}

impl Lead {
    /// One in the present cycle, in which nobody is responsible yet.
    pub fn of(facts: &ProblemFacts, origin: AssignmentOrigin, org: Uuid, due: Chosen) -> Self {
        Self {
            org,
            person: None,
            origin,
            due,
            cycle: facts.cycle_no,
        }
    }

    /// The transition by which it leads.
    pub fn moving(self, facts: &ProblemFacts, to: State, event: NewEvent) -> Move {
        Move {
            lead_org_id: Some(self.org),
            lead_person_id: self.person,
            due_at: Some(self.due.due_at),
            cycle_no: self.cycle,
            ..Move::of(facts, to, event)
        }
    }
}

/// Makes an organisation the lead: its assignment, its part, and the person responsible, who from now on neither rates
/// nor looks back. An assignment that was open is superseded.
pub async fn make(step: &mut Step<'_>, lead: Lead) -> ApiResult<()> {
    let problem = step.facts.id;
    assignments::end_lead(step.tx, &step.act, problem, AssignmentState::Superseded).await?;
    // A supporting organisation that comes to lead has no duty of its own beside it.
    assignments::end_supporting(step.tx, &step.act, problem, lead.org).await?;
    let new = NewAssignment {
        problem,
        cycle: lead.cycle,
        org: lead.org,
        part: AssignmentPart::Lead,
        person: lead.person,
        duty: None,
        due_on: Some(lead.due.due_at.shanghai_date()),
        origin: lead.origin,
        state: if lead.person.is_some() {
            AssignmentState::Accepted
        } else {
            AssignmentState::Pending
        },
    };
    assignments::insert(step.tx, &step.work.app.ids, &step.act, &new).await?;
    step.led(lead.origin);
    write::lead(step.tx, problem, lead.org, step.act.at).await?;
    step.note_responsible(lead.person).await
}

/// The time that the one who is to lead has: what the disposition chose, else the rule's.
pub async fn due(step: &mut Step<'_>, org: Uuid) -> ApiResult<Chosen> {
    let rule = step.rule(step.facts.matter, step.facts.disposition, Some(org)).await?;
    Ok(Chosen {
        due_at: step.facts.due_at.unwrap_or(rule.due_at),
        ..rule
    })
}

/// A problem that was claimed, assigned or answered before anybody disposed of it is followed up.
pub async fn follow_up(step: &mut Step<'_>, org: Uuid, due: Chosen) -> ApiResult<Option<Disposition>> {
    if step.facts.disposition.is_none() {
        let new = NewDisposition::follow_up(org, due.due_at.shanghai_date());
        change::dispose(step.tx, &step.work.app.ids, &step.act, step.facts.id, &new).await?;
        return Ok(Some(Disposition::FollowUp));
    }
    Ok(step.facts.disposition)
}

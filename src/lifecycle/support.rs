//! Supporting organisations: each with a stated part and a due day (S-56, S-58).

use chrono::NaiveDate;
use uuid::Uuid;

use super::step::Step;
use crate::assignments::domain::{AssignmentOrigin, AssignmentPart, AssignmentState, part_due_on};
use crate::assignments::store::{self as assignments, NewAssignment};
use crate::clock_rules::domain::Term;
use crate::error::ApiResult;
use crate::problems::domain::OrgPart;
use crate::problems::store::write;

/// Gives the organisations that were proposed to support their duties, now that somebody leads: all but the one that
/// came to lead, and those that have ended.
pub async fn as_proposed(step: &mut Step<'_>, lead: Uuid, whole: NaiveDate) -> ApiResult<()> {
    for (org, duty) in write::proposed_supporting(step.tx, step.facts.id).await? {
        if org != lead {
            make(step, org, &duty, whole).await?;
        }
    }
    Ok(())
}

/// Gives an organisation its duty, where it has no open part yet: due in its own term, no later than the `whole`.
pub async fn make(step: &mut Step<'_>, org: Uuid, duty: &str, whole: NaiveDate) -> ApiResult<()> {
    if assignments::has_open(&mut *step.tx, step.facts.id, org).await? {
        return Ok(());
    }
    let days = step.terms().await?.days(Term::Supporting);
    let due_on = part_due_on(&step.calendar(), step.now().shanghai_date(), days, Some(whole));
    write::part(step.tx, step.facts.id, org, OrgPart::Supporting, step.act.at).await?;
    let new = NewAssignment {
        problem: step.facts.id,
        cycle: step.facts.cycle_no,
        org,
        part: AssignmentPart::Supporting,
        person: None,
        duty: Some(duty.to_owned()),
        due_on: Some(due_on),
        origin: AssignmentOrigin::Assigned,
        state: AssignmentState::Pending,
    };
    assignments::insert(step.tx, &step.work.app.ids, &step.act, &new).await?;
    Ok(())
}

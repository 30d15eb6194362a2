//! Supporting organisations: each with a stated part and a due day (S-56, S-58).

use chrono::NaiveDate;
use uuid::Uuid;

use super::step::Step;
use crate::assignments::domain::{AssignmentOrigin, AssignmentPart, AssignmentState};
use crate::assignments::store::{self as assignments, NewAssignment};
use crate::error::ApiResult;

/// Gives an organisation its duty, where it has no open part yet.
pub async fn make(step: &mut Step<'_>, org: Uuid, duty: &str, due_on: NaiveDate) -> ApiResult<()> {
    if assignments::has_open(&mut *step.tx, step.facts.id, org).await? {
        return Ok(());
    }
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

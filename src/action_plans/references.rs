//! What a plan, a measure or a step refers to, looked up; every reference that leads nowhere is named at once.

use chrono::NaiveDate;
use uuid::Uuid;

use super::dto::{NewMeasure, NewStep};
use super::store::PlannedProblem;
use super::store::measures::MeasureRow;
use super::store::steps::StepRow;
use crate::clock::{Ids, Timestamp};
use crate::db::Tx;
use crate::directory::{people, terms};
use crate::error::{ApiError, ApiResult, Fault, FaultCode};

/// Looks up, and collects what leads nowhere.
#[derive(Debug)]
pub struct References<'t> {
    tx: &'t mut Tx,
    now: Timestamp,
    faults: Vec<Fault>,
}

impl<'t> References<'t> {
    /// Begins.
    pub const fn new(tx: &'t mut Tx, now: Timestamp) -> Self {
        Self {
            tx,
            now,
            faults: Vec::new(),
        }
    }

    /// Names a fault.
    pub fn fault(&mut self, pointer: impl Into<String>, code: FaultCode) {
        self.faults.push(Fault::new(pointer, code));
    }

    /// Names a fault, where there is one.
    pub fn add(&mut self, fault: Option<Fault>) {
        self.faults.extend(fault);
    }

    /// Ends.
    ///
    /// # Errors
    /// 422 with all that was found wrong.
    pub fn finish(self) -> ApiResult<()> {
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(ApiError::invalid(self.faults))
        }
    }

    /// The organisation of an active person of the administration.
    pub async fn person(&mut self, id: Uuid, pointer: String) -> ApiResult<Option<Uuid>> {
        let person = people::store::find_ref(&mut *self.tx, id).await?;
        let org = person.filter(|person| person.active).and_then(|person| person.org_id);
        if org.is_none() {
            self.fault(pointer, FaultCode::UnknownReference);
        }
        Ok(org)
    }

    /// Whether a kind of measure may be chosen today (S-54).
    pub async fn measure_type(&mut self, code: &str, pointer: String) -> ApiResult<()> {
        match terms::find(&mut *self.tx, "measure_type", code).await? {
            Some(term) if term.is_heading => self.fault(pointer, FaultCode::UnknownReference),
            Some(term) if !term.is_valid_on(self.now.shanghai_date()) => self.fault(pointer, FaultCode::RetiredTerm),
            Some(_) => {}
            None => self.fault(pointer, FaultCode::UnknownReference),
        }
        Ok(())
    }

    /// A day by which something is to be done.
    pub fn due_on(&mut self, due_on: NaiveDate, pointer: String) {
        if due_on < self.now.shanghai_date() {
            self.fault(pointer, FaultCode::NotWithin);
        }
    }

    /// The row of a new measure; `prefix` is where it stands in the body.
    pub async fn measure(&mut self, ids: &Ids, plan: Uuid, new: NewMeasure, prefix: &str) -> ApiResult<MeasureRow> {
        self.measure_type(&new.r#type, format!("{prefix}/type")).await?;
        Ok(MeasureRow {
            id: ids.next(),
            action_plan_id: plan,
            r#type: new.r#type,
            text: new.text,
            policy_ref: new.policy_ref,
            ended_at: None,
            end_reason: None,
            version: 1,
        })
    }

    /// The row of a new step for one of the plan's problems; `None` where a reference leads nowhere, which is named.
    pub async fn step(
        &mut self,
        ids: &Ids,
        plan: Uuid,
        problems: &[PlannedProblem],
        new: NewStep,
        prefix: &str,
    ) -> ApiResult<Option<StepRow>> {
        let problem = self.problem_of(problems, &new, prefix);
        self.due_on(new.due_on, format!("{prefix}/due_on"));
        let org = self.person(new.owner_id, format!("{prefix}/owner_id")).await?;
        Ok(problem.zip(org).map(|(problem, owner_org_id)| StepRow {
            id: ids.next(),
            action_plan_id: plan,
            problem_id: problem.id,
            cycle_no: problem.cycle_no,
            owner_id: new.owner_id,
            owner_org_id,
            text: new.text,
            due_on: new.due_on,
            expected_result: new.expected_result,
            result: None,
            done_at: None,
            done_by: None,
            waived_at: None,
            waive_reason: None,
            ended_at: None,
            end_reason: None,
            version: 1,
        }))
    }

    /// The problem that a step serves: the one named, else the plan's only one.
    fn problem_of(&mut self, problems: &[PlannedProblem], new: &NewStep, prefix: &str) -> Option<PlannedProblem> {
        let found = match (new.problem_id, problems) {
            (Some(named), _) => problems.iter().find(|problem| problem.id == named).copied(),
            (None, [only]) => Some(*only),
            (None, _) => None,
        };
        if found.is_none() {
            let code = if new.problem_id.is_some() {
                FaultCode::UnknownReference
            } else {
                FaultCode::Required
            };
            self.fault(format!("{prefix}/problem_id"), code);
        }
        found
    }
}

//! The words of a plan, and what its kind asks for. Pure.

pub mod likeness;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::error::{Fault, FaultCode};
use crate::text_enum;

text_enum! {
    /// What a plan belongs to (S-50).
    pub enum PlanKind {
        OneEnterpriseOnePolicy = "one_enterprise_one_policy" / "一企一策" / "one enterprise, one policy",
        OneMatterOneDiscussion = "one_matter_one_discussion" / "一事一议" / "one matter, one discussion",
    }
}

text_enum! {
    /// Where a plan stands.
    pub enum PlanState {
        Draft = "draft" / "草拟" / "draft",
        Submitted = "submitted" / "待批准" / "submitted",
        Approved = "approved" / "已批准" / "approved",
        Executing = "executing" / "执行中" / "being carried out",
        Done = "done" / "已完成" / "done",
        Abandoned = "abandoned" / "已放弃" / "abandoned",
    }
}

impl PlanState {
    /// Whether what is planned is settled, so that a reporter may see it.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Approved | Self::Executing | Self::Done)
    }
}

text_enum! {
    /// Where a step stands.
    pub enum StepState {
        Open = "open" / "未完成" / "open",
        Done = "done" / "已完成" / "done",
        Waived = "waived" / "已豁免" / "waived",
    }
}

impl StepState {
    /// From what is stored of a step.
    pub const fn of(done: bool, waived: bool) -> Self {
        match (done, waived) {
            (true, _) => Self::Done,
            (false, true) => Self::Waived,
            (false, false) => Self::Open,
        }
    }
}

text_enum! {
    /// What a plan may be asked about; it keeps nobody from anything.
    pub enum PlanWarningCode {
        CopiedPlan = "copied_plan" / "与另一对象的落实清单雷同" / "reads like a plan for another object",
    }
}

/// The code of the measure that names the policy which it implements (S-54).
pub const IMPLEMENT_POLICY: &str = "implement_policy";

/// Whether a measure lacks the policy that it implements.
pub fn lacks_policy(measure_type: &str, policy_ref: Option<&str>) -> bool {
    measure_type == IMPLEMENT_POLICY && policy_ref.is_none_or(|policy| policy.trim().is_empty())
}

/// What a plan's kind decides on.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'p> {
    /// The kind.
    pub kind: PlanKind,
    /// The problems.
    pub problems: &'p [Uuid],
    /// Whether an enterprise is named.
    pub names_object: bool,
    /// The day of the discussion, where there is one.
    pub discussed_on: Option<NaiveDate>,
}

impl Bound<'_> {
    /// Every fault of the kind that needs no look-up: an enterprise for 一企一策 alone; a 一事一议 has one problem and its
    /// discussion; each problem once.
    pub fn faults(self) -> Vec<(&'static str, FaultCode)> {
        let enterprise = self.kind == PlanKind::OneEnterpriseOnePolicy;
        let mut once = self.problems.to_vec();
        once.sort_unstable();
        once.dedup();
        let rules = [
            (!enterprise && self.names_object, "/object_id", FaultCode::Conflict),
            (
                !enterprise && self.discussed_on.is_none(),
                "/discussion",
                FaultCode::Required,
            ),
            (
                enterprise && self.discussed_on.is_some(),
                "/discussion",
                FaultCode::Conflict,
            ),
            (
                !enterprise && self.problems.len() > 1,
                "/problem_ids",
                FaultCode::TooLong,
            ),
            (once.len() < self.problems.len(), "/problem_ids", FaultCode::Repeated),
        ];
        let broken = rules.into_iter().filter(|(broken, ..)| *broken);
        broken.map(|(_, pointer, code)| (pointer, code)).collect()
    }
}

/// The fault of a discussion that has not taken place yet.
pub fn discussion_fault(on: NaiveDate, today: NaiveDate) -> Option<Fault> {
    (on > today).then(|| Fault::new("/discussion/on", FaultCode::NotWithin))
}

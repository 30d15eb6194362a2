//! A plan as it is answered.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::action_plans::domain::{PlanKind, PlanState, PlanWarningCode, StepState};
use crate::clock::Timestamp;
use crate::directory::refs::{ObjectRef, OrgRef, PersonRef, TermRef};
use crate::http::{AllowedAction, Versioned};
use crate::problems::domain::State;
use crate::problems::refs::ProblemRef;

/// A problem that a plan covers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanProblem {
    /// Its id.
    pub id: Uuid,
    /// The number that people quote (受理编号).
    #[schema(example = "SFW-2019-330782-000123")]
    pub tracking_no: String,
    /// The recorder's summary.
    #[schema(required)]
    pub summary: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Its present round of handling.
    #[schema(minimum = 1)]
    pub cycle_no: i64,
}

/// How much there is to a plan.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct PlanCounts {
    /// Steps.
    #[schema(minimum = 0)]
    pub steps: i64,
    /// Of these, neither done nor waived.
    #[schema(minimum = 0)]
    pub open_steps: i64,
    /// Measures.
    #[schema(minimum = 0)]
    pub measures: i64,
}

/// A plan without its long texts, its measures and its steps.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionPlanSummary {
    /// Its id.
    pub id: Uuid,
    /// Grows with every change of the plan, its measures and its steps.
    #[schema(minimum = 1)]
    pub version: i64,
    /// What it belongs to (S-50).
    pub kind: PlanKind,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub state: PlanState,
    /// The enterprise of a 一企一策; null to whom it would tell who raised a problem, and who may not know.
    #[schema(required)]
    pub object: Option<ObjectRef>,
    /// The organisation that worked it out.
    pub org: OrgRef,
    /// The problems that it covers, as far as the caller sees them.
    pub problems: Vec<PlanProblem>,
    /// The one person who is spoken to; null for reporters.
    #[schema(required)]
    pub liaison: Option<PersonRef>,
    /// How much there is to it; zero for a reporter until it is approved.
    pub counts: PlanCounts,
    /// When it was last submitted.
    #[schema(required)]
    pub submitted_at: Option<Timestamp>,
    /// When it was approved.
    #[schema(required)]
    pub approved_at: Option<Timestamp>,
    /// When the first of its problems was started.
    #[schema(required)]
    pub started_at: Option<Timestamp>,
    /// When the last of its problems ended.
    #[schema(required)]
    pub done_at: Option<Timestamp>,
    /// When it was abandoned.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What this caller may do now.
    pub allowed_actions: Vec<AllowedAction>,
}

/// The discussion of a matter, as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiscussionView {
    /// The day on which it took place.
    pub on: NaiveDate,
    /// Who took part; empty for reporters.
    pub participants: Vec<String>,
    /// What was concluded.
    #[schema(required)]
    pub conclusion: Option<String>,
}

/// The template that a plan began with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BeganWith {
    /// The id of the version.
    pub id: Uuid,
    /// What it is called.
    pub title: String,
    /// Which version it was.
    #[schema(minimum = 1)]
    pub number: i64,
}

/// Something that a plan is to be asked about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanWarning {
    /// What.
    pub code: PlanWarningCode,
    /// How alike the two plans read, 0.9 to 1, to four decimals.
    #[schema(minimum = 0.0, maximum = 1.0, example = 0.9561)]
    pub similarity: f64,
    /// The other plan; null where the caller does not see it.
    #[schema(required)]
    pub action_plan_id: Option<Uuid>,
}

/// A plan. A reporter sees what is planned once it is approved, and no names of people (S-59).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionPlanView {
    /// What a list shows of it too.
    #[serde(flatten)]
    pub summary: ActionPlanSummary,
    /// What is needed (需求点).
    #[schema(required)]
    pub need: Option<String>,
    /// What stands in the way (堵点).
    #[schema(required)]
    pub blockage: Option<String>,
    /// What hurts (痛点).
    #[schema(required)]
    pub pain_point: Option<String>,
    /// The discussion of a 一事一议.
    #[schema(required)]
    pub discussion: Option<DiscussionView>,
    /// Who submitted it.
    #[schema(required)]
    pub submitted_by: Option<PersonRef>,
    /// Who approved it.
    #[schema(required)]
    pub approved_by: Option<PersonRef>,
    /// Why it was last sent back.
    #[schema(required)]
    pub send_back_reason: Option<String>,
    /// Why it was abandoned.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// The template that it began with; null for reporters.
    #[schema(required)]
    pub from_template: Option<BeganWith>,
    /// Why it was submitted as the template has it; null for reporters.
    #[schema(required)]
    pub template_unchanged_reason: Option<String>,
    /// What it is to be asked about, none of which keeps it from anything; empty for reporters.
    #[schema(max_items = 20)]
    pub warnings: Vec<PlanWarning>,
    /// What is done (S-54).
    pub measures: Vec<MeasureView>,
    /// By whom and by when (S-67), for the problems that the caller sees.
    pub steps: Vec<StepView>,
}

impl Versioned for ActionPlanView {
    fn version(&self) -> i64 {
        self.summary.version
    }
}

/// A measure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeasureView {
    /// Its id.
    pub id: Uuid,
    /// Grows with every change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// What kind of measure.
    pub r#type: TermRef,
    /// What is done.
    pub text: String,
    /// The policy that it implements.
    #[schema(required)]
    pub policy_ref: Option<String>,
}

impl Versioned for MeasureView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepView {
    /// Its id.
    pub id: Uuid,
    /// Grows with every change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The problem that it serves.
    pub problem: ProblemRef,
    /// In which round of handling it was planned.
    #[schema(minimum = 1)]
    pub cycle_no: i64,
    /// Where it stands.
    pub state: StepState,
    /// Who does it; null for reporters.
    #[schema(required)]
    pub owner: Option<PersonRef>,
    /// His organisation.
    pub owner_org: OrgRef,
    /// What is done.
    pub text: String,
    /// By the end of which day (Asia/Shanghai).
    pub due_on: NaiveDate,
    /// Whether it is open and that day is over.
    pub overdue: bool,
    /// What will be there then.
    pub expected_result: String,
    /// What it came to.
    #[schema(required)]
    pub result: Option<String>,
    /// When it was done.
    #[schema(required)]
    pub done_at: Option<Timestamp>,
    /// Who reported it as done; null for reporters.
    #[schema(required)]
    pub done_by: Option<PersonRef>,
    /// When it was waived.
    #[schema(required)]
    pub waived_at: Option<Timestamp>,
    /// Why it was waived; null for reporters.
    #[schema(required)]
    pub waive_reason: Option<String>,
    /// What this caller may do now.
    pub allowed_actions: Vec<AllowedAction>,
}

impl Versioned for StepView {
    fn version(&self) -> i64 {
        self.version
    }
}

//! What is shown of a problem.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, ObjectRef, OrgRef, PersonRef, TermRef};
use crate::directory::words::Audience;
use crate::http::{AllowedAction, Versioned};
use crate::problems::domain::{Channel, ClockStatus, ConfirmedVia, Disposition, Matter, OnSiteKind, State, Urgency};
use crate::public_view::domain::PublicState;
use crate::reporters::dto::ReporterView;

/// An addition to the reporter's own words, as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SupplementView {
    /// Its id.
    pub id: Uuid,
    /// The words; empty once erased.
    pub text: String,
    /// Who entered it, where that was an account.
    #[schema(required)]
    pub person: Option<PersonRef>,
    /// Whether the reporter brought it in person.
    pub in_person: bool,
    /// When.
    pub at: Timestamp,
}

impl Versioned for SupplementView {}

/// How the clock of the present cycle stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClockView {
    /// By when it is to be resolved; null before that is chosen and while paused.
    #[schema(required)]
    pub due_at: Option<Timestamp>,
    /// How it stands now; null before a due time is chosen.
    #[schema(required)]
    pub status: Option<ClockStatus>,
    /// Working days past the due time.
    #[schema(minimum = 0)]
    pub overdue_working_days: u32,
    /// By when somebody must have answered.
    pub first_response_due: Timestamp,
    /// When somebody first did.
    #[schema(required)]
    pub first_response_at: Option<Timestamp>,
    /// Whether a due time lies in a year whose days off are not published yet.
    pub provisional: bool,
}

/// Numbers that go with a problem.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemCounts {
    /// Supplements to the statement.
    #[schema(minimum = 0)]
    pub supplements: i64,
    /// How often the reporter had to come in person, in all its rounds: to speak, or to bring what was missing (S-60).
    #[schema(minimum = 0)]
    pub reporter_trips: i64,
    /// How often the reporter was asked for what was missing.
    #[schema(minimum = 0)]
    pub info_requests: i64,
    /// How often it was urged; for a reporter: how often the reporter urged it.
    #[schema(minimum = 0)]
    pub urges: i64,
}

/// The visit in which a problem was heard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitRef {
    /// Its id.
    pub id: Uuid,
    /// Who led it.
    pub leader: PersonRef,
}

/// The disposition as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DispositionView {
    /// Which class.
    pub class: Disposition,
    /// Answered or coordinated, where resolved on site.
    #[schema(required)]
    pub on_site_kind: Option<OnSiteKind>,
    /// The answer, or what was coordinated.
    #[schema(required)]
    pub text: Option<String>,
    /// The policy that it rests on.
    #[schema(required)]
    pub policy_ref: Option<String>,
    /// When it was resolved.
    #[schema(required)]
    pub resolved_at: Option<Timestamp>,
    /// The organisation that is to lead.
    #[schema(required)]
    pub lead_org: Option<OrgRef>,
    /// The organisation that is to study it.
    #[schema(required)]
    pub study_org: Option<OrgRef>,
    /// The day on which it is due.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// Organisations present, or proposed as supporting.
    pub organisations: Vec<DispositionOrgView>,
    /// Who decided.
    #[schema(required)]
    pub decided_by: Option<PersonRef>,
    /// When.
    pub decided_at: Timestamp,
}

/// An organisation's part in a disposition.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DispositionOrgView {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it agreed to, or its part.
    #[schema(required)]
    pub agreed: Option<String>,
}

/// A theme, by its title.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemTheme {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub title: String,
}

/// A problem in a list: the single read less its long texts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemSummary {
    /// Its id.
    pub id: Uuid,
    /// The number that people quote (受理编号); never changes.
    #[schema(example = "SFW-2019-330782-000123")]
    pub tracking_no: String,
    /// Grows with every change of state, lead, due time or participants.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Where it stands.
    pub state: State,
    /// How it was disposed of; null while it was not.
    #[schema(required)]
    pub disposition: Option<Disposition>,
    /// By which way it came.
    pub channel: Channel,
    /// Whom it concerns.
    pub audience: Audience,
    /// What it is about.
    pub category: TermRef,
    /// Why it arose.
    pub causes: Vec<TermRef>,
    /// Which goals it serves.
    pub goals: Vec<TermRef>,
    /// The recorder's summary.
    #[schema(required)]
    pub summary: Option<String>,
    /// How pressing it is.
    pub urgency: Urgency,
    /// How difficult the matter is.
    pub matter: Matter,
    /// The division that it is about.
    pub division: DivisionRef,
    /// The enterprise, household or community that it is about.
    #[schema(required)]
    pub object: Option<ObjectRef>,
    /// Slug of its campaign.
    #[schema(example = "2019")]
    pub campaign: String,
    /// The visit in which it was heard.
    #[schema(required)]
    pub visit: Option<VisitRef>,
    /// Who leads its handling.
    #[schema(required)]
    pub lead_org: Option<OrgRef>,
    /// The person responsible there.
    #[schema(required)]
    pub lead_person: Option<PersonRef>,
    /// The theme (共性问题) in which it stands now; null to reporters.
    #[schema(required)]
    pub theme: Option<ProblemTheme>,
    /// Which round of handling this is (办理轮次), from 1.
    #[schema(minimum = 1)]
    pub cycle_no: i64,
    /// Whether nobody was competent, so that it went to the dispatch office: competence is to be entered, or it is to
    /// be handed on by hand.
    pub unrouted: bool,
    /// When it was observed.
    #[schema(required)]
    pub observed_at: Option<Timestamp>,
    /// When it was recorded: the clock of the first cycle starts here.
    pub recorded_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How the clock stands.
    pub clock: ClockView,
    /// Numbers that go with it.
    pub counts: ProblemCounts,
    /// What this caller may do now.
    pub allowed_actions: Vec<AllowedAction>,
}

/// A problem.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemView {
    /// What a list shows of it too.
    #[serde(flatten)]
    pub summary: ProblemSummary,
    /// The reporter's own words; null once they are erased.
    #[schema(required)]
    pub statement: Option<String>,
    /// The place in words.
    #[schema(required)]
    pub place: Option<String>,
    /// Who raised it, as far as this caller may know.
    #[schema(required)]
    pub reporter: Option<ReporterView>,
    /// Who recorded it.
    #[schema(required)]
    pub recorded_by: Option<PersonRef>,
    /// For which organisation.
    #[schema(required)]
    pub recorder_org: Option<OrgRef>,
    /// How it was disposed of, in full.
    #[schema(required)]
    pub disposed: Option<DispositionView>,
    /// The problem that it was merged into.
    #[schema(required)]
    pub merged_into: Option<Uuid>,
    /// How that goes on, as far as it is for everybody who raised the like; null while it was not merged.
    #[schema(required)]
    pub target: Option<MergeTarget>,
    /// What was done in the present cycle, in words for the reporter; null while nothing is reported done.
    #[schema(required)]
    pub result: Option<String>,
    /// How the present cycle was closed; null while it is not.
    #[schema(required)]
    pub closure: Option<ClosureView>,
    /// When its words and personal data were erased, 24 months after it ended; null before.
    #[schema(required)]
    pub erased_at: Option<Timestamp>,
}

/// Where the problem stands that another was merged into, or that this one came to by further mergers: its public part.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MergeTarget {
    /// Its id.
    pub id: Uuid,
    /// Where it stands; null where it was withdrawn.
    #[schema(required)]
    pub state: Option<PublicState>,
    /// What was done in its present cycle; null while nothing is reported done, and where the words name somebody.
    #[schema(required)]
    pub result: Option<String>,
    /// When its present cycle was closed; null while it is not.
    #[schema(required)]
    pub closed_at: Option<Timestamp>,
}

/// How a cycle was closed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClosureView {
    /// When.
    pub closed_at: Timestamp,
    /// By which of the four ways it was confirmed; null where it was not.
    #[schema(required)]
    pub confirmed_via: Option<ConfirmedVia>,
    /// Whether it was closed without an answer; never counted as confirmed.
    pub unconfirmed: bool,
}

impl Versioned for ProblemView {
    fn version(&self) -> i64 {
        self.summary.version
    }
}

/// A problem that was just recorded, with what is handed to the reporter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordedProblem {
    /// The problem.
    #[serde(flatten)]
    pub problem: ProblemView,
    /// What the reporter keeps; null where the same recording was sent before, because the code is shown once.
    #[schema(required)]
    pub receipt: Option<Receipt>,
}

impl Versioned for RecordedProblem {
    fn version(&self) -> i64 {
        self.problem.version()
    }
}

/// A receipt (回执): with its code the reporter speaks for himself without an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// The number to quote; it opens nothing by itself.
    pub tracking_no: String,
    /// The secret; shown once and stored as a hash.
    pub code: String,
    /// A link with the code for the reporter, where the installation has a page for it (`receipt_url`).
    #[schema(required)]
    pub url: Option<String>,
}

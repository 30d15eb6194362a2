//! What the public reads of problems and outputs.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, TermRef};
use crate::directory::words::Audience;
use crate::http::{Locale, Versioned};
use crate::outputs::domain::OutputKind;
use crate::public_view::domain::{PublicState, PublicStep, PublicationKind};
use crate::public_view::store::shown::{PublicOutputRow, PublicRow};

/// Which published problems.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PublicFilters {
    /// Whom they concern.
    #[serde(default)]
    #[param(max_items = 3)]
    pub audience: Vec<Audience>,
    /// Codes of categories.
    #[serde(default)]
    #[param(max_items = 50)]
    pub category: Vec<String>,
    /// Code of a division: its whole subtree.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub division: Option<String>,
    /// Where they stand.
    #[serde(default)]
    #[param(inline, max_items = 5)]
    pub state: Vec<PublicState>,
    /// The year, in Asia/Shanghai, in which they were recorded.
    #[param(minimum = 1949, maximum = 9998, example = 2019)]
    pub year: Option<i32>,
    /// Words that the published title, summary or result hold (全文检索): all of them, in any order; Chinese by every two
    /// neighbouring characters.
    #[param(min_length = 1, max_length = 100, example = "人才 入学")]
    pub q: Option<String>,
}

/// Which published outputs.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PublicOutputFilters {
    /// What they are.
    #[serde(default)]
    #[param(inline, max_items = 3)]
    pub kind: Vec<OutputKind>,
    /// Whom they concern.
    #[serde(default)]
    #[param(max_items = 3)]
    pub audience: Vec<Audience>,
}

/// A firm that agreed to be named.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicEnterprise {
    /// Its name.
    pub name: String,
    /// Its unified social credit code; null where it is not known or was not verified.
    #[schema(required)]
    pub uscc: Option<String>,
}

/// A published problem.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicProblem {
    /// Its id.
    pub id: Uuid,
    /// What it is published for.
    pub kind: PublicationKind,
    /// The title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// Whom it concerns.
    pub audience: Audience,
    /// Its category.
    pub category: TermRef,
    /// Where it is.
    pub division: DivisionRef,
    /// Where it stands.
    pub state: PublicState,
    /// What the organisation that leads is called; null: none does yet.
    #[schema(required, example = "义乌市人力资源和社会保障局")]
    pub lead_org: Option<String>,
    /// The firm; null unless it agreed to be named and the problem is closed.
    #[schema(required)]
    pub enterprise: Option<PublicEnterprise>,
    /// The day on which it was recorded, in Asia/Shanghai.
    pub recorded_on: NaiveDate,
    /// The day on which this edition was published.
    pub published_on: NaiveDate,
    /// The day on which it was closed; null: it is not.
    #[schema(required)]
    pub closed_on: Option<NaiveDate>,
    /// Whether its reporter confirmed the result; null while it is not closed.
    #[schema(required)]
    pub confirmed: Option<bool>,
    /// From when a result notice is not shown any more.
    #[schema(required)]
    pub until: Option<Timestamp>,
    /// How many people support it.
    #[schema(minimum = 0)]
    pub supporters: i64,
}

impl PublicProblem {
    /// As everybody reads it; `None` for a state that is not shown.
    pub fn of(row: PublicRow, locale: Locale) -> Option<Self> {
        let closed_on = row.closed_at.map(Timestamp::shanghai_date);
        Some(Self {
            id: row.problem_id,
            kind: row.kind,
            title: row.title,
            summary: row.summary,
            audience: row.audience,
            category: TermRef::new(row.category_code, row.category_zh, row.category_en, locale),
            division: DivisionRef {
                code: row.division_code,
                name: row.division_name,
                full_name: row.division_full_name,
            },
            state: PublicState::of(row.state)?,
            lead_org: row.lead_org_name,
            enterprise: row.firm_name.map(|name| PublicEnterprise {
                name,
                uscc: row.firm_uscc,
            }),
            recorded_on: row.recorded_at.shanghai_date(),
            published_on: row.published_at.shanghai_date(),
            closed_on,
            confirmed: closed_on.map(|_| row.is_confirmed),
            until: row.until,
            supporters: row.supporters,
        })
    }
}

/// A measure of an approved plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicMeasure {
    /// Its type.
    pub r#type: TermRef,
    /// What is done; null where the words are not for everybody.
    #[schema(required)]
    pub text: Option<String>,
    /// The policy that it carries out; null likewise, or where there is none.
    #[schema(required)]
    pub policy_ref: Option<String>,
}

/// A step of an approved plan, without the name of whoever answers for it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicPlanStep {
    /// What is to come of it; null where the words are not for everybody.
    #[schema(required)]
    pub expected_result: Option<String>,
    /// What the organisation that answers for it is called.
    pub org: String,
    /// The day on which it is due.
    pub due_on: NaiveDate,
    /// Whether it is done.
    pub done: bool,
}

/// The public part of an approved plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicPlan {
    /// Its measures; none where the plan is about other problems too.
    pub measures: Vec<PublicMeasure>,
    /// Its steps for this problem, in the present round of handling.
    pub steps: Vec<PublicPlanStep>,
}

/// An entry of a published problem's course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicEntry {
    /// The day, in Asia/Shanghai.
    pub on: NaiveDate,
    /// What happened.
    pub step: PublicStep,
    /// The same in the caller's language.
    #[schema(example = "已交办")]
    pub label: String,
    /// What the organisation that did it is called; null where it was the reporter.
    #[schema(required)]
    pub org: Option<String>,
}

/// A published problem with everything that everybody may see of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicProblemDetail {
    /// What a list shows of it too.
    #[serde(flatten)]
    pub problem: PublicProblem,
    /// What was done, in the words that were published.
    #[schema(required)]
    pub result: Option<String>,
    /// The approved plan; null: there is none, or none is needed.
    #[schema(required)]
    pub plan: Option<PublicPlan>,
    /// What came of it beyond itself.
    pub outputs: Vec<PublicOutput>,
    /// Its course so far, oldest first; 200 entries at most.
    pub timeline: Vec<PublicEntry>,
    /// Which edition of the words it is.
    #[schema(minimum = 1)]
    pub edition: i64,
}

impl Versioned for PublicProblemDetail {
    fn version(&self) -> i64 {
        self.edition
    }
}

/// A published output.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicOutput {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: OutputKind,
    /// Its title.
    pub title: String,
    /// The document's number; null for a case.
    #[schema(required)]
    pub document_no: Option<String>,
    /// Since when it is in force.
    #[schema(required)]
    pub effective_on: Option<NaiveDate>,
    /// What it says.
    pub summary: String,
    /// What the organisation that issued it is called.
    pub issuing_org: String,
    /// Whom it concerns; null: everybody.
    #[schema(required)]
    pub audience: Option<Audience>,
}

impl From<PublicOutputRow> for PublicOutput {
    fn from(row: PublicOutputRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            title: row.title,
            document_no: row.document_no,
            effective_on: row.effective_on,
            summary: row.summary,
            issuing_org: row.issuing_org,
            audience: row.audience,
        }
    }
}

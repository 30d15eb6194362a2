//! Publishing, withdrawing, supporting.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::clock::Timestamp;
use crate::directory::refs::PersonRef;
use crate::http::Versioned;
use crate::public_view::domain::PublicationKind;
use crate::public_view::store::publications::PublicationRow;
use crate::service_objects::dto::ExternalName;

/// That a firm agreed to be named in public.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "given_on": "2019-01-10", "evidence": "企业盖章的同意公开函" }))]
pub struct EnterpriseConsent {
    /// When it did; not later than today.
    pub given_on: NaiveDate,
    /// By what it can be shown that it did, 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub evidence: String,
}

/// What everybody is to read of a problem. No text may hold a person's name, telephone number, identity number or
/// address; a firm's name or credit code only where it consented and the problem is closed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "引进人才子女入学难", "summary": "一家企业反映，引进的博士因户籍未落，子女无法就近入学。",
    "result": "统一受理引进人才子女入学，当年落实学位。", "reason": "同类问题较多，公开办理结果",
}))]
pub struct PublishProblem {
    /// What for; by default `problem`. A `result_notice` shows the result for 10 working days to a reporter whom nobody
    /// knows: it needs a `result`, and a problem whose work is done.
    #[serde(default)]
    pub kind: Option<PublicationKind>,
    /// The title, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub title: String,
    /// What it is about, 1 to 2,000 characters.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub summary: String,
    /// What was done, or why nothing is, 1 to 4,000 characters; once the work is done or the problem declined.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4000, pattern = r"\S")]
    pub result: Option<String>,
    /// That the firm agreed to be named; its name is shown while the problem is closed. Null: it did not.
    #[serde(default)]
    pub enterprise_consent: Option<EnterpriseConsent>,
    /// Whether everybody also reads the words of the plan's measures and steps, which then pass the same rules; by
    /// default its kinds of measures, policies, organisations and days alone. What is written into the plan later is
    /// shown where it passes them.
    #[serde(default)]
    pub with_plan_texts: bool,
    /// Why it is published, 1 to 500 characters; the reporter reads it.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub reason: String,
}

/// Why a publication is withdrawn.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "企业撤回同意" }))]
pub struct UnpublishProblem {
    /// Why, 1 to 500 characters; the reporter reads it.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub reason: String,
}

/// An edition of what is, or was, published of a problem.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicationView {
    /// Its id.
    pub id: Uuid,
    /// The problem's id, by which the public finds it.
    pub problem_id: Uuid,
    /// Which one, from 1.
    #[schema(minimum = 1)]
    pub edition: i64,
    /// What for.
    pub kind: PublicationKind,
    /// The title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// What was done.
    #[schema(required)]
    pub result: Option<String>,
    /// Whether the words name the firm: then it is shown only while the problem is closed.
    pub names_firm: bool,
    /// Whether the words of the plan are shown.
    pub with_plan_texts: bool,
    /// That the firm agreed to be named; null where it did not, and for reporters.
    #[schema(required)]
    pub enterprise_consent: Option<EnterpriseConsent>,
    /// From when a result notice is not shown any more.
    #[schema(required)]
    pub until: Option<Timestamp>,
    /// When it was published.
    pub published_at: Timestamp,
    /// By whom; null for reporters.
    #[schema(required)]
    pub published_by: Option<PersonRef>,
    /// When it ended; null: it is the current one.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Whether it was withdrawn, and not replaced by a later edition.
    pub withdrawn: bool,
    /// The problem's version, for `If-Match`.
    pub version: i64,
}

impl Versioned for PublicationView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl PublicationView {
    /// As it is sent; a reporter learns neither who published it nor the evidence.
    pub fn of(row: PublicationRow, version: i64, inside: bool) -> Self {
        let consent = row.consent_given_on.zip(row.consent_evidence);
        Self {
            id: row.id,
            problem_id: row.problem_id,
            edition: row.edition,
            kind: row.kind,
            title: row.title,
            summary: row.summary,
            result: row.result,
            names_firm: row.names_firm,
            with_plan_texts: row.with_plan_texts,
            enterprise_consent: consent
                .filter(|_| inside)
                .map(|(given_on, evidence)| EnterpriseConsent { given_on, evidence }),
            until: row.until,
            published_at: row.published_at,
            published_by: PersonRef::from_parts(row.published_by, row.published_by_name).filter(|_| inside),
            ended_at: row.ended_at,
            withdrawn: row.withdrawn,
            version,
        }
    }
}

/// For whom a client supports a problem.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reporter": { "system": "portal", "value": "10042" } }))]
pub struct SupportProblem {
    /// What the calling client calls the reporter whom it speaks for: required of clients, refused from others.
    #[serde(default)]
    pub reporter: Option<ExternalName>,
}

/// How many support a problem.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicSupport {
    /// The problem.
    pub problem_id: Uuid,
    /// How many people support it, the caller among them.
    #[schema(minimum = 1)]
    pub supporters: i64,
}

impl Versioned for PublicSupport {}

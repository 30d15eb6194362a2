//! What is alike, on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::domain::Likeness;
use crate::analyses::domain::{Horizon, Nature};
use crate::directory::refs::{OrgRef, TermRef};
use crate::directory::words::Audience;
use crate::outputs::domain::OutputKind;
use crate::problems::domain::{ConfirmedVia, Matter};
use crate::problems::dto::ProblemSummary;

/// What is about to be recorded, as far as it is known.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "引进的博士，孩子上学落实不了", "audience": "enterprise", "category": "E01" }))]
pub struct SimilarProblemsQuery {
    /// What was said, or a summary of it.
    #[schema(min_length = 1, max_length = 4000)]
    pub text: String,
    /// Only problems of this audience: others could not be merged with it.
    #[serde(default)]
    pub audience: Option<Audience>,
    /// Code of a category: what lies in it counts as more alike.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 32)]
    pub category: Option<String>,
    /// A service object: what is about it is alike whatever its words.
    #[serde(default)]
    pub object_id: Option<Uuid>,
}

/// A problem that is like what was asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SimilarProblem {
    /// The problem, as a list shows it.
    pub problem: ProblemSummary,
    /// How alike, 0 to 1: 0.6 of it the words, 0.2 the category, 0.2 the object; of these, what was asked for.
    #[schema(minimum = 0, maximum = 1)]
    pub score: f64,
    /// Why.
    pub reasons: Vec<Likeness>,
}

/// How many precedents.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PrecedentParams {
    /// At most so many, 1 to 20.
    #[param(minimum = 1, maximum = 20, default = 10)]
    pub limit: Option<u32>,
}

/// A solved case, depersonalised: what it was about and what solved it, not whose it was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Precedent {
    /// Whom it concerned.
    pub audience: Audience,
    /// What it was about.
    pub category: TermRef,
    /// Why it arose.
    pub causes: Vec<TermRef>,
    /// How difficult the matter was.
    pub matter: Matter,
    /// How the analysis saw its horizon; null without an analysis.
    #[schema(required)]
    pub horizon: Option<Horizon>,
    /// How the analysis saw its nature; null without an analysis.
    #[schema(required)]
    pub nature: Option<Nature>,
    /// The kinds of measures of its plan.
    pub measures: Vec<TermRef>,
    /// What it led to, by itself or by its theme.
    pub outputs: Vec<PrecedentOutput>,
    /// Rounds of handling that it took.
    #[schema(minimum = 1)]
    pub cycles: i64,
    /// Calendar days from recording to closing.
    #[schema(minimum = 0)]
    pub days: i64,
    /// By which way the reporter confirmed it.
    pub confirmed_via: ConfirmedVia,
    /// Whether a look-back has found that it holds.
    pub holds: bool,
    /// How alike, 0 to 1: 0.5 of it the category, 0.3 the causes, 0.2 the words of its outputs.
    #[schema(minimum = 0, maximum = 1)]
    pub score: f64,
    /// Why it is alike.
    pub reasons: Vec<Likeness>,
}

/// An output of a solved case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PrecedentOutput {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: OutputKind,
    /// Its title.
    pub title: String,
    /// The document's number.
    #[schema(required)]
    pub document_no: Option<String>,
    /// Since when it is in force.
    #[schema(required)]
    pub effective_on: Option<NaiveDate>,
    /// What it says.
    pub summary: String,
    /// Who issued it.
    pub issuing_org: OrgRef,
}

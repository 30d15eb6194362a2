//! What outputs are asked for by, and how they are shown.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::auth::{Caller, policy};
use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, TermColumn, TermRef};
use crate::directory::words::Audience;
use crate::http::{AllowedAction, Locale, Versioned};
use crate::outputs::domain::{OutputAction, OutputKind};
use crate::outputs::store::{CaseRow, OutputRow};
use crate::problems::refs::ProblemRef;

/// Which outputs.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OutputFilters {
    /// What they are.
    #[serde(default)]
    #[param(inline, max_items = 3)]
    pub kind: Vec<OutputKind>,
    /// Whom they are for.
    #[serde(default)]
    #[param(max_items = 3)]
    pub audience: Vec<Audience>,
    /// Codes of categories.
    #[serde(default)]
    #[param(max_items = 50)]
    pub category: Vec<String>,
    /// The organisation that issued them.
    pub issuing_org_id: Option<Uuid>,
    /// The theme that they came of.
    pub theme_id: Option<Uuid>,
    /// A problem that the caller sees and that they came of, by itself.
    pub problem_id: Option<Uuid>,
    /// Those that the public sees, or the others.
    pub published: Option<bool>,
    /// Ended ones too.
    pub include_ended: Option<bool>,
}

/// Which cases.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CaseFilters {
    /// Whom they are for.
    #[serde(default)]
    #[param(max_items = 3)]
    pub audience: Vec<Audience>,
    /// Codes of categories.
    #[serde(default)]
    #[param(max_items = 50)]
    pub category: Vec<String>,
    /// Codes of causes that a problem of theirs had.
    #[serde(default)]
    #[param(max_items = 50)]
    pub cause: Vec<String>,
}

/// A theme, by its title.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutputThemeRef {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub title: String,
}

/// An output (制度成果).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutputView {
    /// Its id.
    pub id: Uuid,
    /// Grows with every change.
    #[schema(minimum = 1)]
    pub version: i64,
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
    /// The organisation that issued it.
    pub issuing_org: OrgRef,
    /// What it says.
    pub summary: String,
    /// The theme that it came of.
    #[schema(required)]
    pub theme: Option<OutputThemeRef>,
    /// The problems that it came of, as far as the caller sees them.
    pub problems: Vec<ProblemRef>,
    /// How many problems it came of, those that the caller does not see too; without its theme's.
    #[schema(minimum = 0)]
    pub problem_count: i64,
    /// Whom it is for.
    #[schema(required)]
    pub audience: Option<Audience>,
    /// Its category.
    #[schema(required)]
    pub category: Option<TermRef>,
    /// Whether the public sees it.
    pub published: bool,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Why.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What this caller may do now.
    pub allowed_actions: Vec<AllowedAction>,
}

impl Versioned for OutputView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl OutputView {
    /// As it is shown to the caller for whom the row was read.
    pub fn of(row: OutputRow, who: &Caller, locale: Locale) -> Self {
        let (resource, standing) = (format!("/api/v1/outputs/{}", row.id), row.standing());
        let may_call = |action: &OutputAction| {
            let operation = action.operation();
            policy::rule_of(operation).is_some_and(|rule| who.may_call(rule, operation))
        };
        let allowed = standing.allowed().filter(may_call).map(|action| AllowedAction {
            action: action.as_str(),
            label: action.label(locale),
            href: if action == OutputAction::Update {
                resource.clone()
            } else {
                format!("{resource}/{}", action.as_str())
            },
        });
        let parts = row.problems.map(|parts| parts.0).unwrap_or_default();
        let problem = |(id, tracking_no)| ProblemRef { id, tracking_no };
        Self {
            allowed_actions: allowed.collect(),
            id: row.id,
            version: row.version,
            kind: row.kind,
            title: row.title,
            document_no: row.document_no,
            effective_on: row.effective_on,
            issuing_org: OrgRef {
                id: row.issuing_org_id,
                name: row.issuing_org_name,
            },
            summary: row.summary,
            theme: row
                .theme_id
                .zip(row.theme_title)
                .map(|(id, title)| OutputThemeRef { id, title }),
            problems: parts
                .into_iter()
                .map(|part| problem((part.id, part.tracking_no)))
                .collect(),
            problem_count: row.problem_count,
            audience: row.audience,
            category: term(row.category_code, row.category_zh, row.category_en, locale),
            published: row.published,
            ended_at: row.ended_at,
            end_reason: row.end_reason,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

fn term(code: Option<String>, zh: Option<String>, en: Option<String>, locale: Locale) -> Option<TermRef> {
    Some(TermRef::new(code?, zh?, en?, locale))
}

/// A case: what was learnt, and nothing of whom it concerned.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseView {
    /// The output's id.
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
    /// The organisation that issued it, to be asked.
    pub issuing_org: OrgRef,
    /// Whom it is for.
    #[schema(required)]
    pub audience: Option<Audience>,
    /// Its category.
    #[schema(required)]
    pub category: Option<TermRef>,
    /// The causes that its problems had, its theme's too.
    pub causes: Vec<TermRef>,
    /// How many of its problems are closed, its theme's too.
    #[schema(minimum = 0)]
    pub solved: i64,
    /// When it was entered.
    pub created_at: Timestamp,
}

impl CaseView {
    /// As it is shown.
    pub fn of(row: CaseRow, locale: Locale) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            title: row.title,
            document_no: row.document_no,
            effective_on: row.effective_on,
            summary: row.summary,
            issuing_org: OrgRef {
                id: row.issuing_org_id,
                name: row.issuing_org_name,
            },
            audience: row.audience,
            category: term(row.category_code, row.category_zh, row.category_en, locale),
            causes: TermColumn::all(row.causes.as_ref(), locale),
            solved: row.solved,
            created_at: row.created_at,
        }
    }
}

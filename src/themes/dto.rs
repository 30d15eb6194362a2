//! Themes on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::domain::{Standing, ThemeState};
use super::store::{MemberRow, ThemeRow};
use crate::auth::{Caller, policy};
use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, OrgRef, TermRef};
use crate::directory::words::Audience;
use crate::http::patch::nullable;
use crate::http::{AllowedAction, Locale, Versioned};
use crate::problems::domain::{Disposition, State};
use crate::problems::refs::ProblemRef;

/// A theme to be opened.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "引进人才子女入学难", "description": "多家企业反映，名额按户籍分配。", "division": "330782",
    "org_id": "019fb0c5-3f8e-7000-8000-000000000001", "audience": "enterprise", "category": "E01"
}))]
pub struct NewTheme {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// What is common to its problems.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4000)]
    pub description: Option<String>,
    /// Code of the division whose problems, with those of its subtree, it gathers; the caller's own by default.
    #[serde(default)]
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub division: Option<String>,
    /// The organisation that studies it; the caller's own by default. Only a dispatcher names another.
    #[serde(default)]
    pub org_id: Option<Uuid>,
    /// Whom all its problems concern; null: any.
    #[serde(default)]
    pub audience: Option<Audience>,
    /// Code of the category that it is about.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 32)]
    pub category: Option<String>,
    /// Its first problems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub problem_ids: Vec<Uuid>,
}

/// A merge patch of a theme (RFC 7396).
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "title": "高层次人才子女入学难" }))]
pub struct UpdateTheme {
    /// What it is called.
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// What is common to its problems.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 4000)]
    pub description: Option<Option<String>>,
    /// Code of the category that it is about.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 32)]
    pub category: Option<Option<String>>,
}

/// Problems that come into a theme.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "problem_ids": ["019fb0c5-3f8e-7000-8000-000000000003"] }))]
pub struct ThemeProblems {
    /// Which; all of them or none.
    #[schema(min_items = 1, max_items = 50)]
    pub problem_ids: Vec<Uuid>,
}

/// Problems that leave a theme.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "problem_ids": ["019fb0c5-3f8e-7000-8000-000000000003"], "reason": "成因不同，另行处理。" }))]
pub struct LeavingProblems {
    /// Which; all of them or none.
    #[schema(min_items = 1, max_items = 50)]
    pub problem_ids: Vec<Uuid>,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// What a theme came to.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "新办法三月起施行，各问题按新办法办理。" }))]
pub struct CloseTheme {
    /// What was changed, and what follows for its problems.
    #[schema(min_length = 1, max_length = 4000)]
    pub note: String,
}

/// Why a theme is taken up again.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "新办法未覆盖民办学校。" }))]
pub struct ReopenTheme {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Why a theme is none.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "并无共同成因。" }))]
pub struct EndTheme {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Which themes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ThemeFilters {
    /// One of the caller's scopes (`GET /me`): `division:330782`, `org:<id>`, `own`; by default the widest.
    #[param(max_length = 64)]
    pub scope: Option<String>,
    /// How they stand.
    #[serde(default)]
    #[param(inline, max_items = 3)]
    pub state: Vec<ThemeState>,
    /// Whom their problems concern.
    #[serde(default)]
    #[param(max_items = 3)]
    pub audience: Vec<Audience>,
    /// Code of a category.
    #[param(max_length = 32)]
    pub category: Option<String>,
    /// The organisation that studies them.
    pub org_id: Option<Uuid>,
    /// The theme in which this problem, which the caller sees, stands now.
    pub problem_id: Option<Uuid>,
    /// Ended ones too, where no `state` is named.
    pub include_ended: Option<bool>,
}

/// How many of a theme's problems stand where.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThemeMemberState {
    /// Where they stand.
    pub state: State,
    /// How many.
    #[schema(minimum = 1)]
    pub problems: i64,
}

/// How much there is to a theme.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ThemeCounts {
    /// Its problems, those that the caller does not see too; without what was merged or withdrawn.
    #[schema(minimum = 0)]
    pub problems: i64,
    /// Its outputs that have not ended.
    #[schema(minimum = 0)]
    pub outputs: i64,
}

/// A theme (共性问题).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThemeView {
    /// Its id.
    pub id: Uuid,
    /// Grows with every change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// What it is called.
    pub title: String,
    /// What is common to its problems.
    #[schema(required)]
    pub description: Option<String>,
    /// The division whose problems, with those of its subtree, it gathers.
    pub division: DivisionRef,
    /// The organisation that studies it.
    pub org: OrgRef,
    /// Whom all its problems concern; null: any.
    #[schema(required)]
    pub audience: Option<Audience>,
    /// The category that it is about.
    #[schema(required)]
    pub category: Option<TermRef>,
    /// How it stands.
    pub state: ThemeState,
    /// How much there is to it.
    pub counts: ThemeCounts,
    /// Where its problems stand, those that the caller does not see too.
    pub member_states: Vec<ThemeMemberState>,
    /// When it was closed.
    #[schema(required)]
    pub closed_at: Option<Timestamp>,
    /// What it came to.
    #[schema(required)]
    pub closing_note: Option<String>,
    /// When it ended as none.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Why.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What this caller may do now.
    pub allowed_actions: Vec<AllowedAction>,
}

impl Versioned for ThemeView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// Where a problem of a theme stood when the theme was closed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClosingState {
    /// Which.
    pub problem: ProblemRef,
    /// Where it stood.
    pub state: State,
}

/// A theme by itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThemeDetail {
    /// What a list shows of it too.
    #[serde(flatten)]
    pub theme: ThemeView,
    /// Where each of its problems that the caller sees stood when it was closed; empty while it is not.
    pub at_closing: Vec<ClosingState>,
}

impl Versioned for ThemeDetail {
    fn version(&self) -> i64 {
        self.theme.version
    }
}

/// A theme with where each of its problems stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThemeReport {
    /// The theme.
    #[serde(flatten)]
    pub theme: ThemeView,
    /// Each of its problems that the caller sees, with its state.
    pub members: Vec<ThemeMember>,
}

impl Versioned for ThemeReport {
    fn version(&self) -> i64 {
        self.theme.version
    }
}

/// A problem of a theme.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThemeMember {
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
    /// How it was disposed of.
    #[schema(required)]
    pub disposition: Option<Disposition>,
    /// Its division.
    pub division: DivisionRef,
    /// When it came into the theme.
    pub since: Timestamp,
}

impl From<MemberRow> for ThemeMember {
    fn from(row: MemberRow) -> Self {
        Self {
            id: row.id,
            tracking_no: row.tracking_no,
            summary: row.summary,
            state: row.state,
            disposition: row.disposition,
            division: DivisionRef {
                code: row.division_code,
                name: row.division_name,
                full_name: row.division_full_name,
            },
            since: row.since,
        }
    }
}

impl ThemeView {
    /// As it is shown to the caller for whom the row was read.
    pub fn of(row: ThemeRow, who: &Caller, locale: Locale) -> Self {
        let (standing, counts) = (row.standing(), row.counts());
        let category = match (row.category_code, row.category_zh, row.category_en) {
            (Some(code), Some(zh), Some(en)) => Some(TermRef::new(code, zh, en, locale)),
            _ => None,
        };
        let states = row.member_states.map(|states| states.0).unwrap_or_default();
        Self {
            id: row.id,
            version: row.version,
            title: row.title,
            description: row.description,
            division: DivisionRef {
                code: row.division_code,
                name: row.division_name,
                full_name: row.division_full_name,
            },
            org: OrgRef {
                id: row.org_id,
                name: row.org_name,
            },
            audience: row.audience,
            category,
            state: standing.state,
            counts,
            member_states: states
                .into_iter()
                .map(|of| ThemeMemberState {
                    state: of.state,
                    problems: of.n,
                })
                .collect(),
            closed_at: row.closed_at,
            closing_note: row.closing_note,
            ended_at: row.ended_at,
            end_reason: row.end_reason,
            created_at: row.created_at,
            updated_at: row.updated_at,
            allowed_actions: actions(row.id, standing, who, locale),
        }
    }
}

/// What the caller may do now; under a delegation only what it names.
fn actions(id: Uuid, standing: Standing, who: &Caller, locale: Locale) -> Vec<AllowedAction> {
    let resource = format!("/api/v1/themes/{id}");
    let may_call = |operation| policy::rule_of(operation).is_some_and(|rule| who.may_call(rule, operation));
    let allowed = standing.allowed().filter(|rule| may_call(rule.operation));
    let listed = allowed.map(|rule| AllowedAction {
        action: rule.action.as_str(),
        label: rule.action.label(locale),
        href: rule
            .path
            .map_or_else(|| resource.clone(), |path| format!("{resource}/{path}")),
    });
    listed.collect()
}

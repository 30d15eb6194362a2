//! Clock rules on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::domain::Term;
use super::store::ClockRuleRow;
use crate::clock::Timestamp;
use crate::directory::refs::DivisionRef;
use crate::http::Versioned;

/// A rule to be added.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "division": "330000", "term": "complex", "working_days": 10, "valid_from": "2019-02-01" }))]
pub struct NewClockRule {
    /// Code of the division that it holds for, with its subtree.
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub division: String,
    /// For what.
    pub term: Term,
    /// How many working days. Below the top division not fewer than what comes from above.
    #[schema(minimum = 1, maximum = 250)]
    pub working_days: u32,
    /// The first day on which times are chosen by it; today by default, and not earlier.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    /// The first day on which they no longer are; null: until further notice.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
}

/// A rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClockRuleView {
    /// Its id.
    pub id: Uuid,
    /// The division that it holds for, with its subtree.
    pub division: DivisionRef,
    /// For what.
    pub term: Term,
    /// How many working days, from 1.
    #[schema(minimum = 1)]
    pub working_days: i64,
    /// The first day on which times are chosen by it.
    pub valid_from: NaiveDate,
    /// The first day on which they no longer are; null: until further notice.
    #[schema(required)]
    pub valid_to: Option<NaiveDate>,
    /// When it was ended.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Why.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// Grows with every change.
    pub version: i64,
}

impl Versioned for ClockRuleView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl ClockRuleView {
    /// As it is sent.
    pub fn of(row: ClockRuleRow) -> Self {
        Self {
            id: row.id,
            division: DivisionRef {
                code: row.division_code,
                name: row.division_name,
                full_name: row.division_full_name,
            },
            term: row.term,
            working_days: row.working_days,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            ended_at: row.ended_at,
            end_reason: row.end_reason,
            version: row.version,
        }
    }
}

/// Which rules.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClockRuleFilters {
    /// Code of a division: rules of its subtree.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub division: Option<String>,
    /// For one term.
    #[param(inline)]
    pub term: Option<Term>,
    /// Ended ones too.
    pub include_ended: Option<bool>,
}

/// Where and when.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EffectiveAt {
    /// Code of the division.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub division: String,
    /// The day on which a time would be chosen; today by default.
    pub on: Option<NaiveDate>,
}

/// What is in force somewhere on some day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EffectiveClockRules {
    /// Where.
    pub division: DivisionRef,
    /// When.
    pub on: NaiveDate,
    /// Every term.
    pub terms: Vec<EffectiveTerm>,
}

impl Versioned for EffectiveClockRules {}

/// What is in force of one term.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EffectiveTerm {
    /// For what.
    pub term: Term,
    /// What it is called, in the caller's language.
    pub label: String,
    /// How many working days, from 1.
    #[schema(minimum = 1)]
    pub working_days: u32,
    /// How many working days there are where no rule says otherwise.
    #[schema(minimum = 1)]
    pub default_working_days: u32,
    /// The rule that it comes from; null: no rule says otherwise.
    #[schema(required)]
    pub rule: Option<ClockRuleView>,
}

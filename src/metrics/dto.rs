//! Figures on the wire. Wherever `visits` stands, `finally_solved_rate` and `satisfaction` stand beside it (S-27): a
//! count of activity never goes out alone.
#![expect(
    unused_qualifications,
    reason = "the derive qualifies the type of a parameter that is written out in place"
)]

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::domain::formulas::Formula;
use super::domain::{Decimal, FigureStatus, GroupBy, Part};
use crate::directory::refs::DivisionRef;
use crate::directory::words::{Audience, LeadingBody};
use crate::http::Locale;
use crate::http::respond::Versioned;
use crate::visits::domain::Origin;

/// Which figures are asked for. A filter applies where the thing counted bears it; `filters` in the answer says where.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FigureParams {
    /// A campaign's slug; without it all campaigns are counted.
    #[param(max_length = 64, example = "2019")]
    pub campaign: Option<String>,
    /// A year of the campaign (or campaigns).
    #[param(minimum = 1949, maximum = 9999, example = 2019)]
    pub year: Option<i64>,
    /// The day, in Asia/Shanghai, up to whose end is counted and on which divisions must exist; today by default.
    pub as_of: Option<NaiveDate>,
    /// The first day that counts.
    pub from: Option<NaiveDate>,
    /// The day after the last that counts.
    pub to: Option<NaiveDate>,
    /// Code of a division of the caller's: it and what lies below. By default the caller's own, widest first.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: Option<String>,
    /// Problems of these audiences.
    #[serde(default)]
    #[param(required = false)]
    pub audience: Vec<Audience>,
    /// Problems of these categories, by code; a heading stands for those below it.
    #[serde(default)]
    #[param(required = false, max_items = 50)]
    pub category: Vec<String>,
    /// Problems of visits led by these bodies, and these visits.
    #[serde(default)]
    #[param(required = false)]
    pub leading_body: Vec<LeadingBody>,
    /// Problems of these parts of the total.
    #[serde(default)]
    #[param(inline, required = false)]
    pub disposition: Vec<Part>,
}

/// What is asked of visits besides, and how figures are grouped.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VisitParams {
    /// Visits of these modes, by code.
    #[serde(default)]
    #[param(required = false, max_items = 50)]
    pub mode: Vec<String>,
    /// Visits of these origins.
    #[serde(default)]
    #[param(required = false)]
    pub origin: Vec<Origin>,
    /// Give the figures by group too.
    pub group_by: Option<GroupBy>,
}

/// A part of a whole. `value` is their quotient, rounded half to even to four decimals; null where there is nothing to
/// divide by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ratio {
    /// How many of them.
    #[schema(minimum = 0, example = 76)]
    pub numerator: i64,
    /// Of how many.
    #[schema(minimum = 0, example = 417)]
    pub denominator: i64,
    /// The quotient.
    #[schema(required, schema_with = decimal_schema)]
    pub value: Option<Decimal>,
}

impl Ratio {
    /// numerator of denominator.
    pub fn of(numerator: i64, denominator: i64) -> Self {
        Self {
            numerator,
            denominator,
            value: Decimal::quotient(numerator, denominator),
        }
    }
}

fn decimal_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    Option::<f64>::schema()
}

/// Problems, in the four parts that always sum to the total (S-05).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemFigures {
    /// All of them.
    #[schema(minimum = 0, example = 417)]
    pub total: i64,
    /// 现场解决.
    #[schema(minimum = 0, example = 76)]
    pub resolved_on_site: i64,
    /// 后续落实.
    #[schema(minimum = 0, example = 204)]
    pub follow_up: i64,
    /// 带回典型.
    #[schema(minimum = 0, example = 137)]
    pub typical: i64,
    /// 未处置.
    #[schema(minimum = 0, example = 0)]
    pub undisposed: i64,
    /// Of those disposed of.
    pub shares: Shares,
}

/// The three classes as shares of what was disposed of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Shares {
    /// 现场解决.
    pub resolved_on_site: Ratio,
    /// 后续落实.
    pub follow_up: Ratio,
    /// 带回典型.
    pub typical: Ratio,
}

/// What those served say; the three are shown together only.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Satisfaction {
    /// The sum of the results (1 to 5 each) by the number of ratings.
    pub mean: Ratio,
    /// Ratings of 4 or more.
    pub satisfied: Ratio,
    /// Ratings of those invited to rate.
    pub response_rate: Ratio,
}

/// What was closed and confirmed by its reporter, by each of the four ways.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConfirmedFigures {
    /// 账号: the reporter's own account, or one that his enterprise authorised.
    #[schema(minimum = 0)]
    pub account: i64,
    /// 回执链接: the code of his receipt.
    #[schema(minimum = 0)]
    pub link: i64,
    /// 门户: the system through which he came.
    #[schema(minimum = 0)]
    pub portal: i64,
    /// 电话回访: he was called back, by somebody who neither handled nor recorded it.
    #[schema(minimum = 0)]
    pub call_back: i64,
}

/// Counties reached (S-03).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CountyFigures {
    /// How many were reached.
    #[schema(minimum = 0, example = 52)]
    pub visited: i64,
    /// How many exist on `as_of`.
    #[schema(minimum = 0, example = 89)]
    pub total: i64,
    /// visited/total.
    pub rate: Ratio,
    /// The codes of those reached, ascending.
    #[schema(example = json!(["330782"]))]
    pub codes: Vec<String>,
}

/// Distinct service objects reached (S-24): counted once however often they were visited.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ObjectFigures {
    /// 企业.
    #[schema(minimum = 0)]
    pub enterprises: i64,
    /// 家庭、农户.
    #[schema(minimum = 0)]
    pub households: i64,
    /// 乡村、社区.
    #[schema(minimum = 0)]
    pub communities: i64,
}

/// Visits by the level of the division where they took place (S-63); the five sum to `visits`.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct LevelFigures {
    /// 省级.
    #[schema(minimum = 0)]
    pub province: i64,
    /// 市级.
    #[schema(minimum = 0)]
    pub city: i64,
    /// 县级.
    #[schema(minimum = 0)]
    pub county: i64,
    /// 乡镇级.
    #[schema(minimum = 0)]
    pub town: i64,
    /// 村级.
    #[schema(minimum = 0)]
    pub village: i64,
}

/// Which filters of the request applied to what.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AppliedFilters {
    /// Those that problems, their outcomes and their ratings were chosen by.
    #[schema(example = json!(["leading_body"]))]
    pub problems: Vec<&'static str>,
    /// Those that visits, counties and objects were chosen by.
    #[schema(example = json!(["leading_body"]))]
    pub visits: Vec<&'static str>,
}

/// One group. What the grouping does not apply to is null: visits have no category, problems no place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupFigures {
    /// The word or code of the group; null for what is in none (no leading body, the division itself).
    #[schema(required, example = "government")]
    pub key: Option<String>,
    /// In the caller's language.
    #[schema(example = "政府")]
    pub label: String,
    /// The code of the category's heading, where it has one.
    #[schema(required)]
    pub parent: Option<String>,
    /// Problems of the group.
    #[schema(required)]
    pub problems: Option<ProblemFigures>,
    /// Completed visits of the group.
    #[schema(required, minimum = 0)]
    pub visits: Option<i64>,
    /// What became of the group's problems.
    #[schema(required)]
    pub finally_solved_rate: Option<Ratio>,
    /// What those served say of them.
    #[schema(required)]
    pub satisfaction: Option<Satisfaction>,
}

/// How a figure is computed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FormulaView {
    /// The member of this answer.
    #[schema(example = "problems_per_county")]
    pub figure: &'static str,
    /// In the caller's language.
    #[schema(example = "问题数 ÷ 到达的县（市、区）数")]
    pub formula: &'static str,
}

impl FormulaView {
    /// A formula in a language.
    pub fn of(formula: &Formula, locale: Locale) -> Self {
        let text = match locale {
            Locale::Zh => formula.zh,
            Locale::En => formula.en,
        };
        Self {
            figure: formula.figure,
            formula: text,
        }
    }
}

/// The figures of a division and what lies below it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Overview {
    /// Whose figures they are.
    pub division: DivisionRef,
    /// The campaign's slug; null: all campaigns.
    #[schema(required)]
    pub campaign: Option<String>,
    /// The year; null: all years.
    #[schema(required)]
    pub year: Option<i64>,
    /// The day, in Asia/Shanghai, up to whose end was counted.
    pub as_of: NaiveDate,
    /// The first day that counts; null: from the beginning.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    /// The day after the last that counts.
    pub to: NaiveDate,
    /// Whether they can still change.
    pub status: FigureStatus,
    /// Whether any of it is demonstration data.
    pub illustrative: bool,
    /// Which filters applied to what.
    pub filters: AppliedFilters,
    /// What was heard.
    pub problems: ProblemFigures,
    /// 417/52 in the speech.
    pub problems_per_county: Ratio,
    /// What became of it.
    pub finally_solved_rate: Ratio,
    /// Closed, of those due or closed; what it has above `finally_solved_rate` is not yet shown to last.
    pub completion_rate: Ratio,
    /// Closed by their reporters' confirmation, of those closed.
    pub confirmed: Ratio,
    /// The same by the four ways, which sum to the numerator.
    pub confirmed_via: ConfirmedFigures,
    /// Closed without an answer: the rest of those closed.
    #[schema(minimum = 0)]
    pub unconfirmed: i64,
    /// What those served say.
    pub satisfaction: Satisfaction,
    /// Problems that an organisation claimed of those that came to a lead (S-55).
    pub claim_rate: Ratio,
    /// Finally solved at no higher level than that where they were recorded, of those finally solved (S-57).
    pub own_level_rate: Ratio,
    /// Closed with no more than one trip of the reporter and one question to him, of those closed (最多跑一次, S-60).
    pub run_once_rate: Ratio,
    /// How often what was assigned was returned, by problem (S-36).
    pub returns_per_problem: Ratio,
    /// How often it was handed to another organisation, by problem (S-58).
    pub transfers_per_problem: Ratio,
    /// Problems that were handed back to an organisation that had led them before (A→B→A).
    pub ping_pong_rate: Ratio,
    /// Completed visits.
    #[schema(minimum = 0)]
    pub visits: i64,
    /// Distinct objects that they reached.
    pub objects: ObjectFigures,
    /// Counties that they reached.
    pub counties: CountyFigures,
    /// Visits on the government's own initiative (S-62).
    pub proactive_share: Ratio,
    /// Visits that took place outside offices (S-61).
    pub on_site_share: Ratio,
    /// Where they took place (S-63).
    pub level_of_place: LevelFigures,
    /// What they were grouped by; null: they were not.
    #[schema(required)]
    pub group_by: Option<GroupBy>,
    /// The groups. Those that are known beforehand are there even where they are zero, and together with the one whose
    /// key is null they sum to the total.
    pub groups: Vec<GroupFigures>,
    /// How each figure is computed.
    pub formulas: Vec<FormulaView>,
}

impl Versioned for Overview {}

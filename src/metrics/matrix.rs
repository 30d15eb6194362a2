//! The matrix of horizon and nature (S-45) on the wire, and how it is put together.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::domain::formulas::MATRIX;
use super::domain::{FigureStatus, Part};
use super::dto::{FormulaView, OverviewParams, Ratio};
use super::question::Question;
use super::store::matrix::MatrixRow;
use crate::analyses::domain::{Horizon, Nature};
use crate::directory::refs::DivisionRef;
use crate::directory::words::{Audience, LeadingBody};
use crate::http::Locale;
use crate::http::respond::Versioned;

/// Whose problems are counted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MatrixParams {
    /// A campaign's slug; without it all campaigns are counted.
    #[param(max_length = 64, example = "2019")]
    pub campaign: Option<String>,
    /// A year of the campaign (or campaigns).
    #[param(minimum = 1949, maximum = 9999, example = 2019)]
    pub year: Option<i64>,
    /// The day, in Asia/Shanghai, whose current analyses are counted; today by default.
    pub as_of: Option<NaiveDate>,
    /// The first day of recording that counts.
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
    /// Problems of visits led by these bodies.
    #[serde(default)]
    #[param(required = false)]
    pub leading_body: Vec<LeadingBody>,
    /// Problems of these parts of the total.
    #[serde(default)]
    #[param(inline, required = false)]
    pub disposition: Vec<Part>,
}

impl From<MatrixParams> for OverviewParams {
    fn from(asked: MatrixParams) -> Self {
        Self {
            campaign: asked.campaign,
            year: asked.year,
            as_of: asked.as_of,
            from: asked.from,
            to: asked.to,
            division: asked.division,
            audience: asked.audience,
            category: asked.category,
            leading_body: asked.leading_body,
            disposition: asked.disposition,
            ..Self::default()
        }
    }
}

/// One of the four cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MatrixCell {
    /// Long- or short-term.
    pub horizon: Horizon,
    /// Institutional or operational.
    pub nature: Nature,
    /// How many problems.
    #[schema(minimum = 0, example = 12)]
    pub problems: i64,
}

/// The problems of a division and what lies below it, by horizon and nature.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Matrix {
    /// Whose problems they are.
    pub division: DivisionRef,
    /// The campaign's slug; null: all campaigns.
    #[schema(required)]
    pub campaign: Option<String>,
    /// The year; null: all years.
    #[schema(required)]
    pub year: Option<i64>,
    /// The day, in Asia/Shanghai, whose current analyses were counted.
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
    /// The four cells, also where they are zero.
    #[schema(min_items = 4, max_items = 4)]
    pub cells: Vec<MatrixCell>,
    /// Problems that were analysed, of all: the numerator is the sum of the cells.
    pub analysed: Ratio,
    /// How each figure is computed.
    pub formulas: Vec<FormulaView>,
}

impl Versioned for Matrix {}

impl Matrix {
    /// Puts the answer together.
    pub fn of(asked: OverviewParams, question: Question, rows: &[MatrixRow], locale: Locale) -> Self {
        let cells = cells(rows);
        let analysed = cells.iter().map(|cell| cell.problems).sum();
        let all = rows.iter().filter(|row| row.horizon.is_none()).map(|row| row.n).sum();
        let period = question.filters.period;
        Self {
            division: DivisionRef {
                code: question.division.code,
                name: question.division.name,
                full_name: question.division.full_name,
            },
            campaign: asked.campaign,
            year: asked.year,
            as_of: period.as_of,
            from: period.since,
            to: period.until,
            status: question.status,
            illustrative: question.illustrative,
            cells,
            analysed: Ratio::of(analysed, all),
            formulas: MATRIX.iter().map(|formula| FormulaView::of(formula, locale)).collect(),
        }
    }
}

pub(super) fn cells(rows: &[MatrixRow]) -> Vec<MatrixCell> {
    let every = Horizon::ALL
        .iter()
        .flat_map(|horizon| Nature::ALL.iter().map(|nature| (*horizon, *nature)));
    let cell = |(horizon, nature)| {
        let in_it = |row: &&MatrixRow| row.horizon == Some(horizon) && row.nature == Some(nature);
        MatrixCell {
            horizon,
            nature,
            problems: rows.iter().filter(in_it).map(|row| row.n).sum(),
        }
    };
    every.map(cell).collect()
}

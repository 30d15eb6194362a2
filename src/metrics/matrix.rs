//! The matrix of horizon and nature (S-45) on the wire, and how it is put together.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::domain::FigureStatus;
use super::domain::formulas::MATRIX;
use super::dto::{FigureParams, FormulaView, Ratio};
use super::question::Question;
use super::store::matrix::MatrixRow;
use crate::analyses::domain::{Horizon, Nature};
use crate::directory::refs::DivisionRef;
use crate::http::Locale;
use crate::http::respond::Versioned;

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
    /// How many of them an organisation claimed, of those that came to a lead: whether what is hard is left to others
    /// (S-55).
    pub claim_rate: Ratio,
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
    pub fn of(asked: FigureParams, question: Question, rows: &[MatrixRow], locale: Locale) -> Self {
        let cells = cells(rows);
        let analysed = cells.iter().map(|cell| cell.problems).sum();
        let all = rows.iter().filter(|row| row.horizon.is_none()).map(|row| row.n).sum();
        let period = question.filters.period;
        Self {
            division: question.division.into(),
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
        let sum = |of: fn(&MatrixRow) -> i64| -> i64 {
            let in_it = |row: &&MatrixRow| row.horizon == Some(horizon) && row.nature == Some(nature);
            rows.iter().filter(in_it).map(of).sum()
        };
        MatrixCell {
            horizon,
            nature,
            problems: sum(|row| row.n),
            claim_rate: Ratio::of(sum(|row| row.claimed), sum(|row| row.led)),
        }
    };
    every.map(cell).collect()
}

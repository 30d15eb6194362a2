//! How long reporters waited for a first response (S-19): on the wire, and how it is put together.

use chrono::{Days, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use super::domain::FigureStatus;
use super::domain::formulas::FIRST_RESPONSE;
use super::dto::{FigureParams, FormulaView};
use super::question::Question;
use super::store::first_response::ResponseRow;
use crate::calendar::{Calendar, start_of_shanghai_day};
use crate::clock::Timestamp;
use crate::directory::refs::DivisionRef;
use crate::http::Locale;
use crate::http::respond::Versioned;

/// How long the reporters of a division and what lies below it waited for a first response.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FirstResponse {
    /// Whose problems they are.
    pub division: DivisionRef,
    /// The campaign's slug; null: all campaigns.
    #[schema(required)]
    pub campaign: Option<String>,
    /// The year; null: all years.
    #[schema(required)]
    pub year: Option<i64>,
    /// The day, in Asia/Shanghai, up to whose end responses count.
    pub as_of: NaiveDate,
    /// The first day on which counted problems were recorded; null: from the beginning.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    /// The day after the last.
    pub to: NaiveDate,
    /// Whether they can still change.
    pub status: FigureStatus,
    /// Whether any of it is demonstration data.
    pub illustrative: bool,
    /// Problems whose reporter had a response.
    #[schema(minimum = 0)]
    pub responded: usize,
    /// Problems whose reporter was still waiting: they are in neither percentile, which are too low where there are
    /// many.
    #[schema(minimum = 0)]
    pub waiting: usize,
    /// Working minutes (480 a working day) within which half of those who had a response had it; null where nobody had.
    #[schema(required, minimum = 0, example = 120)]
    pub p50_minutes: Option<i64>,
    /// The same of nine in ten.
    #[schema(required, minimum = 0, example = 410)]
    pub p90_minutes: Option<i64>,
    /// How each figure is computed.
    pub formulas: Vec<FormulaView>,
}

impl Versioned for FirstResponse {}

/// What was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    pub(crate) responded: usize,
    pub(crate) waiting: usize,
    pub(crate) p50: Option<i64>,
    pub(crate) p90: Option<i64>,
}

impl Waits {
    /// Of these rows, up to the end of a day.
    pub fn of(rows: &[ResponseRow], calendar: &Calendar, as_of: NaiveDate) -> Self {
        let tomorrow = as_of.checked_add_days(Days::new(1)).unwrap_or(as_of);
        let over = Timestamp::from(start_of_shanghai_day(tomorrow));
        let answered = rows.iter().filter_map(|row| {
            let at = row.first_response_at.filter(|at| *at < over)?;
            Some(calendar.working_minutes_between(row.started_at.utc(), at.utc()))
        });
        let mut minutes: Vec<i64> = answered.collect();
        minutes.sort_unstable();
        Self {
            responded: minutes.len(),
            waiting: rows.len() - minutes.len(),
            p50: percentile(&minutes, 50),
            p90: percentile(&minutes, 90),
        }
    }
}

/// The smallest of the sorted values that so many in a hundred do not exceed.
fn percentile(sorted: &[i64], hundredths: usize) -> Option<i64> {
    let rank = (sorted.len() * hundredths).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

impl FirstResponse {
    /// Puts the answer together.
    pub fn of(asked: FigureParams, question: Question, waits: Waits, locale: Locale) -> Self {
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
            responded: waits.responded,
            waiting: waits.waiting,
            p50_minutes: waits.p50,
            p90_minutes: waits.p90,
            formulas: FIRST_RESPONSE
                .iter()
                .map(|formula| FormulaView::of(formula, locale))
                .collect(),
        }
    }
}

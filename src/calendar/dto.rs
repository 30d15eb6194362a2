//! The calendar on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::notice::Notice;
use super::store::YearRow;
use super::{Calendar, Day};
use crate::http::Versioned;

/// The next year's notice of the State Council.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "year": 2027, "document_no": "国办发明电〔2026〕7号", "published_on": "2026-11-05",
    "days_off": ["2027-01-01", "2027-02-05", "2027-02-08"], "make_up_days": ["2027-01-31", "2027-02-20"]
}))]
pub struct NewCalendarYear {
    /// Its year: the one after the last that is published.
    #[schema(minimum = 2004, maximum = 2200)]
    pub year: i32,
    /// The notice's number.
    #[schema(min_length = 1, max_length = 100)]
    pub document_no: String,
    /// When it was published; not later than today.
    pub published_on: NaiveDate,
    /// Days without work; weekend days may be named too. Of the year, or of 24 to 31 December before it.
    #[schema(max_items = 80)]
    pub days_off: Vec<NaiveDate>,
    /// Weekend days with work (调休). Of the year, or of 24 to 31 December before it.
    #[schema(max_items = 40)]
    pub make_up_days: Vec<NaiveDate>,
}

/// What of a year is corrected: a merge patch. A list replaces the one that was there.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "make_up_days": ["2027-02-20"] }))]
pub struct UpdateCalendarYear {
    /// The notice's number.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    pub document_no: Option<String>,
    /// When it was published; not later than today.
    #[serde(default)]
    #[schema(nullable = false)]
    pub published_on: Option<NaiveDate>,
    /// Days without work.
    #[serde(default)]
    #[schema(max_items = 80, nullable = false)]
    pub days_off: Option<Vec<NaiveDate>>,
    /// Weekend days with work.
    #[serde(default)]
    #[schema(max_items = 40, nullable = false)]
    pub make_up_days: Option<Vec<NaiveDate>>,
}

/// A year whose working days are published.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalendarYearView {
    /// The year.
    #[schema(example = 2019)]
    pub year: i32,
    /// The notice's number; null: not told with what ships.
    #[schema(required)]
    pub document_no: Option<String>,
    /// When it was published; null: not told with what ships.
    #[schema(required)]
    pub published_on: Option<NaiveDate>,
    /// Days without work that the notice names, weekend days among them.
    pub days_off: Vec<NaiveDate>,
    /// Weekend days with work.
    pub make_up_days: Vec<NaiveDate>,
    /// How many working days the year has, by the calendar as it stands.
    pub working_days: u32,
    /// The calendar that this was read from.
    #[schema(example = "2026.1")]
    pub calendar_version: String,
    /// Grows with every correction.
    pub version: i64,
}

impl Versioned for CalendarYearView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl CalendarYearView {
    /// A notice, and what was kept of it here: nothing where it ships.
    pub fn of(calendar: &Calendar, notice: &Notice, kept: Option<&YearRow>) -> Self {
        let year = notice.year();
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
        Self {
            year,
            document_no: kept.and_then(|row| row.document_no.clone()),
            published_on: kept.and_then(|row| row.published_on),
            days_off: notice.days_off(),
            make_up_days: notice.make_up_days(),
            working_days: calendar.working_days_between(day(year - 1, 12, 31), day(year, 12, 31)),
            calendar_version: calendar.version().to_owned(),
            version: kept.map_or(1, |row| row.edition),
        }
    }
}

/// Which days.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DaysBetween {
    /// The first day.
    pub from: NaiveDate,
    /// The last day; 400 days at most.
    pub to: NaiveDate,
}

/// Days, one after another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalendarDays {
    /// The calendar that they were read from.
    #[schema(example = "2026.1")]
    pub calendar_version: String,
    /// How many of them are working days.
    pub working_days: usize,
    /// Each day.
    pub days: Vec<CalendarDayView>,
}

impl Versioned for CalendarDays {}

/// A day in Asia/Shanghai.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalendarDayView {
    /// The day.
    pub date: NaiveDate,
    /// Whether people work on it.
    pub working: bool,
    /// Whether that is settled: its year is published and, for 24 to 31 December, the next one too.
    pub known: bool,
}

impl CalendarDayView {
    /// What the calendar says of a day.
    pub fn of(date: NaiveDate, day: Day) -> Self {
        Self {
            date,
            working: day.working,
            known: day.known,
        }
    }
}

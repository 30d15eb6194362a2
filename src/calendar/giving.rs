//! Giving the calendar a year, and correcting one.

use chrono::NaiveDate;
use serde_json::json;

use super::Calendar;
use super::dto::{CalendarYearView, NewCalendarYear, UpdateCalendarYear};
use super::notice::{Misplaced, NamedAs, Notice, NoticeFault};
use super::store::{self, YearRow};
use crate::app::App;
use crate::db::Tx;
use crate::directory::stable_id::stable_id;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::{self, Act, NewEvent};
use crate::http::{IfMatch, Work};

/// The kind of aggregate that a year is; its id is that of its number.
pub const KIND: &str = "calendar_year";

/// Gives the next year.
///
/// # Errors
/// 409 `duplicate` where it is published; 422 with every fault.
pub async fn give(work: &Work, tx: &mut Tx, act: &Act, new: &NewCalendarYear) -> ApiResult<CalendarYearView> {
    store::lock(tx).await?;
    let calendar = store::load(&mut *tx).await?;
    if calendar.notice(new.year).is_some() {
        return Err(ApiError::new(Code::Duplicate));
    }
    let mut faults = Vec::new();
    if calendar.last_year().is_some_and(|last| new.year != last + 1) {
        faults.push(Fault::new("/year", FaultCode::NotWithin));
    }
    faults.extend(published_too_late(new.published_on, act));
    let notice = checked(new.year, &new.days_off, &new.make_up_days, faults)?;
    let row = YearRow {
        year: new.year.into(),
        version: String::new(),
        document_no: Some(new.document_no.clone()),
        published_on: Some(new.published_on),
        edition: 1,
    };
    keep(work, tx, act, &calendar, row, notice, "calendar.year_given").await
}

/// Corrects a year, whether it ships or was given here.
///
/// # Errors
/// 404 where it is not published; 412, 428; 422 with every fault.
pub async fn correct(
    work: &Work,
    tx: &mut Tx,
    act: &Act,
    year: i32,
    at: &IfMatch,
    patch: UpdateCalendarYear,
) -> ApiResult<CalendarYearView> {
    store::lock(tx).await?;
    let calendar = store::load(&mut *tx).await?;
    let stands = calendar.notice(year).or_not_found()?;
    let kept = store::year(&mut *tx, year).await?;
    let edition = kept.as_ref().map_or(1, |row| row.edition);
    at.check(edition)?;
    let late = patch.published_on.and_then(|on| published_too_late(on, act));
    let days_off = patch.days_off.unwrap_or_else(|| stands.days_off());
    let make_up_days = patch.make_up_days.unwrap_or_else(|| stands.make_up_days());
    let notice = checked(year, &days_off, &make_up_days, late.into_iter().collect())?;
    let (document_no, published_on) = kept.map_or((None, None), |row| (row.document_no, row.published_on));
    let row = YearRow {
        year: year.into(),
        version: String::new(),
        document_no: patch.document_no.or(document_no),
        published_on: patch.published_on.or(published_on),
        edition: edition + 1,
    };
    keep(work, tx, act, &calendar, row, notice, "calendar.year_corrected").await
}

/// What this process counts by is what it has just been given; where the database is away, it is read again in seconds.
pub async fn known(app: &App) {
    if let Err(fault) = app.current_calendar.refresh(&app.db).await {
        tracing::warn!(%fault, "the calendar could not be read");
    }
}

async fn keep(
    work: &Work,
    tx: &mut Tx,
    act: &Act,
    calendar: &Calendar,
    row: YearRow,
    notice: Notice,
    kind: &'static str,
) -> ApiResult<CalendarYearView> {
    let next = calendar.with_notice(notice.clone());
    let row = YearRow {
        version: next.version().to_owned(),
        ..row
    };
    store::keep(tx, act, &row, &notice).await?;
    let id = stable_id(KIND, &notice.year().to_string());
    let event = NewEvent::of(KIND, id, kind).with(json!({
        "year": notice.year(), "document_no": row.document_no, "published_on": row.published_on,
        "days_off": notice.days_off(), "make_up_days": notice.make_up_days(), "calendar_version": row.version,
    }));
    events::store::append_to(tx, &work.app.ids, act, event).await?;
    Ok(CalendarYearView::of(&next, &notice, Some(&row)))
}

fn published_too_late(on: NaiveDate, act: &Act) -> Option<Fault> {
    (on > act.at.shanghai_date()).then(|| Fault::new("/published_on", FaultCode::NotWithin))
}

/// The notice, if neither it nor anything before has a fault.
fn checked(year: i32, days_off: &[NaiveDate], make_up_days: &[NaiveDate], mut faults: Vec<Fault>) -> ApiResult<Notice> {
    match Notice::new(year, days_off, make_up_days) {
        Ok(notice) if faults.is_empty() => Ok(notice),
        Ok(_) => Err(ApiError::invalid(faults)),
        Err(misplaced) => {
            faults.extend(misplaced.into_iter().map(fault));
            Err(ApiError::invalid(faults))
        }
    }
}

fn fault((list, index, fault): Misplaced) -> Fault {
    let list = match list {
        NamedAs::DayOff => "days_off",
        NamedAs::MakeUpDay => "make_up_days",
    };
    let code = match fault {
        NoticeFault::OutsideYear(_) => FaultCode::NotWithin,
        NoticeFault::MakeUpOnWeekday(_) => FaultCode::MakeUpOnWeekday,
        NoticeFault::Contradiction(_) => FaultCode::Conflict,
        NoticeFault::Repeated(_) => FaultCode::Repeated,
    };
    Fault::new(format!("/{list}/{index}"), code)
}

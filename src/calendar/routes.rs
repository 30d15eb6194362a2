//! Reading the calendar, and giving it the next year.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use chrono::NaiveDate;

use super::dto::{CalendarDayView, CalendarDays, CalendarYearView, DaysBetween, NewCalendarYear, UpdateCalendarYear};
use super::{giving, store};
use crate::app::App;
use crate::auth::policy::{ManageCalendar, ReadCalendar};
use crate::auth::{Can, Role};
use crate::directory::listing::require_highest;
use crate::directory::stable_id::stable_id;
use crate::error::{ApiError, ApiResult, FaultCode, OrNotFound as _};
use crate::http::total::Total;
use crate::http::{IfMatch, ListParams, Page, ValidJson, ValidQuery, View, Work};

/// Days that one answer holds.
const MOST_DAYS: i64 = 400;

/// The years whose working days are published
///
/// Those that ship with the service and those that were given to it, the first one first.
#[utoipa::path(operation_id = "list_calendar_years", tag = "calendar", params(ListParams),
    responses((status = 200, description = "A page", body = Page<CalendarYearView>)))]
#[get("/calendar/years")]
pub async fn list_calendar_years(
    _who: Can<ReadCalendar>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<CalendarYearView>> {
    let page = params.0.page(&"list_calendar_years")?;
    let after = page.after::<i64>()?.map(|(year, _)| year);
    let (calendar, kept) = (app.calendar(), store::years(&app.db).await?);
    let years = calendar.published_years().into_iter();
    let total = page.with_total.then(|| Total::of(years.len()));
    let later = years.filter(|year| after.is_none_or(|after| i64::from(*year) > after));
    let rows: Vec<i32> = later.take(usize::try_from(page.fetch()).unwrap_or(51)).collect();
    let place = |year: &i32| (i64::from(*year), stable_id(giving::KIND, &year.to_string()));
    let answer = page.page(rows, place, |year| {
        let row = kept.iter().find(|row| row.year == i64::from(year));
        let notice = calendar.notice(year);
        notice.map(|notice| CalendarYearView::of(&calendar, &notice, row))
    });
    Ok(answer.flatten().with_total(total))
}

/// One year
///
/// The days off and make-up days of its notice; 404 where it is not published.
#[utoipa::path(operation_id = "get_calendar_year", tag = "calendar",
    params(("year" = i32, Path, description = "The year")),
    responses((status = 200, description = "The year", body = CalendarYearView)))]
#[get("/calendar/years/{year}")]
pub async fn get_calendar_year(
    _who: Can<ReadCalendar>,
    app: web::Data<App>,
    request: HttpRequest,
) -> ApiResult<View<CalendarYearView>> {
    let (year, calendar) = (named(&request)?, app.calendar());
    let notice = calendar.notice(year).or_not_found()?;
    let kept = store::year(&app.db, year).await?;
    Ok(View(CalendarYearView::of(&calendar, &notice, kept.as_ref())))
}

fn named(request: &HttpRequest) -> ApiResult<i32> {
    let year = request.match_info().get("year").unwrap_or_default();
    year.parse().ok().or_not_found()
}

/// Which days are working days
///
/// Each day from `from` to `to`, both included, 400 at most. A year that is not published goes by weekdays: not
/// `known`.
#[utoipa::path(operation_id = "list_calendar_days", tag = "calendar", params(DaysBetween),
    responses((status = 200, description = "The days", body = CalendarDays)))]
#[get("/calendar/days")]
pub async fn list_calendar_days(
    _who: Can<ReadCalendar>,
    app: web::Data<App>,
    query: ValidQuery<DaysBetween>,
) -> ApiResult<View<CalendarDays>> {
    let DaysBetween { from, to } = query.0;
    if to < from || (to - from).num_days() >= MOST_DAYS {
        return Err(ApiError::invalid_at("?to", FaultCode::NotWithin));
    }
    let calendar = app.calendar();
    let dates = from.iter_days().take_while(|date: &NaiveDate| *date <= to);
    let days: Vec<_> = dates
        .map(|date| CalendarDayView::of(date, calendar.is_working_day(date)))
        .collect();
    Ok(View(CalendarDays {
        calendar_version: calendar.version().to_owned(),
        working_days: days.iter().filter(|day| day.working).count(),
        days,
    }))
}

/// Give the next year's notice
///
/// For the whole installation, so its highest administrators give it. What was counted provisionally is computed anew,
/// each with an event, soon after. Every fault of the notice is named at once.
#[utoipa::path(operation_id = "create_calendar_year", tag = "calendar", request_body = NewCalendarYear,
    responses((status = 201, description = "Given", body = CalendarYearView)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/calendar/years")]
pub async fn create_calendar_year(
    who: Can<ManageCalendar>,
    work: Work,
    body: ValidJson<NewCalendarYear>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    require_highest(&mut tx, &who, &[Role::Admin]).await?;
    let view = giving::give(&work, &mut tx, &who.act(work.now()), &body.0).await?;
    let location = format!("/api/v1/calendar/years/{}", view.year);
    let answer = work.created(tx, location, &view).await?;
    giving::known(&work.app).await;
    Ok(answer)
}

/// Correct a year's notice
///
/// From now on times are counted by it, and those that were provisional are computed anew. Those that were settled stay
/// as they were told: whoever loses a day by the correction asks for a later date.
#[utoipa::path(operation_id = "update_calendar_year", tag = "calendar", request_body = UpdateCalendarYear,
    params(("year" = i32, Path, description = "The year"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "As it now stands", body = CalendarYearView)))]
#[patch("/calendar/years/{year}")]
pub async fn update_calendar_year(
    who: Can<ManageCalendar>,
    work: Work,
    request: HttpRequest,
    at: IfMatch,
    body: ValidJson<UpdateCalendarYear>,
) -> ApiResult<HttpResponse> {
    let (mut tx, year) = (work.begin().await?, named(&request)?);
    require_highest(&mut tx, &who, &[Role::Admin]).await?;
    let view = giving::correct(&work, &mut tx, &who.act(work.now()), year, &at, body.0).await?;
    let answer = work.ok(tx, &view).await?;
    giving::known(&work.app).await;
    Ok(answer)
}

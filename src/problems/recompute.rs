//! Computing anew what was provisional, once the days that it rests on are settled: cycles, look-backs, and when
//! comments are to be replied to. Any replica does it; each in a transaction of its own, which finds under the
//! problem's lock whether it is still to be done.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use serde_json::json;
use uuid::Uuid;

use super::domain::counted_anew;
use super::store::provisional::{self, Anew, ProvisionalRow};
use crate::app::App;
use crate::assignments::store as assignments;
use crate::calendar::{Calendar, Version};
use crate::clock::Timestamp;
use crate::comments::domain::REPLY_WORKING_DAYS;
use crate::comments::store::provisional as comments;
use crate::error::ApiResult;
use crate::events::{Act, NewEvent};
use crate::feedback::look_backs;
use crate::tasks::planning;

/// How many cycles, how many look-backs and how many comments one batch looks at.
const BATCH: i64 = 100;
/// How long it rests between batches, so that writers come in between.
const REST: Duration = Duration::from_millis(50);
/// How often a replica looks, in seconds.
pub const EVERY_SECONDS: u64 = 60;

/// Computes batch after batch, until nothing is left.
pub async fn recompute_all(app: web::Data<App>) {
    loop {
        match recompute_batch(&app).await {
            Ok(0) => return,
            Ok(computed) => tracing::info!(computed, "computed anew what was provisional"),
            Err(fault) => {
                tracing::warn!(%fault, "what is provisional could not be computed anew");
                return;
            }
        }
        tokio::time::sleep(REST).await;
    }
}

/// Computes one batch by the calendar as it is stored; how many cycles, look-backs and comments. What fails is logged
/// and left for the next time.
pub async fn recompute_batch(app: &App) -> ApiResult<u64> {
    app.current_calendar.refresh(&app.db).await?;
    let (calendar, mut computed) = (app.calendar(), 0);
    for (cycle, problem) in provisional::some(&app.db, calendar.version(), BATCH).await? {
        computed += counted(recompute_cycle(app, &calendar, cycle, problem).await);
    }
    for (look_back, problem) in look_backs::provisional(&app.db, calendar.version(), BATCH).await? {
        computed += counted(recompute_look_back(app, &calendar, look_back, problem).await);
    }
    for (comment, problem) in comments::some(&app.db, calendar.version(), BATCH).await? {
        computed += counted(recompute_reply(app, &calendar, comment, problem).await);
    }
    Ok(computed)
}

fn counted(done: ApiResult<bool>) -> u64 {
    done.map_or_else(
        |fault| {
            tracing::warn!(%fault, cause = ?fault.cause(), "a provisional time could not be computed anew");
            0
        },
        u64::from,
    )
}

/// Whether a stored version is of a later calendar than this process knows.
fn is_later(stored: &str, calendar: &Calendar) -> bool {
    Version::parse(stored).is_some_and(|stored| stored > calendar.at())
}

async fn recompute_cycle(app: &App, calendar: &Arc<Calendar>, cycle: Uuid, problem: Uuid) -> ApiResult<bool> {
    let mut tx = app.db.begin().await?;
    provisional::lock(&mut tx, problem).await?;
    let found = provisional::find(&mut tx, cycle, calendar.version()).await?;
    let Some(row) = found.filter(|row| !is_later(&row.calendar_version, calendar)) else {
        return Ok(false);
    };
    let act = Act::of_the_service(app.clock.now());
    let again = anew(&row, calendar);
    if let Some(day) = row.moved_to(&again) {
        assignments::due_lead(&mut tx, &act, problem, day).await?;
    }
    provisional::keep(&mut tx, &app.ids, &act, calendar, &row, &again).await?;
    tx.commit().await?;
    Ok(true)
}

/// The times of a cycle by a later calendar: what is done, or was never finished before the next cycle began, stays.
pub fn anew(row: &ProvisionalRow, calendar: &Calendar) -> Anew {
    let before = calendar.as_known_by(&row.calendar_version);
    let chosen = row
        .resolution_days
        .filter(|_| row.paused_minutes == 0)
        .and_then(|days| u32::try_from(days + row.extended_days).ok());
    let mut again = Anew {
        first_response_due: row.first_response_due,
        resolution_due: row.resolution_due,
        paused_due: row.paused_due,
        provisional: false,
    };
    if !row.is_present() {
        return again;
    }
    let mut count = |due: Timestamp, days: Option<u32>| {
        let (due, provisional) = counted_anew(due, row.started_at, days, &before, calendar);
        again.provisional |= provisional;
        due
    };
    if row.first_response_at.is_none() {
        again.first_response_due = count(row.first_response_due, None);
    }
    if row.resolution_at.is_none() {
        (again.resolution_due, again.paused_due) = (
            row.resolution_due.map(|due| count(due, chosen)),
            row.paused_due.map(|due| count(due, chosen)),
        );
    }
    again
}

async fn recompute_look_back(app: &App, calendar: &Calendar, look_back: Uuid, problem: Uuid) -> ApiResult<bool> {
    let mut tx = app.db.begin().await?;
    provisional::lock(&mut tx, problem).await?;
    let Some(found) = look_backs::find_provisional(&mut tx, look_back, calendar.version()).await? else {
        return Ok(false);
    };
    if is_later(&found.calendar_version, calendar) {
        return Ok(false);
    }
    let act = Act::of_the_service(app.clock.now());
    let due = look_backs::due(calendar, found.planned_at, found.interval_days);
    look_backs::move_to(&mut tx, &act, calendar, look_back, due).await?;
    planning::replan(&mut tx, &app.ids, calendar, &act, problem).await?;
    if due.date != found.due_on {
        let event = NewEvent::of("problem", problem, "look_back.due_recomputed").with(json!({
            "look_back": look_back, "from": found.due_on, "to": due.date, "calendar_version": calendar.version(),
        }));
        provisional::note(&mut tx, &app.ids, &act, problem, event).await?;
    }
    tx.commit().await?;
    Ok(true)
}

async fn recompute_reply(app: &App, calendar: &Calendar, comment: Uuid, problem: Uuid) -> ApiResult<bool> {
    let mut tx = app.db.begin().await?;
    provisional::lock(&mut tx, problem).await?;
    let found = comments::find(&mut tx, comment, calendar.version()).await?;
    let Some(row) = found.filter(|row| !is_later(&row.calendar_version, calendar)) else {
        return Ok(false);
    };
    let act = Act::of_the_service(app.clock.now());
    let (due, is_provisional) = calendar.due_at(row.at.utc(), REPLY_WORKING_DAYS);
    let due = Timestamp::from(due);
    comments::keep(&mut tx, calendar, comment, (due, is_provisional)).await?;
    planning::replan(&mut tx, &app.ids, calendar, &act, problem).await?;
    if due != row.reply_due_at {
        let event = NewEvent::of("problem", problem, "problem.reply_due_recomputed").with(json!({
            "comment": comment, "from": row.reply_due_at, "to": due, "calendar_version": calendar.version(),
        }));
        provisional::note(&mut tx, &app.ids, &act, problem, event).await?;
    }
    tx.commit().await?;
    Ok(true)
}

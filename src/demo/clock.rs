//! The demo's business clock: it begins at the speech's evening, ticks, and goes on where it stood after a restart. Set
//! forward, it goes from one task to the next, so that each happens at its own time.

use std::time::Duration;

use actix_web::web;
use serde_json::json;

use crate::app::App;
use crate::clock::{Clock, Timestamp};
use crate::db::{Db, DbError, Tx, setting, sql};
use crate::error::ApiResult;
use crate::tasks::engine::Engine;
use crate::tasks::store::take::{Times, first_due, is_any_held};

/// The setting that holds where the clock stands.
const SETTING: &str = "demo_clock";

/// Tasks that happen before the clock's new time is answered; what is left then goes on at once behind it.
const MOST: usize = 5_000;
/// How long the answer waits for a task that the server had just taken by itself.
const WAIT: Duration = Duration::from_millis(20);
/// How often.
const MOST_WAITS: usize = 250;

/// Sets the clock. Forward, everything that is due by then happens on the way, in its order and at its own time; how
/// many tasks that were.
///
/// # Errors
/// Where the database is away; the clock then stands where the last task happened.
pub async fn move_to(app: &web::Data<App>, until: Timestamp) -> ApiResult<usize> {
    let engine = Engine::new(app.clone());
    let mut happened = 0;
    while app.clock.now() < until && happened < MOST {
        happened += engine.work_off(MOST - happened).await?;
        match first_due(&app.db, Some(app.clock.now()), until).await? {
            Some(next) => app.clock.set(next),
            None => break,
        }
    }
    app.clock.set(until);
    if happened < MOST {
        happened += engine.work_off(MOST - happened).await?;
    }
    for _ in 0..MOST_WAITS {
        let now = Times {
            business: until,
            real: app.real_clock.now(),
        };
        if !is_any_held(&app.db, now).await? {
            break;
        }
        tokio::time::sleep(WAIT).await;
    }
    Ok(happened)
}

/// Keeps where the clock stands.
pub async fn keep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    setting::put(tx, SETTING, json!(now), now).await
}

/// Keeps where the demo's clock stands now; elsewhere nothing.
pub async fn keep_now(app: &App) -> Result<(), DbError> {
    if !app.settings.demo {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    keep(&mut tx, app.clock.now()).await?;
    tx.commit().await
}

/// A ticking clock that goes on where the last one stood.
pub async fn go_on(db: &Db) -> Result<Option<Clock>, DbError> {
    let Some(kept) = setting::get(db, SETTING).await? else {
        return Ok(None);
    };
    let kept = kept.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    // It has ticked since it was set: never earlier than the last thing that was done by it.
    let last: Option<(Timestamp,)> = sql(
        "SELECT recorded_at FROM event WHERE aggregate_kind IN ('problem', 'visit') ORDER BY recorded_at DESC LIMIT 1",
    )
    .optional(db)
    .await?;
    Ok(kept.max(last.map(|(at,)| at)).map(Clock::starting_at))
}

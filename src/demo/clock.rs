//! The demo's business clock: it begins at the speech's evening, ticks, and goes on where it stood after a restart.

use serde_json::{Value, json};

use crate::clock::{Clock, Timestamp};
use crate::db::{Db, DbError, Tx, sql};

/// The setting that holds where the clock stands.
const SETTING: &str = "demo_clock";

/// Keeps where the clock stands.
pub async fn keep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    sql("INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at")
    .bind(SETTING)
    .bind(json!(now))
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// A ticking clock that goes on where the last one stood.
pub async fn go_on(db: &Db) -> Result<Option<Clock>, DbError> {
    let kept: Option<(Value,)> = sql("SELECT value FROM setting WHERE key = $1")
        .bind(SETTING)
        .optional(db)
        .await?;
    let Some((kept,)) = kept else { return Ok(None) };
    let kept = kept.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    // It has ticked since it was set: never earlier than the last thing that was done by it.
    let last: Option<(Timestamp,)> = sql(
        "SELECT recorded_at FROM event WHERE aggregate_kind IN ('problem', 'visit') ORDER BY recorded_at DESC LIMIT 1",
    )
    .optional(db)
    .await?;
    Ok(kept.max(last.map(|(at,)| at)).map(Clock::starting_at))
}

//! Comments whose reply is due on a day that rests on days which were not settled when it was counted, and storing it
//! counted anew. Each is looked at once for every version of the calendar; what is replied to, or erased, no more.

use sqlx::FromRow;
use uuid::Uuid;

use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, Tx, sql};

/// A comment that waits for its reply.
#[derive(Clone, Debug, FromRow)]
pub struct WaitingRow {
    /// When it was written.
    pub at: Timestamp,
    /// By when it is to be replied to.
    pub reply_due_at: Timestamp,
    /// By which calendar that was counted.
    pub calendar_version: String,
}

/// Some of those that were counted by another version of the calendar, and their problems.
pub async fn some(db: &Db, version: &str, most: i64) -> Result<Vec<(Uuid, Uuid)>, DbError> {
    sql(SOME).bind(version).bind(most).all(db).await
}

/// Two ranges of one partial index.
pub(crate) const SOME: &str = "SELECT a.id, a.problem_id FROM (SELECT c.id, c.problem_id FROM comment c \
     WHERE c.reply_provisional AND c.reply_calendar_version < $1 AND c.erased_at IS NULL \
     ORDER BY c.reply_calendar_version, c.id LIMIT $2) a UNION ALL \
     SELECT b.id, b.problem_id FROM (SELECT c.id, c.problem_id FROM comment c \
     WHERE c.reply_provisional AND c.reply_calendar_version > $1 AND c.erased_at IS NULL \
     ORDER BY c.reply_calendar_version, c.id LIMIT $2) b";

/// One of a locked problem, if its day is still provisional by another version.
pub async fn find(tx: &mut Tx, comment: Uuid, version: &str) -> Result<Option<WaitingRow>, DbError> {
    sql(
        "SELECT at, reply_due_at, reply_calendar_version AS calendar_version FROM comment WHERE id = $1 \
         AND reply_provisional AND reply_calendar_version <> $2 AND erased_at IS NULL",
    )
    .bind(comment)
    .bind(version)
    .optional(tx)
    .await
}

/// Keeps the day as it is counted now.
pub async fn keep(
    tx: &mut Tx,
    calendar: &Calendar,
    comment: Uuid,
    (due_at, provisional): (Timestamp, bool),
) -> Result<(), DbError> {
    sql(
        "UPDATE comment SET version = CASE WHEN reply_due_at = $1 THEN version ELSE version + 1 END, reply_due_at = $1, \
         reply_provisional = $2, reply_calendar_version = $3 WHERE id = $4",
    )
    .bind(due_at)
    .bind(provisional)
    .bind(calendar.version())
    .bind(comment)
    .run(tx)
    .await?;
    Ok(())
}

//! Every statement on `case_link`.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};

/// How long a code is good after the last closure, in seconds: 30 days.
pub const AFTER_CLOSURE_SECONDS: i64 = 30 * 24 * 3600;

/// Lets the codes of a problem that was closed at `closed_at` expire 30 days later.
pub async fn expire(tx: &mut Tx, problem: Uuid, closed_at: Timestamp) -> Result<(), DbError> {
    sql("UPDATE case_link SET expires_at = $1 WHERE problem_id = $2 AND replaced_at IS NULL")
        .bind(closed_at.plus_seconds(AFTER_CLOSURE_SECONDS))
        .bind(problem)
        .run(tx)
        .await?;
    Ok(())
}

/// Makes the codes of a problem whose next cycle begins good again, until it is closed.
pub async fn renew(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    sql("UPDATE case_link SET expires_at = NULL WHERE problem_id = $1 AND replaced_at IS NULL")
        .bind(problem)
        .run(tx)
        .await?;
    Ok(())
}

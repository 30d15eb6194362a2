//! Refresh tokens that have expired: their reuse can no longer be told from any other invalid token, so they need not be
//! kept. The families stay, as a record of who signed in.

use crate::clock::Timestamp;
use crate::db::{Db, DbError, sql};

/// Removes up to a thousand; how many. Replicas that sweep together pass over each other's rows.
pub async fn refresh_tokens(db: &Db, now: Timestamp) -> Result<u64, DbError> {
    let mut tx = db.begin().await?;
    // SQLite has one writer and no row locks to skip.
    let statement = tx.pick(
        "DELETE FROM refresh_token WHERE hash IN (SELECT hash FROM refresh_token WHERE expires_at <= $1 LIMIT 1000)",
        "DELETE FROM refresh_token WHERE hash IN \
         (SELECT hash FROM refresh_token WHERE expires_at <= $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)",
    );
    let removed = sql(statement).bind(now).run(&mut tx).await?;
    tx.commit().await?;
    Ok(removed)
}

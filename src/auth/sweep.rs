//! Refresh tokens and sessions whose time has long been over. Who signed in, when and from where stays in the access
//! log.
//!
//! Each function removes one batch and says how many rows it were. Replicas that sweep together pass over each other's
//! rows.

use uuid::Uuid;

use super::store::sessions;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, sql};

/// How long a refresh token stays known after it has expired, in seconds: 7 days. A copy that was taken from a lost
/// device or an old backup is often tried late. While its row is there, its reuse is told from nonsense: the log names
/// whose token it was, and a session that still lives ends. Later it is refused like any unknown one, which costs
/// nobody anything: it had expired anyway. No longer, because each session leaves a row every quarter of an hour.
const KNOWN_SECONDS: i64 = 7 * 24 * 3600;
/// Sessions of one batch, each with its tokens.
const FAMILIES: i64 = 500;

/// Removes up to a thousand refresh tokens that expired 7 days ago.
///
/// # Errors
/// Where the database refuses.
pub async fn refresh_tokens(db: &Db, now: Timestamp) -> Result<u64, DbError> {
    let mut tx = db.begin().await?;
    let skip = tx.lock_clause(" FOR UPDATE SKIP LOCKED");
    let expired = "DELETE FROM refresh_token WHERE hash IN \
         (SELECT hash FROM refresh_token WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000";
    let long_ago = now.plus_seconds(-KNOWN_SECONDS);
    let removed = sql(expired).bind(long_ago).push(skip).push(")").run(&mut tx).await?;
    tx.commit().await?;
    Ok(removed)
}

/// Removes up to five hundred sessions that their owners no longer see, with whatever tokens they have left.
///
/// # Errors
/// Where the database refuses.
pub async fn families(db: &Db, now: Timestamp) -> Result<u64, DbError> {
    let mut tx = db.begin().await?;
    let lock = tx.lock_clause(" FOR UPDATE SKIP LOCKED");
    let found: Vec<(Uuid,)> = sql("SELECT id FROM session_family WHERE expires_at <= $1 ORDER BY expires_at")
        .bind(now.plus_seconds(-sessions::SHOWN_SECONDS))
        .push_bind(" LIMIT ", FAMILIES)
        .push(lock)
        .all(&mut tx)
        .await?;
    let found: Vec<Uuid> = found.into_iter().map(|(id,)| id).collect();
    if found.is_empty() {
        return Ok(0);
    }
    let tokens = sql("DELETE FROM refresh_token WHERE family_id").in_list(&found);
    tokens.run(&mut tx).await?;
    let removed = sql("DELETE FROM session_family WHERE id")
        .in_list(&found)
        .run(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(removed)
}

//! The account of bytes: a row for each content, from before its bytes are there until they are removed.
//!
//! Bytes are put in place before an attachment refers to them, and may be removed as soon as none does. What keeps the
//! two apart is `pending_since`: an upload sets it (and commits) before it puts bytes in place, and empties it in the
//! transaction that inserts the attachment; the sweep takes only what has been pending for longer than an upload lasts,
//! and removes the bytes while it holds the row.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, DbError, Tx, sql};

/// Longer than any upload is pending, in seconds: an hour.
pub const PENDING_SECONDS: i64 = 3600;

/// Announces bytes that are about to be put in place.
pub async fn announce(tx: &mut Tx, sha256: &[u8; 32], size: i64, now: Timestamp) -> Result<(), DbError> {
    sql(
        "INSERT INTO attachment_content (sha256, size, created_at, pending_since) VALUES ($1, $2, $3, $3) \
         ON CONFLICT (sha256) DO UPDATE SET pending_since = excluded.pending_since",
    )
    .bind(&sha256[..])
    .bind(size)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// Says that an attachment refers to them now; false where they were removed meanwhile.
pub async fn refer(tx: &mut Tx, sha256: &[u8; 32]) -> Result<bool, DbError> {
    let referred = sql("UPDATE attachment_content SET pending_since = NULL WHERE sha256 = $1")
        .bind(&sha256[..])
        .run(tx)
        .await?;
    Ok(referred == 1)
}

/// Says that an attachment which referred to them is gone. An upload of the same bytes that is under way stays
/// protected.
pub async fn release(tx: &mut Tx, sha256: &[u8], now: Timestamp) -> Result<(), DbError> {
    sql("UPDATE attachment_content SET pending_since = COALESCE(pending_since, $2) WHERE sha256 = $1")
        .bind(sha256)
        .bind(now.plus_seconds(-PENDING_SECONDS))
        .run(tx)
        .await?;
    Ok(())
}

/// One content that has been pending for too long, and whether an attachment refers to it after all.
pub async fn pending(tx: &mut Tx, now: Timestamp) -> Result<Option<(Vec<u8>, bool)>, DbError> {
    let lock = tx.lock_clause(" FOR UPDATE OF c SKIP LOCKED");
    sql(
        "SELECT c.sha256, EXISTS (SELECT 1 FROM attachment a WHERE a.sha256 = c.sha256 AND a.erased_at IS NULL) AS referred \
         FROM attachment_content c WHERE c.pending_since <= $1 ORDER BY c.pending_since LIMIT 1",
    )
    .bind(now.plus_seconds(-PENDING_SECONDS))
    .push(lock)
    .optional(tx)
    .await
}

/// Up to a hundred contents, whatever refers to them.
pub async fn some(tx: &mut Tx) -> Result<Vec<(Vec<u8>,)>, DbError> {
    sql("SELECT sha256 FROM attachment_content LIMIT 100").all(tx).await
}

/// Forgets a content.
pub async fn remove(tx: &mut Tx, sha256: &[u8; 32]) -> Result<(), DbError> {
    sql("DELETE FROM attachment_content WHERE sha256 = $1")
        .bind(&sha256[..])
        .run(tx)
        .await?;
    Ok(())
}

/// The bytes that must be there: of every attachment that is neither erased nor expired its hash, its size and its id,
/// equal hashes behind each other. What is pending may have none yet.
pub async fn due(db: &Db, now: Timestamp) -> Result<Vec<(Vec<u8>, i64, Uuid)>, DbError> {
    sql(
        "SELECT sha256, size, id FROM attachment WHERE erased_at IS NULL AND (expires_at IS NULL OR expires_at > $1) \
         ORDER BY sha256, id",
    )
    .bind(now)
    .all(db)
    .await
}

/// Whether an attachment still refers to these bytes.
pub async fn is_due(db: &Db, sha256: &[u8; 32]) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql("SELECT id FROM attachment WHERE sha256 = $1 AND erased_at IS NULL LIMIT 1")
        .bind(&sha256[..])
        .optional(db)
        .await?;
    Ok(found.is_some())
}

//! Inserting, attaching, ending, and removing what was never attached.

use uuid::Uuid;

use super::NO_OWNER;
use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};
use crate::events::Act;

/// Where an attachment belongs: the words of its owner's kind, the owner, and the problem whose scope guards it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// `visit`, `problem`, …
    pub kind: &'static str,
    /// The owner.
    pub id: Uuid,
    /// The problem, of a problem or a look-back.
    pub problem_id: Option<Uuid>,
}

impl Place {
    /// That of an attachment which came before its owner.
    pub const fn none(attachment: Uuid) -> Self {
        Self {
            kind: NO_OWNER,
            id: attachment,
            problem_id: None,
        }
    }
}

/// An attachment to be inserted.
#[derive(Clone, Debug)]
pub struct Insert {
    pub(crate) id: Uuid,
    pub(crate) place: Place,
    pub(crate) file_name: String,
    pub(crate) media_type: &'static str,
    pub(crate) size: i64,
    pub(crate) sha256: [u8; 32],
    pub(crate) taken_at: Option<Timestamp>,
    pub(crate) public: bool,
    pub(crate) expires_at: Option<Timestamp>,
}

/// Inserts one.
pub async fn insert(tx: &mut Tx, act: &Act, new: &Insert) -> Result<(), DbError> {
    sql(
        "INSERT INTO attachment (id, owner_kind, owner_id, problem_id, file_name, media_type, size, sha256, taken_at, \
         public, expires_at, created_at, created_by, client_app_id, org_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(new.id)
    .bind(new.place.kind)
    .bind(new.place.id)
    .bind(new.place.problem_id)
    .bind(new.file_name.as_str())
    .bind(new.media_type)
    .bind(new.size)
    .bind(&new.sha256[..])
    .bind(new.taken_at)
    .bind(new.public)
    .bind(new.expires_at)
    .bind(act.at)
    .bind(act.person)
    .bind(act.client)
    .bind(act.org)
    .run(tx)
    .await?;
    Ok(())
}

/// Locks the row until the end of the transaction, so that it is attached or ended once.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    tx.hold(sql("SELECT id FROM attachment WHERE id = $1 FOR UPDATE").bind(id))
        .await
}

/// Gives an owner to one that has none; false where it has.
pub async fn attach(tx: &mut Tx, id: Uuid, place: Place) -> Result<bool, DbError> {
    let attached = sql(
        "UPDATE attachment SET owner_kind = $2, owner_id = $3, problem_id = $4, expires_at = NULL, \
         version = version + 1 WHERE id = $1 AND owner_kind = $5",
    )
    .bind(id)
    .bind(place.kind)
    .bind(place.id)
    .bind(place.problem_id)
    .bind(NO_OWNER)
    .run(tx)
    .await?;
    Ok(attached == 1)
}

/// Ends one at the version that was read; false where another writer was faster.
pub async fn end(tx: &mut Tx, act: &Act, id: Uuid, version: i64, reason: &str) -> Result<bool, DbError> {
    let ended = sql(
        "UPDATE attachment SET ended_at = $3, ended_by = $4, end_reason = $5, version = version + 1 \
         WHERE id = $1 AND version = $2 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(version)
    .bind(act.at)
    .bind(act.person)
    .bind(reason)
    .run(tx)
    .await?;
    Ok(ended == 1)
}

/// Up to a hundred that have expired; replicas that sweep together pass over each other's.
pub async fn expired(tx: &mut Tx, now: Timestamp) -> Result<Vec<(Uuid, Vec<u8>)>, DbError> {
    let lock = tx.lock_clause(" FOR UPDATE SKIP LOCKED");
    sql("SELECT id, sha256 FROM attachment WHERE expires_at <= $1 ORDER BY expires_at LIMIT 100")
        .bind(now)
        .push(lock)
        .all(tx)
        .await
}

/// Removes one that has expired.
pub async fn remove(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    sql("DELETE FROM attachment WHERE id = $1").bind(id).run(tx).await?;
    Ok(())
}

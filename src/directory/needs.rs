//! What is needed of `auth` here: raising the number of a person's rights.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};

/// Raises the number of a person's rights, so that older tokens are stale; the new number. `now` is real time, which
/// tokens keep. The row stays locked until the transaction ends, so changes of one person's rights come one by one.
pub async fn bump_rights(tx: &mut Tx, person: Uuid, now: Timestamp) -> Result<i64, DbError> {
    let (rights,): (i64,) =
        sql("UPDATE person SET rights = rights + 1, rights_changed_at = $2 WHERE id = $1 RETURNING rights")
            .bind(person)
            .bind(now)
            .one(tx)
            .await?;
    Ok(rights)
}

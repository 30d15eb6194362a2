//! What the checks read, across features: rows of theirs that show whether an installation is sound.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, DbError, sql};

/// PostgreSQL's version as a number (150004 for 15.4) and the database's encoding.
pub(super) async fn postgres_version(db: &Db) -> Result<(String, String), DbError> {
    sql("SELECT current_setting('server_version_num'), current_setting('server_encoding')")
        .one(db)
        .await
}

/// A reporter whose telephone number is encrypted, and the cipher text; the newest, so that a change of keys shows.
pub(super) async fn an_encrypted_phone(db: &Db) -> Result<Option<(Uuid, Vec<u8>)>, DbError> {
    sql("SELECT id, phone_cipher FROM reporter WHERE phone_cipher IS NOT NULL ORDER BY id DESC LIMIT 1")
        .optional(db)
        .await
}

/// PostgreSQL's own clock; of an embedded database, which has none, the latest use of a session. `floor` is answered
/// where there was none.
pub(super) async fn newest_real_time(db: &Db, floor: Timestamp) -> Result<Option<Timestamp>, DbError> {
    // SQLite runs on this machine: only what was stored can tell of another time.
    let statement = db.pick(
        "SELECT MAX(last_used_at) FROM session_family",
        "SELECT clock_timestamp()",
    );
    let (newest,): (Option<Timestamp>,) = sql(statement).one(db).await?;
    Ok(newest.or(Some(floor)))
}

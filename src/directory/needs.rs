//! What is needed of `auth` here: raising the number of a person's rights, and making an account.

use uuid::Uuid;

use crate::auth::keys::{random_code, sha256};
use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::events::Act;

/// How long the one-time code of a new account is good, in seconds: a week, so that it can travel by letter.
const CODE_SECONDS: i64 = 7 * 24 * 3600;

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

/// Makes an account without a password, to be opened with a one-time code; the code, which is shown this once, and when it
/// expires. `now` is real time.
///
/// # Errors
/// 409 `duplicate` at `/username` where the name is taken.
pub async fn create_account(
    tx: &mut Tx,
    person: Uuid,
    username: &str,
    act: &Act,
    now: Timestamp,
) -> ApiResult<(String, Timestamp)> {
    let code = random_code().map_err(ApiError::internal)?;
    let expires = now.plus_seconds(CODE_SECONDS);
    sql(
        "INSERT INTO credential (person_id, username, must_change, reset_code_hash, reset_expires_at, created_at, \
         created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7)",
    )
    .bind(person)
    .bind(username)
    .bind(true)
    .bind(sha256(code.as_bytes()).to_vec())
    .bind(expires)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await
    .map_err(|error| {
        if error.is_unique("username") {
            ApiError::new(Code::Duplicate).with_faults(vec![Fault::new("/username", FaultCode::Repeated)])
        } else {
            error.into()
        }
    })?;
    Ok((code, expires))
}

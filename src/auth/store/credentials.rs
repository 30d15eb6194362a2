//! Credentials: what is stored of a password is its hash, and of a one-time code too.

use sqlx::FromRow;
use uuid::Uuid;

use crate::auth::domain::{Username, wait_after};
use crate::auth::keys::equal_secrets;
use crate::clock::Timestamp;
use crate::db::{DbError, On, Tx, sql};
use crate::events::Act;

/// A person's credential.
#[derive(Clone, Debug, FromRow)]
pub struct CredentialRow {
    /// Whose it is.
    pub person_id: Uuid,
    /// The user name, normalised.
    pub username: String,
    /// PHC string; `None`: no password was set yet.
    pub password_hash: Option<String>,
    /// Attempts before this are refused unread, in real time.
    pub next_try_at: Option<Timestamp>,
    /// SHA-256 of a one-time code.
    pub reset_code_hash: Option<Vec<u8>>,
    /// When that ends, in real time.
    pub reset_expires_at: Option<Timestamp>,
}

impl CredentialRow {
    /// Whether a one-time code with this SHA-256 is good at `now` (real time).
    pub fn has_code(&self, hash: &[u8], now: Timestamp) -> bool {
        let good = self.reset_expires_at.is_some_and(|until| until > now);
        good && self
            .reset_code_hash
            .as_deref()
            .is_some_and(|stored| equal_secrets(stored, hash))
    }
}

const CREDENTIAL: &str =
    "SELECT person_id, username, password_hash, next_try_at, reset_code_hash, reset_expires_at FROM credential WHERE ";

/// The credential of a user name.
pub async fn find_by_name(on: impl Into<On<'_>>, username: &Username) -> Result<Option<CredentialRow>, DbError> {
    sql(CREDENTIAL)
        .push_bind("username = ", username.as_str())
        .optional(on)
        .await
}

/// The credential of a person.
pub async fn find(on: impl Into<On<'_>>, person: Uuid) -> Result<Option<CredentialRow>, DbError> {
    sql(CREDENTIAL).push_bind("person_id = ", person).optional(on).await
}

/// Gives a person a credential.
///
/// # Errors
/// `Unique` where the name is taken or the person has one.
pub async fn insert(
    tx: &mut Tx,
    person: Uuid,
    username: &Username,
    password_hash: Option<&str>,
    must_change: bool,
    act: &Act,
) -> Result<(), DbError> {
    sql(
        "INSERT INTO credential (person_id, username, password_hash, password_changed_at, must_change, created_at, \
         created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7)",
    )
    .bind(person)
    .bind(username.as_str())
    .bind(password_hash)
    .bind(password_hash.map(|_| act.at))
    .bind(must_change)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Counts a failure at `now` (real time) and lets the next attempt wait.
pub async fn failed(tx: &mut Tx, person: Uuid, now: Timestamp) -> Result<(), DbError> {
    let (failures,): (i64,) =
        sql("UPDATE credential SET failed_count = failed_count + 1 WHERE person_id = $1 RETURNING failed_count")
            .bind(person)
            .one(&mut *tx)
            .await?;
    sql("UPDATE credential SET next_try_at = $2 WHERE person_id = $1")
        .bind(person)
        .bind(now.plus_seconds(wait_after(failures)))
        .run(tx)
        .await?;
    Ok(())
}

/// Forgets the failures after a success with the password that `hash` stands for; false where that has been changed in
/// the meantime.
pub async fn succeeded(tx: &mut Tx, person: Uuid, hash: &str) -> Result<bool, DbError> {
    let done =
        sql("UPDATE credential SET failed_count = 0, next_try_at = NULL WHERE person_id = $1 AND password_hash = $2")
            .bind(person)
            .bind(hash)
            .run(tx)
            .await?;
    Ok(done == 1)
}

/// What must still hold for a new password to be set.
#[derive(Clone, Copy, Debug)]
pub enum Provided<'a> {
    /// The password before is still this one.
    PasswordIs(&'a str),
    /// The one-time code is still this one, and good at this moment (real time).
    CodeIs(&'a [u8], Timestamp),
}

/// Sets a password that the person has chosen; false where `provided` no longer holds. `now` is business time.
pub async fn set_password(
    tx: &mut Tx,
    person: Uuid,
    hash: &str,
    provided: Provided<'_>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let update = sql(
        "UPDATE credential SET password_hash = $2, password_changed_at = $3, must_change = $4, failed_count = 0, \
         next_try_at = NULL, reset_code_hash = NULL, reset_expires_at = NULL, version = version + 1, updated_at = $3, \
         updated_by = $1 WHERE person_id = $1",
    )
    .bind(person)
    .bind(hash)
    .bind(now)
    .bind(false);
    let update = match provided {
        Provided::PasswordIs(before) => update.and("password_hash = ", before),
        Provided::CodeIs(code, real_now) => update
            .and("reset_code_hash = ", code)
            .and("reset_expires_at > ", real_now),
    };
    Ok(update.run(tx).await? == 1)
}

/// Stores the hash of a one-time code, in place of an earlier one.
pub async fn set_reset_code(
    tx: &mut Tx,
    person: Uuid,
    code_hash: &[u8],
    expires_at: Timestamp,
    act: &Act,
) -> Result<(), DbError> {
    sql(
        "UPDATE credential SET reset_code_hash = $2, reset_expires_at = $3, version = version + 1, updated_by = $4, \
         updated_at = $5 WHERE person_id = $1",
    )
    .bind(person)
    .bind(code_hash)
    .bind(expires_at)
    .bind(act.person)
    .bind(act.at)
    .run(tx)
    .await?;
    Ok(())
}

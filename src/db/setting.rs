//! Every statement on `setting`: what an installation keeps for itself, a value to a key.

use serde_json::Value;

use super::{DbError, On, Tx, sql};
use crate::clock::Timestamp;

/// What is kept under a key.
///
/// # Errors
/// Where the database does not answer.
pub async fn get(on: impl Into<On<'_>>, key: &'static str) -> Result<Option<Value>, DbError> {
    let kept: Option<(Value,)> = sql("SELECT value FROM setting WHERE key = $1")
        .bind(key)
        .optional(on)
        .await?;
    Ok(kept.map(|(value,)| value))
}

/// Keeps a value under a key, in the place of what was kept there.
///
/// # Errors
/// Where the database refuses.
pub async fn put(tx: &mut Tx, key: &'static str, value: Value, now: Timestamp) -> Result<(), DbError> {
    sql("INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at")
    .bind(key)
    .bind(value)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// What is kept under a key, for one replica at a time: locked until the transaction ends. Where there is nothing yet,
/// `first` is kept.
///
/// # Errors
/// Where the database refuses.
pub async fn hold(tx: &mut Tx, key: &'static str, first: Value, now: Timestamp) -> Result<Value, DbError> {
    sql("INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING")
        .bind(key)
        .bind(first)
        .bind(now)
        .run(&mut *tx)
        .await?;
    let lock = tx.lock_clause(" FOR UPDATE");
    let (kept,): (Value,) = sql("SELECT value FROM setting WHERE key = $1")
        .bind(key)
        .push(lock)
        .one(tx)
        .await?;
    Ok(kept)
}

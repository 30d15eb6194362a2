//! How far the filler has come: a setting, and the problems that come next.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, Tx, setting, sql};

/// The setting.
const SETTING: &str = "tasks_filled";
/// Grows when tasks of a new kind are planned for problems that stand still.
const RULES: i64 = 4;

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    /// Every problem has its tasks.
    Whole,
    /// Those up to this one have; `None`: none yet.
    UpTo(Option<Uuid>),
}

/// How far it has come, for who goes on; on PostgreSQL one replica at a time.
pub async fn read(tx: &mut Tx, now: Timestamp) -> Result<Filled, DbError> {
    let kept = setting::hold(tx, SETTING, value(Filled::UpTo(None)), now).await?;
    if kept["rules"] != json!(RULES) {
        return Ok(Filled::UpTo(None));
    }
    if kept["whole"] == json!(true) {
        return Ok(Filled::Whole);
    }
    let after = kept["after"].as_str().and_then(|id| Uuid::try_parse(id).ok());
    Ok(Filled::UpTo(after))
}

/// Keeps how far it has come.
pub async fn keep(tx: &mut Tx, filled: Filled, now: Timestamp) -> Result<(), DbError> {
    setting::put(tx, SETTING, value(filled), now).await
}

fn value(filled: Filled) -> Value {
    match filled {
        Filled::Whole => json!({ "rules": RULES, "whole": true }),
        Filled::UpTo(after) => json!({ "rules": RULES, "after": after }),
    }
}

/// The next problems that something can still happen to, by their ids.
pub async fn next_problems(tx: &mut Tx, after: Option<Uuid>, most: i64) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = sql("SELECT id FROM problem WHERE state NOT IN ('merged', 'withdrawn', 'declined')")
        .and_opt("id > ", after)
        .push_bind(" ORDER BY id LIMIT ", most)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

//! Every statement on `case_link`. Times are business time.

use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{Validity, expiry};
use crate::auth::case::family_of;
use crate::clock::Timestamp;
use crate::db::{DbError, On, Tx, sql};

/// What a code opens, good or not.
#[derive(Debug, FromRow)]
pub struct LinkRow {
    /// Its problem.
    pub problem_id: Uuid,
    /// The number of that problem.
    pub tracking_no: String,
    /// For whom its bearer speaks: whom it was made for, or else the problem's primary reporter.
    pub reporter_id: Option<Uuid>,
    /// When it expires; null: not known yet.
    pub expires_at: Option<Timestamp>,
    replaced_at: Option<Timestamp>,
}

impl LinkRow {
    /// What decides whether it is good.
    pub fn validity(&self) -> Validity {
        Validity {
            replaced_at: self.replaced_at,
            expires_at: self.expires_at,
        }
    }
}

/// The code with this SHA-256.
pub async fn find(on: impl Into<On<'_>>, code_hash: &[u8]) -> Result<Option<LinkRow>, DbError> {
    sql(
        "SELECT l.problem_id, p.tracking_no, COALESCE(l.reporter_id, x.reporter_id) AS reporter_id, l.expires_at, \
         l.replaced_at FROM case_link l JOIN problem p ON p.id = l.problem_id \
         LEFT JOIN problem_reporter x ON x.problem_id = l.problem_id AND x.part = 'primary' WHERE l.hash = $1",
    )
    .bind(code_hash)
    .optional(on)
    .await
}

/// The first code of a problem, for its primary reporter.
pub async fn issue(tx: &mut Tx, problem: Uuid, code_hash: &[u8], now: Timestamp) -> Result<(), DbError> {
    insert(tx, problem, code_hash, None, now).await
}

/// What a new code took the place of.
#[derive(Debug)]
pub struct Replaced {
    /// The families of the tokens that have to end.
    pub families: Vec<Uuid>,
    /// When the new code expires: when the old one would have, or 30 days after the problem was closed.
    pub expires_at: Option<Timestamp>,
}

/// Puts a new code in the place of those that a problem has.
pub async fn replace(tx: &mut Tx, problem: Uuid, code_hash: &[u8], now: Timestamp) -> Result<Replaced, DbError> {
    let ended: Vec<(Vec<u8>, Option<Timestamp>)> = sql(
        "UPDATE case_link SET replaced_at = $1 WHERE problem_id = $2 AND replaced_at IS NULL \
         RETURNING hash, expires_at",
    )
    .bind(now)
    .bind(problem)
    .all(&mut *tx)
    .await?;
    let closed: Option<(Option<Timestamp>,)> = sql("SELECT c.closed_at FROM problem p \
         JOIN cycle c ON c.problem_id = p.id AND c.n = p.cycle_no WHERE p.id = $1 AND p.state = 'closed'")
    .bind(problem)
    .optional(&mut *tx)
    .await?;
    let of_earlier = ended.iter().filter_map(|(_, expires_at)| *expires_at).max();
    let expires_at = of_earlier.or_else(|| closed.and_then(|(closed_at,)| closed_at).map(expiry));
    insert(tx, problem, code_hash, expires_at, now).await?;
    Ok(Replaced {
        families: ended.iter().map(|(hash, _)| family_of(hash)).collect(),
        expires_at,
    })
}

async fn insert(
    tx: &mut Tx,
    problem: Uuid,
    code_hash: &[u8],
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), DbError> {
    sql(
        "INSERT INTO case_link (hash, problem_id, reporter_id, cycle_no, created_at, expires_at) \
         SELECT $1, p.id, x.reporter_id, p.cycle_no, $2, $3 FROM problem p \
         LEFT JOIN problem_reporter x ON x.problem_id = p.id AND x.part = 'primary' WHERE p.id = $4",
    )
    .bind(code_hash)
    .bind(now)
    .bind(expires_at)
    .bind(problem)
    .run(tx)
    .await?;
    Ok(())
}

/// Lets the codes of a problem that was closed at `closed_at` expire 30 days later.
pub async fn expire(tx: &mut Tx, problem: Uuid, closed_at: Timestamp) -> Result<(), DbError> {
    sql("UPDATE case_link SET expires_at = $1 WHERE problem_id = $2 AND replaced_at IS NULL")
        .bind(expiry(closed_at))
        .bind(problem)
        .run(tx)
        .await?;
    Ok(())
}

/// Makes the codes of a problem whose next cycle begins good again, until it is closed.
pub async fn renew(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    sql("UPDATE case_link SET expires_at = NULL WHERE problem_id = $1 AND replaced_at IS NULL")
        .bind(problem)
        .run(tx)
        .await?;
    Ok(())
}

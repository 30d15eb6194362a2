//! Every statement on `watch`.

use sqlx::FromRow;
use uuid::Uuid;

use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, Sql, Tx, sql};
use crate::http::total;
use crate::problems::listing::{self, ProblemRow};

/// A watched problem.
#[derive(Debug, FromRow)]
pub struct WatchRow {
    pub(crate) watch_note: Option<String>,
    pub(crate) watched_since: Timestamp,
    #[sqlx(flatten)]
    pub(crate) problem: ProblemRow,
}

/// Watches a problem.
///
/// # Errors
/// A unique violation where it is watched already.
pub async fn insert(
    tx: &mut Tx,
    person: Uuid,
    problem: Uuid,
    note: Option<&str>,
    now: Timestamp,
) -> Result<(), DbError> {
    sql("INSERT INTO watch (person_id, problem_id, note, created_at) VALUES ($1, $2, $3, $4)")
        .bind(person)
        .bind(problem)
        .bind(note)
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// Watches a problem no longer; whether it was watched.
pub async fn delete(tx: &mut Tx, person: Uuid, problem: Uuid) -> Result<bool, DbError> {
    let touched = sql("DELETE FROM watch WHERE person_id = $1 AND problem_id = $2")
        .bind(person)
        .bind(problem)
        .run(tx)
        .await?;
    Ok(touched == 1)
}

/// What a person watches within these scopes, up to the cursor.
fn watched(statement: Sql, person: Uuid, scopes: &[Uuid]) -> Sql {
    statement
        .push_bind(" FROM watch w WHERE w.person_id = ", person)
        .push(" AND EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = w.problem_id AND s.scope_id")
        .in_list(scopes)
        .push(")")
}

/// A page of it, the latest first; to be read as [`WatchRow`]s.
pub fn page(
    db: &Db,
    (who, now): (&Caller, Timestamp),
    scopes: &[Uuid],
    after: Option<(Timestamp, Uuid)>,
    fetch: i64,
) -> Sql {
    let statement = listing::summaries(db, who, now)
        .push(", k.note AS watch_note, k.created_at AS watched_since FROM (SELECT w.problem_id, w.note, w.created_at");
    let statement = watched(statement, who.subject, scopes);
    let statement = statement.behind(" AND (w.created_at, w.problem_id) < (", after);
    statement
        .push_bind(" ORDER BY w.created_at DESC, w.problem_id DESC LIMIT ", fetch)
        .push(") k JOIN problem p ON p.id = k.problem_id ")
        .push(listing::joins())
        .push(" ORDER BY k.created_at DESC, k.problem_id DESC")
}

/// How many there are; counted to one more than lists do.
pub async fn count(db: &Db, person: Uuid, scopes: &[Uuid]) -> Result<i64, DbError> {
    total::count(db, watched(sql("SELECT 1 AS one"), person, scopes)).await
}

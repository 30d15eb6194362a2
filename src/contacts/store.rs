//! Every statement on `contact_log`.

use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{ContactChannel, Purpose};
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::events::Act;
use crate::http::total;

/// A contact to be logged.
#[derive(Clone, Debug)]
pub struct NewContact {
    /// About which problem.
    pub problem_id: Uuid,
    /// What for.
    pub purpose: Purpose,
    /// By which way.
    pub channel: ContactChannel,
    /// When; not before the problem was recorded.
    pub at: Timestamp,
    /// Whether face to face.
    pub face_to_face: bool,
    /// Whether with the reporter.
    pub with_reporter: bool,
    /// Whether he had to come for it.
    pub reporter_came: bool,
    /// Who spoke.
    pub person_id: Uuid,
    /// What was said.
    pub words: Option<String>,
    /// Whether the reporter sees it.
    pub public: bool,
}

/// Logs a contact in the cycle in which it took place; its id. What follows from it and the event are the caller's.
pub async fn log(tx: &mut Tx, ids: &Ids, act: &Act, new: &NewContact) -> Result<Uuid, DbError> {
    let id = ids.next();
    sql(
        "INSERT INTO contact_log (id, problem_id, cycle_no, purpose, channel, at, face_to_face, with_reporter, person_id, \
         org_id, words, public, created_at, created_by, updated_at, updated_by, reporter_came) \
         VALUES ($1, $2, (SELECT MAX(c.n) FROM cycle c WHERE c.problem_id = $2 AND c.started_at <= $5), $3, $4, $5, $6, \
         $7, $8, $9, $10, $11, $12, $13, $12, $13, $14)",
    )
    .bind(id)
    .bind(new.problem_id)
    .bind(new.purpose)
    .bind(new.channel)
    .bind(new.at)
    .bind(new.face_to_face)
    .bind(new.with_reporter)
    .bind(new.person_id)
    .bind(act.org)
    .bind(new.words.clone())
    .bind(new.public)
    .bind(act.at)
    .bind(act.person)
    .bind(new.reporter_came)
    .run(tx)
    .await?;
    Ok(id)
}

/// Whether somebody met the reporter face to face in this cycle (S-51).
pub async fn met_face_to_face(on: impl Into<On<'_>>, problem: Uuid, cycle: i64) -> Result<bool, DbError> {
    let found = sql("SELECT COUNT(*) FROM contact_log WHERE problem_id = $1 AND cycle_no = $2")
        .bind(problem)
        .bind(cycle)
        .and("face_to_face = ", true)
        .and("with_reporter = ", true);
    Ok(found.one::<(i64,)>(on).await?.0 > 0)
}

/// How often nobody was reached in this cycle since a moment.
pub async fn attempts(on: impl Into<On<'_>>, problem: Uuid, cycle: i64, since: Timestamp) -> Result<i64, DbError> {
    let statement =
        sql("SELECT COUNT(*) FROM contact_log WHERE problem_id = $1 AND cycle_no = $2 AND purpose = 'attempt'")
            .bind(problem)
            .bind(cycle)
            .and("at >= ", since);
    Ok(statement.one::<(i64,)>(on).await?.0)
}

/// A contact with all that its view shows.
#[derive(Clone, Debug, FromRow)]
pub struct ContactRow {
    pub(crate) id: Uuid,
    pub(crate) cycle_no: i64,
    pub(crate) purpose: Purpose,
    pub(crate) channel: ContactChannel,
    pub(crate) at: Timestamp,
    pub(crate) face_to_face: bool,
    pub(crate) with_reporter: bool,
    pub(crate) reporter_came: bool,
    pub(crate) person_id: Uuid,
    pub(crate) person_name: String,
    pub(crate) org_id: Option<Uuid>,
    pub(crate) org_name: Option<String>,
    pub(crate) org_public_name: Option<String>,
    pub(crate) words: Option<String>,
    pub(crate) public: bool,
    pub(crate) created_at: Timestamp,
}

const COLUMNS: &str = "SELECT c.id, c.cycle_no, c.purpose, c.channel, c.at, c.face_to_face, c.with_reporter, c.reporter_came, c.person_id, \
     p.name AS person_name, c.org_id, o.name AS org_name, o.public_name AS org_public_name, c.words, c.public, \
     c.created_at FROM contact_log c JOIN person p ON p.id = c.person_id LEFT JOIN org o ON o.id = c.org_id WHERE ";

/// A page of a problem's contacts, the oldest first; to be read as [`ContactRow`]s.
pub fn page(problem: Uuid, only_public: bool, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let mut statement = sql(COLUMNS)
        .push_bind("c.problem_id = ", problem)
        .and_opt("c.public = ", only_public.then_some(true));
    statement = statement.behind(" AND (c.at, c.id) > (", after);
    statement.push_bind(" ORDER BY c.at, c.id LIMIT ", fetch)
}

/// One contact; to be read as a [`ContactRow`].
pub fn one(id: Uuid) -> Sql {
    sql(COLUMNS).push_bind("c.id = ", id)
}

/// How many contacts a problem has; counted to one more than lists do.
pub async fn count(db: &Db, problem: Uuid, only_public: bool) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM contact_log WHERE problem_id = $1").bind(problem);
    total::count(db, rows.and_opt("public = ", only_public.then_some(true))).await
}

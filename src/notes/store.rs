//! Every statement on `problem_note`.

use sqlx::FromRow;
use uuid::Uuid;

use super::dto::ProblemNoteView;
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, Sql, Tx, sql};
use crate::directory::refs::{OrgRef, PersonRef};
use crate::events::Act;
use crate::http::total;

/// Inserts a note; its id.
pub async fn insert(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    problem: Uuid,
    person: Uuid,
    text: &str,
) -> Result<Uuid, DbError> {
    let id = ids.next();
    sql("INSERT INTO problem_note (id, problem_id, text, person_id, org_id, at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id)
        .bind(problem)
        .bind(text.trim())
        .bind(person)
        .bind(act.org)
        .bind(act.at)
        .run(tx)
        .await?;
    Ok(id)
}

/// A note with all that its view shows.
#[derive(Clone, Debug, FromRow)]
pub struct NoteRow {
    pub(crate) id: Uuid,
    text: String,
    person_id: Uuid,
    person_name: String,
    org_id: Option<Uuid>,
    org_name: Option<String>,
    pub(crate) at: Timestamp,
}

const COLUMNS: &str = "SELECT x.id, x.text, x.person_id, w.name AS person_name, x.org_id, o.name AS org_name, x.at \
     FROM problem_note x JOIN person w ON w.id = x.person_id LEFT JOIN org o ON o.id = x.org_id WHERE ";

/// A page of a problem's notes, oldest first.
pub fn page(problem: Uuid, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let statement = sql(COLUMNS).push_bind("x.problem_id = ", problem);
    let statement = statement.behind(" AND (x.at, x.id) > (", after);
    statement.push_bind(" ORDER BY x.at, x.id LIMIT ", fetch)
}

/// One note.
pub fn one(id: Uuid) -> Sql {
    sql(COLUMNS).push_bind("x.id = ", id)
}

/// How many notes a problem has; counted to one more than lists do.
pub async fn count(db: &Db, problem: Uuid) -> Result<i64, DbError> {
    total::count(
        db,
        sql("SELECT 1 AS one FROM problem_note WHERE problem_id = $1").bind(problem),
    )
    .await
}

impl NoteRow {
    /// As it is sent.
    pub fn view(self) -> ProblemNoteView {
        ProblemNoteView {
            id: self.id,
            text: Some(self.text).filter(|text| !text.is_empty()),
            person: PersonRef {
                id: self.person_id,
                name: self.person_name,
            },
            org: OrgRef::from_parts(self.org_id, self.org_name),
            at: self.at,
        }
    }
}

//! Every statement on `problem_reply`.

use sqlx::FromRow;
use uuid::Uuid;

use super::dto::ProblemReplyView;
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, Sql, Tx, sql};
use crate::directory::refs::{OrgRef, PersonRef};
use crate::events::Act;
use crate::http::total;
use crate::public_view::guarding::Guard;

/// Inserts a reply; its id.
pub async fn insert(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    (problem, cycle): (Uuid, i64),
    person: Uuid,
    text: &str,
) -> Result<Uuid, DbError> {
    let id = ids.next();
    sql(
        "INSERT INTO problem_reply (id, problem_id, cycle_no, text, person_id, org_id, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(problem)
    .bind(cycle)
    .bind(text.trim())
    .bind(person)
    .bind(act.org)
    .bind(act.at)
    .run(tx)
    .await?;
    Ok(id)
}

/// A reply with all that its view shows.
#[derive(Clone, Debug, FromRow)]
pub struct ReplyRow {
    pub(crate) id: Uuid,
    cycle_no: i64,
    text: String,
    person_id: Uuid,
    person_name: String,
    org_id: Option<Uuid>,
    org_name: Option<String>,
    org_public_name: Option<String>,
    pub(crate) at: Timestamp,
}

const COLUMNS: &str = "SELECT x.id, x.cycle_no, x.text, x.person_id, w.name AS person_name, x.org_id, o.name AS org_name, \
     o.public_name AS org_public_name, x.at FROM problem_reply x JOIN person w ON w.id = x.person_id \
     LEFT JOIN org o ON o.id = x.org_id WHERE ";

/// A page of a problem's replies, oldest first.
pub fn page(problem: Uuid, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let statement = sql(COLUMNS).push_bind("x.problem_id = ", problem);
    let statement = statement.behind(" AND (x.at, x.id) > (", after);
    statement.push_bind(" ORDER BY x.at, x.id LIMIT ", fetch)
}

/// One reply.
pub fn one(id: Uuid) -> Sql {
    sql(COLUMNS).push_bind("x.id = ", id)
}

/// How many replies a problem has; counted to one more than lists do.
pub async fn count(db: &Db, problem: Uuid) -> Result<i64, DbError> {
    total::count(
        db,
        sql("SELECT 1 AS one FROM problem_reply WHERE problem_id = $1").bind(problem),
    )
    .await
}

impl ReplyRow {
    /// Without the words, where not everybody may read them.
    #[must_use]
    pub fn guarded(self, guard: Option<&Guard>) -> Self {
        let text = match guard {
            Some(guard) => guard.shown(self.text).unwrap_or_default(),
            None => self.text,
        };
        Self { text, ..self }
    }

    /// As it is sent: inside the administration with the name, outside with what the public calls the organisation.
    pub fn view(self, inside: bool) -> ProblemReplyView {
        let public_name = self.org_public_name.filter(|_| !inside);
        let person = PersonRef {
            id: self.person_id,
            name: self.person_name,
        };
        ProblemReplyView {
            id: self.id,
            cycle_no: self.cycle_no,
            text: Some(self.text).filter(|text| !text.is_empty()),
            org: OrgRef::from_parts(self.org_id, public_name.or(self.org_name)),
            person: inside.then_some(person),
            at: self.at,
        }
    }
}

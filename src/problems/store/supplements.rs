//! Additions to a statement; their texts may be erased, their hashes stay.

use uuid::Uuid;

use super::super::dto::SupplementView;
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, Sql, Tx, sql};
use crate::directory::refs::PersonRef;
use crate::events::Act;
use crate::events::domain::text_hash;
use crate::http::total;

/// A stored supplement.
#[derive(Debug, sqlx::FromRow)]
pub struct SupplementRow {
    pub(crate) id: Uuid,
    pub(crate) text: String,
    pub(crate) person_id: Option<Uuid>,
    pub(crate) person_name: Option<String>,
    pub(crate) in_person: bool,
    pub(crate) at: Timestamp,
}

impl SupplementRow {
    /// As it is sent; names of people only inside the administration.
    pub fn view(self, inside: bool) -> SupplementView {
        let person = PersonRef::from_parts(self.person_id, self.person_name).filter(|_| inside);
        SupplementView {
            id: self.id,
            text: self.text,
            person,
            in_person: self.in_person,
            at: self.at,
        }
    }
}

const COLUMNS: &str = "SELECT s.id, s.text, s.person_id, p.name AS person_name, s.in_person, s.at FROM supplement s \
     LEFT JOIN person p ON p.id = s.person_id WHERE ";

/// A page of a problem's supplements, oldest first.
pub fn page(problem: Uuid, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let statement = sql(COLUMNS).push_bind("s.problem_id = ", problem);
    let statement = statement.behind(" AND (s.at, s.id) > (", after);
    statement.push_bind(" ORDER BY s.at, s.id LIMIT ", fetch)
}

/// How many supplements a problem has; counted to one more than lists do.
pub async fn count(db: &Db, problem: Uuid) -> Result<i64, DbError> {
    total::count(
        db,
        sql("SELECT 1 AS one FROM supplement WHERE problem_id = $1").bind(problem),
    )
    .await
}

/// One supplement.
pub fn one(id: Uuid) -> Sql {
    sql(COLUMNS).push_bind("s.id = ", id)
}

/// A supplement to be stored.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// To which problem.
    pub problem: Uuid,
    /// Who speaks, where it is the reporter.
    pub reporter: Option<Uuid>,
    /// The words.
    pub text: &'a str,
    /// Whether he brought it in person.
    pub in_person: bool,
    /// Whether it answers a question, and was not given of his own accord.
    pub answers: bool,
}

/// Inserts one; its id.
pub async fn insert(tx: &mut Tx, ids: &Ids, act: &Act, new: New<'_>) -> Result<Uuid, DbError> {
    let id = ids.next();
    let salt = ids.next().as_bytes().to_vec();
    let hash = text_hash(&salt, new.text).to_vec();
    sql(
        "INSERT INTO supplement (id, problem_id, text, text_salt, text_hash, person_id, at, reporter_id, \
         answers_question, in_person) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id)
    .bind(new.problem)
    .bind(new.text)
    .bind(salt)
    .bind(hash)
    .bind(act.person)
    .bind(act.at)
    .bind(new.reporter)
    .bind(new.answers)
    .bind(new.in_person)
    .run(&mut *tx)
    .await?;
    super::texts::index(tx, new.problem).await?;
    Ok(id)
}

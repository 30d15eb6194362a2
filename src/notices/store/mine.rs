//! A person's own notices.

use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, DbError, Sql, Tx, sql};
use crate::http::total;
use crate::notices::domain::NoticeState;
use crate::problems::domain::State;

/// A notice; what its problem is about only where that lies within the scopes of whoever reads.
#[derive(Debug, FromRow)]
pub struct MineRow {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) payload: Value,
    pub(crate) state: NoticeState,
    pub(crate) created_at: Timestamp,
    pub(crate) read_at: Option<Timestamp>,
    pub(crate) problem_id: Option<Uuid>,
    pub(crate) tracking_no: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) problem_state: Option<State>,
}

const UNREAD: &str = " AND n.read_at IS NULL";

/// A page of a person's notices, the latest first. Who follows a problem that his own was merged into is told by his
/// own: the other's number is on another's receipt.
pub fn page(person: Uuid, scopes: &[Uuid], unread: bool, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let statement = sql(
        "SELECT n.id, n.kind, n.payload, n.state, n.created_at, n.read_at, p.id AS problem_id, p.tracking_no, s.summary, \
         s.state AS problem_state FROM notice n LEFT JOIN problem_reporter f ON f.problem_id = n.problem_id \
         AND f.reporter_id = n.reporter_id AND f.part = 'follower' \
         LEFT JOIN problem p ON p.id = COALESCE(f.came_with_id, n.problem_id) \
         LEFT JOIN problem s ON s.id = p.id AND EXISTS (SELECT 1 FROM problem_scope z \
         WHERE z.problem_id = s.id AND z.scope_id",
    )
    .in_list(scopes)
    .push_bind(") WHERE n.person_id = ", person)
    .push(if unread { UNREAD } else { "" });
    let statement = statement.behind(" AND (n.created_at, n.id) < (", after);
    statement.push_bind(" ORDER BY n.created_at DESC, n.id DESC LIMIT ", fetch)
}

/// How many there are; counted to one more than lists do.
pub async fn count(db: &Db, person: Uuid, unread: bool) -> Result<i64, DbError> {
    total::count(db, all(person, unread)).await
}

/// How many are unread, of which no more than `most` are read.
pub async fn count_unread(db: &Db, person: Uuid, most: i64) -> Result<i64, DbError> {
    total::count_up_to(db, all(person, true), most).await
}

fn all(person: Uuid, unread: bool) -> Sql {
    let statement = sql("SELECT 1 AS one FROM notice n WHERE n.person_id = $1").bind(person);
    statement.push(if unread { UNREAD } else { "" })
}

/// Which of a person's notices he has read.
#[derive(Clone, Debug)]
pub enum Which {
    /// These.
    Ids(Vec<Uuid>),
    /// Those that came at this time or before.
    UpTo(Timestamp),
}

/// Marks a person's notices as read; how many were not before. What was told already stays told.
pub async fn read(tx: &mut Tx, person: Uuid, which: &Which, now: Timestamp) -> Result<u64, DbError> {
    let statement = sql(
        "UPDATE notice SET read_at = $1, state = CASE WHEN state = 'sent' THEN state ELSE 'read' END \
         WHERE read_at IS NULL AND person_id = $2",
    )
    .bind(now)
    .bind(person);
    match which {
        Which::Ids(ids) => statement.push(" AND id").in_list(ids),
        Which::UpTo(at) => statement.and("created_at <= ", *at),
    }
    .run(tx)
    .await
}

//! Where a merged problem came to in the end.

use uuid::Uuid;

use super::super::domain::State;
use crate::clock::Timestamp;
use crate::db::{DbError, On, sql};

/// The problem into which others were merged, as it stands.
#[derive(Debug, sqlx::FromRow)]
pub struct TargetRow {
    pub(crate) id: Uuid,
    pub(crate) state: State,
    pub(crate) result: Option<String>,
    pub(crate) closed_at: Option<Timestamp>,
}

/// The last of a chain of mergers that goes on from this problem; what has ended is no target, so it has an end.
pub async fn last_of(on: impl Into<On<'_>>, merged_into: Uuid) -> Result<TargetRow, DbError> {
    sql(
        "WITH RECURSIVE chain (id, further) AS (SELECT p.id, p.merged_into FROM problem p WHERE p.id = $1 \
         UNION SELECT p.id, p.merged_into FROM chain c JOIN problem p ON p.id = c.further) \
         SELECT p.id, p.state, y.result, y.closed_at FROM chain c JOIN problem p ON p.id = c.id \
         JOIN cycle y ON y.problem_id = p.id AND y.n = p.cycle_no WHERE c.further IS NULL",
    )
    .bind(merged_into)
    .one(on)
    .await
}

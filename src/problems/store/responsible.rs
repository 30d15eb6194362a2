//! The organisations that lead or study a problem.

use uuid::Uuid;

use super::super::responsible::Tie;
use crate::db::{DbError, On, sql};

/// The ties of a problem.
pub async fn ties(on: impl Into<On<'_>>, problem: Uuid) -> Result<Vec<Tie>, DbError> {
    sql(
        "SELECT o.org_id, a.ancestor_id AS above_id FROM problem_org o JOIN org_ancestor a ON a.descendant_id = o.org_id \
         WHERE o.problem_id = $1 AND o.part IN ('lead', 'study')",
    )
    .bind(problem)
    .all(on)
    .await
}

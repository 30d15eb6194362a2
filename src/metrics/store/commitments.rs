//! Promises made on site, by what came of them and whether their day was over.

use super::figures::{COMMITMENTS, Filters, scoped};
use crate::commitments::domain::CommitmentOutcome;
use crate::db::{Sql, sql};

/// A sum.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct CommitmentSum {
    /// What came of them.
    pub outcome: CommitmentOutcome,
    /// Whether they were due before the day asked.
    pub past: bool,
    /// How many.
    pub n: i64,
}

/// The statement; to be read as [`CommitmentSum`]s.
pub fn statement(filters: &Filters) -> Sql {
    let as_of = filters.period.as_of;
    let statement = sql("SELECT r.outcome, r.due_on < ")
        .push_bind("", as_of)
        .push(" AS past, CAST(SUM(r.amount) AS bigint) AS n");
    scoped(statement, &COMMITMENTS, filters)
        .and("r.since <= ", as_of)
        .and_in("r.leading_body", &filters.leading_body)
        .push(" GROUP BY 1, 2")
}

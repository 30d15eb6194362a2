//! What reporters were asked and what they answered, and how a problem was sent from one organisation to another,
//! counts where the problem does: when its key changes, or it is taken away, they go along.

use chrono::NaiveDate;
use uuid::Uuid;

use super::rollup::{self, Outcome, ProblemKey};
use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};
use crate::feedback::domain::is_satisfied;

/// Moves the invitations and ratings, returns and transfers of a problem from the key where they are counted to the one
/// where they count now; `to` is `None` for a problem that is merged or withdrawn. Called beside
/// `rollup::move_problem`.
///
/// # Errors
/// As `rollup::problem`.
pub async fn feedback(
    tx: &mut Tx,
    problem: Uuid,
    from: Option<&ProblemKey>,
    to: Option<&ProblemKey>,
) -> Result<(), DbError> {
    if from == to {
        return Ok(());
    }
    let counted = counted(&mut *tx, problem).await?;
    let mut steps = Vec::new();
    for (key, sign) in from.map(|key| (key, -1)).into_iter().chain(to.map(|key| (key, 1))) {
        steps.extend(
            counted
                .iter()
                .map(|(outcome, day, amount)| (key, *outcome, *day, sign * amount)),
        );
    }
    // The order in which rows are locked.
    steps.sort();
    for (key, outcome, since, delta) in steps {
        rollup::outcome(tx, key, outcome, since, delta).await?;
    }
    Ok(())
}

/// What is counted of a problem beside itself: which outcome, since which day, how much.
async fn counted(tx: &mut Tx, problem: Uuid) -> Result<Vec<(Outcome, NaiveDate, i64)>, DbError> {
    let said: Vec<(String, Timestamp, i64)> = sql("SELECT 'invited' AS what, invited_at AS at, 0 AS result \
         FROM rating_invitation WHERE problem_id = $1 \
         UNION ALL SELECT 'rated', rated_at, result FROM rating WHERE problem_id = $1 \
         UNION ALL SELECT 'returned', asked_at, 0 FROM request WHERE problem_id = $1 AND kind = 'return' \
         AND asked_by IS NOT NULL \
         UNION ALL SELECT 'transferred', occurred_at, 0 FROM event WHERE aggregate_id = $1 \
         AND type = 'problem.transferred' \
         UNION ALL SELECT 'ping_pong', MIN(asked_at), 0 FROM request WHERE problem_id = $1 AND kind = 'return' \
         AND asked_by IS NULL HAVING COUNT(*) > 0")
    .bind(problem)
    .all(tx)
    .await?;
    let mut counted = Vec::new();
    for (what, at, result) in said {
        let day = at.shanghai_date();
        match Outcome::parse(&what) {
            Some(Outcome::Rated) => counted.extend(
                [
                    (Outcome::Rated, 1),
                    (Outcome::Satisfied, i64::from(is_satisfied(result))),
                    (Outcome::Points, result),
                ]
                .into_iter()
                .filter(|(_, amount)| *amount != 0)
                .map(|(outcome, amount)| (outcome, day, amount)),
            ),
            Some(outcome) => counted.push((outcome, day, 1)),
            None => {}
        }
    }
    Ok(counted)
}

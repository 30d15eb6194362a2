//! What reporters were asked and what they answered counts where their problem does: when the problem's key changes, or
//! it is taken away, they go along.

use uuid::Uuid;

use super::rollup::{self, Outcome, ProblemKey};
use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};
use crate::feedback::domain::is_satisfied;

/// Moves the invitations and ratings of a problem from the key where they are counted to the one where they count now;
/// `to` is `None` for a problem that is merged or withdrawn. Called beside `rollup::move_problem`.
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
    // An invitation is a row without a result.
    let said: Vec<(Timestamp, i64)> = sql("SELECT invited_at AS at, 0 AS result FROM rating_invitation \
         WHERE problem_id = $1 UNION ALL SELECT rated_at, result FROM rating WHERE problem_id = $1")
    .bind(problem)
    .all(&mut *tx)
    .await?;
    let mut steps = Vec::new();
    for (key, sign) in from.map(|key| (key, -1)).into_iter().chain(to.map(|key| (key, 1))) {
        for (at, result) in &said {
            let day = at.shanghai_date();
            steps.extend(amounts(*result).map(|(outcome, amount)| (key, outcome, day, sign * amount)));
        }
    }
    // The order in which rows are locked.
    steps.sort();
    for (key, outcome, since, delta) in steps {
        rollup::outcome(tx, key, outcome, since, delta).await?;
    }
    Ok(())
}

fn amounts(result: i64) -> impl Iterator<Item = (Outcome, i64)> {
    let rated = i64::from(result > 0);
    [
        (Outcome::Invited, 1 - rated),
        (Outcome::Rated, rated),
        (Outcome::Satisfied, i64::from(is_satisfied(result))),
        (Outcome::Points, result),
    ]
    .into_iter()
    .filter(|(_, amount)| *amount != 0)
}

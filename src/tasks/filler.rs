//! Planning for problems that were recorded by a version that knew no tasks, or fewer.
//!
//! It goes through all problems once, a batch at a time, and keeps how far it has come; whatever changes meanwhile is planned
//! by the change itself. When it is through, asking is one row.

use super::planning::replan;
use super::store::filled::{self, Filled};
use crate::app::App;
use crate::error::ApiResult;
use crate::events::Act;
use crate::http::PathRef;
use crate::problems::store::lock_all;

/// Problems of one transaction.
const BATCH: i64 = 50;

/// Plans for the next batch; false when there is nothing left to do. Replicas that do it together wait for each other.
///
/// # Errors
/// Where the database is away or refuses.
pub async fn go_on(app: &App) -> ApiResult<bool> {
    let mut tx = app.db.begin().await?;
    let act = Act::of_the_service(app.clock.now());
    let Filled::UpTo(after) = filled::read(&mut tx, act.at).await? else {
        tx.undo().await;
        return Ok(false);
    };
    let problems = filled::next_problems(&mut tx, after, BATCH).await?;
    let references: Vec<PathRef> = problems.iter().copied().map(PathRef::Id).collect();
    lock_all(&mut tx, &references).await?;
    for problem in &problems {
        replan(&mut tx, &app.ids, &app.calendar(), &act, *problem).await?;
    }
    let through = i64::try_from(problems.len()).is_ok_and(|count| count < BATCH);
    let filled = match problems.last() {
        Some(last) if !through => Filled::UpTo(Some(*last)),
        _ => Filled::Whole,
    };
    filled::keep(&mut tx, filled, act.at).await?;
    tx.commit().await?;
    Ok(!through)
}

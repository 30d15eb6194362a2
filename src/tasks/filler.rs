//! Planning for problems that were recorded, and for promises about none that were made, by a version that knew no
//! tasks, or fewer.
//!
//! It goes through all problems once, a batch at a time, and keeps how far it has come; whatever changes meanwhile is
//! planned by the change itself. When it is through, asking is one row.

use super::planning::{replan, replan_promises};
use super::store::filled::{self, Filled};
use crate::app::App;
use crate::commitments::store as commitments;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::events::Act;
use crate::http::PathRef;
use crate::problems::store::lock_all;
use crate::visits::store as visits;

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
    let mut through = i64::try_from(problems.len()).is_ok_and(|count| count < BATCH);
    if through {
        through = promises(app, &mut tx, &act).await?;
    }
    let filled = match problems.last().copied().or(after) {
        _ if through => Filled::Whole,
        last => Filled::UpTo(last),
    };
    filled::keep(&mut tx, filled, act.at).await?;
    tx.commit().await?;
    Ok(!through)
}

/// The same for visits with promises about no problem, once the problems are through; whether there are no more.
async fn promises(app: &App, tx: &mut Tx, act: &Act) -> ApiResult<bool> {
    let visits = commitments::unplanned(tx, BATCH).await?;
    for visit in &visits {
        if visits::find_anywhere_to_change(tx, *visit).await?.is_some() {
            replan_promises(tx, &app.ids, &app.calendar(), act, *visit).await?;
        }
    }
    Ok(i64::try_from(visits.len()).is_ok_and(|count| count < BATCH))
}

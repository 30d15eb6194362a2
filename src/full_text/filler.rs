//! Indexing what a version without an index has stored, or a bulk load.
//!
//! It goes through all rows once, a batch at a time, and keeps how far it has come; what is written meanwhile is
//! indexed by who writes it, and never overwritten here. When it is through, asking is one row.

use super::store::filled::{self, Filled, KINDS};
use super::store::{Kind, put_missing};
use crate::app::App;
use crate::error::ApiResult;
use crate::{action_plans, problems, public_view, visits};

/// Rows of one transaction.
const BATCH: i64 = 100;

/// Indexes the next batch; false when there is nothing left to do. Replicas that do it together wait for each other.
///
/// # Errors
/// Where the database is away or refuses.
pub async fn go_on(app: &App) -> ApiResult<bool> {
    let mut tx = app.db.begin().await?;
    let now = app.clock.now();
    let before = filled::read(&mut tx, now).await?;
    let Some(kind) = KINDS.get(before.kinds).copied() else {
        tx.undo().await;
        return Ok(false);
    };
    let rows = filled::next(&mut tx, kind, before.after, BATCH).await?;
    for (id, _) in rows.iter().filter(|(_, indexed)| !indexed) {
        let document = match kind {
            Kind::Problem => problems::store::texts::document(&mut tx, *id).await?,
            Kind::Visit => visits::store::texts::document(&mut tx, *id).await?,
            Kind::ActionPlan => action_plans::store::texts::document(&mut tx, *id).await?,
            Kind::PublicProblem => public_view::store::publications::document(&mut tx, *id).await?,
        };
        put_missing(&mut tx, kind, *id, &document).await?;
    }
    let through = i64::try_from(rows.len()).is_ok_and(|count| count < BATCH);
    let after = match rows.last() {
        Some((last, _)) if !through => Filled {
            kinds: before.kinds,
            after: Some(*last),
        },
        _ => Filled {
            kinds: before.kinds + 1,
            after: None,
        },
    };
    filled::keep(&mut tx, after, now).await?;
    tx.commit().await?;
    Ok(after.kinds < KINDS.len())
}

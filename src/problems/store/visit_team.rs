//! Whoever is on the team of a visit sees its problems. The visit and its problems treat alike who joins or leaves it.

use uuid::Uuid;

use super::write::{hide_from, scope_rows};
use crate::db::{DbError, Tx, sql};

/// Who sees the problems of a locked visit, after its team changed: whoever is on it now, and no longer whoever left
/// it, as he no longer sees the visit. He keeps a problem in which he has another part: his own report, his recording,
/// or an enterprise that authorises him.
pub async fn rescope_of_visit(tx: &mut Tx, visit: Uuid, left: &[Uuid]) -> Result<(), DbError> {
    let lock = tx.lock_clause(" FOR UPDATE");
    let problems: Vec<(Uuid,)> = sql("SELECT id FROM problem WHERE visit_id = $1 ORDER BY id")
        .bind(visit)
        .push(lock)
        .all(&mut *tx)
        .await?;
    for (problem,) in problems {
        scope_rows(tx, problem).await?;
        hide_from(tx, problem, left).await?;
    }
    Ok(())
}

//! What visits need of features that stand beside them.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, On, Tx, sql};

/// `problems::store::undisposed_of_visit`: the problems of a visit that have no disposition yet, with their numbers.
pub async fn undisposed_of_visit(on: impl Into<On<'_>>, visit: Uuid) -> Result<Vec<(Uuid, String)>, DbError> {
    sql(
        "SELECT id, tracking_no FROM problem WHERE visit_id = $1 AND state IN ('recorded', 'open') \
         AND disposition IS NULL ORDER BY id",
    )
    .bind(visit)
    .all(on)
    .await
}

/// `problems::store::count_of_visit`: how many problems were recorded in a visit.
pub async fn count_of_visit(on: impl Into<On<'_>>, visit: Uuid) -> Result<i64, DbError> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM problem WHERE visit_id = $1")
        .bind(visit)
        .one(on)
        .await?;
    Ok(count)
}

/// `service_objects::store::visited`: keeps when objects were last visited. Rows are locked in the order of their ids,
/// so that two visits to the same objects cannot wait for each other.
pub async fn visited(tx: &mut Tx, objects: &[Uuid], at: Timestamp) -> Result<(), DbError> {
    let lock = tx.pick("", " FOR UPDATE");
    let _: Vec<(Uuid,)> = sql("SELECT id FROM service_object WHERE id")
        .in_list(objects)
        .push(" ORDER BY id")
        .push(lock)
        .all(&mut *tx)
        .await?;
    sql("UPDATE service_object SET last_visit_at = $1 WHERE (last_visit_at IS NULL OR last_visit_at < $1)")
        .bind(at)
        .push(" AND id")
        .in_list(objects)
        .run(tx)
        .await?;
    Ok(())
}

//! A request whose problem has left the states in which it waits is decided by nobody: it lapses.

use serde_json::json;
use uuid::Uuid;

use super::store;
use crate::clock::Ids;
use crate::db::{DbError, Tx};
use crate::events::{Act, NewEvent};
use crate::lifecycle::workflow::asking::rule_of;
use crate::problems::domain::State;

/// Ends the open request of a problem that comes to stand in `to`, unless it waits there too. The problem is locked.
pub async fn lapse(tx: &mut Tx, ids: &Ids, act: &Act, problem: Uuid, to: State) -> Result<(), DbError> {
    let Some(row) = store::open_of(&mut *tx, problem).await? else {
        return Ok(());
    };
    if rule_of(row.kind).waits_in(to) {
        return Ok(());
    }
    store::lapse(tx, act, row.id).await?;
    let mut event = NewEvent::of("request", row.id, "request.lapsed")
        .moving(Some("open"), "lapsed")
        .with(json!({ "kind": row.kind, "problem_state": to }));
    event.problem_id = Some(problem);
    store::note(tx, ids, act, &row, event).await
}

//! What happens to a promise about no problem stands in the chain of its visit: whoever is concerned is told, and what
//! is to happen later is planned, as with a problem.

use crate::db::Tx;
use crate::error::ApiResult;
use crate::events::{Act, NewEvent};
use crate::http::Work;
use crate::notices::telling;
use crate::tasks::planning;
use crate::visits::store::{VisitRow, write};

/// Appends an event of such a promise, which stands already as the event leaves it. The visit is locked.
///
/// # Errors
/// Where the database refuses.
pub async fn note_at_visit(work: &Work, tx: &mut Tx, act: &Act, visit: &VisitRow, event: NewEvent) -> ApiResult<()> {
    let ids = &work.app.ids;
    telling::tell(tx, ids, act, None, &event).await?;
    write::note(tx, ids, act, visit, event).await?;
    Ok(planning::replan_promises(tx, ids, &work.app.calendar(), act, visit.id).await?)
}

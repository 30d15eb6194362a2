//! Opening a recorded problem, so that competent organisations can claim it.

use uuid::Uuid;

use super::dispose::situation;
use super::workflow::Action;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiResult, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{IfMatch, PathRef, Work};
use crate::problems::domain::State;
use crate::problems::store::change::{self, Move};
use crate::problems::store::{self, write};

/// Opens a problem; its id.
///
/// # Errors
/// 404, 403, 409, 412/428.
pub async fn carry_out(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    scopes: &[Uuid],
    reference: &PathRef,
    at: &IfMatch,
) -> ApiResult<Uuid> {
    let facts = store::facts_to_change(tx, scopes, reference, who)
        .await?
        .or_not_found()?;
    situation(who, &facts).check(Action::Open)?;
    at.check(facts.version)?;
    let act = who.act(work.now());
    if let Some(person) = act.person {
        write::actor(tx, &work.app.ids, facts.id, person, &act, Action::Open.as_str()).await?;
    }
    let change = Move {
        to: State::Open,
        disposition: facts.disposition,
        lead_org_id: None,
        due_at: None,
        event: NewEvent::of("problem", facts.id, "problem.opened").public(),
    };
    change::apply(tx, &work.app.ids, &act, &facts, change).await?;
    Ok(facts.id)
}

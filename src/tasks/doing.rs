//! Marking a to-do done that no transition does.

use serde_json::json;
use uuid::Uuid;

use super::domain::ToDo;
use super::dto::CompleteTask;
use super::store::list::{self, TaskRow};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{PathRef, Work};
use crate::problems::store::{change, facts_to_change};

/// Whether the to-do is done by being marked so: the others are done by the transition of their name.
pub const fn by_hand(kind: ToDo) -> bool {
    matches!(kind, ToDo::FollowUp)
}

/// Whose it is: the person's, or one of an organisation that the caller works for; what is nobody's own is everybody's.
fn is_his(row: &TaskRow, who: &Caller) -> bool {
    match (row.person_id, row.org_id) {
        (Some(person), _) => who.person() == Some(person),
        (None, Some(org)) => who.memberships.iter().any(|held| held.org == org),
        (None, None) => true,
    }
}

/// Whether the caller may mark it done now.
pub fn may_complete(row: &TaskRow, who: &Caller) -> bool {
    row.ended_at.is_none() && by_hand(row.kind) && is_his(row, who)
}

/// Why he does not mark done what something else does.
fn refused(row: &TaskRow, who: &Caller) -> ApiError {
    if is_his(row, who) {
        ApiError::new(Code::TransitionNotAllowed).with_member("done_by", row.kind.as_str())
    } else {
        ApiError::new(Code::Forbidden)
    }
}

/// Marks it done, which its problem tells; the row as it then stands.
///
/// # Errors
/// 404 outside the scopes; 403 where it is another's; 409 `transition_not_allowed` where a transition does it
/// (`done_by`), and where it has ended (`state`).
pub async fn complete(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    scopes: &[Uuid],
    id: Uuid,
    body: &CompleteTask,
) -> ApiResult<TaskRow> {
    let (seen, now) = (list::find(&mut *tx, scopes, id).await?.or_not_found()?, work.now());
    // What is not done by hand is refused the same whatever it is about, a promise about no problem too.
    let Some(problem) = seen.problem_id.filter(|_| by_hand(seen.kind)) else {
        return Err(refused(&seen, who));
    };
    // The problem first, and then the task as it stands under its lock.
    let facts = facts_to_change(tx, scopes, &PathRef::Id(problem), who, now)
        .await?
        .or_not_found()?;
    let row = list::find(&mut *tx, scopes, id).await?.or_not_found()?;
    if !is_his(&row, who) {
        return Err(ApiError::new(Code::Forbidden));
    }
    if row.ended_at.is_some() {
        let state = if row.done { "done" } else { "lapsed" };
        return Err(ApiError::new(Code::TransitionNotAllowed).with_member("state", state));
    }
    list::complete(tx, id, &body.note, who.person(), now).await?;
    let event = NewEvent::of("problem", problem, "problem.task_done")
        .with_text(Some(body.note.clone()))
        .with(json!({ "task": id, "kind": row.kind }));
    change::note(tx, &work.app.ids, &who.act(now), &facts, event).await?;
    list::find(tx, scopes, id).await?.or_not_found()
}

//! Doing what is due: a transition through the workflow's own code, or an event about the clock.

use serde_json::json;
use uuid::Uuid;

use super::domain::{ServiceTask, end_of, promise_of};
use super::store::take::{Taken, claim, lapse};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::commitments::noting;
use crate::commitments::store::{self as commitments, OpenRow};
use crate::db::Tx;
use crate::erasure::erasing::by_term;
use crate::error::ApiResult;
use crate::events::{Act, NewEvent};
use crate::http::{PathRef, Work};
use crate::lifecycle::by_itself;
use crate::lifecycle::workflow::Action;
use crate::problems::store::{change, facts_to_change, lock_all};
use crate::visits::store as visits;

/// What became of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It was done.
    Done,
    /// Its occasion has passed.
    Lapsed,
    /// Another had done it, or its problem moved on, before it was reached.
    Gone,
}

/// Does a task at a moment, and marks it, in a transaction to be committed.
///
/// # Errors
/// Whatever the act itself meets; the transaction is to be undone then.
pub async fn carry_out(work: &Work, tx: &mut Tx, task: &Taken, now: Timestamp) -> ApiResult<Became> {
    let promise = promise_of(task.kind.as_str(), &task.key);
    // The problem first, or the visit of a promise about none: they are locked before their tasks.
    match (task.problem_id, promise) {
        (Some(problem), _) => lock_all(tx, &[PathRef::Id(problem)]).await?,
        (None, Some(promise)) => commitments::lock_visit_of(tx, promise).await?,
        (None, None) => {}
    }
    // Before it is done: planning, which the act brings about, ends what is open and is needed no longer.
    if !claim(tx, task.id, now).await? {
        return Ok(Became::Gone);
    }
    let done = match (task.problem_id, promise) {
        (Some(problem), _) => do_it(work, tx, task, problem, now).await?,
        (None, Some(promise)) => remind_at_visit(work, tx, promise, now).await?,
        (None, None) => false,
    };
    if done {
        return Ok(Became::Done);
    }
    lapse(tx, task.id).await?;
    Ok(Became::Lapsed)
}

async fn do_it(work: &Work, tx: &mut Tx, task: &Taken, problem: Uuid, now: Timestamp) -> ApiResult<bool> {
    match task.kind {
        ServiceTask::Open => by_itself::carry_out(work, tx, problem, Action::Open, now).await,
        ServiceTask::Assign => by_itself::carry_out(work, tx, problem, Action::Assign, now).await,
        ServiceTask::GoOn => by_itself::carry_out(work, tx, problem, Action::Supply, now).await,
        ServiceTask::Resume => by_itself::carry_out(work, tx, problem, Action::Resume, now).await,
        ServiceTask::DueSoon => alarm(work, tx, (task, problem), now, "problem.due_soon").await,
        ServiceTask::Erase => by_term(work, tx, problem, now).await,
        ServiceTask::Overdue => alarm(work, tx, (task, problem), now, "problem.overdue").await,
        ServiceTask::PromiseDue => remind(work, tx, (task, problem), now).await,
    }
}

/// Tells of the clock; false where that has nothing to tell any more. No transition: the version stays.
async fn alarm(
    work: &Work,
    tx: &mut Tx,
    (task, problem): (&Taken, Uuid),
    now: Timestamp,
    kind: &'static str,
) -> ApiResult<bool> {
    // A problem lies in the scope of its own id.
    let reference = PathRef::Id(problem);
    let nobody = Caller::nobody();
    let Some(facts) = facts_to_change(tx, &[problem], &reference, &nobody, now).await? else {
        return Ok(false);
    };
    let over = facts.state.has_ended() || facts.resolution_at.is_some();
    let Some(due) = facts.due_at.filter(|_| !over) else {
        return Ok(false);
    };
    // What is overdue is not due soon; what became due later since has another alarm.
    if (task.kind == ServiceTask::Overdue) != (now >= due) {
        return Ok(false);
    }
    let event = NewEvent::of("problem", facts.id, kind).with(json!({ "due_at": due, "cycle": facts.cycle_no }));
    change::note(tx, &work.app.ids, &Act::of_the_service(now), &facts, event).await?;
    Ok(true)
}

/// Reminds of a promise whose day is near; false where it is kept, broken or ended, or its day is over.
async fn remind(work: &Work, tx: &mut Tx, (task, problem): (&Taken, Uuid), now: Timestamp) -> ApiResult<bool> {
    let reference = PathRef::Id(problem);
    let nobody = Caller::nobody();
    let Some(facts) = facts_to_change(tx, &[problem], &reference, &nobody, now).await? else {
        return Ok(false);
    };
    let Some(promise) = near(tx, promise_of(task.kind.as_str(), &task.key), now).await? else {
        return Ok(false);
    };
    let event = due_soon(NewEvent::of("problem", facts.id, "commitment.due_soon"), &promise);
    change::note(tx, &work.app.ids, &Act::of_the_service(now), &facts, event).await?;
    Ok(true)
}

/// The same of one about no problem, at its visit.
async fn remind_at_visit(work: &Work, tx: &mut Tx, promise: Uuid, now: Timestamp) -> ApiResult<bool> {
    let Some(promise) = near(tx, Some(promise), now).await? else {
        return Ok(false);
    };
    let Some(visit) = visits::find_anywhere_to_change(tx, promise.visit_id).await? else {
        return Ok(false);
    };
    let event = due_soon(NewEvent::of("visit", visit.id, "commitment.due_soon"), &promise);
    noting::note_at_visit(work, tx, &Act::of_the_service(now), &visit, event).await?;
    Ok(true)
}

/// A promise that is open and whose day is not over.
async fn near(tx: &mut Tx, promise: Option<Uuid>, now: Timestamp) -> ApiResult<Option<OpenRow>> {
    let promise = match promise {
        Some(id) => commitments::open(tx, id).await?,
        None => None,
    };
    Ok(promise.filter(|promise| now < end_of(promise.due_on)))
}

fn due_soon(event: NewEvent, promise: &OpenRow) -> NewEvent {
    event.with(json!({
        "commitment": promise.id, "org": promise.org_id, "made_by": promise.made_by, "due_on": promise.due_on,
    }))
}

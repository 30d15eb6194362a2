//! Bringing the tasks of a problem to what it needs: the one place from which tasks are planned and end.
//!
//! Every change of a problem's row comes by here in its own transaction (`problems::store::change`, `write`), and so
//! does a contact, which is no change of it, and a calendar by which its days are counted anew. A promise about no
//! problem stands by its visit (`replan_promises`). Planning what is planned already for the same time does nothing.

use uuid::Uuid;

use super::domain::{Kind, Outcome, Promise, ToDo, Wanted, outcome_of_promise, promise_of, wanted_of_visit};
use super::store::{self, NewTask, OpenTask, Situation};
use crate::auth::Role;
use crate::calendar::Calendar;
use crate::clock::{Ids, Timestamp};
use crate::clock_rules::domain::Term;
use crate::clock_rules::store as clock_rules;
use crate::db::{DbError, Tx};
use crate::directory::memberships;
use crate::erasure::domain;
use crate::events::Act;
use crate::problems::domain::State;

/// Plans what a problem needs as it stands in this transaction, which has locked it; what it needs no longer ends, done
/// or lapsed, by who acts. What was merged into it goes along, and what was merged into that: their term ends with its
/// own.
pub async fn replan(tx: &mut Tx, ids: &Ids, calendar: &Calendar, act: &Act, problem: Uuid) -> Result<(), DbError> {
    let mut left = vec![problem];
    while let Some(next) = left.pop() {
        if replan_one(tx, ids, calendar, act, next).await? {
            left.extend(store::merged_into(tx, next).await?);
        }
    }
    Ok(())
}

/// The same of this one alone; whether others were merged into it.
async fn replan_one(tx: &mut Tx, ids: &Ids, calendar: &Calendar, act: &Act, problem: Uuid) -> Result<bool, DbError> {
    let Some(mut situation) = store::situation(tx, problem).await? else {
        return Ok(false);
    };
    if situation.standing.state == State::PendingConfirmation {
        let terms = clock_rules::terms(&mut *tx, situation.division_id, act.at.shanghai_date()).await?;
        situation.standing.confirmation_days = terms.days(Term::Confirmation);
    }
    let standing = &situation.standing;
    let planned = store::open_of(tx, problem).await?;
    let wanted = standing.wanted(calendar, act.at);
    for task in &planned {
        if !wanted.iter().any(|wanted| wanted.key == task.key) {
            let outcome = standing.outcome(&task.kind, &task.key);
            let by = act.person.filter(|_| outcome == Outcome::Done);
            store::end(tx, task.id, outcome, act.at, by).await?;
        }
    }
    let mut new = Vec::new();
    for task in move_planned(tx, &planned, wanted).await? {
        let org_id = match task.kind {
            Kind::Service(_) => None,
            Kind::Person(ToDo::KeepPromise) => who_keeps(&standing.promised, &task),
            Kind::Person(kind) => whose(tx, kind, &situation, act.at).await?,
        };
        new.push(new_task(task, Some(problem), org_id));
    }
    store::schedule(tx, ids, act, &new).await?;
    Ok(situation.has_merged)
}

/// Until when the words about a problem are kept, as it stands; `None` while it, or what it was merged into, is
/// handled.
pub async fn kept_until(tx: &mut Tx, problem: Uuid) -> Result<Option<Timestamp>, DbError> {
    let situation = store::situation(tx, problem).await?;
    Ok(situation
        .and_then(|situation| situation.standing.ended_at)
        .map(domain::kept_until))
}

/// Plans what the promises about no problem need that were made at a visit, which the transaction has locked.
pub async fn replan_promises(
    tx: &mut Tx,
    ids: &Ids,
    calendar: &Calendar,
    act: &Act,
    visit: Uuid,
) -> Result<(), DbError> {
    let (promises, planned) = (
        store::promised_at(tx, visit).await?,
        store::open_of_visit(tx, visit).await?,
    );
    let wanted = wanted_of_visit(&promises, calendar, visit);
    for task in planned
        .iter()
        .filter(|task| !wanted.iter().any(|wanted| wanted.key == task.key))
    {
        let outcome = outcome_of_promise(&promises, &task.kind, &task.key);
        let by = act.person.filter(|_| outcome == Outcome::Done);
        store::end(tx, task.id, outcome, act.at, by).await?;
    }
    let new = move_planned(tx, &planned, wanted).await?.into_iter().map(|task| {
        let org_id = who_keeps(&promises, &task).filter(|_| matches!(task.kind, Kind::Person(_)));
        new_task(task, None, org_id)
    });
    store::schedule(tx, ids, act, &new.collect::<Vec<_>>()).await
}

/// Moves what is planned for another time; what is wanted and not planned.
async fn move_planned(tx: &mut Tx, planned: &[OpenTask], wanted: Vec<Wanted>) -> Result<Vec<Wanted>, DbError> {
    let mut new = Vec::new();
    for task in wanted {
        match planned.iter().find(|planned| planned.key == task.key) {
            Some(planned) if planned.due_at != task.due_at => store::move_to(tx, planned.id, task.due_at).await?,
            Some(_) => {}
            None => new.push(task),
        }
    }
    Ok(new)
}

fn new_task(task: Wanted, problem_id: Option<Uuid>, org_id: Option<Uuid>) -> NewTask {
    NewTask {
        commitment_id: promise_of(task.kind.as_str(), &task.key),
        kind: task.kind,
        key: task.key,
        problem_id,
        org_id,
        due_at: task.due_at,
    }
}

/// The organisation that is to keep the promise of a task.
fn who_keeps(promises: &[Promise], task: &Wanted) -> Option<Uuid> {
    let about = promise_of(task.kind.as_str(), &task.key)?;
    let promise = promises.iter().find(|promise| promise.commitment == about);
    promise.map(|promise| promise.org)
}

/// The organisation whose to-do it is; `None` where nobody is there for it, so that it is nobody's own.
async fn whose(tx: &mut Tx, kind: ToDo, situation: &Situation, now: Timestamp) -> Result<Option<Uuid>, DbError> {
    let role = match kind {
        ToDo::ReplyComment if situation.standing.responsible.is_some() => return Ok(situation.standing.responsible),
        ToDo::KeepPromise => return Ok(None),
        ToDo::FollowUp => return Ok(situation.lead_org_id.or(situation.recorder_org_id)),
        // Nobody whom it criticises: a supervisor never handles.
        ToDo::LookBack | ToDo::ReviewRating => Role::Supervisor,
        ToDo::CloseUnanswered | ToDo::ReplyComment => Role::Dispatcher,
    };
    let nearest = memberships::store::nearest_org(tx, role, situation.division_id, now).await?;
    Ok(nearest.map(|(org, ..)| org))
}

//! Bringing the tasks of a problem to what it needs: the one place from which tasks are planned and end.
//!
//! Every change of a problem's row comes by here in its own transaction (`problems::store::change`, `write`), and so does a
//! contact, which is no change of it, and a calendar by which its days are counted anew. Planning what is planned already
//! for the same time does nothing.

use uuid::Uuid;

use super::domain::{Kind, Outcome, ToDo};
use super::store::{self, NewTask, Situation};
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

/// Plans what a problem needs as it stands in this transaction, which has locked it; what it needs no longer ends, done or
/// lapsed, by who acts.
/// What was merged into it goes along, and what was merged into that: their term ends with its own.
pub async fn replan(tx: &mut Tx, ids: &Ids, calendar: &Calendar, act: &Act, problem: Uuid) -> Result<(), DbError> {
    let mut left = vec![problem];
    while let Some(next) = left.pop() {
        if replan_one(tx, ids, calendar, act, next).await? {
            left.extend(store::merged_into(tx, next).await?);
        }
    }
    Ok(())
}

/// Until when the words about a problem are kept, as it stands; `None` while it, or what it was merged into, is handled.
pub async fn kept_until(tx: &mut Tx, problem: Uuid) -> Result<Option<Timestamp>, DbError> {
    let situation = store::situation(tx, problem).await?;
    Ok(situation
        .and_then(|situation| situation.standing.ended_at)
        .map(domain::kept_until))
}

/// The same of one; whether others were merged into it.
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
    for task in wanted {
        if let Some(planned) = planned.iter().find(|planned| planned.key == task.key) {
            if planned.due_at != task.due_at {
                store::move_to(tx, planned.id, task.due_at).await?;
            }
            continue;
        }
        let org_id = match task.kind {
            Kind::Service(_) => None,
            Kind::Person(kind) => whose(tx, kind, &situation, act.at).await?,
        };
        new.push(NewTask {
            kind: task.kind,
            key: task.key,
            problem_id: problem,
            org_id,
            due_at: task.due_at,
        });
    }
    store::schedule(tx, ids, act, &new).await?;
    Ok(situation.has_merged)
}

/// The organisation whose to-do it is; `None` where nobody is there for it, so that it is nobody's own.
async fn whose(tx: &mut Tx, kind: ToDo, situation: &Situation, now: Timestamp) -> Result<Option<Uuid>, DbError> {
    let role = match kind {
        ToDo::ReplyComment if situation.standing.responsible.is_some() => return Ok(situation.standing.responsible),
        ToDo::FollowUp => return Ok(situation.lead_org_id.or(situation.recorder_org_id)),
        // Nobody whom it criticises: a supervisor never handles.
        ToDo::LookBack | ToDo::ReviewRating => Role::Supervisor,
        ToDo::CloseUnanswered | ToDo::ReplyComment => Role::Dispatcher,
    };
    let nearest = memberships::store::nearest_org(tx, role, situation.division_id, now).await?;
    Ok(nearest.map(|(org, ..)| org))
}

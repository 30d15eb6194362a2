//! What the ways to close a problem, and to begin anew, have in common.

use uuid::Uuid;

use super::dto::{CallBack, CallBackMethod};
use super::lead::{self, Lead};
use super::step::Step;
use crate::assignments::domain::AssignmentOrigin;
use crate::assignments::store as assignments;
use crate::clock_rules::domain::Term;
use crate::contacts::domain::{ContactChannel, Purpose};
use crate::contacts::store::{self as contacts, NewContact};
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::events::NewEvent;
use crate::feedback::{look_backs, store as feedback};
use crate::problems::domain::{ConfirmedVia, Matter, State};
use crate::problems::store::change::{Closing, Move};
use crate::problems::store::cycle::{self, Chosen};
use crate::reporters::voice::Voice;
use crate::{action_plans, receipts};

/// Invites the reporter to rate the cycle; who is not known cannot be asked. After the move, since roll-ups come last.
pub async fn invite(step: &mut Step<'_>) -> ApiResult<()> {
    feedback::invite(step.tx, step.facts.id, step.facts.cycle_no, None, step.act.at).await?;
    Ok(())
}

/// By which of the four ways the caller confirms or rejects: as the reporter, or by a call back, which is logged.
///
/// # Errors
/// 422 at `/call_back`: missing where the caller does not speak for the reporter, forbidden where he does, or not
/// within the time since the work was reported done.
pub async fn way(step: &mut Step<'_>, call_back: Option<&CallBack>) -> ApiResult<ConfirmedVia> {
    let via = match (step.spoken, call_back) {
        (Some(spoken), None) => match spoken.voice {
            Voice::Account => ConfirmedVia::Account,
            Voice::Link => ConfirmedVia::Link,
            Voice::Portal => ConfirmedVia::Portal,
        },
        (Some(_), Some(_)) => return Err(ApiError::invalid_at("/call_back", FaultCode::Conflict)),
        (None, None) => return Err(ApiError::invalid_at("/call_back", FaultCode::Required)),
        (None, Some(called)) => {
            let since = step.facts.resolution_at.unwrap_or(step.facts.cycle_began);
            if called.at < since || called.at > step.now() {
                step.faults.push(Fault::new("/call_back/at", FaultCode::NotWithin));
            }
            step.refuse_faults()?;
            let person = step
                .who
                .person()
                .ok_or_else(|| ApiError::internal("a client called back"))?;
            let visited = called.method == CallBackMethod::Visit;
            let log = NewContact {
                problem_id: step.facts.id,
                purpose: Purpose::CallBack,
                channel: if visited {
                    ContactChannel::Visit
                } else {
                    ContactChannel::Phone
                },
                at: called.at,
                face_to_face: visited,
                with_reporter: true,
                reporter_came: false,
                person_id: person,
                words: Some(called.words.clone()),
                public: false,
            };
            contacts::log(step.tx, &step.work.app.ids, &step.act, &log).await?;
            ConfirmedVia::CallBack
        }
    };
    Ok(via)
}

/// Closes the present cycle: confirmed by a way, or (`None`) without an answer.
pub async fn close(step: &mut Step<'_>, via: Option<ConfirmedVia>, event: NewEvent) -> ApiResult<()> {
    let (now, problem) = (step.now(), step.facts.id);
    let closed_at = step.facts.closed_at.unwrap_or(now);
    let own_level = cycle::close(step.tx, &step.facts, now, via).await?;
    assignments::end_all(step.tx, &step.act, problem).await?;
    receipts::store::expire(step.tx, problem, closed_at).await?;
    if step.facts.closed_at.is_none() {
        look_backs::plan(step.tx, &step.work.app.ids, &step.calendar(), &step.facts, now).await?;
    }
    let change = Move {
        closing: Closing {
            closed_at: Some(closed_at),
            via,
            looked_back_at: step.facts.looked_back_at,
            own_level,
            run_once: step.facts.is_run_once(),
        },
        ..Move::of(&step.facts, State::Closed, event)
    };
    step.apply(change).await?;
    Ok(action_plans::store::settle(step.tx, &step.work.app.ids, &step.act, problem).await?)
}

/// Begins the next cycle under the same number: with the organisation that led last, or open where there never was one.
/// The disposition stays that of the first cycle.
pub async fn begin_anew(step: &mut Step<'_>, origin: &'static str, matter: Matter, event: NewEvent) -> ApiResult<()> {
    let (now, problem) = (step.now(), step.facts.id);
    let last: Option<Uuid> = cycle::last_lead(step.tx, problem).await?;
    let chosen = match last {
        Some(org) => Some(
            step.time_allowed(matter, step.facts.disposition, Some(org), now)
                .await?,
        ),
        None => None,
    };
    let days = step.terms().await?.days(Term::FirstResponse);
    let first_response = Chosen::of(&step.calendar(), now, days);
    cycle::begin(
        step.tx,
        &step.work.app.ids,
        &step.facts,
        origin,
        now,
        first_response,
        chosen,
    )
    .await?;
    assignments::end_all(step.tx, &step.act, problem).await?;
    if let Some((org, due)) = last.zip(chosen) {
        let lead = Lead {
            cycle: step.facts.cycle_no + 1,
            ..Lead::of(&step.facts, AssignmentOrigin::Assigned, org, due)
        };
        lead::make(step, lead).await?;
    }
    receipts::store::renew(step.tx, problem).await?;
    look_backs::end_planned(step.tx, problem, now).await?;
    let change = Move {
        matter,
        lead_org_id: last,
        lead_person_id: None,
        due_at: chosen.map(|chosen| chosen.due_at),
        cycle_no: step.facts.cycle_no + 1,
        closing: Closing::NOT,
        ..Move::of(
            &step.facts,
            if last.is_some() { State::Assigned } else { State::Open },
            event,
        )
    };
    step.apply(change).await?;
    Ok(action_plans::store::revive(step.tx, &step.work.app.ids, &step.act, problem).await?)
}

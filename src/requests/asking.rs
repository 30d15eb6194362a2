//! Asking: who may is the table's affair (`lifecycle::situation`); here are the limits of each kind, and what goes into
//! the row.

use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::domain::{Before, Exhausted, RETURN_DAYS, RequestKind, extended, extension, hold_ends, once_more};
use super::dto::NewRequest;
use super::presenting::Presenter;
use super::{lapsing, store};
use crate::assignments::store as assignments;
use crate::auth::Role;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::directory::one_level_up::domain::Way;
use crate::directory::{divisions, orgs, terms};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, Text};
use crate::events::NewEvent;
use crate::lifecycle::step::Step;
use crate::lifecycle::workflow::asking::{RequestRule, rule_of};
use crate::metrics::rollup::{self, Outcome};
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::problems::store::course::disposed_at;
use crate::problems::store::extend;
use crate::problems::store::write::rollup_key;
use crate::{action_plans, receipts};

/// What goes into a request, every reference looked up.
#[derive(Clone, Debug, Default)]
struct Said {
    reason_code: Option<String>,
    reason: Option<String>,
    facts: Value,
    proposed_org_id: Option<Uuid>,
    until_on: Option<NaiveDate>,
    asked_by: Option<Uuid>,
    asked_org_id: Option<Uuid>,
    reporter_id: Option<Uuid>,
}

/// Refuses what cannot be asked because a request of the problem waits.
///
/// # Errors
/// 409 `request_open` with that request.
pub async fn nothing_waits(tx: &mut Tx, problem: Uuid) -> ApiResult<()> {
    match store::open_of(tx, problem).await? {
        None => Ok(()),
        Some(open) => {
            let open = json!({ "id": open.id, "kind": open.kind, "asked_at": open.asked_at });
            Err(ApiError::new(Code::RequestOpen).with_member("request", open))
        }
    }
}

/// Asks.
///
/// # Errors
/// 409 `adjudicated`, `limit_reached`, `too_late`; 422 with every fault.
pub async fn carry_out(step: &mut Step<'_>, body: &NewRequest) -> ApiResult<()> {
    let rule = rule_of(body.kind);
    let before = store::before(&mut *step.tx, step.facts.id).await?;
    once_more(rule.kind, step.facts.cycle_no, &before).map_err(exhausted)?;
    in_time(step, rule.kind).await?;
    let working_days = check_facts(step, body, &before).await?;
    step.refuse_faults()?;
    let facts = json!({
        "alternatives": body.alternatives, "tried": body.tried, "authority_gap": body.authority_gap,
        "impact": body.impact, "explanation": body.explanation, "working_days": working_days,
    });
    let said = Said {
        reason_code: body.reason_code.clone(),
        reason: body.reason.clone(),
        facts,
        proposed_org_id: body.proposed_org_id,
        until_on: body.until.or(body.due_on),
        // A secretary asks for whoever delegated it.
        asked_by: step.who.person().map(|_| step.who.subject),
        asked_org_id: asking_org(step),
        reporter_id: None,
    };
    let said = as_reporter(step, said);
    open(step, rule, said).await?;
    moved(step, rule, body.reason.clone()).await
}

/// The organisation that handles it, where the asker asks for that; else the one that he acts for.
fn asking_org(step: &Step<'_>) -> Option<Uuid> {
    let handling = step.situation.handles() || step.situation.heads;
    let responsible = step.facts.responsible();
    responsible.filter(|_| handling).or(step.act.org)
}

fn exhausted(why: Exhausted) -> ApiError {
    match why {
        Exhausted::Adjudicated => ApiError::new(Code::Adjudicated),
        Exhausted::Limit(times) => ApiError::new(Code::LimitReached).with_member("limit", times),
    }
}

/// Whoever speaks for the reporter asks as the reporter.
fn as_reporter(step: &Step<'_>, said: Said) -> Said {
    match step.spoken {
        None => said,
        Some(spoken) => Said {
            asked_by: step.act.person,
            asked_org_id: None,
            reporter_id: Some(spoken.reporter_id),
            ..said
        },
    }
}

/// A return comes within a working day of the assignment, a later date is asked for a working day before the present
/// one.
async fn in_time(step: &mut Step<'_>, kind: RequestKind) -> ApiResult<()> {
    let (now, problem) = (step.now(), step.facts.id);
    let calendar = step.calendar();
    let late = match kind {
        RequestKind::Return => {
            let since = match assignments::led_since(&mut *step.tx, problem).await? {
                Some(at) => Some(at),
                None => disposed_at(&mut *step.tx, problem).await?,
            };
            since.is_some_and(|since| now.utc() > calendar.due_at(since.utc(), RETURN_DAYS).0)
        }
        RequestKind::Extend => {
            // A clock that stands still runs out for nobody.
            let due = extend::due(&mut *step.tx, problem, step.facts.cycle_no)
                .await?
                .resolution_due;
            due.is_some_and(|due| calendar.working_days_between(now.shanghai_date(), due.shanghai_date()) == 0)
        }
        _ => false,
    };
    if late {
        Err(ApiError::new(Code::TooLate))
    } else {
        Ok(())
    }
}

/// Checks what a body names; the working days of an extension.
async fn check_facts(step: &mut Step<'_>, body: &NewRequest, before: &[Before]) -> ApiResult<u32> {
    let today = step.now().shanghai_date();
    if let Some(code) = &body.reason_code {
        let found = terms::store::find_below(&mut *step.tx, "reason", body.kind.as_str(), code).await?;
        match found {
            None => step
                .faults
                .push(Fault::new("/reason_code", FaultCode::UnknownReference)),
            Some(term) if !term.is_valid_on(today) => {
                step.faults.push(Fault::new("/reason_code", FaultCode::RetiredTerm));
            }
            Some(_) => {}
        }
    }
    if let Some(org) = body.proposed_org_id {
        step.expect_org("/proposed_org_id", org).await?;
        if step.facts.responsible() == Some(org) {
            step.faults.push(Fault::new("/proposed_org_id", FaultCode::Conflict));
        }
    }
    if body.until.is_some_and(|until| !hold_ends(today, until)) {
        let detail = Text::new(
            "挂起须有终止日期：自明日起，不超过一年",
            "a hold ends: from tomorrow to a year from today",
        );
        step.faults.push(Fault::because("/until", FaultCode::NotWithin, detail));
    }
    match body.due_on {
        Some(due_on) => working_days(step, due_on, before).await,
        None => Ok(0),
    }
}

/// By how many working days the new due day lies behind the present one.
async fn working_days(step: &mut Step<'_>, due_on: NaiveDate, before: &[Before]) -> ApiResult<u32> {
    let due = extend::due(&mut *step.tx, step.facts.id, step.facts.cycle_no).await?;
    let Some(due) = due.at().map(Timestamp::shanghai_date) else {
        step.faults.push(Fault::new("/due_on", FaultCode::NotWithin));
        return Ok(0);
    };
    let calendar = step.calendar();
    let within = extension(&calendar, due, extended(step.facts.cycle_no, before));
    let fits = within.is_some_and(|(first, last)| first <= due_on && due_on <= last);
    if !fits || !calendar.is_working_day(due_on).working {
        let detail = match within {
            Some((first, last)) => Text::new(
                format!("须为 {first} 至 {last} 之间的工作日"),
                format!("must be a working day from {first} to {last}"),
            ),
            None => Text::new("可延长的工作日已用完", "no working days are left to extend by"),
        };
        step.faults
            .push(Fault::because("/due_on", FaultCode::NotWithin, detail));
    }
    Ok(calendar.working_days_between(due, due_on))
}

/// Opens a request with its first event.
async fn open(step: &mut Step<'_>, rule: &RequestRule, said: Said) -> ApiResult<()> {
    let (id, problem, now) = (step.ids().next(), step.facts.id, step.now());
    let (decide_by, _) = step.calendar().due_at(now.utc(), rule.within_days);
    let from_division_id = from_division(step, said.asked_org_id).await?;
    let new = store::NewRequest {
        id,
        kind: rule.kind,
        problem_id: problem,
        cycle_no: step.facts.cycle_no,
        from_state: step.facts.state,
        asked_by: said.asked_by,
        asked_org_id: said.asked_org_id,
        reporter_id: said.reporter_id,
        reason_code: said.reason_code,
        reason: said.reason.clone(),
        facts: said.facts,
        proposed_org_id: said.proposed_org_id,
        until_on: said.until_on,
        from_division_id,
        decide_by: decide_by.into(),
    };
    match store::insert(step.tx, &step.act, &new).await {
        Err(fault) if fault.is_unique("request") => return Err(ApiError::new(Code::RequestOpen)),
        other => other?,
    }
    let row: store::RequestRow = store::one(id).one(&mut *step.tx).await?;
    let presenter = Presenter::of(
        &mut *step.tx,
        step.who,
        step.work.locale,
        now,
        std::slice::from_ref(&row),
    )
    .await?;
    let deciders = presenter.deciders(&row);
    let seat = deciders.seats.first();
    // What nobody here decides is entered by those who are nearest, or by who handles it.
    let told_in = |role| {
        let sits = seat.is_none_or(|seat| seat.roles.contains(&role));
        sits.then(|| seat.map_or(from_division_id, |seat| seat.division))
    };
    let (dispatchers_of, supervisors_of) = (told_in(Role::Dispatcher), told_in(Role::Supervisor));
    let handled_by = step.facts.responsible();
    let entered_by = handled_by.filter(|_| deciders.way == Way::Outside);
    let seat = seat.map(|seat| seat.division);
    store::waits_at(step.tx, id, seat).await?;
    let mut event = NewEvent::of("request", id, "request.asked")
        .moving(None, "open")
        .with_text(said.reason)
        .with(json!({
            "kind": rule.kind, "reason_code": row.reason_code, "asked_org": row.asked_org_id,
            "proposed_org": row.proposed_org_id, "until": row.until_on, "decider_division": seat,
            "dispatchers_of": dispatchers_of, "supervisors_of": supervisors_of, "entered_by": entered_by,
        }));
    event.problem_id = Some(problem);
    event.public = rule.kind == RequestKind::Appeal;
    Ok(store::note_first(step.tx, step.ids(), &step.act, event).await?)
}

/// From which division one level up is counted: the asking organisation's, where it lies above the problem; else the
/// problem's own, so that whoever decides sees it.
async fn from_division(step: &mut Step<'_>, org: Option<Uuid>) -> ApiResult<Uuid> {
    let own = step.facts.division_id;
    let Some(org) = org else { return Ok(own) };
    let org = orgs::store::find_ref(&mut *step.tx, org)
        .await?
        .map(|org| org.division_id);
    match org {
        Some(division) if divisions::store::is_within(&mut *step.tx, division, own).await? => Ok(division),
        _ => Ok(own),
    }
}

/// Where the problem stands until it is decided, and what asking counts.
async fn moved(step: &mut Step<'_>, rule: &RequestRule, reason: Option<String>) -> ApiResult<()> {
    let (state, problem) = (step.facts.state, step.facts.id);
    let Some(meanwhile) = rule.meanwhile else {
        return step.note_act(rule.action.act()).await;
    };
    let appeal = rule.kind == RequestKind::Appeal;
    let mut event = step.event(match rule.kind {
        RequestKind::Return => "problem.return_asked",
        RequestKind::Appeal => "problem.appealed",
        _ => "problem.escalation_asked",
    });
    event.public = appeal;
    if appeal {
        // The receipt is good for as long as something is to come.
        receipts::store::renew(step.tx, problem).await?;
        event = event.with_text(reason);
    }
    let change = Move {
        return_state: Some(state),
        ..Move::of(&step.facts, meanwhile, event)
    };
    step.apply(change).await?;
    if state.has_ended() {
        action_plans::store::revive(step.tx, step.ids(), &step.act, problem).await?;
    }
    if rule.kind == RequestKind::Return {
        let (key, today) = (rollup_key(&step.facts), step.now().shanghai_date());
        rollup::outcome(step.tx, &key, Outcome::Returned, today, 1).await?;
    }
    Ok(())
}

/// The third rejected result is an appeal to the supervisor; the move is the rejection's.
pub async fn appeal(step: &mut Step<'_>, reason: &str) -> ApiResult<()> {
    let said = Said {
        reason: Some(reason.to_owned()),
        facts: json!({}),
        reporter_id: step.facts.reporter_id,
        ..Said::default()
    };
    // Who called the reporter back did not ask.
    let said = as_reporter(step, said);
    open(step, rule_of(RequestKind::Appeal), said).await
}

/// A transfer that goes back to whoever led before is ruled on: a return that nobody asked for (S-58). The move is the
/// transfer's; what was asked before lapses by it.
pub async fn dispute(step: &mut Step<'_>, back_to: Uuid, reason: &str) -> ApiResult<()> {
    lapsing::lapse(step.tx, step.ids(), &step.act, step.facts.id, State::InDispute).await?;
    let said = Said {
        reason: Some(reason.to_owned()),
        facts: json!({}),
        proposed_org_id: step.facts.responsible(),
        asked_org_id: Some(back_to),
        ..Said::default()
    };
    open(step, rule_of(RequestKind::Return), said).await
}

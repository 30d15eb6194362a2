//! Giving parts, and moving them: each with its event in the problem's chain.

use actix_web::HttpResponse;
use serde_json::json;
use uuid::Uuid;

use super::domain::{AssignmentAction, AssignmentOrigin, AssignmentPart, AssignmentState, Standing, part_due_on};
use super::dto::{AssignmentView, NewAssignment};
use super::store::{self, AssignmentRow};
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::clock_rules::domain::Term;
use crate::clock_rules::store as clock_rules;
use crate::db::Tx;
use crate::directory::{memberships, orgs};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{IfMatch, PathRef, Work};
use crate::problems::domain::{OrgPart, ProblemAct, State};
use crate::problems::store::{self as problems, ProblemFacts, change, course, write};

/// What goes with a move.
#[derive(Clone, Debug, Default)]
pub struct Said {
    person: Option<Uuid>,
    reason: Option<String>,
}

impl Said {
    /// The person responsible.
    pub fn by(person: Option<Uuid>) -> Self {
        Self { person, reason: None }
    }

    /// Why.
    pub fn because(reason: String) -> Self {
        Self {
            person: None,
            reason: Some(reason),
        }
    }
}

/// How a caller stands to an assignment of a problem.
pub fn standing(who: &Caller, facts: &ProblemFacts, row: &AssignmentRow) -> Standing {
    let handles = |org: Uuid| {
        who.memberships
            .iter()
            .any(|held| held.role == Role::Handler && held.org == org)
    };
    Standing {
        state: row.state,
        is_lead: row.role == AssignmentPart::Lead,
        ended: row.ended_at.is_some(),
        supports: handles(row.org_id),
        heads_lead: facts.ties.heads,
    }
}

/// Gives an organisation its part.
///
/// # Errors
/// 404; 403 for a head of another organisation; 409 `ended`, `merged`, `duplicate`; 412/428; 422 with every fault.
pub async fn add(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    scopes: &[Uuid],
    problem: &PathRef,
    at: &IfMatch,
    body: &NewAssignment,
) -> ApiResult<AssignmentView> {
    let now = work.now();
    let facts = problems::facts_to_change(tx, scopes, problem, who, now)
        .await?
        .or_not_found()?;
    if !facts.ties.heads && !facts.roles_of(who).contains(&Role::Dispatcher) {
        return Err(ApiError::new(Code::Forbidden));
    }
    facts.state.must_not_have_ended()?;
    // A part is given beside a lead: before there is one, and after the work was reported done, there is none to give.
    if facts.lead_org_id.is_none() || facts.state == State::PendingConfirmation {
        return Err(ApiError::new(Code::TransitionNotAllowed).with_member("state", facts.state.as_str()));
    }
    if store::has_open(&mut *tx, facts.id, body.org_id).await? {
        return Err(ApiError::new(Code::Duplicate));
    }
    at.check(facts.version)?;
    let due_on = due_on(work, tx, &facts, body, now.shanghai_date()).await?;
    let (ids, act) = (&work.app.ids, who.act(now));
    let new = store::NewAssignment {
        problem: facts.id,
        cycle: facts.cycle_no,
        org: body.org_id,
        part: AssignmentPart::Supporting,
        person: None,
        duty: Some(body.duty.clone()),
        due_on: Some(due_on),
        origin: AssignmentOrigin::Assigned,
        state: AssignmentState::Pending,
    };
    let id = store::insert(tx, ids, &act, &new).await?;
    write::part(tx, facts.id, body.org_id, OrgPart::Supporting, now).await?;
    let event = NewEvent::of("problem", facts.id, "assignment.given")
        .with(json!({ "assignment": id, "org": body.org_id, "due_on": due_on }));
    course::note_participants(tx, ids, &work.app.calendar(), &act, &facts, event).await?;
    let row: AssignmentRow = store::one(id).one(tx).await?;
    let standing = standing(who, &facts, &row);
    Ok(AssignmentView::of(row, &standing, work.locale))
}

async fn due_on(
    work: &Work,
    tx: &mut Tx,
    facts: &ProblemFacts,
    body: &NewAssignment,
    today: chrono::NaiveDate,
) -> ApiResult<chrono::NaiveDate> {
    let mut faults = Vec::new();
    if orgs::find_ref(&mut *tx, body.org_id).await?.is_none_or(|org| org.ended) {
        faults.push(Fault::new("/org_id", FaultCode::UnknownReference));
    }
    let terms = clock_rules::terms(&mut *tx, facts.division_id, today).await?;
    let (calendar, days) = (work.app.calendar(), terms.days(Term::Supporting));
    let whole = facts.due_at.map(Timestamp::shanghai_date);
    let own = part_due_on(&calendar, today, days, whole);
    let latest = whole.map_or(own, |whole| whole.max(today));
    let due_on = body.due_on.unwrap_or(own);
    if due_on < today || due_on > latest {
        faults.push(Fault::new("/due_on", FaultCode::NotWithin));
    }
    if faults.is_empty() {
        Ok(due_on)
    } else {
        Err(ApiError::invalid(faults))
    }
}

/// Moves a part.
///
/// # Errors
/// 404, 403, 409, 412/428, 422: in this order.
pub async fn carry_out(
    work: &Work,
    who: &Caller,
    scopes: &[Uuid],
    id: Uuid,
    at: &IfMatch,
    action: AssignmentAction,
    said: Said,
) -> ApiResult<HttpResponse> {
    let (mut tx, now) = (work.begin().await?, work.now());
    let found = store::find(&mut tx, scopes, id).await?.or_not_found()?;
    // The problem is locked first, as every change of it locks it; then the assignment is read again.
    let problem = PathRef::Id(found.problem_id);
    let facts = problems::facts_to_change(&mut tx, scopes, &problem, who, now)
        .await?
        .or_not_found()?;
    let row: AssignmentRow = store::one(id).one(&mut tx).await?;
    let row_of_table = standing(who, &facts, &row).check(action)?;
    if action == AssignmentAction::Refuse {
        let given_on = row.assigned_at.shanghai_date();
        let terms = clock_rules::terms(&mut tx, facts.division_id, given_on).await?;
        let days = terms.days(Term::Acceptance);
        let (until, _) = work.app.calendar().due_at(row.assigned_at.utc(), days);
        if now.utc() > until {
            return Err(ApiError::new(Code::TooLate));
        }
    }
    at.check(row.version)?;
    let act = who.act(now);
    let person = match action {
        AssignmentAction::Accept => Some(responsible(&mut tx, who, &row, said.person, now).await?),
        _ => None,
    };
    if !store::apply(&mut tx, &act, &row, row_of_table.to, person, said.reason.as_deref()).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    if let Some(done) = act_of(action) {
        write::acted(&mut tx, &work.app.ids, facts.id, &act, done).await?;
    }
    if let Some(person) = person {
        write::actor(&mut tx, &work.app.ids, facts.id, person, &act, ProblemAct::Responsible).await?;
    }
    let event = NewEvent::of("problem", facts.id, event_of(action))
        .with_text(said.reason)
        .with(json!({ "assignment": id, "org": row.org_id }));
    change::note(&mut tx, &work.app.ids, &act, &facts, event).await?;
    let row: AssignmentRow = store::one(id).one(&mut tx).await?;
    let standing = standing(who, &facts, &row);
    let view = AssignmentView::of(row, &standing, work.locale);
    work.ok(tx, &view).await
}

/// As which act it counts for the rules of separation: whoever does a part handles the problem, and so does whoever
/// finds that the part need not be done.
const fn act_of(action: AssignmentAction) -> Option<ProblemAct> {
    match action {
        AssignmentAction::Done => Some(ProblemAct::Support),
        AssignmentAction::Waive => Some(ProblemAct::Waive),
        AssignmentAction::Accept | AssignmentAction::Refuse => None,
    }
}

fn event_of(action: AssignmentAction) -> &'static str {
    match action {
        AssignmentAction::Accept => "assignment.accepted",
        AssignmentAction::Done => "assignment.done",
        AssignmentAction::Refuse => "assignment.refused",
        AssignmentAction::Waive => "assignment.waived",
    }
}

async fn responsible(
    tx: &mut Tx,
    who: &Caller,
    row: &AssignmentRow,
    named: Option<Uuid>,
    now: Timestamp,
) -> ApiResult<Uuid> {
    let person = named
        .or(who.person())
        .ok_or_else(|| ApiError::invalid_at("/person_id", FaultCode::Required))?;
    if memberships::store::belongs(tx, person, row.org_id, now).await? {
        Ok(person)
    } else {
        Err(ApiError::invalid_at("/person_id", FaultCode::UnknownReference))
    }
}

//! Referring a question, answering it, ending it: each with its event in the problem's chain.

use serde_json::json;
use uuid::Uuid;

use super::domain::{ReferralAction, latest_due_on};
use super::dto::{AnswerReferral, NewReferral, ReferralView};
use super::store::{self, ReferralRow};
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::directory::orgs;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{IfMatch, PathRef, Work};
use crate::problems::domain::{OrgPart, ProblemAct};
use crate::problems::store::{self as problems, ProblemFacts, change, course, write};

/// Refers a question about a problem to an organisation.
///
/// # Errors
/// 404; 403; 409 `merged`, `ended`, `duplicate`; 412/428; 422 with every fault: in this order.
pub async fn refer(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    scopes: &[Uuid],
    problem: &PathRef,
    at: &IfMatch,
    body: &NewReferral,
) -> ApiResult<ReferralView> {
    let now = work.now();
    let facts = problems::facts_to_change(tx, scopes, problem, who, now)
        .await?
        .or_not_found()?;
    let by = who.person().filter(|_| may_refer(who, &facts));
    let by = by.ok_or_else(|| ApiError::new(Code::Forbidden))?;
    facts.state.must_not_have_ended()?;
    if store::has_open(&mut *tx, facts.id, body.org_id).await? {
        return Err(ApiError::new(Code::Duplicate));
    }
    at.check(facts.version)?;
    check(work, tx, &facts, body, now).await?;
    let (ids, act) = (&work.app.ids, who.act(now));
    let new = (body.org_id, body.question.as_str(), body.due_on);
    let id = store::insert(tx, ids, &act, (facts.id, by), new).await?;
    write::part(tx, facts.id, body.org_id, OrgPart::Referred, now).await?;
    write::acted(tx, ids, facts.id, &act, ProblemAct::Refer).await?;
    let event = NewEvent::of("problem", facts.id, "referral.made")
        .with_text(Some(body.question.clone()))
        .with(json!({ "referral": id, "org": body.org_id, "due_on": body.due_on }));
    course::note_participants(tx, ids, &work.app.calendar(), &act, &facts, event).await?;
    let row = store::one(tx, who, id).await?;
    Ok(ReferralView::of(row, now.shanghai_date(), work.locale))
}

fn may_refer(who: &Caller, facts: &ProblemFacts) -> bool {
    let responsible = facts.responsible();
    let handles = who
        .memberships
        .iter()
        .any(|held| held.role == Role::Handler && Some(held.org) == responsible);
    let directs = facts
        .roles_of(who)
        .iter()
        .any(|role| matches!(role, Role::Dispatcher | Role::Leader));
    facts.ties.heads || handles || directs
}

async fn check(work: &Work, tx: &mut Tx, facts: &ProblemFacts, body: &NewReferral, now: Timestamp) -> ApiResult<()> {
    let mut faults = Vec::new();
    if orgs::find_ref(tx, body.org_id).await?.is_none_or(|org| org.ended) {
        faults.push(Fault::new("/org_id", FaultCode::UnknownReference));
    }
    // Who leads or studies has the question already.
    if facts.responsible() == Some(body.org_id) {
        faults.push(Fault::new("/org_id", FaultCode::Conflict));
    }
    let today = now.shanghai_date();
    let latest = latest_due_on(&work.app.calendar(), today, facts.due_at.map(Timestamp::shanghai_date));
    if body.due_on < today || body.due_on > latest {
        faults.push(Fault::new("/due_on", FaultCode::NotWithin));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid(faults))
    }
}

/// A referral that the caller may do this with, its problem locked.
async fn take(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    scopes: &[Uuid],
    id: Uuid,
    (action, at): (ReferralAction, &IfMatch),
) -> ApiResult<(ProblemFacts, ReferralRow)> {
    let found = store::find(&mut *tx, who, scopes, id).await?.or_not_found()?;
    // The problem is locked first, as every change of it locks it; then the referral is read again.
    let problem = PathRef::Id(found.problem_id);
    let facts = problems::facts_to_change(tx, scopes, &problem, who, work.now())
        .await?
        .or_not_found()?;
    let row = store::one(tx, who, id).await?;
    row.standing().check(action)?;
    at.check(row.version)?;
    Ok((facts, row))
}

/// Answers a referral in writing.
///
/// # Errors
/// 404; 403 for anybody but a handler or head of the organisation that was asked; 409; 412/428: in this order.
pub async fn answer(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    scopes: &[Uuid],
    id: Uuid,
    at: &IfMatch,
    body: &AnswerReferral,
) -> ApiResult<ReferralView> {
    let (facts, row) = take(work, tx, who, scopes, id, (ReferralAction::Answer, at)).await?;
    let (ids, act) = (&work.app.ids, who.act(work.now()));
    let by = who.person().ok_or_else(|| ApiError::new(Code::Forbidden))?;
    if !store::answer(tx, &act, &row, by, &body.result).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    write::acted(tx, ids, facts.id, &act, ProblemAct::AnswerReferral).await?;
    let event = NewEvent::of("problem", facts.id, "referral.answered")
        .with_text(Some(body.result.clone()))
        .with(json!({ "referral": id, "org": row.org_id, "referred_by": row.referred_by }));
    change::note(tx, ids, &act, &facts, event).await?;
    let row = store::one(tx, who, id).await?;
    Ok(ReferralView::of(row, work.now().shanghai_date(), work.locale))
}

/// Ends a referral without an answer: the organisation's part goes with it, and so does what it saw by that alone.
///
/// # Errors
/// As answering, for who may not refer.
pub async fn end(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    scopes: &[Uuid],
    id: Uuid,
    at: &IfMatch,
    reason: String,
) -> ApiResult<ReferralView> {
    let (facts, row) = take(work, tx, who, scopes, id, (ReferralAction::End, at)).await?;
    let (ids, act) = (&work.app.ids, who.act(work.now()));
    if !store::end(tx, &act, &row, &reason).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    write::no_part(tx, facts.id, row.org_id, OrgPart::Referred).await?;
    let event = NewEvent::of("problem", facts.id, "referral.ended")
        .with_text(Some(reason))
        .with(json!({ "referral": id, "org": row.org_id }));
    course::note_participants(tx, ids, &work.app.calendar(), &act, &facts, event).await?;
    let row = store::one(tx, who, id).await?;
    Ok(ReferralView::of(row, work.now().shanghai_date(), work.locale))
}

//! The moves of a plan that people make: submitted, approved, sent back, abandoned.

use serde_json::json;
use uuid::Uuid;

use super::changing::{Locked, store};
use super::dto::SubmitPlan;
use super::from_template;
use super::store::{PlanRow, problems, steps, write};
use super::workflow::{PlanAction, not_theirs};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::events::NewEvent;
use crate::http::{IfMatch, Work};
use crate::problems::domain::ProblemAct;
use crate::problems::store::write as problem_write;

/// Submits a draft for approval.
///
/// # Errors
/// 403, 409, 412, 428; 422 without a step (S-67), and without a reason where it is the template's (S-49).
pub async fn submit(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    locked: Locked,
    at: &IfMatch,
    body: SubmitPlan,
) -> ApiResult<()> {
    let to = locked.check(PlanAction::Submit)?;
    at.check(locked.plan.version)?;
    let mut faults = Vec::new();
    if steps::count(&mut *tx, locked.plan.id).await? == 0 {
        faults.push(Fault::new("/steps", FaultCode::TooShort));
    }
    let reason = from_template::reason(tx, &locked.plan, body.template_unchanged_reason, &mut faults).await?;
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let submitted = PlanRow {
        state: to,
        template_unchanged_reason: reason,
        submitted_by: Some(signer(who)?),
        submitted_at: Some(work.now()),
        ..locked.plan.clone()
    };
    let event = moved(&locked.plan, &submitted, "action_plan.submitted");
    store(work, tx, who, &submitted, event).await?;
    acted(work, tx, who, submitted.id, ProblemAct::Plan).await
}

/// Approves a submitted plan.
///
/// # Errors
/// 403, 409, 412, 428.
pub async fn approve(work: &Work, tx: &mut Tx, who: &Caller, locked: Locked, at: &IfMatch) -> ApiResult<()> {
    let to = locked.check(PlanAction::Approve)?;
    at.check(locked.plan.version)?;
    let approved = PlanRow {
        state: to,
        approved_by: Some(signer(who)?),
        approved_at: Some(work.now()),
        ..locked.plan.clone()
    };
    let event = moved(&locked.plan, &approved, "action_plan.approved").public();
    store(work, tx, who, &approved, event).await?;
    acted(work, tx, who, approved.id, ProblemAct::ApprovePlan).await
}

/// Sends a submitted plan back to be worked out again.
///
/// # Errors
/// 403, 409, 412, 428.
pub async fn send_back(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    locked: Locked,
    at: &IfMatch,
    reason: String,
) -> ApiResult<()> {
    let to = locked.check(PlanAction::SendBack)?;
    at.check(locked.plan.version)?;
    let sent_back = PlanRow {
        state: to,
        send_back_reason: Some(reason.clone()),
        ..locked.plan.clone()
    };
    let event = moved(&locked.plan, &sent_back, "action_plan.sent_back").with_text(Some(reason));
    store(work, tx, who, &sent_back, event).await?;
    acted(work, tx, who, sent_back.id, ProblemAct::SendBackPlan).await
}

/// Abandons a plan: its problems may stand in another from then on.
///
/// # Errors
/// 403, 409, 412, 428.
pub async fn abandon(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    locked: Locked,
    at: &IfMatch,
    reason: String,
) -> ApiResult<()> {
    let to = locked.check(PlanAction::Abandon)?;
    at.check(locked.plan.version)?;
    let abandoned = PlanRow {
        state: to,
        ended_at: Some(work.now()),
        end_reason: Some(reason.clone()),
        ..locked.plan.clone()
    };
    let event = moved(&locked.plan, &abandoned, "action_plan.abandoned").with_text(Some(reason));
    store(work, tx, who, &abandoned, event).await?;
    acted(work, tx, who, abandoned.id, ProblemAct::AbandonPlan).await
}

/// In whose name it is done: a secretary signs for whoever delegated it.
///
/// # Errors
/// 403 for a client.
pub fn signer(who: &Caller) -> ApiResult<Uuid> {
    who.person().map(|_| who.subject).ok_or_else(not_theirs)
}

fn moved(before: &PlanRow, after: &PlanRow, kind: &'static str) -> NewEvent {
    NewEvent::of("action_plan", before.id, kind)
        .moving(Some(before.state.as_str()), after.state.as_str())
        .with(json!({}))
}

/// Notes the act on every problem of the plan, which separation rules read, and that work has come further.
pub async fn acted(work: &Work, tx: &mut Tx, who: &Caller, plan: Uuid, act: ProblemAct) -> ApiResult<()> {
    let by = who.act(work.now());
    for problem in problems(&mut *tx, plan).await? {
        problem_write::acted(tx, &work.app.ids, problem.id, &by, act).await?;
    }
    Ok(write::progress(tx, plan, by.at).await?)
}

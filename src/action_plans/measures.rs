//! The measures of a plan: added, changed, taken out of a draft.

use serde_json::json;
use uuid::Uuid;

use super::changing::{Locked, store};
use super::domain::{StepState, lacks_policy};
use super::dto::{NewMeasure, UpdateMeasure};
use super::references::References;
use super::store::measures::{self, MeasureRow};
use super::store::texts;
use super::workflow::{PlanAction, StepAction, StepSituation};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, FaultCode, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{IfMatch, Work};

/// Adds a measure; its id.
///
/// # Errors
/// 403, 409; 422 for a kind of measure that is none.
pub async fn add(work: &Work, tx: &mut Tx, who: &Caller, locked: Locked, new: NewMeasure) -> ApiResult<Uuid> {
    locked.check(PlanAction::AddMeasure)?;
    let plan = locked.plan;
    let mut references = References::new(&mut *tx, work.now());
    let measure = references.measure(&work.app.ids, plan.id, new, "").await?;
    references.finish()?;
    measures::insert(tx, &who.act(work.now()), &measure).await?;
    store(work, tx, who, &plan, of_measure(&measure, "action_plan.measure_added")).await?;
    texts::index(tx, plan.id).await?;
    Ok(measure.id)
}

/// Applies a patch, by the rules of a step: what was approved is changed by a head alone. One that changes nothing
/// writes nothing.
///
/// # Errors
/// 404, 403, 409, 412, 428; 422 with every fault.
pub async fn change(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    locked: Locked,
    (id, at): (Uuid, &IfMatch),
    patch: UpdateMeasure,
) -> ApiResult<()> {
    let before = measures::find(&mut *tx, locked.plan.id, id).await?.or_not_found()?;
    check(&locked, StepAction::Update)?;
    at.check(before.version)?;
    let mut after = before.clone();
    let mut references = References::new(&mut *tx, work.now());
    if let Some(code) = patch.r#type.filter(|code| *code != before.r#type) {
        references.measure_type(&code, "/type".to_owned()).await?;
        after.r#type = code;
    }
    after.text = patch.text.unwrap_or(after.text);
    after.policy_ref = patch.policy_ref.unwrap_or(after.policy_ref);
    if lacks_policy(&after.r#type, after.policy_ref.as_deref()) {
        references.fault("/policy_ref", FaultCode::Required);
    }
    references.finish()?;
    if after == before {
        return Ok(());
    }
    save(work, tx, who, (&locked, &after), "action_plan.measure_changed").await
}

/// Takes a measure out of a draft.
///
/// # Errors
/// 404, 403, 409, 412, 428.
pub async fn remove(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    locked: Locked,
    (id, at): (Uuid, &IfMatch),
) -> ApiResult<()> {
    let before = measures::find(&mut *tx, locked.plan.id, id).await?.or_not_found()?;
    check(&locked, StepAction::Remove)?;
    at.check(before.version)?;
    let after = MeasureRow {
        ended_at: Some(work.now()),
        ..before
    };
    save(work, tx, who, (&locked, &after), "action_plan.measure_removed").await
}

fn check(locked: &Locked, action: StepAction) -> ApiResult<()> {
    let situation = StepSituation {
        plan: locked.plan.state,
        step: StepState::Open,
        roles: &locked.roles,
        owns: false,
    };
    situation.check(action)
}

async fn save(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    (locked, after): (&Locked, &MeasureRow),
    kind: &'static str,
) -> ApiResult<()> {
    if !measures::save(tx, &who.act(work.now()), after).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    store(work, tx, who, &locked.plan, of_measure(after, kind)).await?;
    Ok(texts::index(tx, locked.plan.id).await?)
}

fn of_measure(measure: &MeasureRow, kind: &'static str) -> NewEvent {
    NewEvent::of("action_plan", measure.action_plan_id, kind)
        .with(json!({ "measure": measure.id, "type": measure.r#type }))
}

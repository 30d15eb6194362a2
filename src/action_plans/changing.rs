//! Finding a plan that is about to be changed, and changing a draft.

use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::domain::{PlanKind, PlanState, discussion_fault};
use super::dto::UpdateActionPlan;
use super::likeness;
use super::references::References;
use super::store::view::roles_by;
use super::store::{PlanRow, find_to_change, texts, ties, write};
use super::workflow::PlanAction;
use crate::auth::policy::Permission;
use crate::auth::{Caller, Can, Role};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, FaultCode, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{IfMatch, Work};

/// A plan that the transaction has locked with its problems, and the caller's roles in the organisations that answer
/// for them.
pub struct Locked {
    pub(super) plan: PlanRow,
    pub(super) roles: Vec<Role>,
}

/// Finds and locks a plan within the caller's reach.
///
/// # Errors
/// 404.
pub async fn lock<P: Permission>(tx: &mut Tx, who: &Can<P>, id: Uuid) -> ApiResult<Locked> {
    let plan = find_to_change(tx, &who.scope_ids(), id).await?.or_not_found()?;
    let ties = ties(&mut *tx, plan.id).await?;
    Ok(Locked {
        roles: roles_by(who, &ties),
        plan,
    })
}

impl Locked {
    /// Where an action leads.
    ///
    /// # Errors
    /// 403 for who may not; 409 where it may not be done now.
    pub fn check(&self, action: PlanAction) -> ApiResult<PlanState> {
        self.plan.state.check(action, &self.roles)
    }
}

/// Stores a changed plan with its event.
///
/// # Errors
/// 412 where another writer was faster.
pub async fn store(work: &Work, tx: &mut Tx, who: &Caller, plan: &PlanRow, event: NewEvent) -> ApiResult<()> {
    let act = who.act(work.now());
    if !write::store(tx, &work.app.ids, &act, plan, event).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    Ok(likeness::keep(tx, plan.id).await?)
}

/// Applies a patch to a draft. A patch that changes nothing writes nothing.
///
/// # Errors
/// 403; 409 once it is no draft; 412, 428; 422 with every fault.
pub async fn change(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    locked: Locked,
    at: &IfMatch,
    patch: UpdateActionPlan,
) -> ApiResult<()> {
    locked.check(PlanAction::Update)?;
    let before = locked.plan;
    at.check(before.version)?;
    let mut references = References::new(&mut *tx, work.now());
    if let Some(liaison) = patch.liaison_id {
        references.person(liaison, "/liaison_id".to_owned()).await?;
    }
    if let Some(discussion) = &patch.discussion {
        references.add(discussion_fault(discussion.on, work.now().shanghai_date()));
        if before.kind == PlanKind::OneEnterpriseOnePolicy {
            references.fault("/discussion", FaultCode::Conflict);
        }
    }
    references.finish()?;
    let after = patched(&before, patch);
    let fields = changed_fields(&before, &after);
    if fields.is_empty() {
        return Ok(());
    }
    let event = NewEvent::of("action_plan", after.id, "action_plan.updated").with(json!({ "fields": fields }));
    store(work, tx, who, &after, event).await?;
    Ok(texts::index(tx, after.id).await?)
}

fn patched(before: &PlanRow, patch: UpdateActionPlan) -> PlanRow {
    let mut after = before.clone();
    after.title = patch.title.unwrap_or(after.title);
    after.need = patch.need.or(after.need);
    after.blockage = patch.blockage.or(after.blockage);
    after.pain_point = patch.pain_point.or(after.pain_point);
    after.liaison_id = patch.liaison_id.or(after.liaison_id);
    if let Some(discussion) = patch.discussion {
        after.discussion_on = Some(discussion.on);
        after.discussion_participants = Json(discussion.participants);
        after.discussion_conclusion = Some(discussion.conclusion);
    }
    after
}

fn changed_fields(old: &PlanRow, new: &PlanRow) -> Vec<&'static str> {
    let discussion = |plan: &PlanRow| {
        (
            plan.discussion_on,
            plan.discussion_participants.0.clone(),
            plan.discussion_conclusion.clone(),
        )
    };
    let fields = [
        ("title", old.title != new.title),
        ("need", old.need != new.need),
        ("blockage", old.blockage != new.blockage),
        ("pain_point", old.pain_point != new.pain_point),
        ("liaison", old.liaison_id != new.liaison_id),
        ("discussion", discussion(old) != discussion(new)),
    ];
    let changed = fields.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(field, _)| field).collect()
}

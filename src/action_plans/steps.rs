//! The steps of a plan: added, changed, taken out of a draft, done, waived.

use serde_json::json;
use uuid::Uuid;

use super::changing::{Locked, store};
use super::dto::{NewStep, UpdateStep};
use super::moving::signer;
use super::references::References;
use super::store::steps::{self, StepRow};
use super::store::view::roles_by;
use super::store::{PlanRow, problems, write};
use super::workflow::{PlanAction, StepAction, StepSituation};
use crate::analyses::domain::must_be_worked_at;
use crate::auth::policy::Permission;
use crate::auth::{Caller, Can, Role};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{IfMatch, Work};
use crate::problems::domain::ProblemAct;
use crate::problems::store::responsible::ties;
use crate::problems::store::write::acted;

/// Adds a step; its id.
///
/// # Errors
/// 403; 409 in a state of the plan, or of the step's problem, in which none is added; 422 with every fault.
pub async fn add(work: &Work, tx: &mut Tx, who: &Caller, locked: Locked, new: NewStep) -> ApiResult<Uuid> {
    locked.check(PlanAction::AddStep)?;
    let (plan, act) = (locked.plan, who.act(work.now()));
    let problems = problems(&mut *tx, plan.id).await?;
    let named = new.problem_id.or_else(|| problems.first().map(|problem| problem.id));
    if let Some(problem) = problems.iter().find(|problem| Some(problem.id) == named) {
        must_be_worked_at(problem.state)?;
    }
    let mut references = References::new(&mut *tx, work.now());
    let step = references.step(&work.app.ids, plan.id, &problems, new, "").await?;
    references.finish()?;
    let step = step.ok_or_else(|| ApiError::internal("a reference is missing that was named as no fault"))?;
    steps::insert(tx, &act, &step).await?;
    store(work, tx, who, &plan, of_step(&step, "action_plan.step_added")).await?;
    write::progress(tx, plan.id, work.now()).await?;
    Ok(step.id)
}

/// A step that is about to be changed.
pub struct LockedStep {
    plan: PlanRow,
    step: StepRow,
    roles: Vec<Role>,
    owns: bool,
}

/// Finds a step of a locked plan, within the caller's reach.
///
/// # Errors
/// 404.
pub async fn find<P: Permission>(tx: &mut Tx, who: &Can<P>, locked: Locked, id: Uuid) -> ApiResult<LockedStep> {
    let step = steps::find(&mut *tx, &who.scope_ids(), locked.plan.id, id).await?;
    let step = step.or_not_found()?;
    let ties = ties(&mut *tx, step.problem_id).await?;
    Ok(LockedStep {
        plan: locked.plan,
        roles: roles_by(who, &ties),
        owns: owns(who, step.owner_id, step.owner_org_id),
        step,
    })
}

/// Whether the caller is the step's owner, or a handler or head of the owner's organisation.
pub fn owns(who: &Caller, owner: Uuid, owner_org: Uuid) -> bool {
    let answers = |role: Role| matches!(role, Role::Handler | Role::Head);
    let mut own = who.memberships.iter();
    who.person().is_some() && owner == who.subject || own.any(|own| own.org == owner_org && answers(own.role))
}

impl LockedStep {
    fn check(&self, action: StepAction, at: &IfMatch) -> ApiResult<()> {
        let situation = StepSituation {
            plan: self.plan.state,
            step: self.step.state(),
            roles: &self.roles,
            owns: self.owns,
        };
        situation.check(action)?;
        at.check(self.step.version)
    }

    async fn save(self, work: &Work, tx: &mut Tx, who: &Caller, after: StepRow, event: NewEvent) -> ApiResult<()> {
        if !steps::save(tx, &who.act(work.now()), &after).await? {
            return Err(ApiError::new(Code::PreconditionFailed));
        }
        store(work, tx, who, &self.plan, event).await
    }
}

/// Applies a patch. One that changes nothing writes nothing.
///
/// # Errors
/// 403, 409, 412, 428; 422 with every fault.
pub async fn change(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    locked: LockedStep,
    at: &IfMatch,
    patch: UpdateStep,
) -> ApiResult<()> {
    locked.check(StepAction::Update, at)?;
    let mut after = locked.step.clone();
    let mut references = References::new(&mut *tx, work.now());
    if let Some(owner) = patch.owner_id {
        let org = references.person(owner, "/owner_id".to_owned()).await?;
        (after.owner_id, after.owner_org_id) = (owner, org.unwrap_or(after.owner_org_id));
    }
    if let Some(due_on) = patch.due_on.filter(|due_on| *due_on != after.due_on) {
        references.due_on(due_on, "/due_on".to_owned());
        after.due_on = due_on;
    }
    references.finish()?;
    after.text = patch.text.unwrap_or(after.text);
    after.expected_result = patch.expected_result.unwrap_or(after.expected_result);
    if after == locked.step {
        return Ok(());
    }
    let fields = changed_fields(&locked.step, &after);
    let event = of_step(&after, "action_plan.step_changed").with(json!({ "step": after.id, "fields": fields }));
    locked.save(work, tx, who, after, event).await
}

/// Takes a step out of a draft.
///
/// # Errors
/// 403, 409, 412, 428.
pub async fn remove(work: &Work, tx: &mut Tx, who: &Caller, locked: LockedStep, at: &IfMatch) -> ApiResult<()> {
    locked.check(StepAction::Remove, at)?;
    let after = StepRow {
        ended_at: Some(work.now()),
        ..locked.step.clone()
    };
    let event = of_step(&after, "action_plan.step_removed");
    locked.save(work, tx, who, after, event).await
}

/// Reports a step as done, with its result.
///
/// # Errors
/// 403, 409, 412, 428.
pub async fn done(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    locked: LockedStep,
    at: &IfMatch,
    result: String,
) -> ApiResult<()> {
    locked.check(StepAction::Done, at)?;
    let after = StepRow {
        result: Some(result),
        done_at: Some(work.now()),
        done_by: Some(signer(who)?),
        ..locked.step.clone()
    };
    let (act, problem, plan) = (who.act(work.now()), after.problem_id, after.action_plan_id);
    let event = of_step(&after, "action_plan.step_done").public();
    locked.save(work, tx, who, after, event).await?;
    acted(tx, &work.app.ids, problem, &act, ProblemAct::DoStep).await?;
    Ok(write::progress(tx, plan, work.now()).await?)
}

/// Waives a step.
///
/// # Errors
/// 403, 409, 412, 428.
pub async fn waive(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    locked: LockedStep,
    at: &IfMatch,
    reason: String,
) -> ApiResult<()> {
    locked.check(StepAction::Waive, at)?;
    let after = StepRow {
        waived_at: Some(work.now()),
        waive_reason: Some(reason.clone()),
        ..locked.step.clone()
    };
    let event = of_step(&after, "action_plan.step_waived").with_text(Some(reason));
    locked.save(work, tx, who, after, event).await
}

/// An event of the plan about a step, and so about the step's problem.
fn of_step(step: &StepRow, kind: &'static str) -> NewEvent {
    let mut event = NewEvent::of("action_plan", step.action_plan_id, kind).with(json!({ "step": step.id }));
    event.problem_id = Some(step.problem_id);
    event
}

fn changed_fields(old: &StepRow, new: &StepRow) -> Vec<&'static str> {
    let fields = [
        ("owner", old.owner_id != new.owner_id),
        ("due_on", old.due_on != new.due_on),
        ("text", old.text != new.text),
        ("expected_result", old.expected_result != new.expected_result),
    ];
    let changed = fields.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(field, _)| field).collect()
}

//! The moves of a plan and of its steps, as tables: handlers, `allowed_actions` and the tests read them.

use super::domain::{PlanState, StepState};
use crate::auth::policy::Role;
use crate::error::{ApiError, ApiResult, Code, Text};
use crate::text_enum;

text_enum! {
    /// What can be done to a plan.
    pub enum PlanAction {
        Update = "update" / "修改" / "change",
        AddStep = "add_step" / "增加步骤" / "add a step",
        AddMeasure = "add_measure" / "增加举措" / "add a measure",
        Submit = "submit" / "提交审批" / "submit for approval",
        Approve = "approve" / "批准" / "approve",
        SendBack = "send_back" / "退回修改" / "send back",
        Abandon = "abandon" / "放弃" / "abandon",
        Begin = "begin" / "开始执行" / "begin to carry out",
        Settle = "settle" / "完成" / "settle",
        Revive = "revive" / "恢复执行" / "carry on in the next cycle",
    }
}

impl PlanAction {
    /// The operation that carries it out; `None` for what follows from a problem's transition.
    pub const fn operation(self) -> Option<&'static str> {
        match self {
            Self::Update => Some("update_action_plan"),
            Self::AddStep => Some("create_plan_step"),
            Self::AddMeasure => Some("create_measure"),
            Self::Submit => Some("submit_action_plan"),
            Self::Approve => Some("approve_action_plan"),
            Self::SendBack => Some("send_back_action_plan"),
            Self::Abandon => Some("abandon_action_plan"),
            Self::Begin | Self::Settle | Self::Revive => None,
        }
    }

    /// Its place below the plan's; a change is a PATCH of the plan itself.
    pub const fn path(self) -> Option<&'static str> {
        match self {
            Self::AddStep => Some("steps"),
            Self::AddMeasure => Some("measures"),
            Self::Submit | Self::Approve | Self::SendBack | Self::Abandon => Some(self.as_str()),
            Self::Update | Self::Begin | Self::Settle | Self::Revive => None,
        }
    }
}

/// One line of a plan's table.
#[derive(Clone, Copy, Debug)]
pub struct PlanTransition {
    /// What is done.
    pub action: PlanAction,
    /// The states from which it may be.
    pub from: &'static [PlanState],
    /// The state after it; `None`: it stays.
    pub to: Option<PlanState>,
    /// Who may, of the organisation that leads or studies its problems; empty: it follows from a problem's transition.
    pub roles: &'static [Role],
    /// What must be said.
    pub carries: &'static [&'static str],
}

const AUTHORS: &[Role] = &[Role::Handler, Role::Head];
const HEADS: &[Role] = &[Role::Head];

const fn row(
    action: PlanAction,
    from: &'static [PlanState],
    to: Option<PlanState>,
    roles: &'static [Role],
    carries: &'static [&'static str],
) -> PlanTransition {
    PlanTransition {
        action,
        from,
        to,
        roles,
        carries,
    }
}

/// Every move of a plan that there is.
pub const PLAN_TRANSITIONS: &[PlanTransition] = {
    use PlanState::{Abandoned, Approved, Done, Draft, Executing, Submitted};
    &[
        row(PlanAction::Update, &[Draft], None, AUTHORS, &[]),
        row(
            PlanAction::AddStep,
            &[Draft, Approved, Executing],
            None,
            AUTHORS,
            &["owner_id", "due_on", "text", "expected_result"],
        ),
        row(
            PlanAction::AddMeasure,
            &[Draft, Approved, Executing],
            None,
            AUTHORS,
            &["type", "text"],
        ),
        row(PlanAction::Submit, &[Draft], Some(Submitted), AUTHORS, &["step"]),
        row(PlanAction::Approve, &[Submitted], Some(Approved), HEADS, &[]),
        row(PlanAction::SendBack, &[Submitted], Some(Draft), HEADS, &["reason"]),
        row(PlanAction::Abandon, &[Draft], Some(Abandoned), AUTHORS, &["reason"]),
        row(
            PlanAction::Abandon,
            &[Submitted, Approved, Executing],
            Some(Abandoned),
            HEADS,
            &["reason"],
        ),
        row(PlanAction::Begin, &[Approved], Some(Executing), &[], &[]),
        row(PlanAction::Settle, &[Executing], Some(Done), &[], &[]),
        row(PlanAction::Revive, &[Done], Some(Executing), &[], &[]),
    ]
};

/// The lines that begin in a state.
fn lines_from(state: PlanState) -> impl Iterator<Item = &'static PlanTransition> {
    PLAN_TRANSITIONS.iter().filter(move |line| line.from.contains(&state))
}

impl PlanState {
    /// Where an action leads to, by itself; `None` where the table has no such move.
    pub fn after(self, action: PlanAction) -> Option<Self> {
        let line = lines_from(self).find(|line| line.action == action)?;
        Some(line.to.unwrap_or(self))
    }

    /// What somebody may do now who acts for the responsible organisation in these roles.
    pub fn allowed(self, roles: &[Role]) -> Vec<PlanAction> {
        lines_from(self)
            .filter(|line| line.roles.iter().any(|role| roles.contains(role)))
            .map(|line| line.action)
            .collect()
    }

    /// Allows an action or says why not: first who, then the state.
    ///
    /// # Errors
    /// 403 `forbidden`; 409 `transition_not_allowed` with `allowed`.
    pub fn check(self, action: PlanAction, roles: &[Role]) -> ApiResult<Self> {
        let of_action = || PLAN_TRANSITIONS.iter().filter(|line| line.action == action);
        let holds = |line: &&PlanTransition| line.roles.iter().any(|role| roles.contains(role));
        let here = of_action().find(|line| line.from.contains(&self));
        if !here.map_or_else(|| of_action().any(|line| holds(&line)), |line| holds(&line)) {
            return Err(not_theirs());
        }
        here.map(|line| line.to.unwrap_or(self)).ok_or_else(|| {
            let allowed: Vec<&str> = self.allowed(roles).into_iter().map(PlanAction::as_str).collect();
            not_now(self.as_str(), allowed)
        })
    }
}

text_enum! {
    /// What can be done to a step.
    pub enum StepAction {
        Update = "update" / "修改" / "change",
        Remove = "remove" / "删去" / "take out of the draft",
        Done = "done" / "完成" / "report as done",
        Waive = "waive" / "豁免" / "waive",
    }
}

impl StepAction {
    /// The operation that carries it out.
    pub const fn operation(self) -> &'static str {
        match self {
            Self::Update => "update_plan_step",
            Self::Remove => "delete_plan_step",
            Self::Done => "complete_plan_step",
            Self::Waive => "waive_plan_step",
        }
    }

    /// Its place below the step's; a change is a PATCH, a removal a DELETE of the step itself.
    pub const fn path(self) -> Option<&'static str> {
        match self {
            Self::Done | Self::Waive => Some(self.as_str()),
            Self::Update | Self::Remove => None,
        }
    }
}

/// One line of a step's table.
#[derive(Clone, Copy, Debug)]
pub struct StepTransition {
    /// What is done.
    pub action: StepAction,
    /// The states of the plan in which it may be; the step itself is open.
    pub plan: &'static [PlanState],
    /// Who may, of the organisation that leads or studies its problem.
    pub roles: &'static [Role],
    /// Whether the step's owner, and his organisation's handlers and heads, may too.
    pub owner: bool,
    /// What must be said.
    pub carries: &'static [&'static str],
}

/// Every move of a step that there is: what was approved is changed by a head alone.
pub const STEP_TRANSITIONS: &[StepTransition] = {
    use PlanState::{Approved, Draft, Executing};
    const fn step(
        action: StepAction,
        plan: &'static [PlanState],
        roles: &'static [Role],
        owner: bool,
        carries: &'static [&'static str],
    ) -> StepTransition {
        StepTransition {
            action,
            plan,
            roles,
            owner,
            carries,
        }
    }
    &[
        step(StepAction::Update, &[Draft], AUTHORS, false, &[]),
        step(StepAction::Update, &[Approved, Executing], HEADS, false, &[]),
        step(StepAction::Remove, &[Draft], AUTHORS, false, &[]),
        step(StepAction::Done, &[Executing], AUTHORS, true, &["result"]),
        step(StepAction::Waive, &[Approved, Executing], HEADS, false, &["reason"]),
    ]
};

/// How the caller stands to a step.
#[derive(Clone, Copy, Debug)]
pub struct StepSituation<'r> {
    /// Where the plan stands.
    pub plan: PlanState,
    /// Where the step stands.
    pub step: StepState,
    /// The caller's roles in the organisation that leads or studies its problem.
    pub roles: &'r [Role],
    /// Whether he is the step's owner, or a handler or head of the owner's organisation.
    pub owns: bool,
}

impl StepSituation<'_> {
    fn may(self, line: &StepTransition) -> bool {
        line.roles.iter().any(|role| self.roles.contains(role)) || (line.owner && self.owns)
    }

    fn stands(self, line: &StepTransition) -> bool {
        self.step == StepState::Open && line.plan.contains(&self.plan)
    }

    /// What the caller may do now.
    pub fn allowed(self) -> Vec<StepAction> {
        let lines = STEP_TRANSITIONS.iter();
        lines
            .filter(|line| self.stands(line) && self.may(line))
            .map(|line| line.action)
            .collect()
    }

    /// Allows an action or says why not: first who, then the states.
    ///
    /// # Errors
    /// 403 `forbidden`; 409 `transition_not_allowed` with `allowed`.
    pub fn check(self, action: StepAction) -> ApiResult<()> {
        let of_action = || STEP_TRANSITIONS.iter().filter(|line| line.action == action);
        let here = of_action().find(|line| line.plan.contains(&self.plan));
        if !here.map_or_else(|| of_action().any(|line| self.may(line)), |line| self.may(line)) {
            return Err(not_theirs());
        }
        if here.is_some_and(|line| self.stands(line)) {
            return Ok(());
        }
        let allowed: Vec<&str> = self.allowed().into_iter().map(StepAction::as_str).collect();
        Err(not_now(self.plan.as_str(), allowed).with_member("step_state", self.step.as_str()))
    }
}

fn not_now(state: &'static str, allowed: Vec<&'static str>) -> ApiError {
    ApiError::new(Code::TransitionNotAllowed)
        .with_member("state", state)
        .with_member("allowed", allowed)
}

/// 403 for who does not answer for the plan's problems.
pub fn not_theirs() -> ApiError {
    ApiError::new(Code::Forbidden).with_detail(Text::new(
        "此操作只能由主办单位或研究单位的承办人或负责人按职责进行",
        "This is for handlers or heads of the organisation that leads or studies the problems, each by his role",
    ))
}

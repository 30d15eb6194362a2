//! A visit's states, what moves it from one to another, and what its times and its team must be like.

use uuid::Uuid;

use crate::auth::policy::Role;
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code, FaultCode};
use crate::text_enum;

text_enum! {
    /// Where a visit stands.
    pub enum VisitState {
        Planned = "planned" / "已安排" / "planned",
        InProgress = "in_progress" / "进行中" / "in progress",
        Completed = "completed" / "已完成" / "completed",
        Cancelled = "cancelled" / "已取消" / "cancelled",
    }
}

text_enum! {
    /// Who wanted it (S-62: 变“要我服务”为“我要服务”).
    pub enum Origin {
        Proactive = "proactive" / "主动上门" / "on the government's own initiative",
        Requested = "requested" / "应邀" / "at the request of those visited",
    }
}

text_enum! {
    /// What may be done to a visit.
    pub enum VisitAction {
        Update = "update" / "修改" / "change",
        Start = "start" / "开始" / "start",
        Complete = "complete" / "完成" / "complete",
        Cancel = "cancel" / "取消" / "cancel",
    }
}

/// One line of the workflow.
#[derive(Debug)]
pub struct Move {
    /// The state in which it may be done.
    pub from: VisitState,
    /// What is done.
    pub action: VisitAction,
    /// The state after it.
    pub to: VisitState,
    /// Who may, as far as the visit lies within reach.
    pub roles: &'static [Role],
}

/// Every move that there is: the transitions, `allowed_actions` and the tests read this table.
pub const WORKFLOW: &[Move] = {
    use VisitAction::{Cancel, Complete, Start, Update};
    use VisitState::{Cancelled, Completed, InProgress, Planned};
    const WHO: &[Role] = &[Role::Officer, Role::Leader];
    const fn row(from: VisitState, action: VisitAction, to: VisitState) -> Move {
        Move {
            from,
            action,
            to,
            roles: WHO,
        }
    }
    &[
        row(Planned, Update, Planned),
        row(Planned, Start, InProgress),
        row(Planned, Cancel, Cancelled),
        row(InProgress, Update, InProgress),
        row(InProgress, Complete, Completed),
    ]
};

/// How many problems a visit has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProblemCounts {
    /// Recorded in it.
    pub problems: i64,
    /// Of these, still without a disposition.
    pub undisposed: i64,
}

impl VisitState {
    /// Whether problems may still be recorded in the visit, and the visit be changed.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::InProgress)
    }

    /// The state that an action leads to.
    ///
    /// # Errors
    /// 409 `transition_not_allowed`, with what is allowed, where the table has no such move.
    pub fn after(self, action: VisitAction) -> ApiResult<Self> {
        let found = moves_from(self).find(|row| row.action == action);
        found.map(|row| row.to).ok_or_else(|| {
            let allowed: Vec<&str> = moves_from(self).map(|row| row.action.as_str()).collect();
            ApiError::new(Code::TransitionNotAllowed)
                .with_member("state", self.as_str())
                .with_member("allowed", allowed)
        })
    }

    /// What somebody with these roles may do now.
    pub fn allowed(self, has: impl Fn(Role) -> bool, counts: ProblemCounts) -> Vec<VisitAction> {
        moves_from(self)
            .filter(|row| row.roles.iter().any(|role| has(*role)) && !row.action.is_hindered_by(counts))
            .map(|row| row.action)
            .collect()
    }
}

fn moves_from(state: VisitState) -> impl Iterator<Item = &'static Move> {
    WORKFLOW.iter().filter(move |row| row.from == state)
}

impl VisitAction {
    /// Its place below the visit's; a change is a PATCH of the visit itself.
    pub const fn path(self) -> Option<&'static str> {
        match self {
            Self::Update => None,
            Self::Start | Self::Complete | Self::Cancel => Some(self.as_str()),
        }
    }

    /// Whether problems stand against it: nothing that was heard may be lost, so a visit is not completed over a
    /// problem without a disposition (S-42), and not cancelled once one was recorded.
    pub const fn is_hindered_by(self, counts: ProblemCounts) -> bool {
        match self {
            Self::Update | Self::Start => false,
            Self::Complete => counts.undisposed > 0,
            Self::Cancel => counts.problems > 0,
        }
    }
}

/// A visit's times as they are entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// When it is to begin, or began.
    pub planned_at: Timestamp,
    /// When it began, for one entered afterwards.
    pub started_at: Option<Timestamp>,
    /// When it ended, likewise.
    pub ended_at: Option<Timestamp>,
}

impl Times {
    /// A visit that has begun is entered as one in progress, even where its end is known: it is completed once what was
    /// heard is recorded.
    pub const fn state(&self) -> VisitState {
        match self.started_at {
            None => VisitState::Planned,
            Some(_) => VisitState::InProgress,
        }
    }
}

/// The beginning: as named, else now.
///
/// # Errors
/// 422 at `/started_at` where it lies in the future.
pub fn beginning(named: Option<Timestamp>, now: Timestamp) -> ApiResult<Timestamp> {
    let started = named.unwrap_or(now);
    if started > now {
        return Err(ApiError::invalid_at("/started_at", FaultCode::NotWithin));
    }
    Ok(started)
}

/// The end: as named, else as entered before, else now.
///
/// # Errors
/// 422 at `/ended_at` where it lies before the beginning or in the future.
pub fn end(
    started: Timestamp,
    entered: Option<Timestamp>,
    named: Option<Timestamp>,
    now: Timestamp,
) -> ApiResult<Timestamp> {
    let ended = named.or(entered).unwrap_or(now);
    if ended < started || ended > now {
        return Err(ApiError::invalid_at("/ended_at", FaultCode::NotWithin));
    }
    Ok(ended)
}

/// One of the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person_id: Uuid,
    /// Whether in person: a visit counts for nobody who sent another (S-65).
    pub attended: bool,
}

/// The whole team: those named, and the leader, who is always one of them and attends where nothing else is said.
pub fn team(leader: Uuid, mut named: Vec<Member>) -> Vec<Member> {
    if named.iter().all(|member| member.person_id != leader) {
        named.push(Member {
            person_id: leader,
            attended: true,
        });
    }
    named
}

/// Refuses a visit that nobody went on.
///
/// # Errors
/// 422 at `/attended`.
pub fn somebody_attended(team: &[Member]) -> ApiResult<()> {
    if team.iter().any(|member| member.attended) {
        Ok(())
    } else {
        Err(ApiError::invalid_at("/attended", FaultCode::NotEmptyTogether))
    }
}

//! An assignment: its words and its moves. Pure.

use chrono::NaiveDate;

use crate::calendar::Calendar;
use crate::error::{ApiError, ApiResult, Code};
use crate::text_enum;

/// When a supporting part is due: after the working days of its own term, and no later than the whole, where that is
/// not overdue itself.
pub fn part_due_on(calendar: &Calendar, today: NaiveDate, days: u32, whole: Option<NaiveDate>) -> NaiveDate {
    let own = calendar.add_working_days(today, days).date;
    whole.map_or(own, |whole| own.min(whole.max(today)))
}

text_enum! {
    /// An organisation's part in handling a problem.
    pub enum AssignmentPart {
        Lead = "lead" / "主办" / "lead",
        Supporting = "supporting" / "协办" / "supporting",
    }
}

text_enum! {
    /// How an organisation came to it.
    pub enum AssignmentOrigin {
        Claimed = "claimed" / "主动认领" / "claimed",
        Assigned = "assigned" / "交办" / "assigned",
        Ruled = "ruled" / "裁定" / "ruled",
    }
}

text_enum! {
    /// How an assignment stands.
    pub enum AssignmentState {
        Pending = "pending" / "待签收" / "pending",
        Accepted = "accepted" / "已签收" / "accepted",
        Done = "done" / "已完成" / "done",
        Refused = "refused" / "已退回" / "refused",
        Waived = "waived" / "已免除" / "waived",
        Superseded = "superseded" / "已被替代" / "superseded",
    }
}

text_enum! {
    /// What can be done to a supporting organisation's assignment. The lead's follows the problem.
    pub enum AssignmentAction {
        Accept = "accept" / "签收" / "accept",
        Done = "done" / "完成" / "report done",
        Refuse = "refuse" / "退回" / "refuse",
        Waive = "waive" / "免除" / "waive",
    }
}

text_enum! {
    /// Whose act it is.
    pub enum Side {
        Supporting = "supporting" / "协办单位" / "the supporting organisation",
        LeadHead = "lead_head" / "主办单位负责人" / "the head of the lead organisation",
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct AssignmentMove {
    /// From which state.
    pub from: &'static [AssignmentState],
    /// What is done.
    pub action: AssignmentAction,
    /// To which state.
    pub to: AssignmentState,
    /// By whom.
    pub side: Side,
}

/// Every move of a supporting organisation's assignment.
pub const MOVES: &[AssignmentMove] = &[
    AssignmentMove {
        from: &[AssignmentState::Pending],
        action: AssignmentAction::Accept,
        to: AssignmentState::Accepted,
        side: Side::Supporting,
    },
    AssignmentMove {
        from: &[AssignmentState::Accepted],
        action: AssignmentAction::Done,
        to: AssignmentState::Done,
        side: Side::Supporting,
    },
    AssignmentMove {
        from: &[AssignmentState::Pending],
        action: AssignmentAction::Refuse,
        to: AssignmentState::Refused,
        side: Side::Supporting,
    },
    AssignmentMove {
        from: &[AssignmentState::Pending, AssignmentState::Accepted],
        action: AssignmentAction::Waive,
        to: AssignmentState::Waived,
        side: Side::LeadHead,
    },
];

/// How a caller stands to a supporting assignment.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// How it stands.
    pub state: AssignmentState,
    /// Whether it is the lead's, which follows the problem.
    pub is_lead: bool,
    /// Whether it has ended.
    pub ended: bool,
    /// Whether the caller handles for its organisation.
    pub supports: bool,
    /// Whether the caller heads the lead organisation.
    pub heads_lead: bool,
}

impl Standing {
    fn may(&self, side: Side) -> bool {
        match side {
            Side::Supporting => self.supports,
            Side::LeadHead => self.heads_lead,
        }
    }

    fn stands_for(&self, row: &AssignmentMove) -> bool {
        !self.is_lead && !self.ended && row.from.contains(&self.state)
    }

    /// What the caller may do now.
    pub fn allowed(&self) -> impl Iterator<Item = AssignmentAction> + '_ {
        MOVES
            .iter()
            .filter(|row| self.stands_for(row) && self.may(row.side))
            .map(|row| row.action)
    }

    /// The move of an action.
    ///
    /// # Errors
    /// 403 `forbidden`; 409 `transition_not_allowed` with `allowed`.
    pub fn check(&self, action: AssignmentAction) -> ApiResult<&'static AssignmentMove> {
        let Some(row) = MOVES.iter().find(|row| row.action == action) else {
            return Err(ApiError::internal(format!("no move {action}")));
        };
        if !self.may(row.side) {
            return Err(ApiError::new(Code::Forbidden).with_member("side", row.side.as_str()));
        }
        if !self.stands_for(row) {
            let allowed: Vec<&str> = self.allowed().map(AssignmentAction::as_str).collect();
            return Err(ApiError::new(Code::TransitionNotAllowed)
                .with_member("state", self.state.as_str())
                .with_member("allowed", allowed));
        }
        Ok(row)
    }
}

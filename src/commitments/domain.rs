//! A commitment: how it stands, who may do what with it, when it may be due. Pure.

use chrono::NaiveDate;
use serde_json::json;

use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code};
use crate::text_enum;

text_enum! {
    /// How a commitment stands.
    pub enum CommitmentState {
        Open = "open" / "待兑现" / "open",
        Kept = "kept" / "已兑现" / "kept",
        Broken = "broken" / "未兑现" / "broken",
    }
}

text_enum! {
    /// What can be done with a commitment.
    pub enum CommitmentAction {
        Keep = "keep" / "确认兑现" / "say that it was kept",
        Break = "break" / "承认未兑现" / "say that it was broken",
        End = "end" / "终止" / "end it, made in error",
    }
}

text_enum! {
    /// What the roll-up counts of commitments.
    pub enum CommitmentOutcome {
        Made = "made" / "作出" / "made",
        Kept = "kept" / "按期兑现" / "kept by its day",
        Late = "late" / "逾期兑现" / "kept after its day",
        Broken = "broken" / "未兑现" / "broken",
        Ended = "ended" / "终止" / "ended",
    }
}

/// How a caller stands to a commitment on a day.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// How it stands.
    pub state: CommitmentState,
    /// Whether it was ended.
    pub ended: bool,
    /// By the end of which day it is due.
    pub due_on: NaiveDate,
    /// The day.
    pub today: NaiveDate,
    /// When it was made.
    pub made_at: Timestamp,
    /// Whether he made it.
    pub made_it: bool,
    /// Whether he works for the organisation that is to keep it, or heads one above.
    pub answers: bool,
    /// Whether he dispatches or supervises where it was made.
    pub directs: bool,
}

impl Standing {
    /// Whether it is open and its day is over.
    pub fn is_overdue(&self) -> bool {
        !self.ended && self.state == CommitmentState::Open && self.due_on < self.today
    }

    const fn is_open(&self) -> bool {
        !self.ended && matches!(self.state, CommitmentState::Open)
    }

    const fn may(&self, action: CommitmentAction) -> bool {
        match action {
            CommitmentAction::Keep => self.answers || self.directs,
            CommitmentAction::Break => self.answers || self.directs || self.made_it,
            CommitmentAction::End => self.directs,
        }
    }

    /// Whether he would judge his own promise.
    const fn judges_himself(&self, action: CommitmentAction) -> bool {
        self.made_it && !matches!(action, CommitmentAction::Break)
    }

    /// What the caller may do now.
    pub fn allowed(&self) -> impl Iterator<Item = CommitmentAction> + '_ {
        let actions = CommitmentAction::ALL.iter().copied();
        actions.filter(|action| self.check(*action).is_ok())
    }

    /// Lets the caller, or says why not.
    ///
    /// # Errors
    /// 403 `forbidden`; 403 `separation_of_duties` for who made it; 409 `transition_not_allowed` for what is settled or
    /// ended; 409 `too_late` for ending what is overdue.
    pub fn check(&self, action: CommitmentAction) -> ApiResult<()> {
        if !self.may(action) {
            return Err(ApiError::new(Code::Forbidden));
        }
        if self.judges_himself(action) {
            let earlier = json!({ "act": "commit", "at": self.made_at });
            return Err(ApiError::new(Code::SeparationOfDuties).with_member("earlier_act", earlier));
        }
        if !self.is_open() {
            let none: [&str; 0] = [];
            let state = if self.ended { "ended" } else { self.state.as_str() };
            return Err(ApiError::new(Code::TransitionNotAllowed)
                .with_member("state", state)
                .with_member("allowed", none.as_slice()));
        }
        if action == CommitmentAction::End && self.is_overdue() {
            return Err(ApiError::new(Code::TooLate));
        }
        Ok(())
    }

    /// What the roll-up counts when this is done.
    pub fn outcome(&self, action: CommitmentAction) -> CommitmentOutcome {
        match action {
            CommitmentAction::Keep if self.today <= self.due_on => CommitmentOutcome::Kept,
            CommitmentAction::Keep => CommitmentOutcome::Late,
            CommitmentAction::Break => CommitmentOutcome::Broken,
            CommitmentAction::End => CommitmentOutcome::Ended,
        }
    }
}

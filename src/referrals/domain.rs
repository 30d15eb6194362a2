//! A referral: how it stands, who may do what with it, and by when it may be due. Pure.

use chrono::NaiveDate;

use crate::calendar::Calendar;
use crate::error::{ApiError, ApiResult, Code};
use crate::text_enum;

text_enum! {
    /// How a referral stands.
    pub enum ReferralState {
        Open = "open" / "研究中" / "open",
        Answered = "answered" / "已答复" / "answered",
        Ended = "ended" / "已终止" / "ended without an answer",
    }
}

text_enum! {
    /// What can be done with a referral.
    pub enum ReferralAction {
        Answer = "answer" / "书面答复" / "answer in writing",
        End = "end" / "终止" / "end",
    }
}

/// Working days that an answer takes at most, where the problem itself is due at no time yet.
pub const LONGEST: u32 = 30;

/// How a caller stands to a referral.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// How it stands.
    pub state: ReferralState,
    /// Whether he handles for, or heads, the organisation that was asked.
    pub answers: bool,
    /// Whether he may refer the problem, and so end what was referred.
    pub refers: bool,
}

impl Standing {
    const fn may(&self, action: ReferralAction) -> bool {
        match action {
            ReferralAction::Answer => self.answers,
            ReferralAction::End => self.refers,
        }
    }

    /// What the caller may do now.
    pub fn allowed(&self) -> impl Iterator<Item = ReferralAction> + '_ {
        let open = self.state == ReferralState::Open;
        let actions = ReferralAction::ALL.iter().copied();
        actions.filter(move |action| open && self.may(*action))
    }

    /// Lets the caller, or says why not.
    ///
    /// # Errors
    /// 403 `forbidden`; 409 `transition_not_allowed` with `allowed` for what is not open.
    pub fn check(&self, action: ReferralAction) -> ApiResult<()> {
        if !self.may(action) {
            return Err(ApiError::new(Code::Forbidden));
        }
        if self.state != ReferralState::Open {
            let none: [&str; 0] = [];
            return Err(ApiError::new(Code::TransitionNotAllowed)
                .with_member("state", self.state.as_str())
                .with_member("allowed", none.as_slice()));
        }
        Ok(())
    }
}

/// The last day on which an answer may be due: the problem's own, today where that has passed, and where none is chosen
/// yet the thirtieth working day.
pub fn latest_due_on(calendar: &Calendar, today: NaiveDate, problem_due_on: Option<NaiveDate>) -> NaiveDate {
    problem_due_on.map_or_else(
        || calendar.add_working_days(today, LONGEST).date,
        |due_on| due_on.max(today),
    )
}

//! Who may rate, when, and who may know who did; which ratings must be reviewed, and by whom: pure.

use crate::auth::policy::Role;
use crate::error::{ApiError, ApiResult, Code};
use crate::problems::domain::{ProblemAct, State};
use crate::reporters::domain::{Anonymity, Reader, may_know};
use crate::text_enum;

text_enum! {
    /// How the review of a rating stands.
    pub enum ReviewState {
        None = "none" / "无需复核" / "none is due",
        Open = "open" / "待复核" / "due and not done",
        Done = "done" / "已复核" / "done",
    }
}

text_enum! {
    /// What the review of a low rating found.
    pub enum ReviewOutcome {
        Upheld = "upheld" / "批评属实" / "the criticism is right",
        PartlyUpheld = "partly_upheld" / "部分属实" / "part of it is right",
        NotUpheld = "not_upheld" / "与事实不符" / "it is not borne out by the facts",
    }
}

/// Who reviews, in an organisation that the rating does not criticise.
pub const REVIEWERS: &[Role] = &[Role::Dispatcher, Role::Supervisor, Role::Head];

/// Working days that a review takes at most.
pub const REVIEW_DAYS: u32 = 5;

/// The value up to which a rating is low.
const LOW_UP_TO: i64 = 2;

/// The acts, besides those of handling, after which a person does not rate the problem.
pub const ALSO_FORBIDDEN: &[ProblemAct] = &[ProblemAct::RecordedForOther, ProblemAct::DisposeResolvedOnSite];

/// The result from which on a reporter counts as satisfied.
const SATISFIED_FROM: i64 = 4;

/// Refuses a rating of what is not said to be done.
///
/// # Errors
/// 409 `transition_not_allowed`.
pub fn can_be_rated(state: State) -> ApiResult<()> {
    match state {
        State::PendingConfirmation | State::Closed => Ok(()),
        _ => Err(ApiError::new(Code::TransitionNotAllowed).with_member("state", state.as_str())),
    }
}

/// Whether a rating must be reviewed (S-84): any of its three parts is 2 or less. Somebody whose matter was settled and
/// who was treated badly has something to be heard for too.
pub const fn is_low(result: i64, speed: i64, attitude: i64) -> bool {
    result <= LOW_UP_TO || speed <= LOW_UP_TO || attitude <= LOW_UP_TO
}

/// Refuses to review what needs no review, or has had it.
///
/// # Errors
/// 409 `transition_not_allowed` with the `review`'s state.
pub fn can_be_reviewed(state: ReviewState) -> ApiResult<()> {
    match state {
        ReviewState::Open => Ok(()),
        ReviewState::None | ReviewState::Done => {
            Err(ApiError::new(Code::TransitionNotAllowed).with_member("review", state.as_str()))
        }
    }
}

/// Whether a result, 1 to 5, counts as satisfied.
pub const fn is_satisfied(result: i64) -> bool {
    result >= SATISFIED_FROM
}

/// Whether a reader of a rating may also learn who gave it: anonymous is as good as masked.
pub fn may_know_rater(anonymity: Anonymity, anonymous: bool, reader: Reader) -> bool {
    let anonymity = match anonymity {
        Anonymity::Named if anonymous => Anonymity::Masked,
        as_it_is => as_it_is,
    };
    may_know(anonymity, reader)
}

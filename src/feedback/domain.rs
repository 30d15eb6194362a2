//! Who may rate, when, and who may know who did: pure.

use crate::error::{ApiError, ApiResult, Code};
use crate::problems::domain::State;
use crate::reporters::domain::{Anonymity, Reader, may_know};

/// The acts, besides those of handling, after which a person does not rate the problem.
pub const ALSO_FORBIDDEN: &[&str] = &["recorded_for_other", "dispose_resolved_on_site"];

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

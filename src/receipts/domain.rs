//! What a receipt is good for, and how long: pure.

use crate::clock::Timestamp;

/// The operations that the token of a receipt may call, for its one problem. What is not here it may not do, not even
/// what everybody may about himself.
pub const OPERATIONS: &[&str] = &[
    "get_problem",
    "list_problem_events",
    "list_supplements",
    "list_contacts",
    "list_ratings",
    "list_problem_commitments",
    "list_survey_templates",
    "create_survey_answer",
    "list_problem_attachments",
    "get_attachment",
    "create_attachment_link",
    "create_attachment",
    "end_attachment",
    "create_supplement",
    "create_rating",
    "supply_problem",
    "confirm_problem",
    "reject_result",
    "withdraw_problem",
    "reopen_problem",
    "create_request",
    "list_problem_requests",
    "get_request",
    "urge_problem",
    "list_problem_comments",
    "get_comment",
    "create_comment",
    "support_comment",
    "list_problem_replies",
    "support_problem",
    "get_my_data",
];

/// How long a code is good after the last closure, in seconds: 30 days.
const AFTER_CLOSURE_SECONDS: i64 = 30 * 24 * 3600;

/// When the codes of a problem that was closed at `closed_at` expire.
pub fn expiry(closed_at: Timestamp) -> Timestamp {
    closed_at.plus_seconds(AFTER_CLOSURE_SECONDS)
}

/// Why a code is refused: for the access log, never for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is none such: invented, or altered.
    Unknown,
    /// Another took its place.
    Replaced,
    /// Too long after the last closure.
    Expired,
}

impl Refusal {
    /// The word in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_code",
            Self::Replaced => "replaced",
            Self::Expired => "expired",
        }
    }
}

/// What is stored of a code, as far as it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// When another took its place.
    pub replaced_at: Option<Timestamp>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
}

impl Validity {
    /// Whether the code is good at `now`.
    ///
    /// # Errors
    /// Why it is not.
    pub fn check(self, now: Timestamp) -> Result<(), Refusal> {
        match self {
            Self {
                replaced_at: Some(_), ..
            } => Err(Refusal::Replaced),
            Self {
                expires_at: Some(end), ..
            } if end <= now => Err(Refusal::Expired),
            Self { .. } => Ok(()),
        }
    }
}

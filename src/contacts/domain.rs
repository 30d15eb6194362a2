//! What a contact is, and when one may be logged. Pure.

use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::problems::domain::State;
use crate::text_enum;

text_enum! {
    /// What for.
    pub enum Purpose {
        Contact = "contact" / "联系沟通" / "contact",
        Reply = "reply" / "答复" / "reply to the reporter",
        CallBack = "call_back" / "电话回访" / "call-back",
        Attempt = "attempt" / "未联系上" / "attempt that reached nobody",
    }
}

text_enum! {
    /// What for, as far as it is logged by hand; a call-back belongs to the confirmation.
    pub enum LoggedPurpose {
        Contact = "contact" / "联系沟通" / "contact",
        Reply = "reply" / "答复" / "reply to the reporter",
        Attempt = "attempt" / "未联系上" / "attempt that reached nobody",
    }
}

text_enum! {
    /// By which way.
    pub enum ContactChannel {
        Phone = "phone" / "电话" / "telephone",
        Sms = "sms" / "短信" / "text message",
        Wechat = "wechat" / "微信" / "WeChat",
        Portal = "portal" / "门户" / "portal",
        Letter = "letter" / "信函" / "letter",
        Visit = "visit" / "上门" / "visit",
        Meeting = "meeting" / "会面" / "meeting",
    }
}

impl ContactChannel {
    /// Whether people stand before each other.
    pub const fn can_be_face_to_face(self) -> bool {
        matches!(self, Self::Visit | Self::Meeting)
    }
}

impl From<LoggedPurpose> for Purpose {
    fn from(purpose: LoggedPurpose) -> Self {
        match purpose {
            LoggedPurpose::Contact => Self::Contact,
            LoggedPurpose::Reply => Self::Reply,
            LoggedPurpose::Attempt => Self::Attempt,
        }
    }
}

impl Purpose {
    /// Whether a contact for this, with the reporter, answers him for the first time.
    pub const fn responds(self) -> bool {
        matches!(self, Self::Contact | Self::Reply)
    }
}

/// What a contact says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// What for.
    pub purpose: LoggedPurpose,
    /// By which way.
    pub channel: ContactChannel,
    /// Whether face to face.
    pub face_to_face: bool,
    /// Whether with the reporter.
    pub with_reporter: bool,
    /// Whether he came for it.
    pub reporter_came: bool,
    /// Whether words go with it.
    pub has_words: bool,
}

impl Claim {
    /// What contradicts itself: who reached nobody spoke with nobody, a reply goes to the reporter, a telephone shows
    /// no face, who came was met; and what was said is told, but for an attempt.
    pub fn faults(self) -> Vec<(&'static str, FaultCode)> {
        let attempt = self.purpose == LoggedPurpose::Attempt;
        let reply = self.purpose == LoggedPurpose::Reply;
        let rules = [
            (
                attempt == self.with_reporter && (attempt || reply),
                "/with_reporter",
                FaultCode::Conflict,
            ),
            (
                self.face_to_face && (attempt || !self.channel.can_be_face_to_face()),
                "/face_to_face",
                FaultCode::Conflict,
            ),
            (
                self.reporter_came && (attempt || !self.with_reporter || self.channel != ContactChannel::Meeting),
                "/reporter_came",
                FaultCode::Conflict,
            ),
            (!attempt && !self.has_words, "/words", FaultCode::Required),
        ];
        let broken = rules.into_iter().filter(|(broken, ..)| *broken);
        broken.map(|(_, pointer, code)| (pointer, code)).collect()
    }
}

/// Refuses what comes too late: once a problem awaits confirmation or is closed, its reporter may be called, and no
/// more.
///
/// # Errors
/// 409 `ended` for a problem that has ended; 409 `transition_not_allowed` while it awaits confirmation.
pub fn must_be_in_time(state: State, purpose: LoggedPurpose) -> ApiResult<()> {
    match (state, purpose) {
        (State::PendingConfirmation | State::Closed, LoggedPurpose::Contact | LoggedPurpose::Attempt) => Ok(()),
        (State::PendingConfirmation, LoggedPurpose::Reply) => Err(ApiError::new(Code::TransitionNotAllowed)
            .with_member("state", state.as_str())
            .with_member(
                "allowed",
                vec![LoggedPurpose::Contact.as_str(), LoggedPurpose::Attempt.as_str()],
            )),
        _ => state.must_not_have_ended(),
    }
}

/// The fault of a time before the problem was recorded, or in the future.
pub fn time_fault(at: Timestamp, recorded_at: Timestamp, now: Timestamp) -> Option<Fault> {
    (at < recorded_at || at > now).then(|| Fault::new("/at", FaultCode::NotWithin))
}

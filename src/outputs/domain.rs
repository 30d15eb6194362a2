//! An output's words, what it must say and must not, and who may do what with it. Pure.

use chrono::NaiveDate;

use crate::error::{ApiError, ApiResult, Code, FaultCode};
use crate::privacy::holds_phone_number;
use crate::text_enum;

text_enum! {
    /// What came of it.
    pub enum OutputKind {
        Policy = "policy" / "政策" / "a policy",
        Rule = "rule" / "制度" / "a rule",
        Case = "case" / "案例" / "a case",
    }
}

text_enum! {
    /// What can be done with an output.
    pub enum OutputAction {
        Update = "update" / "修改" / "change",
        Publish = "publish" / "公开" / "show to the public",
        Unpublish = "unpublish" / "撤回公开" / "show to the public no longer",
        End = "end" / "终止" / "end",
    }
}

impl OutputAction {
    /// The operation that carries it out.
    pub const fn operation(self) -> &'static str {
        match self {
            Self::Update => "update_output",
            Self::Publish => "publish_output",
            Self::Unpublish => "unpublish_output",
            Self::End => "end_output",
        }
    }
}

/// What is said of an output.
#[derive(Clone, Copy, Debug)]
pub struct Said<'o> {
    /// What it is.
    pub kind: OutputKind,
    /// The document's number.
    pub document_no: Option<&'o str>,
    /// Since when it is in force.
    pub effective_on: Option<NaiveDate>,
    /// Its title.
    pub title: &'o str,
    /// What it says.
    pub summary: &'o str,
}

impl Said<'_> {
    /// Every fault at once: a policy or rule has a number and a day, and no text holds a telephone number. Identity
    /// numbers are refused in every body.
    pub fn faults(self) -> Vec<(&'static str, FaultCode)> {
        let document = self.kind != OutputKind::Case;
        let rules = [
            (
                document && self.document_no.is_none(),
                "/document_no",
                FaultCode::Required,
            ),
            (
                document && self.effective_on.is_none(),
                "/effective_on",
                FaultCode::Required,
            ),
            (holds_phone_number(self.title), "/title", FaultCode::PhoneNumber),
            (holds_phone_number(self.summary), "/summary", FaultCode::PhoneNumber),
        ];
        let broken = rules.into_iter().filter(|(broken, ..)| *broken);
        broken.map(|(_, pointer, code)| (pointer, code)).collect()
    }
}

/// How a caller stands to an output.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Whether it has ended.
    pub ended: bool,
    /// Whether the public sees it.
    pub published: bool,
    /// Whether he handles for the organisation that issues it, or heads it or one above.
    pub issues: bool,
    /// Whether he dispatches for that organisation's division.
    pub dispatches: bool,
}

impl Standing {
    const fn may(&self, action: OutputAction) -> bool {
        match action {
            OutputAction::Update | OutputAction::End => self.issues || self.dispatches,
            OutputAction::Publish | OutputAction::Unpublish => self.dispatches,
        }
    }

    const fn stands(&self, action: OutputAction) -> bool {
        match action {
            OutputAction::Update | OutputAction::End => !self.ended,
            OutputAction::Publish => !self.ended && !self.published,
            OutputAction::Unpublish => self.published,
        }
    }

    /// What the caller may do now.
    pub fn allowed(&self) -> impl Iterator<Item = OutputAction> {
        let standing = *self;
        let actions = OutputAction::ALL.iter().copied();
        actions.filter(move |action| standing.may(*action) && standing.stands(*action))
    }

    /// Lets the caller, or says why not.
    ///
    /// # Errors
    /// 403 `forbidden`; 409 `ended`; 409 `transition_not_allowed` with `allowed`.
    pub fn check(&self, action: OutputAction) -> ApiResult<()> {
        if !self.may(action) {
            return Err(ApiError::new(Code::Forbidden));
        }
        if self.stands(action) {
            return Ok(());
        }
        if self.ended {
            return Err(ApiError::new(Code::Ended));
        }
        let allowed: Vec<&str> = self.allowed().map(OutputAction::as_str).collect();
        Err(ApiError::new(Code::TransitionNotAllowed).with_member("allowed", allowed))
    }
}

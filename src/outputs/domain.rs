//! An output's words, what it must say and must not, and who may do what with it. Pure.

use chrono::NaiveDate;

use crate::error::{ApiError, ApiResult, Code, FaultCode};
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
    /// Every fault at once: a policy or rule has a number and a day, and no text holds a telephone number. Identity numbers
    /// are refused in every body.
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

/// Whether a text holds what reads as a mainland telephone number: a mobile number of eleven digits, with or without the
/// country's code, or a landline with its area code; spaces and hyphens may stand between the digits. A longer run of
/// digits is none, nor are a document's number, a date or a sum.
pub fn holds_phone_number(text: &str) -> bool {
    let mut run = String::new();
    let mut gap = 0_usize;
    for character in text.chars().chain(['。']) {
        match digit_of(character) {
            Some(digit) => {
                run.push(digit);
                gap = 0;
            }
            None if is_separator(character) && !run.is_empty() && gap < 2 => gap += 1,
            None => {
                if is_phone_number(&run) {
                    return true;
                }
                run.clear();
                gap = 0;
            }
        }
    }
    false
}

fn is_phone_number(digits: &str) -> bool {
    let mobile = |digits: &str| digits.len() == 11 && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..]);
    let abroad = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"));
    let landline = match digits.as_bytes() {
        [b'0', b'1' | b'2', ..] => digits.len() == 11,
        [b'0', b'3'..=b'9', ..] => matches!(digits.len(), 11 | 12),
        _ => false,
    };
    mobile(digits) || abroad.is_some_and(mobile) || landline
}

fn digit_of(character: char) -> Option<char> {
    match character {
        '０'..='９' => char::from_digit(u32::from(character) - u32::from('０'), 10),
        _ => Some(character).filter(char::is_ascii_digit),
    }
}

const fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '\u{3000}' | '-' | '－' | '–' | '(' | ')' | '（' | '）')
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::holds_phone_number;

    #[test]
    fn telephone_numbers_are_found_and_other_numbers_are_not() {
        for text in [
            "联系13812345678。",
            "电话 138 1234 5678",
            "+86 138-1234-5678",
            "１３８１２３４５６７８",
            "热线0571-87654321转3",
            "(0571)8765 4321",
            "010-12345678",
        ] {
            assert!(holds_phone_number(text), "{text}");
        }
        for text in [
            "示例〔2019〕3号",
            "SFW-2019-330782-000123",
            "2019-03-01起施行",
            "补助1380000000元",
            "91330782MA28D0XXXX",
            "6222021001116245702",
            "12345热线",
            "共417个问题",
            "",
        ] {
            assert!(!holds_phone_number(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_mobile_number_is_found_in_any_words(
            second in b'3'..=b'9', rest in "[0-9]{9}", gap in prop::sample::select(vec!["", " ", "-"]), place in 1_usize..9,
            before in "[\\p{Han}，。]{0,8}", after in "[\\p{Han}，。]{0,8}",
        ) {
            let number = format!("1{}{}", char::from(second), rest);
            let (head, tail) = number.split_at(place);
            let written = format!("{before}{head}{gap}{tail}{after}");
            prop_assert!(holds_phone_number(&written));
        }
    }
}

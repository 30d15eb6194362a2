//! How long is kept, and what is blotted out. Pure.

use chrono::Months;
use uuid::Uuid;

use crate::calendar::{CLOSE_OF_BUSINESS, shanghai_time};
use crate::clock::Timestamp;
use crate::text_enum;

/// What stands in the place of a passage that was blotted out, whatever its length.
pub const MARK: &str = "（已隐去）";

/// Calendar months for which words and personal data are kept after the final closure.
const KEPT_MONTHS: u32 = 24;

text_enum! {
    /// In which text a passage is blotted out. Grows with what is written about problems.
    pub enum RedactedField {
        Statement = "statement" / "问题原话" / "the statement",
        Summary = "summary" / "概括" / "the summary",
        Place = "place" / "地点" / "the place in words",
        Result = "result" / "办理结果" / "the results of its rounds, and why it was ended",
        Supplement = "supplement" / "补充说明" / "a supplement",
        Contact = "contact" / "联系记录" / "words of the contact log",
        Disposition = "disposition" / "现场处置" / "the texts of a disposition",
        Analysis = "analysis" / "成因分析" / "an analysis",
        Plan = "plan" / "落实清单" / "the action plan, who took part in its discussion, its measures and steps",
        Assignment = "assignment" / "责任清单" / "duties, and why they were refused or waived",
        Request = "request" / "请求与决定" / "what was asked and decided",
        Referral = "referral" / "转研究" / "a question that was referred, and its answer",
        LookBack = "look_back" / "回头看" / "what was found at a look-back",
        Rating = "rating" / "评价" / "the words of a rating, and of its review",
        Comment = "comment" / "意见" / "a comment, the reply to it, why it was hidden",
        Reply = "reply" / "公开回复" / "a public reply",
        Note = "note" / "内部备注" / "an internal note",
        Publication = "publication" / "公开内容" / "what is, or was, published of it",
        Commitment = "commitment" / "现场承诺" / "a commitment",
        Task = "task" / "待办备注" / "the note of a to-do",
        Attachment = "attachment" / "附件名称" / "the file name of an attachment, of its plan's too, and why it was ended",
        Watch = "watch" / "盯办备注" / "the notes of those who watch it",
        Oversight = "oversight" / "督查" / "an order of supervision, its answer, what an inspection found",
        Theme = "theme" / "共性问题" / "the themes in which it stands or stood, and why it left one",
        Output = "output" / "制度成果" / "the outputs that it or its theme led to, and why one was ended",
        Event = "event" / "时间线" / "a text of the timeline",
    }
}

text_enum! {
    /// In which text of a visit a passage is blotted out. What is written of its problems is theirs.
    pub enum RedactedVisitField {
        Observations = "observations" / "所见" / "what was seen",
        Heard = "heard" / "所闻" / "what was heard",
        Place = "place" / "地点" / "the place in words",
        Mode = "mode" / "方式说明" / "what another mode is",
        CancelReason = "cancel_reason" / "取消理由" / "why it was cancelled",
        Member = "member" / "随行人员备注" / "a note on one of the team",
        Commitment = "commitment" / "现场承诺" / "a commitment about no problem",
        Attachment = "attachment" / "附件名称" / "the file name of an attachment, and why it was ended",
        Event = "event" / "时间线" / "a text of the timeline",
    }
}

text_enum! {
    /// Why a passage is blotted out: law and privacy only.
    pub enum RedactionGround {
        ThirdPerson = "third_person" / "涉及第三人" / "it is about a third person",
        Identity = "identity" / "可识别身份的信息" / "it tells who somebody is",
        ContactDetails = "contact_details" / "联系方式或住址" / "it tells where or how somebody is reached",
        Secret = "secret" / "国家秘密或商业秘密" / "it is a secret of the state or of a business",
    }
}

text_enum! {
    /// Why a problem's words and personal data were erased.
    pub enum ErasedBecause {
        Term = "term" / "保存期满" / "24 months had passed",
        Asked = "asked" / "反映人要求" / "the reporter asked",
    }
}

/// When the words and personal data of a problem are erased that finally ended at this moment: at 17:00 local of the
/// same day 24 calendar months later, or of the last day of a shorter month.
pub fn kept_until(ended: Timestamp) -> Timestamp {
    let day = ended.shanghai_date();
    // Dates reach much further than instants: there is always such a day.
    let last = day.checked_add_months(Months::new(KEPT_MONTHS)).unwrap_or(day);
    shanghai_time(last, CLOSE_OF_BUSINESS).into()
}

/// In which text, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Of a problem.
    Problem(RedactedField),
    /// Of a visit.
    Visit(RedactedVisitField),
}

impl Field {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Problem(field) => field.as_str(),
            Self::Visit(field) => field.as_str(),
        }
    }

    /// Whether the timeline tells what is left of a text: not of a note that somebody wrote for himself alone, nor of
    /// what oversight keeps from who handles.
    pub const fn is_told(self) -> bool {
        !matches!(self, Self::Problem(RedactedField::Watch | RedactedField::Oversight))
    }

    /// Whether it is the timeline itself.
    pub const fn is_timeline(self) -> bool {
        matches!(
            self,
            Self::Problem(RedactedField::Event) | Self::Visit(RedactedVisitField::Event)
        )
    }
}

/// A passage to be blotted out.
#[derive(Clone, Copy, Debug)]
pub struct Passage<'p> {
    /// In which text.
    pub field: Field,
    /// In which of several; `None`: in every text of that field.
    pub target: Option<Uuid>,
    /// The words, as they stand.
    pub words: &'p str,
    /// Why.
    pub ground: RedactionGround,
}

/// A text without a passage, which the mark stands for wherever it stood; `None` where it stands nowhere.
pub fn blot(text: &str, passage: &str) -> Option<String> {
    (!passage.is_empty() && text.contains(passage)).then(|| text.replace(passage, MARK))
}

/// Whether nothing is said any more in what is left of a text: neither a word nor a number beside the mark.
pub fn says_nothing(left: &str) -> bool {
    !left.replace(MARK, "").chars().any(char::is_alphanumeric)
}

/// Whether nothing could be blotted out: a passage that the mark itself holds would never be gone.
pub fn is_of_the_mark(passage: &str) -> bool {
    passage.trim().is_empty() || MARK.contains(passage.trim())
}

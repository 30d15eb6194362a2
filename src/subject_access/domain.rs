//! What there may be about somebody. Pure.

use uuid::Uuid;

use crate::text_enum;

text_enum! {
    /// A kind of things that are kept about somebody.
    pub enum DataSection {
        Memberships = "memberships" / "任职与角色" / "what made him a member of an organisation",
        Delegations = "delegations" / "授权代办" / "delegations given and received",
        Authorisations = "authorisations" / "企业授权" / "enterprises that let him speak for them",
        Sessions = "sessions" / "登录会话" / "sessions",
        Logins = "logins" / "登录与拒绝记录" / "sign-ins and what else the access log says that he did",
        Problems = "problems" / "反映的问题" / "problems that he raised",
        Supplements = "supplements" / "补充说明" / "what he added",
        Ratings = "ratings" / "评价" / "his ratings",
        Comments = "comments" / "意见" / "his comments",
        Requests = "requests" / "申诉" / "what he asked to be decided",
        Contacts = "contacts" / "联系记录" / "when he was spoken with",
        Notices = "notices" / "告知" / "what he was told, or is to be",
        Urges = "urges" / "催办" / "when he urged",
        Attachments = "attachments" / "附件" / "files that he uploaded",
        SurveyAnswers = "survey_answers" / "问卷" / "answers to questionnaires about his problems",
        Acts = "acts" / "办理行为" / "what he did to problems",
        Reads = "reads" / "被查阅记录" / "who read his personal data",
    }
}

text_enum! {
    /// By what somebody is known.
    pub enum SubjectKind {
        Account = "account" / "账号" / "his account",
        Receipt = "receipt" / "回执" / "the receipt of one problem",
        Client = "client" / "对接系统" / "a client's name for him",
    }
}

impl SubjectKind {
    /// Whether the caller may be told who he is. The code of a receipt passes through the hands of whoever recorded the
    /// problem or replaced it, who may not know a masked reporter.
    pub const fn tells_who_he_is(self) -> bool {
        !matches!(self, Self::Receipt)
    }
}

/// Whose data are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSubject {
    /// By what he is known.
    pub kind: SubjectKind,
    /// His account.
    pub person: Option<Uuid>,
    /// What was written down of him as a reporter.
    pub reporters: Vec<Uuid>,
    /// The one problem that a receipt speaks of; `None`: all.
    pub case: Option<Uuid>,
}

impl DataSubject {
    /// As the access log names him.
    pub fn logged_as(&self) -> Option<(&'static str, Uuid)> {
        let reporter = self.reporters.first().map(|reporter| ("reporter", *reporter));
        self.person.map(|person| ("person", person)).or(reporter)
    }

    /// Every id under which others' reads of him stand in the access log.
    pub fn every_id(&self) -> Vec<Uuid> {
        self.reporters.iter().copied().chain(self.person).collect()
    }
}

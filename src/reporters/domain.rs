//! What a reporter is, and who may learn who it is: pure.

use uuid::Uuid;

use crate::auth::policy::Role;
use crate::text_enum;

text_enum! {
    /// What raises a problem.
    pub enum ReporterKind {
        Person = "person" / "个人" / "a person",
        Enterprise = "enterprise" / "企业" / "an enterprise",
        Org = "org" / "单位" / "an organisation",
    }
}

text_enum! {
    /// How far a reporter lets himself be known.
    pub enum Anonymity {
        Named = "named" / "实名" / "known to whoever handles the problem",
        Masked = "masked" / "隐名" / "known to dispatchers and supervisors only",
        Unknown = "unknown" / "匿名" / "known to nobody",
    }
}

text_enum! {
    /// How a reporter wants to be reached.
    pub enum PreferredChannel {
        Phone = "phone" / "电话" / "telephone",
        Sms = "sms" / "短信" / "text message",
        Wechat = "wechat" / "微信" / "WeChat",
        Portal = "portal" / "门户" / "the portal",
        Visit = "visit" / "上门" / "a visit",
        None = "none" / "不需联系" / "not at all",
    }
}

/// A reporter without its telephone number.
#[derive(Clone, Debug)]
pub struct Reporter {
    /// Row id.
    pub id: Uuid,
    /// Who raises it.
    pub kind: ReporterKind,
    /// What to call the reporter.
    pub display_name: Option<String>,
    /// The number with its middle hidden.
    pub phone_masked: Option<String>,
    /// How to be reached.
    pub preferred_channel: Option<PreferredChannel>,
    /// How far it lets itself be known.
    pub anonymity: Anonymity,
    /// The reporter's account.
    pub person_id: Option<Uuid>,
}

/// In what capacity somebody reads a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The reporter's own account.
    Himself,
    /// Who must be able to call back and does not handle: a dispatcher or a supervisor.
    CallsBack,
    /// Anybody else inside the administration.
    Administration,
    /// Another reporter, who follows the problem after a merge.
    Follower,
}

/// The roles that know a masked reporter: they must be able to call back, and do not handle.
pub const KNOW_MASKED: [Role; 2] = [Role::Dispatcher, Role::Supervisor];

impl Reader {
    /// That of somebody with these roles where the problem lies; `None`: he sees it from outside.
    pub fn inside(roles: &[Role]) -> Option<Self> {
        if roles.iter().any(|role| KNOW_MASKED.contains(role)) {
            return Some(Self::CallsBack);
        }
        roles
            .iter()
            .any(|role| role.is_inside())
            .then_some(Self::Administration)
    }
}

/// Whether a reader of a problem may also learn who raised it.
pub fn may_know(anonymity: Anonymity, reader: Reader) -> bool {
    match (anonymity, reader) {
        (Anonymity::Unknown, _) | (_, Reader::Follower) => false,
        (_, Reader::Himself | Reader::CallsBack) => true,
        (anonymity, Reader::Administration) => anonymity == Anonymity::Named,
    }
}

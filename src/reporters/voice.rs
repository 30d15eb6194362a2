//! Who speaks for a reporter, and by which way: most reporters have no account.

use uuid::Uuid;

use super::domain::Anonymity;
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::events::Act;
use crate::text_enum;

/// The scope of a client that acts for the reporters whose external ids are its own.
pub const ACTS_FOR_REPORTERS: &str = "reporters:act";

text_enum! {
    /// By which way somebody speaks for a reporter himself. That somebody of the administration calls back is a fourth
    /// way to confirm, and no voice of the reporter's.
    pub enum Voice {
        Account = "account" / "账号" / "the reporter's account, or one that the enterprise authorised",
        Link = "link" / "回执" / "the code of the receipt",
        Portal = "portal" / "门户" / "the system through which the reporter came",
    }
}

/// That a caller speaks for the primary reporter of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// By which way.
    pub voice: Voice,
    /// For whom.
    pub reporter_id: Uuid,
    /// How far that reporter lets itself be known.
    pub anonymity: Anonymity,
}

impl Spoken {
    /// What the caller does at this moment, for the problem's events: the person only of a reporter who may be known,
    /// since whoever handles the problem reads them.
    pub fn act(&self, who: &Caller, at: Timestamp) -> Act {
        let act = who.act(at);
        if self.anonymity == Anonymity::Named {
            act
        } else {
            nobody(act)
        }
    }
}

/// The same act without the person and the organisation behind it.
pub fn nobody(act: Act) -> Act {
    Act {
        person: None,
        org: None,
        on_behalf_of: None,
        ..act
    }
}

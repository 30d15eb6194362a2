//! Whom the visits serve, and who speaks for them.

/// Whom a visit serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceObject {
    /// Names the row within the script.
    pub key: String,
    /// In Chinese, as it is shown.
    pub name: String,
    /// Nine digits for an enterprise, twelve for a household or a community.
    pub division: String,
    /// In words; invented.
    pub address: String,
    /// 0 none to 3 severe.
    pub hardship: u8,
    /// What only its type has.
    pub detail: ObjectDetail,
}

/// What only one type of service object has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectDetail {
    /// 企业
    Enterprise {
        /// Synthetic, with valid check digits (GB 11714-1997, GB 32100-2015).
        uscc: String,
        /// A to T, GB/T 4754-2017.
        industry_section: &'static str,
        /// 01 to 97.
        industry_division: &'static str,
        /// large | medium | small | micro
        size: &'static str,
        /// private | state | collective | foreign | mixed
        ownership: &'static str,
        /// A star enterprise (明星企业).
        is_star: bool,
    },
    /// 农户、家庭
    Household {
        /// What the public reads instead of the name.
        alias: String,
    },
    /// 镇村社区; the object's division is the village or community itself.
    Community {
        /// village | neighbourhood
        kind: &'static str,
    },
}

/// Whose words a problem holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reporter {
    /// Names the row within the script.
    pub key: String,
    /// person | enterprise | org
    pub kind: &'static str,
    /// `None` for an unknown reporter.
    pub display_name: Option<String>,
    /// Eleven digits from 13900000000 up, invented; `None` for an unknown reporter.
    pub phone: Option<String>,
    /// phone | none
    pub preferred_channel: &'static str,
    /// named | masked | unknown
    pub anonymity: &'static str,
    /// The person behind an account.
    pub person: Option<String>,
    /// The service object that it speaks for.
    pub object: Option<String>,
}

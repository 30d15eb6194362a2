//! The five levels of administrative divisions.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The level of a division; a higher level is the smaller value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 省.
    Province,
    /// 设区市.
    City,
    /// 县（市、区）.
    County,
    /// 乡镇、街道.
    Town,
    /// 村、社区.
    Village,
}

impl Level {
    /// The level that a code speaks of by its length (GB/T 2260: 6 digits, 2 for each level; the statistical code: 9
    /// for a town, 12 for a village) and its zeros; `None` if it is no such code.
    pub fn of_code(code: &str) -> Option<Self> {
        if !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        match code.len() {
            6 if code.ends_with("0000") => Some(Self::Province),
            6 if code.ends_with("00") => Some(Self::City),
            6 => Some(Self::County),
            9 => Some(Self::Town),
            12 => Some(Self::Village),
            _ => None,
        }
    }

    /// The word of the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::City => "city",
            Self::County => "county",
            Self::Town => "town",
            Self::Village => "village",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

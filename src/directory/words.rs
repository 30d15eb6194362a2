//! The five levels of administrative divisions.

use crate::text_enum;

text_enum! {
    /// The level of a division or an organisation; a higher level is the smaller value.
    pub enum Level {
        Province = "province" / "省级" / "province",
        City = "city" / "市级" / "prefecture-level city",
        County = "county" / "县级" / "county-level",
        Town = "town" / "乡镇级" / "town",
        Village = "village" / "村级" / "village",
    }
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
}

text_enum! {
    /// Whom a problem or a service object concerns: exactly three (S-01).
    pub enum Audience {
        Enterprise = "enterprise" / "企业" / "enterprises",
        Masses = "masses" / "群众" / "the masses",
        Grassroots = "grassroots" / "基层" / "the grassroots",
    }
}

text_enum! {
    /// The four leading bodies (四套班子, S-02).
    pub enum LeadingBody {
        PartyCommittee = "party_committee" / "党委" / "party committee",
        PeoplesCongress = "peoples_congress" / "人大" / "people's congress",
        Government = "government" / "政府" / "government",
        Cppcc = "cppcc" / "政协" / "CPPCC",
    }
}

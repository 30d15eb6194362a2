//! What a service object is: pure.

use crate::text_enum;

text_enum! {
    /// What is served.
    pub enum ObjectType {
        Enterprise = "enterprise" / "企业" / "an enterprise",
        Household = "household" / "农户、家庭" / "a household",
        Community = "community" / "镇村社区" / "a town, village or neighbourhood",
    }
}

//! An output's words. Pure.

use crate::text_enum;

text_enum! {
    /// What came of it.
    pub enum OutputKind {
        Policy = "policy" / "政策" / "a policy",
        Rule = "rule" / "制度" / "a rule",
        Case = "case" / "案例" / "a case",
    }
}

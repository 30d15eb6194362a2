//! The statements that empty texts, whoever's table they stand in: `texts` all about a problem, `people` what says who
//! somebody is, `served` the visit and the households around it, `redactions` a passage. They are together because what
//! is forgotten must be forgotten whole.

pub mod people;
pub mod redactions;
pub mod served;
pub mod texts;

//! What comes of problems beyond themselves (制度成果): a policy, a rule, or a case that others can learn from.
//!
//! An institutional problem is not closed by an operational fix: it needs an output, its own or its theme's (S-47). An
//! output holds no personal data, because every official may read it.

pub mod domain;
pub mod dto;
pub mod store;

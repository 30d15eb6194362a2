//! What goes over the wire: tokens, one's own account, and the accounts that an administrator keeps.

pub mod account;
pub mod me;
pub mod token;

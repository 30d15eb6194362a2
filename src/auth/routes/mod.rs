//! Handlers: tokens, one's own account, accounts that an administrator keeps.

pub mod account;
pub mod me;
pub mod sessions;
pub mod token;

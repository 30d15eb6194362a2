//! People (人员) and their accounts.
//!
//! A person belongs to an organisation, or to none (a reporter). Nobody is deleted: a person is disabled. Whoever
//! serves in the administration can be looked up by everyone who does; people outside it are seen by administrators
//! alone. An account is made together with the person, without a password: its one-time code is shown once.

pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

pub use store::{PersonFacts, find_ref};

/// How long the one-time code of a new account is good, in seconds: a week, so that it can travel by letter.
pub const CODE_SECONDS: i64 = 7 * 24 * 3600;

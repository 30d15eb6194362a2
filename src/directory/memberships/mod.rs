//! Memberships: what makes a person an officer, a head, an administrator, and where.
//!
//! A membership is a role in an organisation with the division that it reaches, never wider than the organisation's. An
//! administrator gives and takes rights within his own division only, so nobody can give what he does not have. Nothing
//! is changed: a membership ends and another begins. Each change raises the person's rights, so older tokens are stale.
//! The installation always keeps an administrator.

pub mod domain;
pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

pub use store::require_administrator;

//! Delegations: a leader's secretary acts for the leader (领导不打字).
//!
//! A delegation names operations that the leader himself may carry out, and ends on a day. What asks for the leader's
//! own judgement is never delegated: rating, look-back, deciding. Events name both. Giving and ending one raises the
//! rights of both people, so that tokens of either kind are stale.

pub mod domain;
pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

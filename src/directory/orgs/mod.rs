//! Organisations (单位): the bodies that visit, record, answer and supervise.
//!
//! They form a tree (`org_ancestor`, a closure table) and stand in a division, which never changes: a body that moves
//! is another body. Only the four leading bodies (四套班子, S-02) bear a `leading_body`. An organisation is ended, never
//! deleted; while it has open work, only with a successor that takes the work along (`succession`), else it is 409
//! `has_open_work` with counts. Memberships and clients end with it: rights are given, not inherited.
//!
//! Who stands below whom decides what an organisation sees, so a change of the tree rewrites `problem_scope` and
//! `visit_scope` for all below (`tree`).

pub mod domain;
pub mod dto;
pub mod entitlements;
pub mod routes;
pub mod store;
pub mod succession;
#[cfg(test)]
mod tests;
pub mod tree;

pub use store::{OrgFacts, find_ref};
pub use tree::acts_for;

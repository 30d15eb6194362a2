//! Organisations (单位): the bodies that visit, record, answer and supervise.
//!
//! They form a tree (`org_ancestor`, a closure table) and stand in a division. Only the four leading bodies (四套班子,
//! S-02) bear a `leading_body`. An organisation is ended, never deleted, and only with a successor that takes its open
//! work along; without one it is 409 `has_open_work`.

pub mod store;

pub use store::{OrgFacts, find_ref};

//! People (人员) and what they may do.
//!
//! A person belongs to an organisation, or to none (a reporter). Nobody is deleted: a person is disabled. A right is a
//! membership or a delegation, each with a validity; every change of one raises `person.rights`, which tokens carry.

pub mod store;

pub use store::{PersonFacts, find_ref};

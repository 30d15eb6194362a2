//! Terms: every taxonomy is data from the first row (S-10); the state machine and the dispositions are code.
//!
//! A term is usable from `valid_from` until the day before `valid_to`; a retired one is refused on new rows and still
//! shown on old ones. What other terms name as their parent is a heading: it groups figures and is not chosen. The
//! taxonomies belong to the whole installation, so its highest administrators keep them. Kind, code and audience never
//! change: old rows rest on them.

pub mod domain;
pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

pub use domain::TermKind;
pub use store::{TermRow, find};

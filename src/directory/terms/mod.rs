//! Terms: every taxonomy is data from the first row (S-10); the state machine and the dispositions are code.
//!
//! A term is usable from `valid_from` until the day before `valid_to`; a retired one is refused on new rows and still
//! shown on old ones. What other terms name as their parent is a heading: it groups figures and is not chosen.

pub mod store;

pub use store::{TermRow, find};

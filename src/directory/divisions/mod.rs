//! Divisions (行政区划): province, cities, counties, towns, villages.
//!
//! Rows are referred to by id; a code is an attribute that is valid from a day to a day, so a code is always read as of
//! a date. What a date is not given for is read as of today in business time. A division that ended names those that
//! took its area, and the other way round (`division_successor`).

pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

pub use store::{DivisionRow, find_by_code, is_within, is_within_any};

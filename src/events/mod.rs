//! One event table is timeline, audit of writes, outbox and change feed at once.
//!
//! Every change appends its event in its own transaction. An event carries codes, ids and numbers only; free text
//! stands in `event_text`, which may be erased, and the event holds its salted SHA-256. Events of one aggregate form a
//! chain: each hash covers the one before it, so a row that was altered or taken out is found (`verify`).

pub mod access_log;
pub mod domain;
pub mod dto;
pub mod store;
#[cfg(test)]
mod tests;

pub use domain::{Act, Head, NewEvent};

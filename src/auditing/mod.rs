//! For auditors: who read personal data, signed in or was refused (`/access-log`); the events of one thing and whether
//! their chain is whole (`/events`). Codes, ids, numbers and hashes; never what a case says.
//!
//! An auditor sees what people, organisations and clients of his division did, and what was done to its problems and
//! visits; entries that name nobody are for the auditors of the top division.

pub mod dto;
mod routes;
pub mod store;
#[cfg(test)]
mod tests;

pub use routes::routes;

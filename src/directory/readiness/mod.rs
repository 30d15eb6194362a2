//! What this installation can decide only by an act decided outside (`GET /meta/readiness`).
//!
//! What one level up decides is decided by the nearest division above in which somebody holds the role, else by a
//! supervisor of the same division, else outside: entered with document number, date and deciding body. So nothing
//! deadlocks, but it is better known beforehand. So is where no dispatch office is there for what nobody is competent
//! for.

pub mod domain;
pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

//! What those served say of the work (群众评, S-82 to S-84).
//!
//! - Whoever speaks for the reporter rates result, speed and attitude once per round of handling, when the work is said
//!   to be done; never who handled or headed the problem, nor who recorded it for another. Nobody rates by call-back.
//! - Silence is no satisfaction: who was asked and who answered are counted apart, and a rating is never without the
//!   response rate beside it (S-83).
//! - Criticism stays as it was said: there is no operation that changes or removes a rating. Who is masked, or rates
//!   anonymously, is known to nobody who handles the problem.
//! - What was closed is looked back at after 30 and 90 days (回头看, S-75), by somebody who did not handle it.

pub mod domain;
pub mod dto;
pub mod look_backs;
pub mod rate;
mod routes;
pub mod store;

#[cfg(test)]
mod tests;

pub use routes::routes;

//! What those served say of the work (群众评, S-82 to S-84).
//!
//! - Whoever speaks for the reporter rates result, speed and attitude once per round of handling, when the work is said
//!   to be done; never who handled or headed the problem, nor who recorded it for another. Nobody rates by call-back.
//! - Silence is no satisfaction: who was asked and who answered are counted apart, and a rating is never without the
//!   response rate beside it (S-83).
//! - Criticism stays as it was said: there is no operation that changes or removes a rating. Who is masked, or rates
//!   anonymously, is known to nobody who handles the problem.
//! - A rating with 2 or less in any part is reviewed within five working days, by somebody whom it does not criticise;
//!   the reporter reads what came of it (S-84). The review is a to-do and never keeps the problem from being closed.
//! - With each round that is said to be done the reporter is invited; a link by which he confirms and rates is handed
//!   out for it by somebody who did not handle the problem, and replaces the one before.
//! - What was closed is looked back at after 30 and 90 days (回头看, S-75), by somebody who did not handle it.

pub mod domain;
pub mod dto;
pub mod inviting;
pub mod look_backs;
pub mod rate;
pub mod review;
mod routes;
pub mod store;

#[cfg(test)]
mod tests;

pub use routes::routes;

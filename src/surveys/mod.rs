//! Surveys (问卷, S-21, S-79): three sets of questions, one for each audience.
//!
//! - A template belongs to an audience and has a number; a change is a new number, which takes the place of the one
//!   before on its day. Each item is answered by 1 to 5. The set for enterprises always asks for the confidence to
//!   invest and to renovate technology (`invest_confidence`, `tech_reno_confidence`).
//! - It is answered before, after, or once: by an officer who writes down at a visit what an object says, or by whoever
//!   speaks for the reporter of a problem. Every item is answered; who handled the problem answers for nobody.
//! - One set is answered once for each moment by the same. Answers never change.
//! - An answer of `after` takes along the latest one of `before` about the same problem, else the same object: the
//!   change of confidence is measured by such pairs alone, never between different people.
//! - Answers hold numbers only. The roll-up is written with each; figures read nothing else.

mod answering;
pub mod domain;
pub mod dto;
mod routes;
pub mod store;
mod templates;

#[cfg(test)]
mod tests;

pub use routes::routes;

//! Figures, each with its formula and what it is a part of.
//!
//! - Counts come from roll-ups that are written in the transaction of what they count (`rollup`; `rebuild` is their
//!   definition), so an answer costs the same at any number of problems and is never behind. Nothing is kept in memory.
//! - Every total of problems falls into the three dispositions and the undisposed (S-05); groups sum to the total.
//! - A ratio carries numerator and denominator and is null where there is nothing to divide by.
//! - An activity count never goes out without its outcome (S-27); nothing ranks anyone, no operation orders people.
//! - Figures are those of a division with its subtree, one in which the caller has a membership, or one below (S-86).
//! - Where problems stay, and how long, is told of stages and organisations, never of people (S-69).
//! - A disposition counts as it is now, a problem on its day of recording, an outcome on the day it was reached.

use crate::http::routing::ServiceConfig;

pub mod bottlenecks;
pub mod carry;
pub mod causes;
pub mod commitments;
pub mod confidence;
pub mod domain;
pub mod dto;
pub mod first_response;
pub mod matrix;
pub mod measures;
pub mod overview;
pub mod question;
pub mod rebuild;
pub mod rollup;
pub mod routes;
pub mod satisfaction;
pub mod stay;
pub mod store;
#[cfg(test)]
mod tests;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::get_metrics_overview)
        .service(routes::get_metrics_matrix)
        .service(routes::get_first_response_metrics)
        .service(bottlenecks::get_metrics_bottlenecks)
        .service(causes::get_metrics_causes)
        .service(measures::get_metrics_measures)
        .service(satisfaction::get_satisfaction_metrics)
        .service(confidence::get_confidence_metrics)
        .service(commitments::get_commitment_metrics);
}

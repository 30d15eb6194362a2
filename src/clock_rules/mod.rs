//! Clock rules (时限规则): how many working days each term has, where.
//!
//! - The code has a default for every term. A rule of the top division takes its place; a rule further down counts only
//!   where it is looser than what comes from above, so no level ever has less time than the one above it (S-73).
//! - Who tries to set a stricter one is refused (`layered_burden`), and the attempt stands in the access log.
//! - A rule holds for the subtree of its division, from `valid_from` until the day before `valid_to`, or until it is
//!   ended. Of two rules of one division for one term, the one that began last is in force.
//! - A time is chosen once, by the rule of that day: what runs already is never changed by a rule.

pub mod domain;
pub mod dto;
pub mod keeping;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::list_clock_rules)
        .service(routes::get_effective_clock_rules)
        .service(routes::get_clock_rule)
        .service(routes::create_clock_rule)
        .service(routes::end_clock_rule);
}

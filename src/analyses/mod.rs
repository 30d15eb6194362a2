//! Analyses (成因分析): why a problem arose, whether it is long- or short-term, institutional or operational.
//!
//! - An analysis is signed and numbered, and is never changed: a correction is a new one with its reason, so that the
//!   history shows both (S-46). Exactly one is current, which the database keeps so. A correction names the number that
//!   it corrects in `If-Match`.
//! - Each audience has its own dimension (S-44): an enterprise its key factor, the masses one or more of gain,
//!   happiness and security, the grassroots its shortfall; that of another audience is refused.
//! - Horizon and nature are required before a plan (S-45). `institutional` makes the matter institutional and lengthens
//!   the clock to 30 working days, once a cycle.
//! - Analyses are internal: a reporter does not see them (S-59).

pub mod domain;
pub mod dto;
pub mod routes;
mod signing;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(routes::list_analyses).service(routes::create_analysis);
}

//! Terms: every taxonomy is data from the first row (S-10); the state machine and the dispositions are code.
//!
//! A term is usable from `valid_from` until the day before `valid_to`; a retired one is refused on new rows and still
//! shown on old ones. What other terms name as their parent is a heading: it groups figures and is not chosen. Terms
//! belong to the whole installation, so its highest administrators keep them.

pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

pub use store::{TermRow, find};

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::list_terms)
        .service(routes::get_term)
        .service(routes::create_term)
        .service(routes::update_term);
}

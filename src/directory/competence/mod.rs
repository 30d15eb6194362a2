//! Competence (职责分工): which organisation is competent for what.
//!
//! The row with the longest division match wins, then category over audience over none, then priority. Claiming,
//! suggestions and automatic assignment all ask `competent_orgs`; where nobody is, the division's dispatch office holds
//! the problem.

pub mod domain;
pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

pub use store::competent_orgs;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::list_competences)
        .service(routes::create_competence)
        .service(routes::end_competence);
}

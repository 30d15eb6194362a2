//! Visits (走访服务): planned, held, completed; who led them, who was there, what was heard and seen.
//!
//! A visit has exactly one leader, and that leader's body (S-02). It belongs to the campaign-year that is open on its
//! day (S-09). Everybody on it, the leader too, is a member with `attended`: a visit counts for nobody who sent another
//! (S-65). The moves between its states stand in one table (`domain::WORKFLOW`), which the transitions and
//! `allowed_actions` read.
//!
//! Nothing that was heard is lost: a visit is not completed while a problem of it lacks a disposition (S-42), and not
//! cancelled once one was recorded. Only completed visits count; completing one writes its figures in the same
//! transaction.
//!
//! Who sees a visit: those above its division, its organisation and those above it, its team, and whoever entered it.
//! Officers and leaders change those that they see in one of these roles.

pub mod changing;
pub mod domain;
pub mod dto;
mod planning;
mod references;
mod routes;
pub mod store;
#[cfg(test)]
mod tests;
mod transitions;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::write::create_visit)
        .service(routes::read::list_visits)
        .service(routes::read::get_visit)
        .service(routes::write::update_visit)
        .service(routes::write::start_visit)
        .service(routes::write::complete_visit)
        .service(routes::write::cancel_visit)
        .service(routes::read::list_visit_events);
}

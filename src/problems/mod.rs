//! Problems (问题清单): what a visit heard, in the reporter's own words, and how it was disposed of.
//!
//! One problem is one record (S-42). The statement is the reporter's and never changes; a summary is the recorder's,
//! and supplements may be added. A problem gets its number when it is recorded and keeps it for life. Its state moves
//! only by `lifecycle`. A view shows what its caller may know: a reporter sees the public part, a handler no masked
//! identity.

pub mod domain;
pub mod dto;
pub mod hiding;
pub mod listing;
pub mod recompute;
pub mod record;
pub mod refs;
pub mod responsible;
pub mod routes;
pub mod separation;
pub mod store;
#[cfg(test)]
mod tests;
pub mod view;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::read::list_problems)
        .service(routes::write::create_problem)
        .service(routes::read::get_problem)
        .service(routes::write::update_problem)
        .service(routes::read::list_visit_problems)
        .service(routes::timeline::list_problem_events)
        .service(routes::timeline::list_supplements)
        .service(routes::timeline::create_supplement);
}

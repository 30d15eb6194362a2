//! What moves a problem from state to state.
//!
//! `workflow` is the one table of transitions: handlers, `allowed_actions`, `GET /meta/state-machine`, the README's
//! diagram and the matrix test read it. Each transition has a file of its own. A transition needs `If-Match`, writes one
//! event, and answers the new representation; `PATCH` never changes a state.

pub mod dispose;
pub mod open;
pub mod routes;
#[cfg(test)]
mod tests;
pub mod workflow;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::dispose_problem)
        .service(routes::open_problem)
        .service(routes::get_state_machine);
}

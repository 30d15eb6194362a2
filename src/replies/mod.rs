//! Public replies (公开回复): what the handling side tells the reporter of a problem, and everybody where it is published.
//!
//! - By the organisation that leads or studies it, or a dispatcher; while it is being handled. What is reported done,
//!   or has ended, has its result.
//! - The first by a person is the first response of its cycle (domain model, Clocks). Who replied has handled the
//!   problem.
//! - It is no progress: neither version nor the clock of what stands still moves (S-34).
//! - It bears the organisation's public name and no person's, and holds no telephone or identity number. Once everybody
//!   reads it, it names nobody either; of what was said before, everybody reads what passes the same guard
//!   (`public_view`).

pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::list_public_replies)
        .service(routes::list_problem_replies)
        .service(routes::create_problem_reply);
}

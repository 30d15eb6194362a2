//! Internal notes (内部备注, S-59): what those who deal with a problem write down for each other.
//!
//! - Nobody who speaks for a reporter reads one, whatever else he is, and no client does. Notes stand in no timeline,
//!   no count and no notice; their events are those of a chain of their own.
//! - A note moves nothing: neither the problem's version nor the clock of what stands still (S-34).

pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::list_problem_notes)
        .service(routes::create_problem_note);
}

//! Who answers for a problem (责任清单, S-55 to S-58): one lead, and as many supporting organisations as have a stated
//! part.
//!
//! The lead's assignment follows the problem: `lifecycle` makes, accepts and ends it. A supporting organisation gets
//! its duty and due day from a dispatcher or the head of the lead organisation; it accepts and reports done, refuses
//! within a working day with a reason, or is relieved of it by that head. The lead reports done only when no supporting
//! duty is open. One open lead per problem and one open row per problem and organisation: the database refuses the
//! second.

pub mod domain;
pub mod dto;
pub mod moving;
pub mod routes;
pub mod store;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::list_assignments)
        .service(routes::create_assignment)
        .service(routes::get_assignment)
        .service(routes::accept_assignment)
        .service(routes::report_assignment_done)
        .service(routes::refuse_assignment)
        .service(routes::waive_assignment);
}

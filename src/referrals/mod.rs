//! A department is asked to study a question about a problem, and answers in writing by a date (交相关部门梳理研究, S-43).
//!
//! - A dispatcher, a leader, or the lead organisation's head or handler refers; a handler or head of the organisation
//!   that was asked answers, once. Who may refer may end what is still open, with a reason.
//! - The organisation that was asked has the part `referred`: it sees the problem and handles none of it. An answer
//!   leaves it that part; where the referral is ended without one, it sees the problem no longer than it would
//!   otherwise.
//! - A referral moves nothing: no clock stops for it. It is due no later than the problem is; overdue is computed on
//!   reading.
//! - It is internal: no reporter reads it. With the end of its problem an open one ends.

pub mod domain;
pub mod dto;
pub mod referring;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::create_referral)
        .service(routes::list_problem_referrals)
        .service(routes::list_referrals)
        .service(routes::get_referral)
        .service(routes::answer_referral)
        .service(routes::end_referral);
}

//! The three lists of the speech as views: 问题清单, 落实清单, 责任清单, of one organisation or of one service object.
//!
//! A list shows what lies within the caller's scopes, whatever organisation or object is named; what lies outside is
//! not there, so an organisation or object that the caller does not see has empty lists. The problems of an
//! organisation are those in which it, or one below it, has a part; its actions are the steps that its people do, of
//! plans that are approved; its assignments are its own. Each page is one statement along an index, and looks at no
//! more than 5,000 rows: a short page with a `next_cursor` is not the last.

pub mod domain;
pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::get_problem_list)
        .service(routes::get_action_list)
        .service(routes::get_assignment_list);
}

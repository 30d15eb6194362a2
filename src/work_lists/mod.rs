//! What waits for the caller (我的待办), most urgent first; badges; and problems counted.
//!
//! - `domain::branches` says for each role what waits for it, and why: each branch is a range of one index along the
//!   urgency, thinned by what only the problem's own rows tell. A problem that waits for somebody twice stands once,
//!   with the first reason.
//! - A page reads two statements: the ids along the branches, then what a summary shows of them. A branch looks at
//!   5,000 rows at most; where it stopped, the page stops too, and its cursor goes on from there.
//! - Badges are exact up to 1,000 and read no more rows than that of an index; beyond it there are at least so many.
//! - Requests to decide and to-dos are no problems: the badges count them as their own lists have them.

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
        .service(routes::list_my_work)
        .service(routes::get_my_work_summary)
        .service(routes::count_problems);
}

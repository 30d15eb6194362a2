//! Somebody follows a problem in person (盯办): it stands in his list, he is told what happens to it, and he may urge.
//!
//! Whoever sees a problem inside the administration may watch it; a problem that leaves his scope leaves his list, and
//! comes back with it. A watch is its person's own affair like a bookmark: it has no version and writes no event, and
//! its DELETE takes no `If-Match`. Under a delegation it is the leader's.

pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::create_watch)
        .service(routes::list_watches)
        .service(routes::delete_watch);
}

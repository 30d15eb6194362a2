//! Who is to be told of what happens to a problem (告知), written down in the transaction in which it happens.
//!
//! - `domain::TOLD` is the one table: which event is told to which circles of people, and whether to the reporters. It
//!   is asked where events of a problem are written (`telling`); whoever did it is not told of it himself. An event
//!   costs one statement at most, however many are told, and no more than 200 are: reporters first, then the circles in
//!   the order of their row, so that watchers keep it from nobody.
//! - A reporter is told of public events only, by the channel that he prefers: that there is something, never what
//!   stands in internal notes, and nobody's name (S-59). Who is unknown, erased, or wants no contact, is not told.
//! - A notice to a person is pending until he reads it; one to a reporter until somebody has told him. Where no gateway
//!   fetches them, `GET /notices` is the list to be telephoned or printed; a number in clear is revealed as elsewhere.

pub mod domain;
pub mod dto;
pub mod routes;
pub mod store;
pub mod telling;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::list_my_notices)
        .service(routes::read_my_notices)
        .service(routes::list_notices)
        .service(routes::deliver_notice);
}

//! The contact log (联系记录): who spoke with whom about a problem, when, by which channel, and whether face to face
//! (S-51).
//!
//! - The first contact or reply with the reporter, by a person, is the first response of its cycle (domain model,
//!   Clocks). An attempt reached nobody and is none; a call-back is written by `lifecycle`.
//! - A contact belongs to the cycle in which it took place, whenever it is entered; it cannot lie before the problem
//!   was recorded, or in the future.
//! - A reporter sees the public ones, without the names of people (S-59).
//! - Once a problem awaits confirmation or is closed, the reporter may still be called, but no longer be replied to.

pub mod domain;
pub mod dto;
mod logging;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(routes::list_contacts).service(routes::create_contact);
}

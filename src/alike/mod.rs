//! What is alike (举一反三): problems like one that is about to be recorded, and solved cases like one that is handled.
//!
//! Similar problems are looked for before recording, so that nobody records a second time what is there: within the
//! caller's scopes, by words, category and object, open and closed. Solved cases travel: they are shown to every
//! official, wherever they were solved, so nothing in them says whose they were: no number, no division, no object, no
//! reporter, and no words but those of outputs, which hold no personal data and name who issued them. Nor are another's
//! words compared: which cases come first is decided by categories, causes and the words of outputs alone.

pub mod domain;
pub mod dto;
pub mod precedents;
pub mod routes;
pub mod similar;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::find_similar_problems)
        .service(routes::list_precedents);
}

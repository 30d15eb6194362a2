//! Competence: which organisation is competent for what (职责).
//!
//! Claiming, suggestions and automatic assignment all ask `competent_orgs`. The rule is `domain::order`: the longest
//! division match, then category over audience over none, then priority. Where nobody is competent the nearest dispatch
//! office holds the problem, flagged `unrouted`. A row is never changed: it ends and another begins.

pub mod domain;
pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

pub use domain::Reason;
pub use store::{competent_orgs, dispatch_office};

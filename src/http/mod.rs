//! What all operations share on the wire.
//!
//! `gate.rs` is what a request passes through before a handler, `answer.rs` what an answer passes through behind it;
//! `operations.rs` is the document as validators; `body.rs`, `upload.rs` and `page.rs` are what a handler takes,
//! `respond.rs` how it answers, `window.rs` how a list is thinned and `total.rs` how it is counted; `etag.rs` and
//! `idempotency.rs` keep two writers apart. `cors.rs` stands before the gate; `address.rs` says where a request comes
//! from, `rate_limit.rs` how often it may, `traffic.rs` what the process is doing.

pub mod actions;
pub mod address;
mod answer;
pub mod body;
pub mod cors;
pub mod etag;
pub mod gate;
pub mod idempotency;
pub mod in_process;
pub mod locale;
pub mod operations;
pub mod page;
pub mod patch;
pub mod rate_limit;
pub mod respond;
pub mod routing;
mod schema;
pub mod strict_json;
#[cfg(test)]
mod tests;
pub mod total;
mod traces;
pub mod traffic;
pub mod upload;
pub mod window;

pub use actions::AllowedAction;
pub use body::{PathId, PathRef, ValidJson, ValidQuery};
pub use etag::IfMatch;
pub use locale::Locale;
pub use page::{ListParams, Page};
pub use respond::{Versioned, View, Work, tagged};

//! What everybody may see (让群众看), without a token: published problems, figures, outputs.
//!
//! - A dispatcher publishes a problem with words of their own; the statement is never shown. They hold no person's
//!   name, telephone or identity number and no household's address; a firm is named only where it consented and its
//!   problem is closed, and never where it raised the problem and hides itself. Whatever else is shown (public replies,
//!   comments) passes the same guard when it is read.
//! - Of a plan everybody sees kinds of measures, policies, organisations and days; its words only where the publisher
//!   said so: they pass the guard then, and what is written into it later is shown where it passes, silently left out
//!   where not.
//! - Who may not know the people of a problem learns of a refused text no more than that it names somebody
//!   (`refusing.rs`).
//! - What was merged, withdrawn or erased, and what names a firm whose problem was begun anew, vanishes by itself.
//! - A problem is found by its id. The number on a reporter's receipt stands nowhere here and opens nothing: who knows
//!   it shall not find the problem in public by it.
//! - Answers may be kept for a minute at most, so that what is withdrawn is soon gone everywhere, and here at once.
//! - Whoever is identified may support a published problem, once; only a hash of who he is is kept.

pub mod domain;
pub mod dto;
mod figures;
pub mod guarding;
pub mod publishing;
mod reading;
pub mod refusing;
mod routes;
pub mod store;
pub mod supporting;
#[cfg(test)]
mod tests;

pub use routes::routes;

//! Promises made on site (现场承诺, S-64): no empty cheques.
//!
//! - Whoever led a visit or went along enters what was promised there: the text, the day, the organisation that will do
//!   it, and the problem or the object that it is about. It is due no earlier than the visit.
//! - It is `open` until the organisation says, in writing, that it was kept or broken. Who made a promise never says
//!   himself that he kept it; that he broke it he may. A dispatcher or supervisor may settle it too.
//! - Overdue is computed on reading: open, and its day is over. An overdue promise is settled, never ended; one made in
//!   error is ended by a dispatcher or supervisor, with the reason, before it is due.
//! - Until it is settled it is a to-do of the organisation that is to keep it (`keep_promise`), be it about a problem
//!   or about none; a working day before its day that organisation and whoever made it are reminded.
//! - The reporter of its problem sees it, its day, whether it is overdue and what came of it, without anybody's name.
//! - Its events stand in the chain of its problem, else of its visit. The figure counts what was kept by its day
//!   against everything that was settled or is overdue; it comes from a roll-up.
//!
//! Lock order: the problem, the visit, the commitment; the roll-up last.

pub mod domain;
pub mod dto;
mod making;
pub mod noting;
mod routes;
mod settling;
pub mod store;

#[cfg(test)]
mod tests;

pub use routes::routes;

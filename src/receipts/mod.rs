//! Receipts (回执): with the code of one, a reporter without an account speaks for himself.
//!
//! - A code is a secret of 256 bits, shown once and stored as its hash. It is good for one problem and for exactly
//!   `domain::OPERATIONS`, and is exchanged for a token of half an hour.
//! - A new receipt replaces the one before it, whose tokens end at once. 30 days after the last closure a code is good
//!   no longer; the next cycle makes it good again.
//! - Codes that are unknown, altered, replaced or expired are refused in the same bytes; the access log knows which it
//!   was, and of which problem, but never the code. Failures slow down the address that they come from.
//! - Who handled a problem gets no new receipt of it, nor does anybody of an organisation that handles it, or did: they
//!   would speak for the reporter about their own work. Links of invitations are made by the same rule (`issuing`).

pub mod domain;
pub mod dto;
mod exchange;
pub mod issuing;
mod routes;
pub mod store;

#[cfg(test)]
mod tests;

pub use routes::routes;

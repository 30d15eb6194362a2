//! Who may speak for an enterprise (企业授权): its people confirm, rate and reopen with accounts of their own.
//!
//! - An officer or dispatcher within whose division the enterprise lies grants it, to anybody but himself; to call an
//!   operation, the person needs a membership as reporter besides.
//! - It begins at once, so that what the person sees is never ahead of what he may do. He sees every problem whose
//!   primary reporter is the enterprise, those of before too.
//! - What ends, by hand or by its date, gives no voice from that moment on (`reporters::store::spoken`). What was ended
//!   by hand is out of sight at once, what expired within an hour (`expiring`).
//! - At most one holds for a person and an enterprise. All is told in the enterprise's own chain.

mod domain;
pub mod dto;
pub mod expiring;
pub mod routes;
pub mod store;

#[cfg(test)]
mod tests;

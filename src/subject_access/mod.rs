//! What is kept about the caller himself (PIPL art. 45): `GET /me/data`.
//!
//! - Somebody with an account: his account, what he may do, what he raised, said and was told, what he did, and who
//!   read his personal data. The bearer of a receipt: the same of its one problem. A client with scope `reporters:act`:
//!   of a reporter whom it names by an external id of its own.
//! - An enterprise's data are not those of the people whom it authorises.
//! - Telephone numbers stand in clear: they are the caller's own. A receipt alone is told neither name nor number: its
//!   code passes through the hands of people who may not know a masked reporter. The read is logged like any other.
//! - Of what the administration wrote down for itself (a contact that is not `public`) he reads when and why, not the
//!   words.
//! - Everything of one kind is a section, one query and one page each; `section` and `cursor` lead on.

pub mod domain;
pub mod dto;
mod reading;
mod routes;
pub mod store;
#[cfg(test)]
mod tests;

pub use routes::routes;

//! Reporters (反映人): who raised a problem, and how to reach him.
//!
//! - A reporter is written down with the problem, in the same transaction; the recording's event speaks for both.
//! - A telephone number is stored encrypted for its row, with a blind index to find it by and a mask to show (PIPL
//!   art. 6). Reading it in clear is an act of its own and stands in the access log.
//! - `named`: whoever reads the problem reads the name. `masked`: only dispatchers and supervisors do; whoever handles
//!   the problem never learns who raised it. `unknown`: nobody was told, so nothing is stored.
//! - Who speaks for a reporter is asked in one place (`store::spoken`): his account or one that his enterprise
//!   authorised, the bearer of his receipt, the client that knows him by an id of its own. A follower speaks for
//!   nobody, and reads nothing of what he follows: he keeps the view of his own number.
//! - No identity-card number is ever needed, and none is taken.

pub mod domain;
pub mod dto;
pub mod identity;
mod routes;
pub mod store;
pub mod voice;

#[cfg(test)]
mod tests;

pub use routes::routes;

//! Who may ask for what, and how one proves who one is.
//!
//! A token is verified once per process and remembered (`token.rs`), checked against ended families and changed rights
//! at every request (`rights.rs`), against the role table in the gate (`policy.rs`), and tells how far its bearer sees
//! (`scope.rs`). There is no server session.
//!
//! Tokens are taken at one endpoint (`grants/`) for what a person stands for at that moment (`standing.rs`): a session
//! family begins with a sign-in and goes on by refresh tokens that are good once. Failures slow the next attempt down
//! (`slow_down.rs`), passwords are Argon2id, two at a time at most (`password.rs`). Accounts are kept by administrators
//! within their divisions (`accounts/`); the directory keeps people and memberships, and raises `person.rights` with
//! every change of them. The code of a receipt is exchanged elsewhere (`receipts`), for a token of one problem
//! (`case.rs`).

pub mod accounts;
pub mod caller;
pub mod case;
pub mod domain;
pub mod dto;
pub mod extract;
pub mod grants;
pub mod keys;
pub mod password;
pub mod policy;
pub mod rights;
pub mod routes;
pub mod scope;
pub mod slow_down;
pub mod standing;
pub mod store;
pub mod sweep;
pub mod token;
pub mod whoami;

#[cfg(test)]
mod tests;

pub use caller::Caller;
pub use extract::Can;
pub use policy::Role;
pub use scope::Scope;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::token::create_token)
        .service(routes::token::revoke_token)
        .service(routes::me::redeem_reset_code)
        .service(routes::me::get_me)
        .service(routes::me::change_password)
        .service(routes::sessions::list_my_sessions)
        .service(routes::sessions::end_my_session)
        .service(routes::account::create_reset_code)
        .service(routes::account::disable_person)
        .service(routes::account::enable_person);
}

/// The same at the root, outside `/api/v1`.
pub fn root_routes(config: &mut ServiceConfig<'_>) {
    config.service(routes::token::get_jwks);
}

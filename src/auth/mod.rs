//! Who may ask for what.
//!
//! A token is verified once per process and remembered (`token.rs`), checked against ended families and changed rights
//! at every request (`rights.rs`), against the role table in the gate (`policy.rs`), and tells how far its bearer sees
//! (`scope.rs`). Passwords are Argon2id, two at a time at most (`password.rs`). There is no server session.

pub mod caller;
pub mod extract;
pub mod keys;
pub mod password;
pub mod policy;
pub mod rights;
pub mod scope;
pub mod sweep;
pub mod token;

pub use caller::Caller;
pub use extract::Can;
pub use policy::Role;
pub use scope::Scope;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this feature.
pub fn routes(_config: &mut ServiceConfig<'_>) {}

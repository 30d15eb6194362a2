//! Client applications (对接系统): what they may do, and the secret by which they are known.
//!
//! A secret is 256 random bits, shown once and stored as its SHA-256: a slow hash protects what people choose, and this
//! nobody chose. When it is rotated the old one is good for 24 hours more, so that an integrator can change it at
//! leisure. A client belongs to an organisation and acts for it, within its scopes.

pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::list_client_apps)
        .service(routes::create_client_app)
        .service(routes::get_client_app)
        .service(routes::update_client_app)
        .service(routes::rotate_client_secret)
        .service(routes::end_client_app);
}

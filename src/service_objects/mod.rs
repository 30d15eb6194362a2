//! Enterprises, households and communities: whom the visits serve.

pub mod domain;
pub mod industry;
pub mod store;
pub mod uscc;
pub mod words;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this feature.
pub fn routes(_config: &mut ServiceConfig<'_>) {}

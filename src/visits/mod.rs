//! Visits (走访服务): planned, held, completed; who led them, who was there, what was heard and seen.

pub mod domain;
pub mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this feature.
pub fn routes(_config: &mut ServiceConfig<'_>) {}

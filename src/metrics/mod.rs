//! Figures, each with its formula and what it is a part of.

use utoipa_actix_web::service_config::ServiceConfig;

pub mod rollup;

/// The operations of this feature.
pub fn routes(_config: &mut ServiceConfig<'_>) {}

//! Campaigns (活动) and their years: a visit and a problem belong to one campaign-year (S-09).

pub mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this feature.
pub fn routes(_config: &mut ServiceConfig<'_>) {}

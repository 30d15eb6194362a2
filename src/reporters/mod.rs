//! Reporters (反映人): who raised a problem, with a telephone number that is encrypted and masked.

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this feature.
pub fn routes(_config: &mut ServiceConfig<'_>) {}

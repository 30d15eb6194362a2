//! Problems (问题): what a visit heard, in the reporter's own words, and how it was disposed of.

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this feature.
pub fn routes(_config: &mut ServiceConfig<'_>) {}

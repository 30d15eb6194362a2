//! Campaigns (活动) and their years: a visit and a problem belong to one campaign-year (S-09).
//!
//! A campaign is addressed by its slug. A year has a stage (部署、督查、总结) and a period, both ends included; what is
//! dated outside every open period is refused. A closed year's figures are final. Campaigns belong to the whole
//! installation: its highest administrators and dispatchers keep them.

pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::list_campaigns)
        .service(routes::create_campaign)
        .service(routes::get_campaign)
        .service(routes::create_campaign_year)
        .service(routes::update_campaign_year);
}

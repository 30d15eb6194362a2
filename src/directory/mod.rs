//! The directory: divisions, organisations, people, what they may do, who is competent, and the terms they speak in.
//!
//! Divisions and terms ship in the binary and are data from the first row; trees are closure tables. Nothing is
//! deleted: things end, and lists hide ended ones unless asked. Every change of a person's rights raises
//! `person.rights`, which tokens carry.

pub mod clients;
pub mod competence;
pub mod delegations;
pub mod divisions;
pub mod ending;
pub mod import;
pub mod listing;
pub mod memberships;
pub mod one_level_up;
pub mod orgs;
pub mod people;
pub mod readiness;
pub mod refs;
pub mod rights;
pub mod seed;
pub mod shipped;
pub mod stable_id;
pub mod terms;
pub mod terms_shipped;
pub mod words;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(divisions::routes::routes)
        .configure(terms::routes)
        .configure(clients::routes)
        .configure(competence::routes)
        .configure(orgs::routes::routes)
        .configure(people::routes::routes)
        .configure(memberships::routes::routes)
        .configure(delegations::routes::routes)
        .configure(readiness::routes::routes);
}

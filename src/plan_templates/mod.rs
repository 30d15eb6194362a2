//! Templates of plans (分类指导、分别施策, S-49): measures and steps with which a plan may begin, for an audience and perhaps
//! a category and a nature.
//!
//! - An administrator or dispatcher keeps those of his division; who writes plans there or below may begin with them.
//!   None is ever required, and none ships: what fits is for each place to find out.
//! - A template is a start: need, blockage and pain point are the object's own (S-52), and each measure and step may be
//!   changed. A plan that is submitted with the template's measures and steps says why.
//! - A version is never changed: a new one replaces it, and a plan keeps the one that it began with. A series ends with
//!   a reason.

pub mod domain;
pub mod dto;
mod keeping;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::create_plan_template)
        .service(routes::list_plan_templates)
        .service(routes::get_plan_template)
        .service(routes::replace_plan_template)
        .service(routes::end_plan_template);
}

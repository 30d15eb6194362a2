//! Action plans (落实清单): what is to be done about problems, by whom and by when.
//!
//! - `one_enterprise_one_policy` (一企一策) belongs to one enterprise and covers problems of it;
//!   `one_matter_one_discussion` (一事一议) belongs to one problem and keeps its discussion (S-50). Need, blockage and pain
//!   point are required (S-52), and one named liaison (S-51).
//! - A plan needs a current analysis of each of its problems (S-45). A problem stands in one plan at a time.
//! - A plan may begin with a template (`plan_templates`); one that is submitted as the template has it says why (S-49).
//!   One that reads like a plan for another object is warned of on both (S-48, `likeness`).
//! - Each step has an owner, a day and a measurable result (S-67); a plan without steps is not submitted. The states
//!   and their moves stand in one table (`workflow`); an approved plan begins with the first start of a problem and is
//!   done when all its problems have ended, which `lifecycle` tells through `store`.
//! - Plans are written and approved by handlers and heads of the organisation that leads or studies the problems. Who
//!   sees one of its problems sees the plan, with the problems and steps that he may see; a reporter sees what is
//!   planned once it is approved, and no names of people (S-59).

mod changing;
pub mod domain;
mod drafting;
pub mod dto;
mod from_template;
pub mod likeness;
mod measures;
mod moving;
mod presenting;
mod references;
mod routes;
mod steps;
pub mod store;
#[cfg(test)]
mod tests;
pub mod workflow;

pub use routes::routes;

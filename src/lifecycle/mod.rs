//! What moves a problem from state to state.
//!
//! `workflow` is the one table of transitions: handlers, `allowed_actions`, `GET /meta/state-machine`, the README's
//! diagram and the matrix test read it. Each transition has a file of its own; `step` is what they have in common, and
//! `command` the one place from which requests, bulk requests and recordings carry them out. A transition needs
//! `If-Match`, writes one event, and answers the new representation; `PATCH` never changes a state.

pub mod accept;
pub mod answer;
pub mod ask_reporter;
pub mod assign;
pub mod bulk;
pub mod by_itself;
pub mod claim;
pub mod close_unanswered;
pub mod closing;
pub mod command;
pub mod complete;
pub mod conclude;
pub mod confirm;
pub mod diagram;
pub mod dispose;
pub mod dto;
pub mod hand_over;
pub mod lead;
pub mod look_back;
pub mod merge;
pub mod open;
pub mod redispose;
pub mod reject_result;
pub mod reopen;
pub mod resume;
pub mod routes;
pub mod situation;
pub mod start;
pub mod step;
pub mod suggestions;
pub mod supply;
pub mod support;
#[cfg(test)]
mod tests;
pub mod transfer;
pub mod urge;
pub mod withdraw;
pub mod workflow;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::disposing::dispose_problem)
        .service(routes::disposing::redispose_problem)
        .service(routes::disposing::open_problem)
        .service(routes::disposing::merge_problem)
        .service(routes::disposing::withdraw_problem)
        .service(routes::urging::urge_problem)
        .service(routes::handling::claim_problem)
        .service(routes::handling::assign_problem)
        .service(routes::handling::accept_problem)
        .service(routes::handling::start_problem)
        .service(routes::handling::transfer_problem)
        .service(routes::handling::hand_over_problem)
        .service(routes::handling::ask_reporter)
        .service(routes::handling::supply_problem)
        .service(routes::handling::resume_problem)
        .service(routes::handling::conclude_problem)
        .service(routes::closing::answer_problem)
        .service(routes::closing::complete_problem)
        .service(routes::closing::confirm_problem)
        .service(routes::closing::reject_result)
        .service(routes::closing::close_unanswered)
        .service(routes::closing::look_back_problem)
        .service(routes::closing::reopen_problem)
        .service(routes::bulk::act_on_problems)
        .service(routes::suggestions::list_suggested_orgs)
        .service(routes::meta::get_state_machine);
}

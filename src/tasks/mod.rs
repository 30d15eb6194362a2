//! What happens later: by itself (服务自动办理), and as somebody's to-do (待办).
//!
//! `domain` says from how a problem stands which tasks it needs, and when. `planning` brings the rows to that after
//! every change of a problem, in the same transaction: what is needed is planned, what is not needed any more ends. A
//! task belongs to one occasion (its key), however often it is planned; one that has ended without being done is
//! planned again when its occasion comes back, one that was done never.
//!
//! `engine` carries out what is due by itself, in any number of replicas. A replica takes some due tasks by a lease of
//! real time, and then does each in one transaction that also marks it done: a task has its effect exactly once,
//! whoever is killed when. `filler` plans for problems that were there before there were tasks. What happens by itself
//! has the time at which it was carried out, like every act: never one before an event that stands before it.
//!
//! Lock order: the problem, then its tasks. The lease is a transaction of its own, so it holds no task while it waits.

pub mod by_itself;
pub mod doing;
pub mod domain;
pub mod dto;
pub mod engine;
pub mod filler;
pub mod planning;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::list_tasks)
        .service(routes::get_task)
        .service(routes::complete_task);
}

//! What one side asks and another decides (请求与裁定): to return a problem, to escalate it, to put it on hold, for a later
//! date, to decline it, and the reporter's appeal.
//!
//! The rules stand in one table, `lifecycle::workflow::asking`: from which states, who asks, what must be carried,
//! where the problem stands meanwhile, who decides, and what follows. Asking is a transition of the problem
//! (`asking.rs`), deciding a write of the request (`deciding.rs`, and what each kind leads to in `consequences.rs`).
//! One request is open per problem; a transition that leaves the states from which it may be asked ends it as lapsed
//! (`lapsing.rs`).
//!
//! Time to decide: 1 working day for a return, 3 for every other kind (the source names none). Past it a request is
//! decided one level up too; that is computed on reading, never a flag. Who decides is `directory::one_level_up`'s
//! affair: where nobody can, a decision taken outside is entered, by anybody but the asker.
//!
//! After a refused appeal nothing can be appealed any more: what was declined stays declined, and what was rejected a
//! third time is closed, unconfirmed; the reporter may still confirm it, and a supervisor may reopen it.
//!
//! A reporter sees his appeals, and of the rest what was granted and concerns him: a hold, a later date, a refusal to
//! act; never a return or an escalation, never people (S-59).

pub mod asking;
pub mod consequences;
pub mod deciding;
pub mod domain;
pub mod dto;
pub mod lapsing;
pub mod listing;
pub mod presenting;
pub mod routes;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::create_request)
        .service(routes::list_problem_requests)
        .service(routes::list_requests)
        .service(routes::get_request)
        .service(routes::decide_request);
}

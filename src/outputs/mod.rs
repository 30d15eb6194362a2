//! What comes of problems beyond themselves (制度成果): a policy, a rule, or a case that others can learn from.
//!
//! - An institutional problem is not closed by an operational fix: it needs a living theme of two problems that go on,
//!   or an output, its own or its theme's (S-47). The study of a typical problem ends in one (S-08).
//! - An output comes with the conclusion or completion of a problem, or is entered by itself, by a handler or head of
//!   the organisation that issues it or by a dispatcher. It is changed, and ended with a reason; a dispatcher shows it
//!   to the public.
//! - Outputs travel: every official reads them, whatever his scope, and perhaps everybody. So they hold no personal
//!   data: identity and telephone numbers, credit codes, and the names and addresses of whoever raised and handles
//!   their problems or those of their theme are refused, by the guard of everything public; and asked for again when
//!   they are published. A problem that joins a theme later is compared with what is published of it, and kept out
//!   where that names somebody (`named_in_published`).
//! - A case (`GET /cases`) is an output of which a problem came that is closed, confirmed and not erased: what was
//!   learnt, for which audience, category and causes, and nothing of whom it concerned.

mod depersonalised;
pub mod domain;
pub mod dto;
mod keeping;
pub mod led_to;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

pub use depersonalised::{Source, named_in_published, names_nobody};

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::cases::list_cases)
        .service(routes::create_output)
        .service(routes::list_outputs)
        .service(routes::get_output)
        .service(routes::update_output)
        .service(routes::publish_output)
        .service(routes::unpublish_output)
        .service(routes::end_output);
}

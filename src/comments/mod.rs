//! Comments and suggestions (群众说, S-80, S-81, S-84): what people say of a published problem, and its reporter of his
//! own.
//!
//! - Only who is identified speaks: by an account, by a receipt, or by the portal that knows him. What others see of
//!   him is the name that he gives, or none; who wishes not to be known is hidden from whoever may not know a masked
//!   reporter.
//! - Criticism stays: no operation changes or removes a comment, and the database refuses to, but for a passage about a
//!   third person that is blotted out, leaving its mark (`erasure`). A dispatcher or a supervisor may hide one, for the
//!   law and for privacy alone, with a reason; its stub stays in its place. Who is criticised (whoever acted on the
//!   problem, or belongs to an organisation that handles it) hides and blots out nothing (`judging`). Every hiding is
//!   logged for ever.
//! - A reply of the administration is due within `domain::REPLY_WORKING_DAYS`, once, and everybody reads it; until then
//!   it is a to-do of whoever answers for the problem. A day that rests on days which are not settled is counted anew
//!   once they are. Readers reply to comments too, one level deep.
//! - One voice counts once, whichever way it comes: what identified the supporter is kept as a keyed hash. Who wrote a
//!   comment supports it by that.
//! - A text that everybody will read holds no telephone number and no identity number, and once the problem is
//!   published names nobody. What was said before is read by everybody where it passes the same guard (`public_view`):
//!   of the rest there is the stub. Who reads a comment only because its problem is published learns no number of a
//!   receipt.

pub mod author;
pub mod domain;
pub mod dto;
pub mod finding;
pub mod judging;
mod listing;
mod moderating;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;
mod writing;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::public::list_public_comments)
        .service(routes::reading::list_problem_comments)
        .service(routes::writing::create_comment)
        .service(routes::reading::count_comments)
        .service(routes::reading::list_comments)
        .service(routes::reading::get_comment)
        .service(routes::writing::support_comment)
        .service(routes::moderating::reply_to_comment)
        .service(routes::moderating::hide_comment)
        .service(routes::moderating::unhide_comment)
        .service(routes::reading::list_comment_moderations);
}

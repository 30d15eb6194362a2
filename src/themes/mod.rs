//! Themes (共性问题): problems with one cause are seen together, and end in a change that outlasts them (S-22, S-47).
//!
//! - An organisation studies a theme; a dispatcher of its division, or that organisation's handlers and heads, gather
//!   its problems: each lies within the caller's scope and the theme's division, is of its audience where it names one,
//!   and stands in one theme at a time (a unique index keeps that).
//! - A dispatcher or the organisation's head closes it: with two problems at least, and an output. Closing moves no
//!   problem; it reports where each member stands, and keeps that in its event. What was closed is reopened with a
//!   reason. A theme that proves none is ended, once it has no members.
//! - A theme is seen by those above its division or organisation, and by whoever sees one of its members; its members
//!   one by one only by who sees them, their number by all.
//! - Its words are every official's to read, so they name nobody behind its problems: when it is opened, changed, and
//!   joined.
//! - A problem's row names its theme, in step with the member's row; the problem's chain tells when it came and left.
//! - An erased problem stays a member: what was closed, and what is counted, stays as it was. Whoever keeps the theme
//!   takes it out like any other, by the same rules, but without a word: no reason is kept of it, and what was said of
//!   why it left before is erased along with it.
//!
//! Locks: problems in the order of their ids, outputs in theirs, then the theme.

mod changing;
pub mod domain;
pub mod dto;
mod members;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::create_theme)
        .service(routes::list_themes)
        .service(routes::get_theme)
        .service(routes::update_theme)
        .service(routes::members::add_theme_problems)
        .service(routes::members::list_theme_problems)
        .service(routes::members::remove_theme_problems)
        .service(routes::moves::close_theme)
        .service(routes::moves::reopen_theme)
        .service(routes::moves::end_theme)
        .service(routes::list_theme_events);
}

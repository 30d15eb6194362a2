//! Every statement of the public view.
//!
//! `publications.rs` keeps the words that are published, `shown.rs` reads what everybody may see, `guarded.rs` what nobody
//! may, `supporters.rs` counts who supports.

pub mod guarded;
pub mod listing;
pub mod publications;
pub mod shown;
pub mod supporters;

/// What a publication `b` of a problem `p` must be to be seen; the instant that result notices are compared with comes
/// behind it, and then a closing bracket.
pub(super) const SEEN: &str = " AND b.ended_at IS NULL AND p.state NOT IN ('merged', 'withdrawn') AND p.erased_at IS NULL \
     AND (p.state = 'closed' OR NOT b.names_firm) AND (b.until IS NULL OR b.until > ";

//! Every statement of the public view.
//!
//! `publications.rs` keeps the words that are published, `shown.rs` reads what everybody may see, `guarded.rs` what
//! nobody may, `supporters.rs` counts who supports.

pub mod guarded;
pub mod listing;
pub mod publications;
pub mod shown;
pub mod supporters;

/// What a publication `b` of a problem `p` must be to be seen; the instant that result notices are compared with comes
/// behind it, and then a closing bracket.
pub(super) const SEEN: &str = " AND b.ended_at IS NULL AND p.state NOT IN ('merged', 'withdrawn') AND p.erased_at IS NULL \
     AND (p.state = 'closed' OR NOT b.names_firm) AND (b.until IS NULL OR b.until > ";

/// Whether the firm that a problem `p` is about raised or follows it and does not let itself be known: then nobody
/// names it, whatever it consented to.
macro_rules! masked_firm {
    () => {
        "EXISTS (SELECT 1 FROM problem_reporter mx JOIN reporter mr ON mr.id = mx.reporter_id \
         WHERE mx.problem_id = p.id AND mr.anonymity <> 'named' \
         AND (mr.object_id = p.object_id OR (mr.kind = 'enterprise' AND mr.object_id IS NULL)))"
    };
}
pub(super) use masked_firm;

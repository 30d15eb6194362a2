//! What is not kept for ever (PIPL art. 19, 47): words, and what says who somebody is.
//!
//! - **Erasure**: 24 calendar months after a problem finally ended (closed and last looked back at, declined, merged,
//!   withdrawn), by itself, or earlier because its reporter asked. Every free text about it goes, its attachments, its
//!   receipts, and, where nothing else of theirs is kept, its reporters and whoever commented on it or supported a
//!   comment, its households (name and address), and what was seen and heard at its visit. Promises that are open end
//!   with it. States, times, ratings' points and all figures stay, and so do events: they carry salted hashes, whose
//!   salt goes with the text, so each chain stays whole. What is erased takes nothing more (409 `erased`, in
//!   `problems::store::change::note`). Its reporter takes back his own words alone: where he asked, what others
//!   commented stays until the term. Of whom more is kept, the problem tells no longer.
//! - **Criticism stays** (S-84): whoever acted on a problem, or belongs to an organisation that handles it, neither
//!   erases nor blots out anything of it (`comments::judging`), since a passage goes out of the timeline too, whoever
//!   wrote it there.
//! - Who supports a problem is not kept, only a hash of him together with the problem: nobody is kept for a support's
//!   sake. A visit at which no problem was heard has no term, and keeps its households.
//! - **Redaction**: a passage about a third person is blotted out of a text of a problem or a visit wherever it stands,
//!   with （已隐去） in its place. It is the one change that a statement bears (S-39). Timeline texts that held the passage
//!   are erased whole; the redaction's own event says what is left.
//!
//! `store` is the one place that empties texts across tables: a new free text about a problem gets its line there, and
//! `tests::schema` finds it if it has none, or if no redaction reaches it. Whatever keeps texts elsewhere (an index) is
//! told by `after_text_changed`. Bytes of attachments are removed by their own sweep, right after the commit and until
//! it succeeds.

pub mod domain;
pub mod dto;
pub mod erasing;
pub mod redacting;
mod routes;
pub mod store;
#[cfg(test)]
mod tests;

pub use routes::routes;

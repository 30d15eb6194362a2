//! Full text (全文检索): which problems, visits and plans hold the words of a query.
//!
//! A text is known by the pairs of neighbouring characters in it, and by its Latin words and numbers; one pure function
//! makes them when a text is written and when it is asked for, so every word of two characters is found (纾困), without a
//! dictionary. A text is found that holds all pairs of the query. The index is written in the transaction that writes
//! the text, and holds none: SQLite's FTS5 without content, PostgreSQL's `tsvector`. Who may read a row may search its
//! texts; names, telephone numbers and account numbers of reporters are in no index, wherever somebody wrote them down.
//!
//! Rows of a version that had no index are filled in beside requests, once.

pub mod domain;
pub mod filler;
pub mod store;
#[cfg(test)]
mod tests;

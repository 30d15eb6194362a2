//! Every statement on `notice`.
//!
//! `tell.rs` writes them down, `mine.rs` is what a person reads, `to_tell.rs` what an office tells reporters.

pub mod mine;
pub mod tell;
pub mod to_tell;

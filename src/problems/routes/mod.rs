//! The operations on problems, but for those that move them (`lifecycle`).

pub mod read;
pub mod timeline;
pub mod write;

//! The handlers.

pub mod read;
pub mod write;

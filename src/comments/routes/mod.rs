//! The handlers: reading, reading without a token, writing, and what the administration does about comments.

pub mod moderating;
pub mod public;
pub mod reading;
pub mod writing;

//! Enterprises, households and communities: whom the visits serve.

pub mod industry;
pub mod uscc;

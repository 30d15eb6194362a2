//! What those served say of the result: ratings and look-backs.

pub mod dto;
pub mod look_backs;
pub mod store;

//! Divisions, organisations, people and the terms they speak in.

pub mod level;
pub mod shipped;
pub mod stable_id;
pub mod terms_shipped;

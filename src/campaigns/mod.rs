//! Campaigns (活动) and their years (S-09, S-13).
//!
//! A campaign has a theme, may stand under another, and runs in years; a visit and a problem belong to one campaign-year,
//! and one that is dated outside every open year is refused. A year goes through deployment, inspection and summary (年初
//! 要有部署，年中要有督查，年末要有总结), each with a document and a date; a closed year never changes. Campaigns belong to
//! the whole installation, so its highest administrators and dispatchers keep them; they are addressed by slug.

pub mod domain;
pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

pub use routes::routes;

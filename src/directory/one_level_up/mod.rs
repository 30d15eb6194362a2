//! Who decides: the one function that requests, their lists and `GET /meta/readiness` ask.
//!
//! What is decided at a level is decided by the nearest division, from the asker's own upwards, in which somebody
//! active holds the role; what is decided one level up begins above it. Where nobody above holds it, a supervisor of
//! another organisation of the asker's own division decides; where there is none either, the act is decided outside and
//! entered. So an office of three people, and the province itself, never wait for nobody.
//!
//! `domain` decides of the holders that `store` reads in one statement.

pub mod domain;
pub mod store;

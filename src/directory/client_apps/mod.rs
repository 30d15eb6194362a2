//! Client applications (对接系统): other systems that come in by themselves, as an organisation's integrator.
//!
//! A client holds scopes, each of which must be one that some permission of integrators asks for. Its secret is made here,
//! shown once and stored as a SHA-256: it is 256 random bits, so there is nothing to guess that a slow hash would protect
//! (a password is hashed slowly because people choose it). After a rotation the old secret is good for a day more, so that
//! replicas of the client can change over at leisure. A client ends, and its tokens with it.

pub mod domain;
pub mod dto;
pub mod routes;
pub mod store;
#[cfg(test)]
mod tests;

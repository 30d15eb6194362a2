//! Every statement on credentials, session families and refresh tokens, and what signing in reads of people,
//! memberships, delegations and clients.

pub mod accounts;
pub mod clients;
pub mod credentials;
pub mod sessions;
pub mod subjects;

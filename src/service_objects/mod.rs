//! Enterprises, households and communities (服务对象): whom the visits serve.
//!
//! - Scope: whoever may read or keep objects does so in the subtree of his membership's division, whatever the kind of
//!   his scope for problems: an officer of a county's bureau serves the county, not his bureau. A list runs in one of
//!   the caller's divisions (`?scope=division:330782`, by default the widest); a single read in all of them.
//! - A household lies in a village and needs no name: its alias is what others read. A town or village is its own
//!   division, and at most one object; a household counts once, however many people were met (S-24).
//! - A credit code obeys the whole of GB 32100-2015 and is unique in the installation. One whose own check fails is
//!   kept only with `uscc_unverified` and a reason. 409 `duplicate` names the other object only where the caller may
//!   see it.
//! - A client names objects by its own keys: what it sends again with a key of its own is answered with the object that
//!   bears it, so that a feed may be replayed.
//! - Objects end and never go; an ended one keeps its code. Every change is an event of the object.

pub mod authorisations;
pub mod domain;
pub mod dto;
pub mod entry;
pub mod import;
pub mod industry;
mod reach;
mod routes;
pub mod store;
pub mod uscc;
pub mod words;

#[cfg(test)]
mod tests;

pub use reach::Reach;
pub use routes::routes;

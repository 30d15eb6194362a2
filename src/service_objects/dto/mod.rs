//! Service objects on the wire.

mod read;
mod write;

pub use read::{ExternalIdView, ObjectFilters, ObjectSort, ServiceObjectView};
pub use write::{
    CommunityPatch, EndServiceObject, EnterprisePatch, ExternalName, HouseholdPatch, NewServiceObject,
    ServiceObjectPatch,
};

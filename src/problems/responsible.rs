//! Who answers for the handling of a problem: the organisations that lead or study it, and who may act for them.

use uuid::Uuid;

use crate::auth::caller::TokenMembership;
use crate::auth::{Caller, Role};

/// A leading or studying organisation, with itself or one organisation above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Tie {
    /// The organisation that leads or studies.
    pub org_id: Uuid,
    /// The same, or one above it.
    pub above_id: Uuid,
}

/// The organisation for which the caller may act with one of these roles: a head for his own and those below it, anyone
/// else for his own. The membership that he acts with comes first.
pub fn acting_for(who: &Caller, ties: &[Tie], roles: &[Role]) -> Option<Uuid> {
    let mut memberships: Vec<_> = who.memberships.iter().filter(|own| roles.contains(&own.role)).collect();
    memberships.sort_by_key(|own| own.id != who.acting);
    let org_of = |own: &TokenMembership| {
        let mut tied = ties.iter().filter(|tie| tie.above_id == own.org);
        tied.find(|tie| tie.org_id == own.org || own.role == Role::Head)
            .map(|tie| tie.org_id)
    };
    memberships.into_iter().find_map(org_of)
}

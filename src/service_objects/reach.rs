//! How far a caller's service objects reach: the subtrees of the divisions of the memberships that give the permission.

use uuid::Uuid;

use crate::auth::policy::Permission;
use crate::auth::{Can, Scope};
use crate::db::{DbError, Tx};
use crate::directory::divisions;
use crate::directory::words::Level;
use crate::error::ApiResult;

/// Where objects may be read and written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everywhere: the installation's own imports.
    Everywhere,
    /// In the subtrees of these divisions.
    Divisions(Vec<Uuid>),
}

impl Reach {
    /// The reach of a caller by a permission.
    pub fn of<P: Permission>(who: &Can<P>) -> Self {
        Self::Divisions(divisions_of(who))
    }

    /// Whether a division lies within.
    pub async fn holds(&self, tx: &mut Tx, division: Uuid) -> Result<bool, DbError> {
        match self {
            Self::Everywhere => Ok(true),
            Self::Divisions(roots) => {
                for root in roots {
                    if divisions::is_within(&mut *tx, *root, division).await? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }
}

/// The divisions of the memberships that give the permission.
pub fn divisions_of<P: Permission>(who: &Can<P>) -> Vec<Uuid> {
    let (mut ids, granting) = (Vec::new(), P::RULE.roles);
    for membership in &who.memberships {
        if granting.contains(&membership.role) && !ids.contains(&membership.division) {
            ids.push(membership.division);
        }
    }
    ids
}

/// The division that a list runs in: the one that `?scope=` names, or the widest.
pub fn list_division<P: Permission>(who: &Can<P>, named: Option<&str>) -> ApiResult<Scope> {
    let mut memberships: Vec<_> = who
        .memberships
        .iter()
        .filter(|membership| P::RULE.roles.contains(&membership.role))
        .collect();
    memberships.sort_by_key(|membership| (Level::of_code(&membership.division_code), &membership.division_code));
    let scopes = memberships.into_iter().map(|membership| Scope::Division {
        id: membership.division,
        code: membership.division_code.clone(),
    });
    Scope::choose(scopes.collect(), named)
}

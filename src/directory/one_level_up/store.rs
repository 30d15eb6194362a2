//! Who holds a deciding role in divisions and above them.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::domain::Holder;
use crate::auth::policy::Role;
use crate::clock::Timestamp;
use crate::db::{DbError, On, sql};
use crate::directory::refs::DivisionRef;

/// Those who hold a deciding role, and the divisions in which they do.
#[derive(Clone, Debug, Default)]
pub struct Held {
    holders: BTreeMap<Uuid, Vec<Holder>>,
    divisions: BTreeMap<Uuid, DivisionRef>,
}

impl Held {
    /// Those of a division and above it, nearest first.
    pub fn above(&self, division: Uuid) -> &[Holder] {
        self.holders.get(&division).map_or(&[], Vec::as_slice)
    }

    /// What a division in which somebody holds a role is called.
    pub fn called(&self, division: Uuid) -> Option<&DivisionRef> {
        self.divisions.get(&division)
    }
}

/// A holder beside the division in which he is one.
#[derive(Debug, sqlx::FromRow)]
struct Joined {
    descendant_id: Uuid,
    depth: i64,
    role: Role,
    org_id: Uuid,
    person_id: Uuid,
    id: Uuid,
    code: String,
    name: String,
    full_name: String,
}

/// Those active at `now` who are dispatchers or supervisors of these divisions or of any above them; in one statement,
/// however many divisions.
pub async fn holders(on: impl Into<On<'_>>, divisions: &[Uuid], now: Timestamp) -> Result<Held, DbError> {
    let rows: Vec<Joined> = sql(
        "SELECT u.descendant_id, u.depth, m.role, m.org_id, m.person_id, v.id, v.code, v.name, v.full_name \
         FROM division_ancestor u JOIN membership m ON m.division_id = u.ancestor_id \
         AND m.role IN ('dispatcher', 'supervisor') JOIN division v ON v.id = u.ancestor_id \
         JOIN person p ON p.id = m.person_id AND p.active WHERE m.ended_at IS NULL",
    )
    .and("m.valid_from <= ", now)
    .push_bind(" AND (m.valid_to IS NULL OR m.valid_to > ", now)
    .push(") AND u.descendant_id")
    .in_list(divisions)
    .push(" ORDER BY u.depth, m.id")
    .all(on)
    .await?;
    let mut held = Held::default();
    for row in rows {
        let Joined {
            descendant_id,
            depth,
            role,
            org_id,
            person_id,
            id,
            code,
            name,
            full_name,
        } = row;
        held.divisions.insert(id, DivisionRef { code, name, full_name });
        held.holders.entry(descendant_id).or_default().push(Holder {
            depth,
            division: id,
            role,
            org: org_id,
            person: person_id,
        });
    }
    Ok(held)
}

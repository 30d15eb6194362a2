//! Whom a token may stand for: a person, the memberships that hold now, and the delegations that he has received.

use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::auth::caller::TokenMembership;
use crate::auth::domain::Reach;
use crate::auth::policy::Role;
use crate::clock::Timestamp;
use crate::db::{DbError, On, sql};
use crate::directory::words::Level;

/// A person with what holds of his rights at a moment.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Person id.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// Whether he may come in at all.
    pub active: bool,
    /// The number of his rights.
    pub rights: i64,
    /// His user name, where he has an account.
    pub username: Option<String>,
    /// Whether his password must be changed first.
    pub must_change: bool,
    /// The memberships that hold.
    pub memberships: Vec<Membership>,
}

/// A membership with the names that answers show.
#[derive(Clone, Debug)]
pub struct Membership {
    /// What a token carries of it, and its level.
    pub reach: Reach,
    /// The organisation's name.
    pub org_name: String,
    /// The division's name.
    pub division_name: String,
    /// The division's name with those above it.
    pub division_full_name: String,
    /// Since when it holds; `None` for a client, whose membership is its registration.
    pub valid_from: Option<Timestamp>,
    /// When it ends (exclusive).
    pub valid_to: Option<Timestamp>,
}

#[derive(FromRow)]
struct SubjectRow {
    id: Uuid,
    name: String,
    active: bool,
    rights: i64,
    username: Option<String>,
    must_change: Option<bool>,
    membership_id: Option<Uuid>,
    role: Option<Role>,
    org_id: Option<Uuid>,
    org_name: Option<String>,
    division_id: Option<Uuid>,
    division_code: Option<String>,
    division_name: Option<String>,
    division_full_name: Option<String>,
    level: Option<Level>,
    valid_from: Option<Timestamp>,
    valid_to: Option<Timestamp>,
}

impl SubjectRow {
    fn membership(self) -> Option<Membership> {
        Some(Membership {
            reach: Reach {
                membership: TokenMembership {
                    id: self.membership_id?,
                    role: self.role?,
                    org: self.org_id?,
                    division: self.division_id?,
                    division_code: self.division_code?,
                },
                level: self.level?,
            },
            org_name: self.org_name?,
            division_name: self.division_name?,
            division_full_name: self.division_full_name?,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        })
    }
}

/// A person with the memberships that hold at `now` (business time), in one statement: rights and memberships are of
/// one moment.
pub async fn find(on: impl Into<On<'_>>, person: Uuid, now: Timestamp) -> Result<Option<Subject>, DbError> {
    let rows: Vec<SubjectRow> = sql("SELECT p.id, p.name, p.active, p.rights, c.username, c.must_change, \
         m.id AS membership_id, m.role, m.org_id, o.name AS org_name, m.division_id, d.code AS division_code, \
         d.name AS division_name, d.full_name AS division_full_name, d.level, m.valid_from, m.valid_to \
         FROM person p LEFT JOIN credential c ON c.person_id = p.id \
         LEFT JOIN membership m ON m.person_id = p.id AND m.ended_at IS NULL AND m.valid_from <= $2 \
         AND (m.valid_to IS NULL OR m.valid_to > $2) \
         LEFT JOIN org o ON o.id = m.org_id LEFT JOIN division d ON d.id = m.division_id \
         WHERE p.id = $1 ORDER BY m.id")
    .bind(person)
    .bind(now)
    .all(on)
    .await?;
    let mut rows = rows.into_iter().peekable();
    let Some(first) = rows.peek() else { return Ok(None) };
    let mut subject = Subject {
        id: first.id,
        name: first.name.clone(),
        active: first.active,
        rights: first.rights,
        username: first.username.clone(),
        must_change: first.must_change.unwrap_or(false),
        memberships: Vec::new(),
    };
    subject.memberships = rows.filter_map(SubjectRow::membership).collect();
    Ok(Some(subject))
}

/// A delegation as its receiver sees it.
#[derive(Debug, FromRow)]
pub struct DelegationRow {
    /// Row id.
    pub id: Uuid,
    /// The leader.
    pub from_person_id: Uuid,
    /// His name.
    pub from_name: String,
    actions: Value,
    /// Since when it holds.
    pub valid_from: Timestamp,
    /// When it ends (exclusive).
    pub valid_to: Timestamp,
}

impl DelegationRow {
    /// The operations that it hands on.
    pub fn actions(&self) -> Vec<String> {
        let names = self.actions.as_array().into_iter().flatten();
        names.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    }
}

/// The delegations that `to` has received and that hold at `now` (business time): from one leader, or from all.
pub async fn delegations(
    on: impl Into<On<'_>>,
    to: Uuid,
    from: Option<Uuid>,
    now: Timestamp,
) -> Result<Vec<DelegationRow>, DbError> {
    sql(
        "SELECT d.id, d.from_person_id, p.name AS from_name, d.actions, d.valid_from, d.valid_to FROM delegation d \
         JOIN person p ON p.id = d.from_person_id AND p.active = $3 WHERE d.to_person_id = $1 AND d.ended_at IS NULL \
         AND d.valid_from <= $2 AND d.valid_to > $2",
    )
    .bind(to)
    .bind(now)
    .bind(true)
    .and_opt("d.from_person_id = ", from)
    .push(" ORDER BY d.id")
    .all(on)
    .await
}

/// A person's name.
pub async fn name_of(on: impl Into<On<'_>>, person: Uuid) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = sql("SELECT name FROM person WHERE id = $1")
        .bind(person)
        .optional(on)
        .await?;
    Ok(row.map(|(name,)| name))
}

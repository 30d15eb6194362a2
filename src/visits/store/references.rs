//! What a visit's body refers to in other features' tables, where one statement can read it all at once.

use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, On, sql};
use crate::directory::words::LeadingBody;
use crate::service_objects::words::ObjectType;

/// Somebody who may lead a visit.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Leadership {
    /// The organisation in which he leads.
    pub org_id: Uuid,
    /// The body that it is, or that the nearest organisation above it is.
    pub leading_body: Option<LeadingBody>,
}

/// The person's membership as a leader over a division at some time of a day that begins at `from` and ends before
/// `to`: the one that reaches least far, so that a county's leader speaks for the county.
pub async fn leadership(
    on: impl Into<On<'_>>,
    person: Uuid,
    division: Uuid,
    (from, to): (Timestamp, Timestamp),
) -> Result<Option<Leadership>, DbError> {
    sql(
        "SELECT m.org_id, (SELECT b.leading_body FROM org_ancestor a JOIN org b ON b.id = a.ancestor_id \
         WHERE a.descendant_id = m.org_id AND b.leading_body IS NOT NULL ORDER BY a.depth LIMIT 1) AS leading_body \
         FROM membership m JOIN division_ancestor d ON d.ancestor_id = m.division_id AND d.descendant_id = $2 \
         WHERE m.person_id = $1 AND m.role = 'leader' AND m.valid_from < $4 \
         AND (m.valid_to IS NULL OR m.valid_to > $3) AND (m.ended_at IS NULL OR m.ended_at > $3) \
         ORDER BY d.depth, m.valid_from, m.id LIMIT 1",
    )
    .bind(person)
    .bind(division)
    .bind(from)
    .bind(to)
    .optional(on)
    .await
}

/// Which of these are active people of the administration.
pub async fn people(on: impl Into<On<'_>>, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid,)> = sql("SELECT id FROM person WHERE org_id IS NOT NULL")
        .and("active = ", true)
        .and_in("id", ids)
        .all(on)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Which of these are service objects that have not ended and lie under a division.
pub async fn objects_within(on: impl Into<On<'_>>, division: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid,)> = sql("SELECT o.id FROM service_object o \
         JOIN division_ancestor d ON d.descendant_id = o.division_id WHERE o.ended_at IS NULL")
    .and("d.ancestor_id = ", division)
    .and_in("o.id", ids)
    .all(on)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// An object that a visit reached.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Reached {
    /// Which.
    pub id: Uuid,
    /// What it is.
    pub r#type: ObjectType,
    /// Where it lies.
    pub division_id: Uuid,
}

/// The objects of a visit.
pub async fn reached(on: impl Into<On<'_>>, visit: Uuid) -> Result<Vec<Reached>, DbError> {
    sql(
        "SELECT o.id, o.type, o.division_id FROM visit_object b JOIN service_object o ON o.id = b.object_id \
         WHERE b.visit_id = $1 ORDER BY o.id",
    )
    .bind(visit)
    .all(on)
    .await
}

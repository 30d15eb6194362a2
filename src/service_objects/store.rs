//! Every statement on service objects.

use sqlx::FromRow;
use uuid::Uuid;

use super::words::ObjectType;
use crate::clock::Timestamp;
use crate::db::{DbError, On, sql};

/// What other features need to know of an object. A row says nothing of the caller's scope: whoever takes an id from a
/// body checks `division_id` against the caller's.
#[derive(Clone, Debug, FromRow)]
pub struct ObjectFacts {
    /// Row id.
    pub id: Uuid,
    /// What it is.
    pub kind: ObjectType,
    /// Its name; a household's alias.
    pub name: String,
    /// The division in which it lies.
    pub division_id: Uuid,
    /// The organisation that looks after it.
    pub owner_org_id: Option<Uuid>,
    /// When it ended; `None`: it has not.
    #[sqlx(rename = "ended_at")]
    pub ended: Option<Timestamp>,
}

/// An object by its id, ended or not.
pub async fn find_facts(on: impl Into<On<'_>>, id: Uuid) -> Result<Option<ObjectFacts>, DbError> {
    sql(
        "SELECT o.id, o.type AS kind, coalesce(h.alias, o.name) AS name, o.division_id, o.owner_org_id, o.ended_at \
         FROM service_object o LEFT JOIN household h ON h.object_id = o.id WHERE o.id = $1",
    )
    .bind(id)
    .optional(on)
    .await
}

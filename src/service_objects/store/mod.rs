//! Every statement on service objects, their parts and their external ids.

mod read;
mod write;

use sqlx::FromRow;
use uuid::Uuid;

pub use read::{ObjectRow, count, find, find_anywhere, list_by_name, list_by_update};
pub use write::{end, insert, name_it, update, visited};

use super::dto::ExternalName;
pub use super::words::KIND;
use super::words::ObjectType;
use crate::db::{DbError, On, sql};

/// What other features need to know of an object. A row says nothing of the caller's scope: whoever takes an id from a
/// body checks `division_id` against the caller's.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
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
    /// Whether it has ended.
    pub ended: bool,
}

/// An object by its id, ended or not.
pub async fn find_facts(on: impl Into<On<'_>>, id: Uuid) -> Result<Option<ObjectFacts>, DbError> {
    sql(
        "SELECT o.id, o.type AS kind, coalesce(h.alias, o.name) AS name, o.division_id, o.owner_org_id, \
         o.ended_at IS NOT NULL AS ended \
         FROM service_object o LEFT JOIN household h ON h.object_id = o.id WHERE o.id = $1",
    )
    .bind(id)
    .optional(on)
    .await
}

/// The enterprise with this credit code: its id and division.
pub async fn find_by_uscc(on: impl Into<On<'_>>, uscc: &str) -> Result<Option<(Uuid, Uuid)>, DbError> {
    sql("SELECT o.id, o.division_id FROM enterprise e JOIN service_object o ON o.id = e.object_id WHERE e.uscc = $1")
        .bind(uscc)
        .optional(on)
        .await
}

/// The community that is this town or village: its id and division.
pub async fn find_by_unit(on: impl Into<On<'_>>, unit: Uuid) -> Result<Option<(Uuid, Uuid)>, DbError> {
    sql(
        "SELECT o.id, o.division_id FROM community c JOIN service_object o ON o.id = c.object_id \
         WHERE c.unit_division_id = $1",
    )
    .bind(unit)
    .optional(on)
    .await
}

/// The object of this type and name in a division, the oldest first: a household goes by its alias.
pub async fn find_by_name(
    on: impl Into<On<'_>>,
    kind: ObjectType,
    division: Uuid,
    name: &str,
) -> Result<Option<Uuid>, DbError> {
    let found: Option<(Uuid,)> = sql(
        "SELECT o.id FROM service_object o LEFT JOIN household h ON h.object_id = o.id \
         WHERE o.division_id = $1 AND o.type = $2 AND coalesce(h.alias, o.name) = $3 AND o.ended_at IS NULL \
         ORDER BY o.id LIMIT 1",
    )
    .bind(division)
    .bind(kind)
    .bind(name)
    .optional(on)
    .await?;
    Ok(found.map(|(id,)| id))
}

/// The object that a client calls by one of its names.
pub async fn find_by_external_id(
    on: impl Into<On<'_>>,
    client: Uuid,
    name: &ExternalName,
) -> Result<Option<Uuid>, DbError> {
    let found: Option<(Uuid,)> =
        sql("SELECT entity_id FROM external_id WHERE client_app_id = $1 AND kind = $2 AND system = $3 AND value = $4")
            .bind(client)
            .bind(KIND)
            .bind(&name.system)
            .bind(&name.value)
            .optional(on)
            .await?;
    Ok(found.map(|(id,)| id))
}

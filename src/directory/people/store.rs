//! Every statement on `person`.

use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{DbError, On, sql};

/// What other features need to know of a person that a request names.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct PersonFacts {
    /// Row id.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The organisation; `None`: outside the administration.
    pub org_id: Option<Uuid>,
    /// Whether the person is active.
    pub active: bool,
}

/// A person by id, active or not.
pub async fn find_ref(on: impl Into<On<'_>>, id: Uuid) -> Result<Option<PersonFacts>, DbError> {
    sql("SELECT id, name, org_id, active FROM person WHERE id = $1")
        .bind(id)
        .optional(on)
        .await
}

//! Every statement on `org`, `org_ancestor` and `org_successor`.

use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{DbError, On, sql};
use crate::directory::words::{LeadingBody, Level};

/// What other features need to know of an organisation that a request names.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct OrgFacts {
    /// Row id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The division that it stands in.
    pub division_id: Uuid,
    /// Its level.
    pub level: Level,
    /// Which of the four leading bodies it is, where it is one.
    pub leading_body: Option<LeadingBody>,
    /// Whether it has ended.
    pub ended: bool,
}

/// An organisation by its id, ended or not.
pub async fn find_ref(on: impl Into<On<'_>>, id: Uuid) -> Result<Option<OrgFacts>, DbError> {
    sql("SELECT id, name, division_id, level, leading_body, ended_at IS NOT NULL AS ended FROM org WHERE id = $1")
        .bind(id)
        .optional(on)
        .await
}

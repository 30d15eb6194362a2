//! The theme in which a problem stands, on its own row.

use uuid::Uuid;

use crate::db::{DbError, Tx, sql};

/// Keeps a problem's row in step with where it stands as a member.
pub async fn set_theme(tx: &mut Tx, problem: Uuid, theme: Option<Uuid>) -> Result<(), DbError> {
    sql("UPDATE problem SET theme_id = $1 WHERE id = $2")
        .bind(theme)
        .bind(problem)
        .run(tx)
        .await?;
    Ok(())
}

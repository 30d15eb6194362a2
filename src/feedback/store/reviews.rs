//! What a review found.

use uuid::Uuid;

use crate::db::{DbError, Tx, sql};
use crate::events::Act;
use crate::feedback::domain::ReviewOutcome;

/// Keeps what a review found, once; whether it was open. The rating itself stays as it is.
pub async fn review(tx: &mut Tx, act: &Act, id: Uuid, outcome: ReviewOutcome, text: &str) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE rating SET review = $1, review_outcome = $2, reviewed_by = $3, reviewed_at = $4 \
         WHERE id = $5 AND review_due AND reviewed_at IS NULL",
    )
    .bind(text)
    .bind(outcome)
    .bind(act.person)
    .bind(act.at)
    .bind(id)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

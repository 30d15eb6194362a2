//! Ratings.

use uuid::Uuid;

use super::dto::NewRating;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx};
use crate::error::ApiResult;
use crate::events::Act;
use crate::problems::store::ProblemFacts;
use crate::reporters::voice::Spoken;

/// Invites.
pub async fn invite(_: &mut Tx, _: Uuid, _: i64, _: Uuid, _: Timestamp) -> Result<(), DbError> {
    Ok(())
}

/// Rates.
pub async fn rate(_: &mut Tx, _: &Ids, _: &Act, _: &ProblemFacts, _: &Spoken, _: &NewRating) -> ApiResult<()> {
    Ok(())
}

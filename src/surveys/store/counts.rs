//! The roll-up of surveys: written with each answer, last in its transaction and in the order of its keys.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::db::{DbError, Tx, sql};
use crate::directory::words::Audience;
use crate::surveys::domain::Measure;

/// What answers are counted by besides item and measure.
#[derive(Clone, Copy, Debug)]
pub struct SurveyKey {
    /// Whose figures it belongs to.
    pub campaign_year_id: Uuid,
    /// The day of the answer.
    pub day: NaiveDate,
    /// The problem's or the object's.
    pub division_id: Uuid,
    /// Whom the survey asks.
    pub audience: Audience,
}

/// Adds to the roll-up.
pub async fn add(tx: &mut Tx, key: SurveyKey, counted: &[(String, Measure, i64)]) -> Result<(), DbError> {
    for (item, measure, amount) in counted {
        sql(
            "INSERT INTO survey_rollup (campaign_year_id, day, division_id, audience, item, measure, amount) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (campaign_year_id, day, division_id, audience, item, measure) \
             DO UPDATE SET amount = survey_rollup.amount + excluded.amount",
        )
        .bind(key.campaign_year_id)
        .bind(key.day)
        .bind(key.division_id)
        .bind(key.audience)
        .bind(item)
        .bind(*measure)
        .bind(*amount)
        .run(&mut *tx)
        .await?;
    }
    Ok(())
}

//! Every statement on `campaign` and `campaign_year`.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{DbError, On, sql};

/// A campaign-year as other features need it: what a visit or a problem belongs to.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct CampaignYearRow {
    /// Row id of the year.
    pub id: Uuid,
    /// Row id of its campaign.
    pub campaign_id: Uuid,
    /// The campaign's slug.
    pub slug: String,
    /// The calendar year.
    pub year: i64,
    /// Its first day.
    pub opens_on: NaiveDate,
    /// Its last day.
    pub closes_on: NaiveDate,
}

/// The open year that contains a date: of the campaign named, else of the newest campaign that has no parent, else of
/// the newest at all. `None` where every open campaign lies elsewhere in time (S-09).
pub async fn year_for(
    on: impl Into<On<'_>>,
    slug: Option<&str>,
    date: NaiveDate,
) -> Result<Option<CampaignYearRow>, DbError> {
    sql("SELECT y.id, y.campaign_id, c.slug, y.year, y.opens_on, y.closes_on \
         FROM campaign_year y JOIN campaign c ON c.id = y.campaign_id \
         WHERE y.opens_on <= $1 AND y.closes_on >= $1 AND y.closed_at IS NULL AND c.ended_at IS NULL")
    .bind(date)
    .and_opt("c.slug = ", slug)
    .push(" ORDER BY CASE WHEN c.parent_id IS NULL THEN 0 ELSE 1 END, y.opens_on DESC, c.id DESC LIMIT 1")
    .optional(on)
    .await
}

//! Every statement on `campaign` and `campaign_year`.

use chrono::NaiveDate;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::dto::{CampaignFilters, NewCampaign, NewCampaignYear, Stage};
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::events::Act;
use crate::http::total;

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

/// A campaign with everything that its view shows but its years.
#[derive(Clone, Debug, FromRow)]
pub struct CampaignDetail {
    pub(crate) id: Uuid,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) theme: Option<String>,
    pub(crate) goals: Value,
    pub(crate) illustrative: bool,
    pub(crate) version: i64,
    pub(crate) parent_slug: Option<String>,
    pub(crate) parent_name: Option<String>,
}

/// A year of a campaign.
#[derive(Clone, Debug, FromRow)]
pub struct YearColumn {
    pub(crate) id: Uuid,
    pub(crate) campaign_id: Uuid,
    pub(crate) year: i64,
    pub(crate) stage: Stage,
    pub(crate) opens_on: NaiveDate,
    pub(crate) closes_on: NaiveDate,
    pub(crate) closed: bool,
    pub(crate) deployment_title: Option<String>,
    pub(crate) deployment_document_no: Option<String>,
    pub(crate) deployment_on: Option<NaiveDate>,
    pub(crate) inspection_title: Option<String>,
    pub(crate) inspection_document_no: Option<String>,
    pub(crate) inspection_on: Option<NaiveDate>,
    pub(crate) summary_title: Option<String>,
    pub(crate) summary_document_no: Option<String>,
    pub(crate) summary_on: Option<NaiveDate>,
    pub(crate) version: i64,
}

const DETAIL: &str = "SELECT c.id, c.slug, c.name, c.theme, c.goals, c.illustrative, c.version, p.slug AS parent_slug, \
     p.name AS parent_name FROM campaign c LEFT JOIN campaign p ON p.id = c.parent_id WHERE c.ended_at IS NULL";
const YEAR: &str = "SELECT y.id, y.campaign_id, y.year, y.stage, y.opens_on, y.closes_on, y.closed_at IS NOT NULL AS closed, \
     y.deployment_title, y.deployment_document_no, y.deployment_on, y.inspection_title, y.inspection_document_no, \
     y.inspection_on, y.summary_title, y.summary_document_no, y.summary_on, y.version FROM campaign_year y WHERE ";

/// A page of campaigns by slug.
pub fn page(filters: &CampaignFilters, after: Option<(String, Uuid)>, fetch: i64) -> Sql {
    narrowed(sql(DETAIL), filters)
        .and_opt("c.slug > ", after.map(|(slug, _)| slug))
        .push_bind(" ORDER BY c.slug LIMIT ", fetch)
}

/// How many campaigns there are; counted to one more than lists do.
pub async fn count(db: &Db, filters: &CampaignFilters) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM campaign c WHERE c.ended_at IS NULL");
    total::count(db, narrowed(rows, filters)).await
}

fn narrowed(statement: Sql, filters: &CampaignFilters) -> Sql {
    match filters.open_on {
        Some(day) => statement
            .push_bind(
                " AND EXISTS (SELECT 1 FROM campaign_year y WHERE y.campaign_id = c.id AND y.opens_on <= ",
                day,
            )
            .push_bind(" AND y.closes_on >= ", day)
            .push(")"),
        None => statement,
    }
}

/// One campaign by its slug.
pub async fn by_slug(on: impl Into<On<'_>>, slug: &str) -> Result<Option<CampaignDetail>, DbError> {
    sql(DETAIL).and("c.slug = ", slug).optional(on).await
}

/// The years of campaigns, the latest first.
pub async fn years(on: impl Into<On<'_>>, campaigns: &[Uuid]) -> Result<Vec<YearColumn>, DbError> {
    sql(YEAR)
        .push("y.campaign_id")
        .in_list(campaigns)
        .push(" ORDER BY y.year DESC")
        .all(on)
        .await
}

/// One year of a campaign.
pub async fn year(on: impl Into<On<'_>>, campaign: Uuid, year: i64) -> Result<Option<YearColumn>, DbError> {
    sql(YEAR)
        .push_bind("y.campaign_id = ", campaign)
        .and("y.year = ", year)
        .optional(on)
        .await
}

/// Inserts a campaign.
pub async fn insert(
    tx: &mut Tx,
    id: Uuid,
    act: &Act,
    new: &NewCampaign,
    parent: Option<Uuid>,
    illustrative: bool,
) -> Result<(), DbError> {
    sql("INSERT INTO campaign (id, slug, name, theme, parent_id, goals, illustrative, created_at, created_by, updated_at, \
         updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9)")
    .bind(id)
    .bind(&new.slug)
    .bind(&new.name)
    .bind(new.theme.clone())
    .bind(parent)
    .bind(serde_json::json!(new.goals))
    .bind(illustrative)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Inserts a year; it begins with its deployment.
pub async fn insert_year(
    tx: &mut Tx,
    id: Uuid,
    act: &Act,
    campaign: Uuid,
    new: &NewCampaignYear,
) -> Result<(), DbError> {
    sql("INSERT INTO campaign_year (id, campaign_id, year, stage, opens_on, closes_on, created_at, created_by, updated_at, \
         updated_by) VALUES ($1, $2, $3, 'deployment', $4, $5, $6, $7, $6, $7)")
    .bind(id)
    .bind(campaign)
    .bind(new.year)
    .bind(new.opens_on)
    .bind(new.closes_on)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Changes a year that still has the version of `row`; whether it had.
pub async fn update_year(tx: &mut Tx, act: &Act, row: &YearColumn) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE campaign_year SET stage = $1, closes_on = $2, deployment_title = $3, \
         deployment_document_no = $4, deployment_on = $5, inspection_title = $6, inspection_document_no = $7, \
         inspection_on = $8, summary_title = $9, summary_document_no = $10, summary_on = $11, version = version + 1, \
         updated_at = $12, updated_by = $13 WHERE id = $14 AND version = $15",
    )
    .bind(row.stage)
    .bind(row.closes_on)
    .bind(row.deployment_title.clone())
    .bind(row.deployment_document_no.clone())
    .bind(row.deployment_on)
    .bind(row.inspection_title.clone())
    .bind(row.inspection_document_no.clone())
    .bind(row.inspection_on)
    .bind(row.summary_title.clone())
    .bind(row.summary_document_no.clone())
    .bind(row.summary_on)
    .bind(act.at)
    .bind(act.person)
    .bind(row.id)
    .bind(row.version)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

//! Every statement on `campaign_year`.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::duplicate;
use crate::campaigns::domain::Stage;
use crate::campaigns::dto::{CampaignRef, CampaignYearPatch, CampaignYearView, Focus, NewCampaignYear, StageDocument};
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, On, Tx, sql};
use crate::error::{ApiResult, OrNotFound as _};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};

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

#[derive(FromRow)]
struct YearRow {
    slug: String,
    name: String,
    year: i64,
    stage: Stage,
    opens_on: NaiveDate,
    closes_on: NaiveDate,
    focus: Json<Vec<Focus>>,
    weights: Json<Map<String, Value>>,
    deployment_title: Option<String>,
    deployment_document_no: Option<String>,
    deployment_on: Option<NaiveDate>,
    inspection_title: Option<String>,
    inspection_document_no: Option<String>,
    inspection_on: Option<NaiveDate>,
    summary_title: Option<String>,
    summary_document_no: Option<String>,
    summary_on: Option<NaiveDate>,
    closed_at: Option<Timestamp>,
    version: i64,
}

const YEARS: &str = "SELECT c.slug, c.name, y.year, y.stage, y.opens_on, y.closes_on, y.focus, y.weights, \
     y.deployment_title, y.deployment_document_no, y.deployment_on, y.inspection_title, y.inspection_document_no, \
     y.inspection_on, y.summary_title, y.summary_document_no, y.summary_on, y.closed_at, y.version \
     FROM campaign_year y JOIN campaign c ON c.id = y.campaign_id";

/// The years of a campaign, oldest first.
pub(super) async fn of_campaign(db: &Db, slug: &str) -> Result<Vec<CampaignYearView>, DbError> {
    let rows: Vec<YearRow> = sql(YEARS)
        .push_bind(" WHERE c.slug = ", slug)
        .push(" ORDER BY y.year")
        .all(db)
        .await?;
    Ok(rows.into_iter().map(YearRow::view).collect())
}

/// A year of a campaign, and its row id, locked until the end of the transaction.
pub async fn lock_year(tx: &mut Tx, slug: &str, year: i64) -> ApiResult<(Uuid, CampaignYearView)> {
    // SQLite's one writer needs no lock.
    let lock = tx.pick("", " FOR UPDATE OF y");
    let found: Option<(Uuid,)> = sql(
        "SELECT y.id FROM campaign_year y JOIN campaign c ON c.id = y.campaign_id \
         WHERE c.slug = $1 AND y.year = $2",
    )
    .bind(slug)
    .bind(year)
    .push(lock)
    .optional(&mut *tx)
    .await?;
    let (id,) = found.or_not_found()?;
    Ok((id, find_year(tx, id).await?))
}

/// A year of a campaign.
pub async fn find_year(tx: &mut Tx, id: Uuid) -> ApiResult<CampaignYearView> {
    let row: Option<YearRow> = sql(YEARS).push_bind(" WHERE y.id = ", id).optional(tx).await?;
    Ok(row.or_not_found()?.view())
}

/// Adds a year.
///
/// # Errors
/// 409 `duplicate` at `/year`.
pub async fn insert_year(tx: &mut Tx, ids: &Ids, act: &Act, campaign: Uuid, body: &NewCampaignYear) -> ApiResult<Uuid> {
    let id = ids.next();
    let deployment = body.deployment.as_ref();
    sql(
        "INSERT INTO campaign_year (id, campaign_id, year, stage, opens_on, closes_on, focus, weights, deployment_title, \
         deployment_document_no, deployment_on, created_at, created_by, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12, $13)",
    )
    .bind(id)
    .bind(campaign)
    .bind(body.year)
    .bind(Stage::Deployment)
    .bind(body.opens_on)
    .bind(body.closes_on)
    .bind(json!(body.focus))
    .bind(json!(body.weights))
    .bind(deployment.map(|document| document.title.as_str()))
    .bind(deployment.and_then(|document| document.document_no.as_deref()))
    .bind(deployment.map(|document| document.on))
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await
    .map_err(|error| duplicate(error, "/year"))?;
    let payload = json!({ "year": body.year, "opens_on": body.opens_on, "closes_on": body.closes_on });
    append_to(
        tx,
        ids,
        act,
        NewEvent::of("campaign", campaign, "campaign.year_added").with(payload),
    )
    .await?;
    Ok(id)
}

/// Carries a patch of a year out.
pub async fn update_year(tx: &mut Tx, ids: &Ids, act: &Act, id: Uuid, patch: &CampaignYearPatch) -> ApiResult<()> {
    let (campaign,): (Uuid,) = sql(
        "UPDATE campaign_year SET version = version + 1, updated_at = $2, updated_by = $3, \
         opens_on = coalesce($4, opens_on), closes_on = coalesce($5, closes_on), focus = coalesce($6, focus), \
         weights = coalesce($7, weights) WHERE id = $1 RETURNING campaign_id",
    )
    .bind(id)
    .bind(act.at)
    .bind(act.person)
    .bind(patch.opens_on)
    .bind(patch.closes_on)
    .bind(patch.focus.as_ref().map(|focus| json!(focus)))
    .bind(patch.weights.as_ref().map(|weights| json!(weights)))
    .one(&mut *tx)
    .await?;
    let documents = [
        (
            &patch.deployment,
            "UPDATE campaign_year SET deployment_title = $2, deployment_document_no = $3, deployment_on = $4 WHERE id = $1",
        ),
        (
            &patch.inspection,
            "UPDATE campaign_year SET inspection_title = $2, inspection_document_no = $3, inspection_on = $4 WHERE id = $1",
        ),
        (
            &patch.summary,
            "UPDATE campaign_year SET summary_title = $2, summary_document_no = $3, summary_on = $4 WHERE id = $1",
        ),
    ];
    for (document, statement) in documents {
        let Some(document) = document else { continue };
        sql(statement)
            .bind(id)
            .bind(document.as_ref().map(|document| document.title.as_str()))
            .bind(document.as_ref().and_then(|document| document.document_no.as_deref()))
            .bind(document.as_ref().map(|document| document.on))
            .run(tx)
            .await?;
    }
    let payload = json!({
        "year_id": id, "opens_on": patch.opens_on, "closes_on": patch.closes_on, "focus": patch.focus.is_some(),
        "weights": patch.weights.is_some(), "deployment": patch.deployment.is_some(),
        "inspection": patch.inspection.is_some(), "summary": patch.summary.is_some(),
    });
    append_to(
        tx,
        ids,
        act,
        NewEvent::of("campaign", campaign, "campaign.year_updated").with(payload),
    )
    .await?;
    Ok(())
}

fn document(title: Option<String>, document_no: Option<String>, on: Option<NaiveDate>) -> Option<StageDocument> {
    Some(StageDocument {
        title: title?,
        document_no,
        on: on?,
    })
}

impl YearRow {
    fn view(self) -> CampaignYearView {
        CampaignYearView {
            campaign: CampaignRef {
                slug: self.slug,
                name: self.name,
            },
            year: self.year,
            stage: self.stage,
            opens_on: self.opens_on,
            closes_on: self.closes_on,
            focus: self.focus.0,
            weights: self.weights.0,
            deployment: document(self.deployment_title, self.deployment_document_no, self.deployment_on),
            inspection: document(self.inspection_title, self.inspection_document_no, self.inspection_on),
            summary: document(self.summary_title, self.summary_document_no, self.summary_on),
            closed_at: self.closed_at,
            version: self.version,
        }
    }
}

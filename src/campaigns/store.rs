//! Every statement on `campaign` and `campaign_year`.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::domain::Stage;
use super::dto::{
    CampaignFilters, CampaignRef, CampaignSummary, CampaignView, CampaignYearPatch, CampaignYearView, Focus,
    NewCampaign, NewCampaignYear, StageDocument,
};
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::listing;
use crate::directory::refs::TermRef;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};
use crate::http::page::PageRequest;
use crate::http::{Locale, Page};

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

/// A goal as a campaign's row holds it.
#[derive(Clone, Debug, Deserialize)]
struct Goal {
    code: String,
    zh: String,
    en: String,
    sort_order: i64,
}

#[derive(Clone, Debug, FromRow)]
struct CampaignRow {
    id: Uuid,
    slug: String,
    name: String,
    theme: Option<String>,
    parent_slug: Option<String>,
    parent_name: Option<String>,
    goals: Json<Vec<Goal>>,
    illustrative: bool,
    ended_at: Option<Timestamp>,
    version: i64,
}

/// Each database has its own names for making rows of JSON and JSON of rows.
fn campaign_columns(db: impl FnOnce(&'static str, &'static str) -> &'static str) -> &'static str {
    macro_rules! columns {
        ($aggregate:literal, $object:literal, $codes:literal, $none:literal) => {
            concat!(
                "SELECT c.id, c.slug, c.name, c.theme, p.slug AS parent_slug, p.name AS parent_name, coalesce((SELECT ",
                $aggregate,
                "(",
                $object,
                "('code', t.code, 'zh', t.zh, 'en', t.en, 'sort_order', t.sort_order)) FROM ",
                $codes,
                " JOIN term t ON t.kind = 'goal' AND t.code = g.value), ",
                $none,
                ") AS goals, c.illustrative, \
                 c.ended_at, c.version FROM campaign c LEFT JOIN campaign p ON p.id = c.parent_id WHERE 1 = 1"
            )
        };
    }
    db(
        columns!("json_group_array", "json_object", "json_each(c.goals) g", "'[]'"),
        columns!(
            "json_agg",
            "json_build_object",
            "jsonb_array_elements_text(c.goals) g(value)",
            "'[]'::json"
        ),
    )
}

/// A page of campaigns, by slug.
pub async fn list(
    db: &Db,
    filters: &CampaignFilters,
    locale: Locale,
    page: &PageRequest,
) -> ApiResult<Page<CampaignSummary>> {
    let head = campaign_columns(|sqlite, postgres| db.pick(sqlite, postgres));
    let filtered = |head: Sql| -> Sql {
        let mut statement = head.and_opt("p.slug = ", filters.parent.as_deref());
        if filters.include_ended != Some(true) {
            statement = statement.push(" AND c.ended_at IS NULL");
        }
        if let Some(text) = &filters.q {
            statement = statement
                .push_bind(" AND lower(c.name) LIKE ", listing::anywhere(text))
                .push(" ESCAPE '\\'");
        }
        statement
    };
    let mut statement = filtered(sql(head));
    if let Some((slug, id)) = page.after::<String>()? {
        statement = statement
            .push_bind(" AND (c.slug, c.id) > (", slug)
            .push_bind(", ", id)
            .push(")");
    }
    let rows: Vec<CampaignRow> = statement
        .push_bind(" ORDER BY c.slug, c.id LIMIT ", page.fetch())
        .all(db)
        .await?;
    let total = listing::total(db, page, |head| {
        filtered(sql(head).push(" FROM campaign c LEFT JOIN campaign p ON p.id = c.parent_id WHERE 1 = 1"))
    })
    .await?;
    Ok(page
        .page(rows, |row| (row.slug.clone(), row.id), |row| row.summary(locale))
        .with_total(total))
}

/// A campaign by its slug, with its years.
pub async fn find_view(db: &Db, slug: &str, locale: Locale) -> ApiResult<CampaignView> {
    let head = campaign_columns(|sqlite, postgres| db.pick(sqlite, postgres));
    let campaign = sql(head).and("c.slug = ", slug).optional::<CampaignRow>(db);
    let years = sql(YEARS)
        .push_bind(" WHERE c.slug = ", slug)
        .push(" ORDER BY y.year")
        .all::<YearRow>(db);
    let (campaign, years) = futures_util::future::try_join(campaign, years).await?;
    Ok(CampaignView {
        campaign: campaign.or_not_found()?.summary(locale),
        years: years.into_iter().map(YearRow::view).collect(),
    })
}

/// A campaign that has just been entered; it has no years yet.
pub async fn find_new(tx: &mut Tx, id: Uuid, locale: Locale) -> ApiResult<CampaignView> {
    let head = campaign_columns(|sqlite, postgres| tx.pick(sqlite, postgres));
    let row: Option<CampaignRow> = sql(head).and("c.id = ", id).optional(tx).await?;
    Ok(CampaignView {
        campaign: row.or_not_found()?.summary(locale),
        years: Vec::new(),
    })
}

/// Id of a campaign by its slug, and whether it has ended.
pub async fn find_id(on: impl Into<On<'_>>, slug: &str) -> Result<Option<(Uuid, bool)>, DbError> {
    sql("SELECT id, ended_at IS NOT NULL FROM campaign WHERE slug = $1")
        .bind(slug)
        .optional(on)
        .await
}

/// Opens a campaign.
///
/// # Errors
/// 409 `duplicate` at `/slug`.
pub async fn insert(tx: &mut Tx, ids: &Ids, act: &Act, body: &NewCampaign, parent: Option<Uuid>) -> ApiResult<Uuid> {
    let id = ids.next();
    sql("INSERT INTO campaign (id, slug, name, theme, parent_id, goals, created_at, created_by, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $8)")
    .bind(id)
    .bind(&body.slug)
    .bind(&body.name)
    .bind(body.theme.as_deref())
    .bind(parent)
    .bind(json!(body.goals))
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await
    .map_err(|error| duplicate(error, "/slug"))?;
    let payload = json!({ "slug": body.slug, "parent_id": parent, "goals": body.goals });
    append_to(
        tx,
        ids,
        act,
        NewEvent::of("campaign", id, "campaign.created").with(payload),
    )
    .await?;
    Ok(id)
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

fn duplicate(error: DbError, pointer: &str) -> ApiError {
    match error {
        DbError::Unique(_) => {
            ApiError::new(Code::Duplicate).with_faults(vec![Fault::new(pointer, FaultCode::Repeated)])
        }
        other => other.into(),
    }
}

impl CampaignRow {
    fn summary(self, locale: Locale) -> CampaignSummary {
        let mut goals = self.goals.0;
        goals.sort_by_key(|goal| goal.sort_order);
        let parent = match (self.parent_slug, self.parent_name) {
            (Some(slug), Some(name)) => Some(CampaignRef { slug, name }),
            _ => None,
        };
        CampaignSummary {
            slug: self.slug,
            name: self.name,
            theme: self.theme,
            parent,
            goals: goals
                .into_iter()
                .map(|goal| TermRef::new(goal.code, goal.zh, goal.en, locale))
                .collect(),
            illustrative: self.illustrative,
            ended_at: self.ended_at,
            version: self.version,
        }
    }
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

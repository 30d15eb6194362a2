//! Every statement on `campaign`; those on `campaign_year` are in `years`.

mod years;

use serde::Deserialize;
use serde_json::json;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::dto::{CampaignFilters, CampaignRef, CampaignSummary, CampaignView, NewCampaign};
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::listing;
use crate::directory::refs::TermRef;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};
use crate::http::page::PageRequest;
use crate::http::{Locale, Page};

pub use years::{CampaignYearRow, find_year, insert_year, lock_year, update_year, year_for};

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
    let (campaign, years) = futures_util::future::try_join(campaign, years::of_campaign(db, slug)).await?;
    Ok(CampaignView {
        campaign: campaign.or_not_found()?.summary(locale),
        years,
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

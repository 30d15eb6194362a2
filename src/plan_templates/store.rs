//! Every statement on `plan_template`.

use serde_json::json;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::domain::{TemplateContent, TemplateMeasure, TemplateStep};
use super::dto::{NewPlanTemplate, PlanTemplateFilters};
use crate::analyses::domain::Nature;
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::words::Audience;
use crate::events::Act;
use crate::http::total;

/// A version of a template with what its view shows.
#[derive(Clone, Debug, FromRow)]
pub struct TemplateRow {
    pub(crate) id: Uuid,
    pub(crate) series_id: Uuid,
    pub(crate) number: i64,
    pub(crate) division_id: Uuid,
    pub(crate) division_code: String,
    pub(crate) division_name: String,
    pub(crate) division_full_name: String,
    pub(crate) audience: Audience,
    pub(crate) category_code: Option<String>,
    pub(crate) category_zh: Option<String>,
    pub(crate) category_en: Option<String>,
    pub(crate) nature: Option<Nature>,
    pub(crate) title: String,
    pub(crate) guidance: Option<String>,
    pub(crate) measures: Json<Vec<TemplateMeasure>>,
    pub(crate) steps: Json<Vec<TemplateStep>>,
    pub(crate) replaced_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) end_reason: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) version: i64,
}

impl TemplateRow {
    /// Its measures and steps.
    pub fn content(&self) -> TemplateContent {
        TemplateContent {
            measures: self.measures.0.clone(),
            steps: self.steps.0.clone(),
        }
    }
}

const FROM: &str = " FROM plan_template m JOIN division d ON d.id = m.division_id \
     LEFT JOIN term c ON c.id = m.category_id WHERE 1 = 1";
const COLUMNS: &str = "SELECT m.id, m.series_id, m.number, m.division_id, d.code AS division_code, \
     d.name AS division_name, d.full_name AS division_full_name, m.audience, c.code AS category_code, \
     c.zh AS category_zh, c.en AS category_en, m.nature, m.title, m.guidance, m.measures, m.steps, m.replaced_at, \
     m.ended_at, m.end_reason, m.created_at, m.version";

fn detail() -> Sql {
    sql(COLUMNS).push(FROM)
}

/// Adds that the template is one of the caller's divisions, of one above (which is for it too) or of one below.
fn within(statement: Sql, who: &Caller) -> Sql {
    let own: Vec<Uuid> = who.memberships.iter().map(|own| own.division).collect();
    statement
        .push(" AND (EXISTS (SELECT 1 FROM division_ancestor r WHERE r.ancestor_id = m.division_id AND r.descendant_id")
        .in_list(&own)
        .push(") OR EXISTS (SELECT 1 FROM division_ancestor r WHERE r.descendant_id = m.division_id AND r.ancestor_id")
        .in_list(&own)
        .push("))")
}

/// A place in the order: when the version was made, and its id.
pub type Place = (Timestamp, Uuid);

/// A page of templates, the latest first; to be read as [`TemplateRow`]s. There are few, so all are looked at.
pub fn page(who: &Caller, filters: &PlanTemplateFilters, after: Option<Place>, fetch: i64) -> Sql {
    let mut statement = narrowed(within(detail(), who), filters);
    statement = statement.behind(" AND (m.created_at, m.id) < (", after);
    statement.push_bind(" ORDER BY m.created_at DESC, m.id DESC LIMIT ", fetch)
}

/// How many there are; counted to one more than lists do.
pub async fn count(db: &Db, who: &Caller, filters: &PlanTemplateFilters) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one").push(FROM);
    total::count(db, narrowed(within(rows, who), filters)).await
}

fn narrowed(statement: Sql, filters: &PlanTemplateFilters) -> Sql {
    let mut statement = statement
        .and_opt("m.audience = ", filters.audience)
        .and_opt("m.series_id = ", filters.series_id);
    if let Some(code) = &filters.category {
        statement = statement
            .push_bind(" AND (m.category_id IS NULL OR c.code = ", code)
            .push(")");
    }
    if let Some(nature) = filters.nature {
        statement = statement
            .push_bind(" AND (m.nature IS NULL OR m.nature = ", nature)
            .push(")");
    }
    if filters.series_id.is_none() {
        statement = statement.push(" AND m.replaced_at IS NULL");
    }
    if filters.include_ended != Some(true) {
        statement = statement.push(" AND m.ended_at IS NULL");
    }
    statement
}

/// One version within the caller's reach.
pub async fn find(on: impl Into<On<'_>>, who: &Caller, id: Uuid) -> Result<Option<TemplateRow>, DbError> {
    within(detail().and("m.id = ", id), who).optional(on).await
}

/// The same where it is the latest of its series and has not ended, so that plans may begin with it.
pub async fn current(on: impl Into<On<'_>>, who: &Caller, id: Uuid) -> Result<Option<TemplateRow>, DbError> {
    let statement = within(detail().and("m.id = ", id), who);
    statement
        .push(" AND m.replaced_at IS NULL AND m.ended_at IS NULL")
        .optional(on)
        .await
}

/// One version, whatever the reach: for the plan that began with it.
pub async fn by_id(on: impl Into<On<'_>>, id: Uuid) -> Result<Option<TemplateRow>, DbError> {
    detail().and("m.id = ", id).optional(on).await
}

/// The place of a new version.
#[derive(Clone, Copy, Debug)]
pub struct Numbered {
    /// The version's id.
    pub id: Uuid,
    /// Its series; the first version's id.
    pub series: Uuid,
    /// From 1.
    pub number: i64,
}

/// Inserts a version, its division and category looked up.
pub async fn insert(
    tx: &mut Tx,
    act: &Act,
    place: Numbered,
    (division, category): (Uuid, Option<Uuid>),
    new: &NewPlanTemplate,
) -> Result<(), DbError> {
    let content = new.content();
    sql(
        "INSERT INTO plan_template (id, series_id, number, division_id, audience, category_id, nature, title, guidance, \
         measures, steps, created_at, created_by, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12, $13)",
    )
    .bind(place.id)
    .bind(place.series)
    .bind(place.number)
    .bind(division)
    .bind(new.audience)
    .bind(category)
    .bind(new.nature)
    .bind(&new.title)
    .bind(new.guidance.clone())
    .bind(json!(content.measures))
    .bind(json!(content.steps))
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Marks a version as replaced, if it still has the version that was read; whether it had.
pub async fn replace(tx: &mut Tx, act: &Act, row: &TemplateRow) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE plan_template SET replaced_at = $3, updated_at = $3, updated_by = $4, version = version + 1 \
         WHERE id = $1 AND version = $2",
    )
    .bind(row.id)
    .bind(row.version)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

/// Ends a version, and with it its series, if it still has the version that was read; whether it had.
pub async fn end(tx: &mut Tx, act: &Act, row: &TemplateRow, reason: &str) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE plan_template SET ended_at = $3, end_reason = $5, updated_at = $3, updated_by = $4, \
         version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind(row.id)
    .bind(row.version)
    .bind(act.at)
    .bind(act.person)
    .bind(reason)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

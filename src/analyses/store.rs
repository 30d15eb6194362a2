//! Every statement on `analysis`.

use serde_json::json;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::domain::{Dimension, Horizon, Nature};
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::refs::TermColumn;
use crate::events::Act;
use crate::http::total;

/// The current analysis of a problem, as far as other features ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct CurrentAnalysis {
    /// Its number, from 1.
    pub number: i64,
    /// Long- or short-term.
    pub horizon: Horizon,
    /// Institutional or operational.
    pub nature: Nature,
}

/// The current analysis of a problem.
pub async fn current(on: impl Into<On<'_>>, problem: Uuid) -> Result<Option<CurrentAnalysis>, DbError> {
    sql("SELECT number, horizon, nature FROM analysis WHERE problem_id = $1 AND replaced_at IS NULL")
        .bind(problem)
        .optional(on)
        .await
}

/// Which of these problems have no current analysis.
pub async fn missing(on: impl Into<On<'_>>, problems: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    let found: Vec<(Uuid,)> = sql("SELECT problem_id FROM analysis WHERE replaced_at IS NULL AND problem_id")
        .in_list(problems)
        .all(on)
        .await?;
    let has = |problem: &&Uuid| !found.iter().any(|(known,)| known == *problem);
    Ok(problems.iter().filter(has).copied().collect())
}

/// An analysis to be stored.
#[derive(Clone, Debug)]
pub struct Insert {
    pub(crate) id: Uuid,
    pub(crate) problem_id: Uuid,
    pub(crate) number: i64,
    pub(crate) cycle_no: i64,
    pub(crate) horizon: Horizon,
    pub(crate) nature: Nature,
    pub(crate) key_factor: Option<String>,
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) shortfall: Option<String>,
    pub(crate) causes: Vec<String>,
    pub(crate) findings: String,
    pub(crate) signed_by: Uuid,
    pub(crate) signed_org_id: Uuid,
    pub(crate) correction_reason: Option<String>,
}

/// Stores an analysis as the current one; the one before is history.
pub async fn insert(tx: &mut Tx, act: &Act, new: &Insert) -> Result<(), DbError> {
    sql("UPDATE analysis SET replaced_at = $1 WHERE problem_id = $2 AND replaced_at IS NULL")
        .bind(act.at)
        .bind(new.problem_id)
        .run(tx)
        .await?;
    sql(
        "INSERT INTO analysis (id, problem_id, number, cycle_no, horizon, nature, key_factor, dimensions, shortfall, \
         causes, findings, signed_by, signed_org_id, signed_at, correction_reason, created_at, created_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $14, $16)",
    )
    .bind(new.id)
    .bind(new.problem_id)
    .bind(new.number)
    .bind(new.cycle_no)
    .bind(new.horizon)
    .bind(new.nature)
    .bind(new.key_factor.clone())
    .bind(json!(new.dimensions))
    .bind(new.shortfall.clone())
    .bind(json!(new.causes))
    .bind(&new.findings)
    .bind(new.signed_by)
    .bind(new.signed_org_id)
    .bind(act.at)
    .bind(new.correction_reason.clone())
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// An analysis with all that its view shows.
#[derive(Clone, Debug, FromRow)]
pub struct AnalysisRow {
    pub(crate) id: Uuid,
    pub(crate) number: i64,
    pub(crate) cycle_no: i64,
    pub(crate) horizon: Horizon,
    pub(crate) nature: Nature,
    pub(crate) key_factor: Option<String>,
    pub(crate) dimensions: Json<Vec<Dimension>>,
    pub(crate) shortfall: Option<String>,
    pub(crate) causes: Option<Json<Vec<TermColumn>>>,
    pub(crate) findings: String,
    pub(crate) signed_by: Uuid,
    pub(crate) signed_by_name: String,
    pub(crate) signed_org_id: Option<Uuid>,
    pub(crate) signed_org_name: Option<String>,
    pub(crate) signed_at: Timestamp,
    pub(crate) correction_reason: Option<String>,
    pub(crate) replaced_at: Option<Timestamp>,
}

fn select(on: &On<'_>) -> Sql {
    sql(
        "SELECT a.id, a.number, a.cycle_no, a.horizon, a.nature, a.key_factor, a.dimensions, a.shortfall, a.findings, \
         a.signed_by, s.name AS signed_by_name, a.signed_org_id, o.name AS signed_org_name, a.signed_at, \
         a.correction_reason, a.replaced_at, ",
    )
    // Each database has its own way to open an array of JSON and to make one.
    .push(on.pick(
        "(SELECT json_group_array(json_object('code', t.code, 'zh', t.zh, 'en', t.en) ORDER BY t.code) \
         FROM json_each(a.causes) c JOIN term t ON t.kind = 'cause' AND t.code = c.value) AS causes",
        "(SELECT json_agg(json_build_object('code', t.code, 'zh', t.zh, 'en', t.en) ORDER BY t.code) \
         FROM jsonb_array_elements_text(a.causes) AS c(value) JOIN term t ON t.kind = 'cause' AND t.code = c.value) \
         AS causes",
    ))
    .push(
        " FROM analysis a JOIN person s ON s.id = a.signed_by LEFT JOIN org o ON o.id = a.signed_org_id \
         WHERE a.problem_id = ",
    )
}

/// A page of a problem's analyses, the newest first, below a number; to be read as [`AnalysisRow`]s.
pub fn page(db: &Db, problem: Uuid, below: Option<i64>, fetch: i64) -> Sql {
    select(&On::Db(db))
        .push_bind("", problem)
        .and_opt("a.number < ", below)
        .push_bind(" ORDER BY a.number DESC LIMIT ", fetch)
}

/// One analysis.
pub async fn one(tx: &mut Tx, problem: Uuid, number: i64) -> Result<AnalysisRow, DbError> {
    let on = On::Tx(tx);
    select(&on)
        .push_bind("", problem)
        .and("a.number = ", number)
        .one(on)
        .await
}

/// How many analyses a problem has; counted to one more than lists do.
pub async fn count(db: &Db, problem: Uuid) -> Result<i64, DbError> {
    total::count(
        db,
        sql("SELECT 1 AS one FROM analysis WHERE problem_id = $1").bind(problem),
    )
    .await
}

//! Every statement on `competence`.

use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{Fit, Ground, ranked};
use super::dto::CompetenceFilters;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::words::Audience;
use crate::events::Act;
use crate::http::total;

/// A competence with everything that its view shows.
#[derive(Clone, Debug, FromRow)]
pub struct CompetenceRow {
    pub(crate) id: Uuid,
    pub(crate) org_id: Uuid,
    pub(crate) org_name: String,
    pub(crate) category_code: Option<String>,
    pub(crate) category_zh: Option<String>,
    pub(crate) category_en: Option<String>,
    pub(crate) audience: Option<Audience>,
    pub(crate) division_code: String,
    pub(crate) division_name: String,
    pub(crate) division_full_name: String,
    pub(crate) priority: i64,
    pub(crate) valid_from: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) version: i64,
}

const DETAIL: &str = "SELECT c.id, c.org_id, o.name AS org_name, t.code AS category_code, t.zh AS category_zh, \
     t.en AS category_en, c.audience, d.code AS division_code, d.name AS division_name, d.full_name AS division_full_name, \
     c.priority, c.valid_from, c.ended_at, c.version FROM competence c JOIN org o ON o.id = c.org_id \
     JOIN division d ON d.id = c.division_id LEFT JOIN term t ON t.id = c.category_id WHERE 1 = 1";
const WITHIN: &str =
    " AND EXISTS (SELECT 1 FROM division_ancestor r WHERE r.descendant_id = c.division_id AND r.ancestor_id";

/// A page of competences, by id.
pub fn page(filters: &CompetenceFilters, division: Option<Uuid>, after: Option<Uuid>, fetch: i64) -> Sql {
    narrowed(sql(DETAIL), filters, division)
        .and_opt("c.id > ", after)
        .push_bind(" ORDER BY c.id LIMIT ", fetch)
}

/// How many competences there are; counted to one more than lists do.
pub async fn count(db: &Db, filters: &CompetenceFilters, division: Option<Uuid>) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM competence c WHERE 1 = 1");
    total::count(db, narrowed(rows, filters, division)).await
}

fn narrowed(statement: Sql, filters: &CompetenceFilters, division: Option<Uuid>) -> Sql {
    let statement = statement.and_opt("c.org_id = ", filters.org_id);
    let statement = match division {
        Some(division) => statement.push(WITHIN).in_list(&[division]).push(")"),
        None => statement,
    };
    if filters.include_ended == Some(true) {
        statement
    } else {
        statement.push(" AND c.ended_at IS NULL")
    }
}

/// One competence within these divisions.
pub fn one(divisions: &[Uuid], id: Uuid) -> Sql {
    sql(DETAIL).push(WITHIN).in_list(divisions).push(")").and("c.id = ", id)
}

/// A competence to be inserted, its references looked up.
#[derive(Clone, Debug)]
pub struct Insert {
    pub(crate) id: Uuid,
    pub(crate) org_id: Uuid,
    pub(crate) category_id: Option<Uuid>,
    pub(crate) audience: Option<Audience>,
    pub(crate) division_id: Uuid,
    pub(crate) priority: i64,
}

/// Inserts a competence.
pub async fn insert(tx: &mut Tx, act: &Act, new: &Insert) -> Result<(), DbError> {
    sql(
        "INSERT INTO competence (id, org_id, category_id, audience, division_id, priority, valid_from, created_at, \
         created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $7, $8)",
    )
    .bind(new.id)
    .bind(new.org_id)
    .bind(new.category_id)
    .bind(new.audience)
    .bind(new.division_id)
    .bind(new.priority)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Shows the open problems that an organisation has become competent for to it and to those above it, so that it can
/// claim them.
pub async fn show_open_problems(tx: &mut Tx, new: &Insert) -> Result<(), DbError> {
    let statement = sql(
        "INSERT INTO problem_scope (scope_id, problem_id, state, recorded_at, due_key, updated_at, urgency_due_key, \
         response_due_key, last_progress_at) \
         SELECT a.ancestor_id, s.problem_id, s.state, s.recorded_at, s.due_key, s.updated_at, s.urgency_due_key, \
         s.response_due_key, s.last_progress_at \
         FROM problem_scope s JOIN problem p ON p.id = s.problem_id JOIN org_ancestor a ON a.descendant_id = $1 \
         WHERE s.scope_id = $2 AND s.state = 'open'",
    )
    .bind(new.org_id)
    .bind(new.division_id)
    .and_opt("p.category_id = ", new.category_id)
    .and_opt("p.audience = ", new.audience);
    statement
        .push(" ON CONFLICT (scope_id, problem_id) DO NOTHING")
        .run(tx)
        .await?;
    Ok(())
}

/// Ends a competence of this version; whether it had it.
pub async fn end(tx: &mut Tx, id: Uuid, version: i64, act: &Act, reason: &str) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE competence SET ended_at = $1, end_reason = $2, version = version + 1, updated_at = $1, \
         updated_by = $3 WHERE id = $4 AND version = $5 AND ended_at IS NULL",
    )
    .bind(act.at)
    .bind(reason)
    .bind(act.person)
    .bind(id)
    .bind(version)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

/// The organisations that are competent for a problem, the most competent first.
pub async fn competent_orgs(
    on: impl Into<On<'_>>,
    division: Uuid,
    category: Uuid,
    audience: Audience,
    now: Timestamp,
) -> Result<Vec<Fit>, DbError> {
    let rows: Vec<(Uuid, i64, i64, bool, bool)> = sql("SELECT c.org_id, a.depth, c.priority, \
         c.category_id IS NOT NULL AS by_category, c.audience IS NOT NULL AS by_audience \
         FROM competence c JOIN division_ancestor a ON a.ancestor_id = c.division_id AND a.descendant_id = $1 \
         JOIN org o ON o.id = c.org_id \
         WHERE (c.category_id IS NULL OR c.category_id = $2) AND (c.audience IS NULL OR c.audience = $3) \
         AND c.ended_at IS NULL AND c.valid_from <= $4 AND (c.valid_to IS NULL OR c.valid_to > $4) AND o.ended_at IS NULL")
    .bind(division)
    .bind(category)
    .bind(audience)
    .bind(now)
    .all(on)
    .await?;
    let fits = rows
        .into_iter()
        .map(|(org, distance, priority, by_category, by_audience)| Fit {
            org,
            ground: match (by_category, by_audience) {
                (true, _) => Ground::Category,
                (false, true) => Ground::Audience,
                (false, false) => Ground::Division,
            },
            distance,
            priority,
        });
    Ok(ranked(fits.collect()))
}

//! Every statement on `clock_rule`.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{RuleInForce, Term, Terms};
use super::dto::ClockRuleFilters;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::events::Act;
use crate::http::total;

#[derive(Debug, FromRow)]
struct ChainRow {
    id: Uuid,
    term: Term,
    working_days: i64,
    above: i64,
    is_top: bool,
    valid_from: NaiveDate,
}

/// The rules that are in force on a day for a division and those above it.
pub async fn in_force(on: impl Into<On<'_>>, division: Uuid, day: NaiveDate) -> Result<Vec<RuleInForce>, DbError> {
    let rows: Vec<ChainRow> = sql("SELECT r.id, r.term, r.working_days, a.depth AS above, \
         NOT EXISTS (SELECT 1 FROM division_ancestor t WHERE t.descendant_id = a.ancestor_id AND t.depth > 0) AS is_top, \
         r.valid_from FROM division_ancestor a JOIN clock_rule r ON r.division_id = a.ancestor_id \
         WHERE a.descendant_id = $1 AND r.ended_at IS NULL AND r.valid_from <= $2 \
         AND (r.valid_to IS NULL OR r.valid_to > $2)")
    .bind(division)
    .bind(day)
    .all(on)
    .await?;
    let rules = rows.into_iter().map(|row| RuleInForce {
        id: row.id,
        term: row.term,
        days: u32::try_from(row.working_days).unwrap_or(u32::MAX),
        above: row.above,
        is_top: row.is_top,
        valid_from: row.valid_from,
    });
    Ok(rules.collect())
}

/// The days of every term for a division on a day.
pub async fn terms(on: impl Into<On<'_>>, division: Uuid, day: NaiveDate) -> Result<Terms, DbError> {
    Ok(Terms::of(&in_force(on, division, day).await?))
}

/// The division right above one; `None` for the top.
pub async fn above(on: impl Into<On<'_>>, division: Uuid) -> Result<Option<Uuid>, DbError> {
    let found: Option<(Uuid,)> =
        sql("SELECT ancestor_id FROM division_ancestor WHERE descendant_id = $1 AND depth > 0 ORDER BY depth LIMIT 1")
            .bind(division)
            .optional(on)
            .await?;
    Ok(found.map(|(id,)| id))
}

/// A rule with everything that its view shows.
#[derive(Clone, Debug, FromRow)]
pub struct ClockRuleRow {
    pub(crate) id: Uuid,
    pub(crate) division_code: String,
    pub(crate) division_name: String,
    pub(crate) division_full_name: String,
    pub(crate) term: Term,
    pub(crate) working_days: i64,
    pub(crate) valid_from: NaiveDate,
    pub(crate) valid_to: Option<NaiveDate>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) end_reason: Option<String>,
    pub(crate) version: i64,
}

const DETAIL: &str = "SELECT r.id, d.code AS division_code, d.name AS division_name, d.full_name AS division_full_name, \
     r.term, r.working_days, r.valid_from, r.valid_to, r.ended_at, r.end_reason, r.version \
     FROM clock_rule r JOIN division d ON d.id = r.division_id WHERE 1 = 1";
const WITHIN: &str =
    " AND EXISTS (SELECT 1 FROM division_ancestor x WHERE x.descendant_id = r.division_id AND x.ancestor_id";

/// A page of rules, by id.
pub fn page(filters: &ClockRuleFilters, division: Option<Uuid>, after: Option<Uuid>, fetch: i64) -> Sql {
    narrowed(sql(DETAIL), filters, division)
        .and_opt("r.id > ", after)
        .push_bind(" ORDER BY r.id LIMIT ", fetch)
}

/// How many rules there are; counted to one more than lists do.
pub async fn count(db: &Db, filters: &ClockRuleFilters, division: Option<Uuid>) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM clock_rule r WHERE 1 = 1");
    total::count(db, narrowed(rows, filters, division)).await
}

fn narrowed(statement: Sql, filters: &ClockRuleFilters, division: Option<Uuid>) -> Sql {
    let statement = statement.and_opt("r.term = ", filters.term);
    let statement = match division {
        Some(division) => statement.push(WITHIN).in_list(&[division]).push(")"),
        None => statement,
    };
    if filters.include_ended == Some(true) {
        statement
    } else {
        statement.push(" AND r.ended_at IS NULL")
    }
}

/// One rule.
pub fn one(id: Uuid) -> Sql {
    sql(DETAIL).and("r.id = ", id)
}

/// One rule within these divisions.
pub fn one_within(divisions: &[Uuid], id: Uuid) -> Sql {
    sql(DETAIL).push(WITHIN).in_list(divisions).push(")").and("r.id = ", id)
}

/// These rules.
pub fn these(ids: &[Uuid]) -> Sql {
    sql(DETAIL).push(" AND r.id").in_list(ids)
}

/// A rule to be inserted, its division looked up.
#[derive(Clone, Debug)]
pub struct Insert {
    pub(crate) id: Uuid,
    pub(crate) division_id: Uuid,
    pub(crate) term: Term,
    pub(crate) working_days: u32,
    pub(crate) valid_from: NaiveDate,
    pub(crate) valid_to: Option<NaiveDate>,
}

/// Inserts a rule; `DbError::Unique` where one of this division for this term begins on the same day.
pub async fn insert(tx: &mut Tx, act: &Act, new: &Insert) -> Result<(), DbError> {
    sql(
        "INSERT INTO clock_rule (id, division_id, term, working_days, valid_from, valid_to, created_at, created_by, \
         updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $8)",
    )
    .bind(new.id)
    .bind(new.division_id)
    .bind(new.term)
    .bind(new.working_days)
    .bind(new.valid_from)
    .bind(new.valid_to)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Ends a rule of this version; whether it had it.
pub async fn end(tx: &mut Tx, id: Uuid, version: i64, act: &Act, reason: &str) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE clock_rule SET ended_at = $1, end_reason = $2, version = version + 1, updated_at = $1, updated_by = $3 \
         WHERE id = $4 AND version = $5 AND ended_at IS NULL",
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

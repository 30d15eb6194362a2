//! What everybody may see of a problem, its plan, its course and what came of it.
//!
//! No statement here reads a reporter, a statement, a tracking number or the name of a person.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::{SEEN, masked_firm};
use crate::clock::Timestamp;
use crate::db::{DbError, On, Sql, sql};
use crate::directory::words::Audience;
use crate::http::total;
use crate::outputs::domain::OutputKind;
use crate::outputs::led_to::led_to;
use crate::problems::domain::State;
use crate::public_view::domain::{PublicStep, PublicationKind};
use crate::public_view::dto::PublicOutputFilters;

/// A published problem.
#[derive(Clone, Debug, FromRow)]
pub struct PublicRow {
    pub(crate) id: Uuid,
    pub(crate) problem_id: Uuid,
    pub(crate) edition: i64,
    pub(crate) kind: PublicationKind,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) result: Option<String>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) published_at: Timestamp,
    pub(crate) audience: Audience,
    pub(crate) state: State,
    pub(crate) cycle_no: i64,
    pub(crate) recorded_at: Timestamp,
    pub(crate) supporters: i64,
    pub(crate) category_code: String,
    pub(crate) category_zh: String,
    pub(crate) category_en: String,
    pub(crate) division_code: String,
    pub(crate) division_name: String,
    pub(crate) division_full_name: String,
    pub(crate) lead_org_name: Option<String>,
    pub(crate) firm_name: Option<String>,
    pub(crate) firm_uscc: Option<String>,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) is_confirmed: bool,
    pub(crate) consented: bool,
    pub(crate) with_plan_texts: bool,
}

macro_rules! columns {
    ($result:literal) => {
        concat!(
            "SELECT b.id, b.problem_id, b.edition, b.kind, b.title, b.summary, ",
            $result,
            " AS result, b.until, b.published_at, p.audience, p.state, p.cycle_no, p.recorded_at, p.supporters, \
             c.code AS category_code, c.zh AS category_zh, c.en AS category_en, d.code AS division_code, \
             d.name AS division_name, d.full_name AS division_full_name, COALESCE(lo.public_name, lo.name) AS lead_org_name, \
             f.name AS firm_name, CASE WHEN f.id IS NOT NULL AND NOT e.uscc_unverified THEN e.uscc END AS firm_uscc, \
             CASE WHEN p.state = 'closed' THEN cy.closed_at END AS closed_at, \
             (p.state = 'closed' AND cy.confirmed_via IS NOT NULL) AS is_confirmed, \
             b.consent_given_on IS NOT NULL AS consented, b.with_plan_texts"
        )
    };
}

/// The columns of a page.
pub(super) const BRIEF: &str = columns!("NULL");
const WHOLE: &str = columns!("b.result");

/// A firm joins only where it agreed to be named, is not hidden as a reporter, and its problem is closed.
pub(super) const JOINS: &str = concat!(
    "JOIN term c ON c.id = p.category_id JOIN division d ON d.id = p.division_id \
     JOIN cycle cy ON cy.problem_id = p.id AND cy.n = p.cycle_no LEFT JOIN org lo ON lo.id = p.lead_org_id \
     LEFT JOIN service_object f ON f.id = p.object_id AND f.type = 'enterprise' AND p.state = 'closed' \
     AND b.consent_given_on IS NOT NULL AND NOT ",
    masked_firm!(),
    " LEFT JOIN enterprise e ON e.object_id = f.id"
);

/// One problem that everybody may see at `now`, by its id; to be read as a [`PublicRow`].
pub fn one(problem: Uuid, now: Timestamp) -> Sql {
    sql(WHOLE)
        .push(" FROM publication b JOIN problem p ON p.id = b.problem_id ")
        .push(JOINS)
        .push_bind(" WHERE b.problem_id = ", problem)
        .push_bind(SEEN, now)
        .push(")")
}

/// Whether everybody may see a problem at `now`.
pub async fn is_public(on: impl Into<On<'_>>, problem: Uuid, now: Timestamp) -> Result<bool, DbError> {
    Ok(may_name_firm(on, problem, now).await?.is_some())
}

/// Whether what everybody may see of a problem at `now` may name its firm: it consented, and the problem is closed.
/// `None` where nobody may see it.
pub async fn may_name_firm(on: impl Into<On<'_>>, problem: Uuid, now: Timestamp) -> Result<Option<bool>, DbError> {
    let found: Option<(bool,)> = sql(
        "SELECT b.consent_given_on IS NOT NULL AND p.state = 'closed' FROM publication b \
         JOIN problem p ON p.id = b.problem_id WHERE b.problem_id = $1",
    )
    .bind(problem)
    .push_bind(SEEN, now)
    .push(")")
    .optional(on)
    .await?;
    Ok(found.map(|(may_name_firm,)| may_name_firm))
}

/// How many problems of a division and below everybody may see at `now`; counted to one more than lists do.
pub async fn count_within(on: impl Into<On<'_>>, division: Uuid, now: Timestamp) -> Result<i64, DbError> {
    let rows = sql(
        "SELECT 1 AS one FROM publication b JOIN problem p ON p.id = b.problem_id \
         JOIN division_ancestor a ON a.descendant_id = p.division_id WHERE a.ancestor_id = $1",
    )
    .bind(division)
    .push_bind(SEEN, now)
    .push(")");
    total::count(on, rows).await
}

/// A measure of a plan that is approved or further.
#[derive(Clone, Debug, FromRow)]
pub struct MeasureRow {
    pub(crate) code: String,
    pub(crate) zh: Option<String>,
    pub(crate) en: Option<String>,
    pub(crate) text: String,
    pub(crate) policy_ref: Option<String>,
}

/// The measures of a problem's approved plan, where it is about this problem alone.
pub async fn measures(on: impl Into<On<'_>>, problem: Uuid) -> Result<Vec<MeasureRow>, DbError> {
    sql(
        "SELECT m.type AS code, t.zh, t.en, m.text, m.policy_ref FROM action_plan_problem x \
         JOIN action_plan a ON a.id = x.action_plan_id JOIN measure m ON m.action_plan_id = a.id \
         LEFT JOIN term t ON t.kind = 'measure_type' AND t.code = m.type \
         WHERE x.problem_id = $1 AND x.left_at IS NULL AND a.state IN ('approved', 'executing', 'done') \
         AND m.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM action_plan_problem y \
         WHERE y.action_plan_id = a.id AND y.problem_id <> x.problem_id AND y.left_at IS NULL) \
         ORDER BY m.sort_order, m.id LIMIT 100",
    )
    .bind(problem)
    .all(on)
    .await
}

/// A step of such a plan.
#[derive(Clone, Debug, FromRow)]
pub struct StepRow {
    pub(crate) expected_result: String,
    pub(crate) org_name: String,
    pub(crate) due_on: NaiveDate,
    pub(crate) done: bool,
}

/// The steps of a problem's approved plan in its present round, but for those that were waived.
pub async fn steps(on: impl Into<On<'_>>, problem: Uuid, cycle: i64) -> Result<Vec<StepRow>, DbError> {
    sql(
        "SELECT s.expected_result, COALESCE(o.public_name, o.name) AS org_name, s.due_on, \
         s.done_at IS NOT NULL AS done FROM plan_step s JOIN action_plan a ON a.id = s.action_plan_id \
         JOIN org o ON o.id = s.owner_org_id WHERE s.problem_id = $1 AND s.cycle_no = $2 \
         AND a.state IN ('approved', 'executing', 'done') AND s.ended_at IS NULL AND s.waived_at IS NULL \
         ORDER BY s.sort_order, s.id LIMIT 100",
    )
    .bind(problem)
    .bind(cycle)
    .all(on)
    .await
}

/// An entry of a problem's course.
#[derive(Clone, Debug, FromRow)]
pub struct EntryRow {
    pub(crate) occurred_at: Timestamp,
    pub(crate) kind: String,
    pub(crate) org_name: Option<String>,
}

/// The course of a problem, oldest first.
pub async fn course(on: impl Into<On<'_>>, problem: Uuid) -> Result<Vec<EntryRow>, DbError> {
    let told: Vec<String> = PublicStep::ALL.iter().map(|step| step.event()).collect();
    sql(
        "SELECT e.occurred_at, e.type AS kind, COALESCE(o.public_name, o.name) AS org_name FROM event e \
         LEFT JOIN org o ON o.id = e.actor_org_id WHERE e.aggregate_kind = 'problem' AND e.public",
    )
    .and("e.aggregate_id = ", problem)
    .and_in("e.type", &told)
    .push(" ORDER BY e.aggregate_seq LIMIT 200")
    .all(on)
    .await
}

/// A published output.
#[derive(Clone, Debug, FromRow)]
pub struct PublicOutputRow {
    pub(crate) id: Uuid,
    pub(crate) kind: OutputKind,
    pub(crate) title: String,
    pub(crate) document_no: Option<String>,
    pub(crate) effective_on: Option<NaiveDate>,
    pub(crate) summary: String,
    pub(crate) issuing_org: String,
    pub(crate) audience: Option<Audience>,
    pub(crate) created_at: Timestamp,
}

/// SQLite keeps the order of a CROSS JOIN: along the index of what is published, not by organisation.
const OUTPUT: &str = "SELECT u.id, u.kind, u.title, u.document_no, u.effective_on, u.summary, \
     COALESCE(o.public_name, o.name) AS issuing_org, u.audience, u.created_at FROM output u \
     CROSS JOIN org o WHERE o.id = u.issuing_org_id AND u.published AND u.ended_at IS NULL";

/// A page of the published outputs, newest first.
pub fn outputs(filters: &PublicOutputFilters, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let statement = filtered(sql(OUTPUT), filters);
    let statement = statement.behind(" AND (u.created_at, u.id) < (", after);
    statement.push_bind(" ORDER BY u.created_at DESC, u.id DESC LIMIT ", fetch)
}

/// How many published outputs there are; counted to one more than lists do.
pub async fn count_outputs(on: impl Into<On<'_>>, filters: &PublicOutputFilters) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM output u WHERE u.published AND u.ended_at IS NULL");
    total::count(on, filtered(rows, filters)).await
}

/// The published outputs of a problem, and of the theme in which it stands.
pub async fn outputs_of(on: impl Into<On<'_>>, problem: Uuid) -> Result<Vec<PublicOutputRow>, DbError> {
    led_to(sql(OUTPUT).push(" AND u.id IN (SELECT l.output_id FROM "), &[problem])
        .push(" l) ORDER BY u.created_at, u.id LIMIT 20")
        .all(on)
        .await
}

fn filtered(statement: Sql, filters: &PublicOutputFilters) -> Sql {
    statement
        .and_in("u.kind", &filters.kind)
        .and_in("u.audience", &filters.audience)
}

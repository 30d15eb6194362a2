//! Reading what may be alike; each statement looks at a bounded number of rows, whatever there is.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use crate::analyses::domain::{Horizon, Nature};
use crate::clock::Timestamp;
use crate::db::{Db, DbError, sql};
use crate::directory::words::Audience;
use crate::full_text::store::Kind;
use crate::full_text::store::weight::{Weighed, holding};
use crate::outputs::domain::OutputKind;
use crate::outputs::led_to::led_to;
use crate::problems::domain::{ConfirmedVia, Matter};
use crate::problems::hiding::Eyes;

/// Problems that are compared word by word.
const COMPARED: i64 = 60;
/// Of the same object, the latest.
const OF_OBJECT: i64 = 30;
/// Solved cases that are compared.
const CASES: i64 = 200;
/// The latest of a category that are looked at for solved ones, and of each cause.
const LOOKED_AT: i64 = 2_000;

/// A problem to be compared.
#[derive(Clone, Debug, FromRow)]
pub struct CandidateRow {
    /// Which.
    pub id: Uuid,
    /// Its category.
    pub category_id: Uuid,
    /// What it is about.
    pub object_id: Option<Uuid>,
    /// The recorder's summary.
    pub summary: Option<String>,
    /// The reporter's words.
    pub statement: String,
}

/// Problems within these scopes that hold some of these words, those that hold most of the rare ones first.
pub async fn with_words(
    db: &Db,
    scopes: &[Uuid],
    audience: Option<Audience>,
    words: &[Weighed],
) -> Result<Vec<Uuid>, DbError> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let statement = holding(
        sql("SELECT h.id, CAST(SUM(h.weight) AS bigint) AS weight FROM ("),
        db,
        Kind::Problem,
        words,
    );
    let statement = statement
        .push(") h JOIN problem p ON p.id = h.id WHERE p.state NOT IN ('merged', 'withdrawn')")
        .and_opt("p.audience = ", audience)
        .push(" AND EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = h.id AND s.scope_id")
        .in_list(scopes)
        .push(") GROUP BY h.id ORDER BY weight DESC, h.id DESC")
        .push_bind(" LIMIT ", COMPARED);
    let rows: Vec<(Uuid, i64)> = statement.all(db).await?;
    Ok(rows.into_iter().map(|(id, _)| id).collect())
}

/// Problems within these scopes that are about an object, as far as the caller may see that, the latest first.
pub async fn of_object(
    db: &Db,
    (scopes, eyes): (&[Uuid], &Eyes),
    audience: Option<Audience>,
    object: Uuid,
) -> Result<Vec<Uuid>, DbError> {
    let statement = sql("SELECT p.id FROM problem p WHERE p.state NOT IN ('merged', 'withdrawn')")
        .and("p.object_id = ", object)
        .and_opt("p.audience = ", audience)
        .push(" AND ");
    let statement = eyes
        .see_object(statement)
        .push(" AND EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = p.id AND s.scope_id")
        .in_list(scopes)
        .push(") ORDER BY p.recorded_at DESC, p.id DESC")
        .push_bind(" LIMIT ", OF_OBJECT);
    let rows: Vec<(Uuid,)> = statement.all(db).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What these problems say, and what they are about where the caller may see that.
pub async fn candidates(db: &Db, ids: &[Uuid], eyes: &Eyes) -> Result<Vec<CandidateRow>, DbError> {
    let statement = sql("SELECT p.id, p.category_id, p.summary, p.statement, CASE WHEN ");
    eyes.see_object(statement)
        .push(" THEN p.object_id END AS object_id FROM problem p WHERE p.id")
        .in_list(ids)
        .all(db)
        .await
}

/// The causes of problems: problem, cause, its code and labels.
pub type CauseRow = (Uuid, Uuid, String, String, String);

/// The causes of these problems.
pub async fn causes(db: &Db, ids: &[Uuid]) -> Result<Vec<CauseRow>, DbError> {
    sql(
        "SELECT x.problem_id, t.id, t.code, t.zh, t.en FROM problem_cause x JOIN term t ON t.id = x.term_id \
         WHERE x.problem_id",
    )
    .in_list(ids)
    .push(" ORDER BY x.problem_id, t.code")
    .all(db)
    .await
}

/// A solved case.
#[derive(Clone, Debug, FromRow)]
pub struct CaseRow {
    pub(super) id: Uuid,
    pub(super) audience: Audience,
    pub(super) category_id: Uuid,
    pub(super) category_code: String,
    pub(super) category_zh: String,
    pub(super) category_en: String,
    pub(super) matter: Matter,
    pub(super) horizon: Option<Horizon>,
    pub(super) nature: Option<Nature>,
    pub(super) cycle_no: i64,
    pub(super) recorded_at: Timestamp,
    pub(super) closed_at: Timestamp,
    pub(super) confirmed_via: ConfirmedVia,
    pub(super) holds: bool,
}

/// Cases that were closed and confirmed, have not relapsed, and have an output or measures to learn from: of this
/// category or one of these causes, the latest recorded first.
pub async fn solved(db: &Db, problem: Uuid, category: Uuid, causes: &[Uuid]) -> Result<Vec<CaseRow>, DbError> {
    let mut statement = sql(
        "SELECT p.id, p.audience, p.category_id, c.code AS category_code, c.zh AS category_zh, c.en AS category_en, \
         p.matter, an.horizon, an.nature, p.cycle_no, p.recorded_at, cy.closed_at, cy.confirmed_via, \
         EXISTS (SELECT 1 FROM look_back l WHERE l.problem_id = p.id AND l.cycle_no = p.cycle_no AND l.result = 'holds') \
         AS holds FROM (SELECT a.id FROM (SELECT q.id FROM problem q WHERE q.category_id = ",
    )
    .push_bind("", category)
    .push_bind(" ORDER BY q.recorded_at DESC LIMIT ", LOOKED_AT)
    .push(") a");
    for cause in causes {
        statement = statement
            .push_bind(
                " UNION SELECT b.problem_id FROM (SELECT x.problem_id FROM problem_cause x WHERE x.term_id = ",
                *cause,
            )
            .push_bind(" ORDER BY x.problem_id DESC LIMIT ", LOOKED_AT)
            .push(") b");
    }
    statement
        .push(
            ") f JOIN problem p ON p.id = f.id JOIN cycle cy ON cy.problem_id = p.id AND cy.n = p.cycle_no \
             JOIN term c ON c.id = p.category_id \
             LEFT JOIN analysis an ON an.problem_id = p.id AND an.replaced_at IS NULL \
             WHERE p.state = 'closed' AND cy.closed_at IS NOT NULL AND cy.confirmed_via IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM look_back l WHERE l.problem_id = p.id AND l.cycle_no = p.cycle_no \
             AND l.result = 'relapsed') \
             AND (EXISTS (SELECT 1 FROM output_problem x JOIN output o ON o.id = x.output_id \
             WHERE x.problem_id = p.id AND o.ended_at IS NULL) \
             OR EXISTS (SELECT 1 FROM output o WHERE o.theme_id = p.theme_id AND o.ended_at IS NULL) \
             OR EXISTS (SELECT 1 FROM action_plan_problem y JOIN action_plan g ON g.id = y.action_plan_id \
             JOIN measure m ON m.action_plan_id = g.id WHERE y.problem_id = p.id AND y.left_at IS NULL \
             AND g.state IN ('approved', 'executing', 'done') AND m.ended_at IS NULL))",
        )
        .and("p.id <> ", problem)
        .push(" ORDER BY p.recorded_at DESC, p.id DESC")
        .push_bind(" LIMIT ", CASES)
        .all(db)
        .await
}

/// An output of a case.
#[derive(Clone, Debug, FromRow)]
pub struct OutputRow {
    pub(super) problem_id: Uuid,
    pub(super) id: Uuid,
    pub(super) kind: OutputKind,
    pub(super) title: String,
    pub(super) document_no: Option<String>,
    pub(super) effective_on: Option<NaiveDate>,
    pub(super) summary: String,
    pub(super) issuing_org_id: Uuid,
    pub(super) issuing_org_name: String,
}

/// What these cases led to, by themselves or by their themes.
pub async fn outputs(db: &Db, ids: &[Uuid]) -> Result<Vec<OutputRow>, DbError> {
    let statement = sql(
        "SELECT f.problem_id, o.id, o.kind, o.title, o.document_no, o.effective_on, o.summary, o.issuing_org_id, \
         g.name AS issuing_org_name FROM ",
    );
    led_to(statement, ids)
        .push(
            " f JOIN output o ON o.id = f.output_id JOIN org g ON g.id = o.issuing_org_id WHERE o.ended_at IS NULL \
         ORDER BY f.problem_id, o.created_at, o.id",
        )
        .all(db)
        .await
}

/// The kinds of measures of cases: case, code and labels.
pub type MeasureRow = (Uuid, String, String, String);

/// The kinds of measures in the plans of these cases.
pub async fn measures(db: &Db, ids: &[Uuid]) -> Result<Vec<MeasureRow>, DbError> {
    sql("SELECT DISTINCT y.problem_id, t.code, t.zh, t.en FROM action_plan_problem y \
         JOIN action_plan g ON g.id = y.action_plan_id JOIN measure m ON m.action_plan_id = g.id AND m.ended_at IS NULL \
         JOIN term t ON t.kind = 'measure_type' AND t.code = m.type \
         WHERE y.left_at IS NULL AND g.state IN ('approved', 'executing', 'done') AND y.problem_id")
    .in_list(ids)
    .push(" ORDER BY y.problem_id, t.code")
    .all(db)
    .await
}

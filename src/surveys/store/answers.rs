//! Every statement on `survey_answer`.

use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::words::Audience;
use crate::events::Act;
use crate::http::window::{self, Rows, WINDOW, Windowed};
use crate::surveys::domain::{Answers, Moment, SurveyVia};
use crate::surveys::dto::SurveyAnswerFilters;

/// A place in the order of time.
pub type Place = window::Place<Timestamp>;

/// An answered survey.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AnswerRow {
    /// Row id.
    pub id: Uuid,
    pub(crate) template_id: Uuid,
    pub(crate) audience: Audience,
    pub(crate) number: i64,
    pub(crate) moment: Moment,
    pub(crate) via: SurveyVia,
    pub(crate) problem_id: Option<Uuid>,
    pub(crate) object_id: Option<Uuid>,
    pub(crate) visit_id: Option<Uuid>,
    pub(crate) answers: Json<Answers>,
    pub(crate) before_id: Option<Uuid>,
    /// When.
    pub answered_at: Timestamp,
}

const LINE: &str = "SELECT a.id, a.survey_template_id AS template_id, t.audience, t.number, a.moment, a.via, a.problem_id, \
     a.object_id, a.visit_id, a.answers, a.before_id, a.answered_at \
     FROM survey_answer a JOIN survey_template t ON t.id = a.survey_template_id ";

/// An answer to be inserted.
#[derive(Clone, Copy, Debug)]
pub struct Insert {
    /// Row id.
    pub id: Uuid,
    /// The survey.
    pub template_id: Uuid,
    /// Its moment.
    pub moment: Moment,
    /// By which way.
    pub via: SurveyVia,
    /// The problem.
    pub problem_id: Option<Uuid>,
    /// The object.
    pub object_id: Option<Uuid>,
    /// The visit.
    pub visit_id: Option<Uuid>,
    /// Who answered, where it is the reporter.
    pub reporter_id: Option<Uuid>,
    /// Its pair.
    pub before_id: Option<Uuid>,
}

/// Inserts one.
///
/// # Errors
/// `DbError::Unique` (409 `duplicate`) where it was answered already.
pub async fn insert(tx: &mut Tx, act: &Act, new: Insert, answers: Value) -> Result<(), DbError> {
    sql(
        "INSERT INTO survey_answer (id, survey_template_id, moment, via, problem_id, object_id, visit_id, reporter_id, \
         before_id, answers, answered_at, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
         $11, $12)",
    )
    .bind(new.id)
    .bind(new.template_id)
    .bind(new.moment)
    .bind(new.via)
    .bind(new.problem_id)
    .bind(new.object_id)
    .bind(new.visit_id)
    .bind(new.reporter_id)
    .bind(new.before_id)
    .bind(answers)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// The latest answer of `before` that no other has taken along: about the problem, else of the object.
pub async fn untaken_before(
    tx: &mut Tx,
    audience: Audience,
    problem: Option<Uuid>,
    object: Option<Uuid>,
) -> Result<Option<(Uuid, Json<Answers>)>, DbError> {
    for (column, id) in [("a.problem_id = ", problem), ("a.object_id = ", object)] {
        let Some(id) = id else { continue };
        let found = sql(
            "SELECT a.id, a.answers FROM survey_answer a JOIN survey_template t ON t.id = a.survey_template_id \
             WHERE a.moment = 'before' AND NOT EXISTS (SELECT 1 FROM survey_answer x WHERE x.before_id = a.id)",
        )
        .and("t.audience = ", audience)
        .and(column, id)
        .push(" ORDER BY a.answered_at DESC, a.id DESC LIMIT 1")
        .optional(&mut *tx)
        .await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The object of a problem.
pub async fn object_of(on: impl Into<On<'_>>, problem: Uuid) -> Result<Option<Uuid>, DbError> {
    let (object,): (Option<Uuid>,) = sql("SELECT object_id FROM problem WHERE id = $1")
        .bind(problem)
        .one(on)
        .await?;
    Ok(object)
}

/// ` AND` it lies within the scopes: those of its problem, or of its visit.
fn within(statement: Sql, scopes: &[Uuid]) -> Sql {
    statement
        .push(" AND (EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = a.problem_id AND z.scope_id")
        .in_list(scopes)
        .push(") OR EXISTS (SELECT 1 FROM visit_scope z WHERE z.visit_id = a.visit_id AND z.scope_id")
        .in_list(scopes)
        .push("))")
}

/// One answer within these scopes.
pub async fn find(on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid) -> Result<Option<AnswerRow>, DbError> {
    within(sql(LINE).push_bind("WHERE a.id = ", id), scopes)
        .optional(on)
        .await
}

/// One answer, whatever the scope: for the answer to who has just given it.
pub async fn one(tx: &mut Tx, id: Uuid) -> Result<AnswerRow, DbError> {
    sql(LINE).push_bind("WHERE a.id = ", id).one(tx).await
}

/// The answers that were asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'q> {
    /// The scopes in which they may be read.
    pub scopes: &'q [Uuid],
    /// What narrows them.
    pub filters: &'q SurveyAnswerFilters,
}

impl Asked<'_> {
    /// What of so many rows of the window lies within the scopes.
    fn joined(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = self.window(statement.push("JOIN ("), after, Rows::First(rows));
        within(statement.push(") w ON w.id = a.id WHERE 1 = 1"), self.scopes)
    }
}

impl Windowed for Asked<'_> {
    type Key = Timestamp;
    type Row = AnswerRow;

    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        let statement = statement
            .push("SELECT q.id, q.answered_at FROM survey_answer q WHERE q.answered_at IS NOT NULL")
            .and_opt("q.problem_id = ", self.filters.problem)
            .and_opt("q.object_id = ", self.filters.object)
            .and_opt("q.visit_id = ", self.filters.visit);
        let statement = statement.behind(" AND (q.answered_at, q.id) > (", after);
        rows.of(statement.push(" ORDER BY q.answered_at, q.id"))
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        self.joined(statement.push("SELECT 1 AS one FROM survey_answer a "), after, rows)
    }

    fn page(&self, _: &Db, after: Option<Place>, fetch: i64) -> Sql {
        self.joined(sql(LINE), after, WINDOW)
            .push_bind(" ORDER BY w.answered_at, w.id LIMIT ", fetch)
    }

    fn place(&self, row: &AnswerRow) -> Place {
        (row.answered_at, row.id)
    }
}

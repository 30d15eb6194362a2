//! Writing outputs, each with its event.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::super::domain::OutputKind;
use super::super::dto::NewOutput;
use super::OutputRow;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, sql};
use crate::directory::words::Audience;
use crate::events::{Act, NewEvent, store as events};

/// What an output is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Whom it is for.
    pub audience: Option<Audience>,
    /// Its category.
    pub category_id: Option<Uuid>,
}

/// An output to be inserted, its references looked up.
#[derive(Clone, Debug)]
pub struct NewRow<'n> {
    /// What it says.
    pub said: &'n NewOutput,
    /// The organisation that issues it.
    pub org: Uuid,
    /// The theme that it came of.
    pub theme: Option<Uuid>,
    /// The problems that it came of.
    pub problems: &'n [Uuid],
    /// What it is about.
    pub subject: Subject,
}

/// Enters an output of a problem, with the problem's audience and category; its id.
pub async fn insert(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    new: &NewOutput,
    org: Uuid,
    problem: Uuid,
) -> Result<Uuid, DbError> {
    let row = NewRow {
        said: new,
        org,
        theme: None,
        problems: &[problem],
        subject: subject_of(&mut *tx, None, Some(problem)).await?,
    };
    enter(tx, ids, act, &row).await
}

/// What a theme is about, and, where it does not say, a problem.
pub async fn subject_of(tx: &mut Tx, theme: Option<Uuid>, problem: Option<Uuid>) -> Result<Subject, DbError> {
    let rows: Vec<(Option<Audience>, Option<Uuid>)> = sql(
        "SELECT w.audience, w.category_id FROM (SELECT 1 AS place, t.audience, t.category_id FROM theme t WHERE t.id = $1 \
         UNION ALL SELECT 2, p.audience, p.category_id FROM problem p WHERE p.id = $2) w ORDER BY w.place",
    )
    .bind(theme)
    .bind(problem)
    .all(tx)
    .await?;
    Ok(Subject {
        audience: rows.iter().find_map(|(audience, _)| *audience),
        category_id: rows.iter().find_map(|(_, category)| *category),
    })
}

/// Enters an output with the first event of its chain; its id.
pub async fn enter(tx: &mut Tx, ids: &Ids, act: &Act, new: &NewRow<'_>) -> Result<Uuid, DbError> {
    let id = ids.next();
    sql(
        "INSERT INTO output (id, kind, title, document_no, effective_on, issuing_org_id, theme_id, summary, audience, \
         category_id, created_at, created_by, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $12)",
    )
    .bind(id)
    .bind(new.said.kind)
    .bind(&new.said.title)
    .bind(new.said.document_no.clone())
    .bind(new.said.effective_on)
    .bind(new.org)
    .bind(new.theme)
    .bind(&new.said.summary)
    .bind(new.subject.audience)
    .bind(new.subject.category_id)
    .bind(act.at)
    .bind(act.person)
    .run(&mut *tx)
    .await?;
    for problem in new.problems {
        sql("INSERT INTO output_problem (output_id, problem_id) VALUES ($1, $2)")
            .bind(id)
            .bind(*problem)
            .run(&mut *tx)
            .await?;
    }
    let event = NewEvent::of("output", id, "output.entered").with(json!({
        "kind": new.said.kind, "org": new.org, "theme": new.theme, "problems": new.problems,
    }));
    events::append_to(tx, ids, act, event).await?;
    Ok(id)
}

/// How an output stands after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described where it is sent")]
pub struct Changed {
    pub kind: OutputKind,
    pub title: String,
    pub document_no: Option<String>,
    pub effective_on: Option<NaiveDate>,
    pub summary: String,
    pub theme_id: Option<Uuid>,
    pub audience: Option<Audience>,
    pub category_id: Option<Uuid>,
    pub published: bool,
    pub ended_at: Option<Timestamp>,
    pub end_reason: Option<String>,
}

impl Changed {
    /// Nothing changed.
    pub fn of(row: &OutputRow) -> Self {
        Self {
            kind: row.kind,
            title: row.title.clone(),
            document_no: row.document_no.clone(),
            effective_on: row.effective_on,
            summary: row.summary.clone(),
            theme_id: row.theme_id,
            audience: row.audience,
            category_id: row.category_id,
            published: row.published,
            ended_at: row.ended_at,
            end_reason: row.end_reason.clone(),
        }
    }
}

/// Stores a changed output with its event, if it still has the version that was read; whether it had.
pub async fn save(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    row: &OutputRow,
    changed: &Changed,
    event: NewEvent,
) -> Result<bool, DbError> {
    let saved = sql(
        "UPDATE output SET title = $3, document_no = $4, effective_on = $5, summary = $6, theme_id = $7, audience = $8, \
         category_id = $9, published = $10, ended_at = $11, end_reason = $12, updated_at = $13, updated_by = $14, \
         version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind(row.id)
    .bind(row.version)
    .bind(&changed.title)
    .bind(changed.document_no.clone())
    .bind(changed.effective_on)
    .bind(&changed.summary)
    .bind(changed.theme_id)
    .bind(changed.audience)
    .bind(changed.category_id)
    .bind(changed.published)
    .bind(changed.ended_at)
    .bind(changed.end_reason.clone())
    .bind(act.at)
    .bind(act.person)
    .run(&mut *tx)
    .await?;
    events::append_to(tx, ids, act, event).await?;
    Ok(saved == 1)
}

//! Every statement on `output` and `output_problem`.

mod cases;
mod list;
mod write;

use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

pub use cases::{CaseRow, Cases};
pub use list::{Asked, Place};
pub use write::{Changed, NewRow, Subject, enter, insert, save, subject_of};

use super::domain::{OutputKind, Standing};
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::{DbError, On, Sql, Tx, sql};
use crate::directory::words::Audience;
use crate::themes;

/// An output with what its view shows, and how the caller stands to it.
#[derive(Clone, Debug, FromRow)]
pub struct OutputRow {
    pub(crate) id: Uuid,
    pub(crate) kind: OutputKind,
    pub(crate) title: String,
    pub(crate) document_no: Option<String>,
    pub(crate) effective_on: Option<NaiveDate>,
    pub(crate) issuing_org_id: Uuid,
    pub(crate) issuing_org_name: String,
    pub(crate) summary: String,
    pub(crate) theme_id: Option<Uuid>,
    pub(crate) theme_title: Option<String>,
    pub(crate) audience: Option<Audience>,
    pub(crate) category_id: Option<Uuid>,
    pub(crate) category_code: Option<String>,
    pub(crate) category_zh: Option<String>,
    pub(crate) category_en: Option<String>,
    pub(crate) published: bool,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) end_reason: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) version: i64,
    pub(crate) problem_count: i64,
    pub(crate) problems: Option<Json<Vec<ProblemPart>>>,
    issues: bool,
    dispatches: bool,
}

/// A problem of an output, as the statement aggregates it.
#[derive(Clone, Debug, Deserialize)]
pub struct ProblemPart {
    pub(crate) id: Uuid,
    pub(crate) tracking_no: String,
}

impl OutputRow {
    /// How the caller for whom it was read stands to it.
    pub const fn standing(&self) -> Standing {
        Standing {
            ended: self.ended_at.is_some(),
            published: self.published,
            issues: self.issues,
            dispatches: self.dispatches,
        }
    }
}

/// SQLite and PostgreSQL call their JSON aggregates by other names; SQLite has no UUIDs, so an id goes as hexadecimal
/// text.
const PROBLEMS: [&str; 2] = [
    "(SELECT json_group_array(json_object('id', lower(hex(p.id)), 'tracking_no', p.tracking_no) ORDER BY p.tracking_no)",
    "(SELECT json_agg(json_build_object('id', p.id, 'tracking_no', p.tracking_no) ORDER BY p.tracking_no)",
];

/// `SELECT …` up to `FROM`: what is shown to a caller who sees problems in these scopes, and how he stands to it.
fn columns(on: &On<'_>, who: &Caller) -> Sql {
    let held = |role: Role| who.memberships.iter().filter(move |held| held.role == role);
    let divisions: Vec<Uuid> = held(Role::Dispatcher).map(|held| held.division).collect();
    let headed: Vec<Uuid> = held(Role::Head).map(|held| held.org).collect();
    let handled: Vec<Uuid> = held(Role::Handler).map(|held| held.org).collect();
    let [sqlite, postgres] = PROBLEMS;
    sql("SELECT o.id, o.kind, o.title, o.document_no, o.effective_on, o.issuing_org_id, g.name AS issuing_org_name, \
         o.summary, o.theme_id, t.title AS theme_title, o.audience, o.category_id, c.code AS category_code, \
         c.zh AS category_zh, c.en AS category_en, o.published, o.ended_at, o.end_reason, o.created_at, o.updated_at, \
         o.version, (SELECT COUNT(*) FROM output_problem x WHERE x.output_id = o.id) AS problem_count, ")
    .push(on.pick(sqlite, postgres))
    .push(
        " FROM output_problem x JOIN problem p ON p.id = x.problem_id WHERE x.output_id = o.id \
         AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = p.id AND z.scope_id",
    )
    .in_list(&who.every_scope())
    .push(
        ")) AS problems, EXISTS (SELECT 1 FROM org_ancestor z WHERE z.descendant_id = o.issuing_org_id \
         AND (z.ancestor_id",
    )
    .in_list(&headed)
    .push(" OR (z.depth = 0 AND z.ancestor_id")
    .in_list(&handled)
    .push("))) AS issues, EXISTS (SELECT 1 FROM division_ancestor z WHERE z.descendant_id = g.division_id AND z.ancestor_id")
    .in_list(&divisions)
    .push(") AS dispatches ")
}

const FROM: &str = "FROM output o JOIN org g ON g.id = o.issuing_org_id LEFT JOIN theme t ON t.id = o.theme_id \
     LEFT JOIN term c ON c.id = o.category_id";

/// One output: every official reads it.
pub async fn find(on: impl Into<On<'_>>, who: &Caller, id: Uuid) -> Result<Option<OutputRow>, DbError> {
    let on = on.into();
    let statement = columns(&on, who).push(FROM).push_bind(" WHERE o.id = ", id);
    statement.optional(on).await
}

/// The same, locked until the end of the transaction.
pub async fn find_to_change(tx: &mut Tx, who: &Caller, id: Uuid) -> Result<Option<OutputRow>, DbError> {
    // Locked by itself first: PostgreSQL reads a locked row anew, but not what is joined to it.
    tx.hold(sql("SELECT o.id FROM output o WHERE o.id = $1 FOR UPDATE").bind(id))
        .await?;
    find(tx, who, id).await
}

/// Whether a problem has led to a living output, its own or its theme's.
pub async fn has_output(on: impl Into<On<'_>>, problem: Uuid) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql("SELECT o.id FROM output o JOIN output_problem x ON x.output_id = o.id \
         WHERE x.problem_id = $1 AND o.ended_at IS NULL \
         UNION ALL SELECT o.id FROM problem p JOIN output o ON o.theme_id = p.theme_id \
         WHERE p.id = $1 AND o.ended_at IS NULL LIMIT 1")
    .bind(problem)
    .optional(on)
    .await?;
    Ok(found.is_some())
}

/// Whether a problem has led to an output, or stands in a theme that has not ended with others that go on: what an
/// institutional problem needs (S-47).
pub async fn has_any(on: impl Into<On<'_>>, problem: Uuid) -> Result<bool, DbError> {
    let mut on = on.into();
    Ok(has_output(&mut on, problem).await? || themes::store::is_common(on, problem).await?)
}

/// Which of these problems have led to no living output of their own.
pub async fn without_own(on: impl Into<On<'_>>, problems: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = sql(
        "SELECT p.id FROM problem p WHERE NOT EXISTS (SELECT 1 FROM output_problem x JOIN output o ON o.id = x.output_id \
         WHERE x.problem_id = p.id AND o.ended_at IS NULL) AND p.id",
    )
    .in_list(problems)
    .all(on)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many living outputs a theme has besides this one.
pub async fn others_of_theme(tx: &mut Tx, theme: Uuid, output: Uuid) -> Result<i64, DbError> {
    let (count,): (i64,) =
        sql("SELECT COUNT(*) FROM output o WHERE o.theme_id = $1 AND o.id <> $2 AND o.ended_at IS NULL")
            .bind(theme)
            .bind(output)
            .one(tx)
            .await?;
    Ok(count)
}

/// Locks the living outputs of a theme, so that none is published while a problem joins it.
pub async fn hold_of_theme(tx: &mut Tx, theme: Uuid) -> Result<(), DbError> {
    let its = "SELECT o.id FROM output o WHERE o.theme_id = $1 AND o.ended_at IS NULL ORDER BY o.id FOR UPDATE";
    tx.hold(sql(its).bind(theme)).await
}

/// What of a theme is published: each output, its title and its summary.
pub async fn published_of(tx: &mut Tx, theme: Uuid) -> Result<Vec<(Uuid, [String; 2])>, DbError> {
    let rows: Vec<(Uuid, String, String)> = sql("SELECT o.id, o.title, o.summary FROM output o WHERE o.theme_id = $1 \
         AND o.published AND o.ended_at IS NULL ORDER BY o.id")
    .bind(theme)
    .all(tx)
    .await?;
    let said = |(id, title, summary)| (id, [title, summary]);
    Ok(rows.into_iter().map(said).collect())
}

/// The problems that an output came of, by itself.
pub async fn problems_of(tx: &mut Tx, output: Uuid) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = sql("SELECT problem_id FROM output_problem WHERE output_id = $1 ORDER BY problem_id")
        .bind(output)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

//! Writing a theme, and which problems it has.

use uuid::Uuid;

use super::super::domain::ThemeState;
use super::ThemeRow;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, sql};
use crate::directory::words::Audience;
use crate::events::{Act, Head, NewEvent, store as events};

/// A theme to be inserted, its references looked up.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is described where it is sent")]
pub struct NewRow<'n> {
    pub id: Uuid,
    pub title: &'n str,
    pub description: Option<&'n str>,
    pub division_id: Uuid,
    pub org_id: Uuid,
    pub audience: Option<Audience>,
    pub category_id: Option<Uuid>,
}

/// Inserts a theme with the first event of its chain.
pub async fn insert(tx: &mut Tx, ids: &Ids, act: &Act, new: &NewRow<'_>, event: NewEvent) -> Result<(), DbError> {
    let head = events::append(tx, ids, act, &Head::default(), event).await?;
    sql(
        "INSERT INTO theme (id, title, description, division_id, org_id, audience, category_id, state, event_seq, \
         event_hash, created_at, created_by, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $10, $11, $10, $11)",
    )
    .bind(new.id)
    .bind(new.title)
    .bind(new.description)
    .bind(new.division_id)
    .bind(new.org_id)
    .bind(new.audience)
    .bind(new.category_id)
    .bind(head.seq)
    .bind(head.hash)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// How a theme stands after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described where it is sent")]
pub struct ThemeChange {
    pub title: String,
    pub description: Option<String>,
    pub category_id: Option<Uuid>,
    pub state: ThemeState,
    pub closed_at: Option<Timestamp>,
    pub closing_note: Option<String>,
    pub ended_at: Option<Timestamp>,
    pub end_reason: Option<String>,
}

impl ThemeChange {
    /// Nothing changed.
    pub fn of(row: &ThemeRow) -> Self {
        Self {
            title: row.title.clone(),
            description: row.description.clone(),
            category_id: row.category_id,
            state: row.state,
            closed_at: row.closed_at,
            closing_note: row.closing_note.clone(),
            ended_at: row.ended_at,
            end_reason: row.end_reason.clone(),
        }
    }
}

/// Stores a changed theme with its event, if it still has the version that was read; whether it had.
pub async fn save(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    row: &ThemeRow,
    change: &ThemeChange,
    event: NewEvent,
) -> Result<bool, DbError> {
    let head = events::append(tx, ids, act, &row.head(), event).await?;
    let saved = sql(
        "UPDATE theme SET title = $3, description = $4, category_id = $5, state = $6, closed_at = $7, closing_note = $8, \
         ended_at = $9, end_reason = $10, event_seq = $11, event_hash = $12, updated_at = $13, updated_by = $14, \
         version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind(row.id)
    .bind(row.version)
    .bind(&change.title)
    .bind(change.description.clone())
    .bind(change.category_id)
    .bind(change.state)
    .bind(change.closed_at)
    .bind(change.closing_note.clone())
    .bind(change.ended_at)
    .bind(change.end_reason.clone())
    .bind(head.seq)
    .bind(head.hash)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(saved == 1)
}

/// A problem comes into a theme, perhaps again.
///
/// # Errors
/// `Unique` where it stands in another: the database keeps one current theme per problem.
pub async fn join(tx: &mut Tx, act: &Act, theme: Uuid, problem: Uuid) -> Result<(), DbError> {
    sql(
        "INSERT INTO theme_problem (theme_id, problem_id, since, added_by) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (theme_id, problem_id) DO UPDATE SET since = $3, added_by = $4, left_at = NULL, leave_reason = NULL",
    )
    .bind(theme)
    .bind(problem)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// A problem leaves a theme.
pub async fn leave(tx: &mut Tx, act: &Act, theme: Uuid, problem: Uuid, reason: Option<&str>) -> Result<(), DbError> {
    sql("UPDATE theme_problem SET left_at = $3, leave_reason = $4 WHERE theme_id = $1 AND problem_id = $2")
        .bind(theme)
        .bind(problem)
        .bind(act.at)
        .bind(reason)
        .run(tx)
        .await?;
    Ok(())
}

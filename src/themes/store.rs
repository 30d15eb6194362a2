//! Every statement on `theme` and `theme_problem`.

mod closing;
mod list;
mod write;

use serde::Deserialize;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

pub use closing::{CLOSED, at_closing, narrow, standing_of};
pub use list::{Asked, count_members, members};
pub use write::{NewRow, ThemeChange, insert, join, leave, save};

use super::domain::{FEWEST, Standing, ThemeState};
use super::dto::ThemeCounts;
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::{DbError, On, Sql, Tx, sql};
use crate::directory::words::Audience;
use crate::events::Head;
use crate::problems::domain::{Disposition, State};

/// A theme with what its view shows, and how the caller stands to it.
#[derive(Clone, Debug, FromRow)]
pub struct ThemeRow {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) division_id: Uuid,
    pub(crate) division_code: String,
    pub(crate) division_name: String,
    pub(crate) division_full_name: String,
    pub(crate) org_id: Uuid,
    pub(crate) org_name: String,
    pub(crate) audience: Option<Audience>,
    pub(crate) category_id: Option<Uuid>,
    pub(crate) category_code: Option<String>,
    pub(crate) category_zh: Option<String>,
    pub(crate) category_en: Option<String>,
    pub(crate) state: ThemeState,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) closing_note: Option<String>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) end_reason: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) version: i64,
    pub(crate) member_states: Option<Json<Vec<StateCount>>>,
    outputs: i64,
    dispatches: bool,
    heads: bool,
    handles: bool,
    event_seq: i64,
    event_hash: Option<Vec<u8>>,
}

/// How many members stand somewhere, as the statement aggregates it.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct StateCount {
    pub(crate) state: State,
    pub(crate) n: i64,
}

impl ThemeRow {
    /// How the caller for whom it was read stands to it.
    pub fn standing(&self) -> Standing {
        Standing {
            state: if self.ended_at.is_some() {
                ThemeState::Ended
            } else {
                self.state
            },
            dispatches: self.dispatches,
            heads: self.heads,
            handles: self.handles,
        }
    }

    /// Members that go on, and outputs.
    pub fn counts(&self) -> ThemeCounts {
        let states = self.member_states.iter().flat_map(|states| states.0.iter());
        let go_on = states.filter(|of| !matches!(of.state, State::Merged | State::Withdrawn));
        ThemeCounts {
            problems: go_on.map(|of| of.n).sum(),
            outputs: self.outputs,
        }
    }

    /// How many members there are in all.
    pub fn members(&self) -> i64 {
        let states = self.member_states.iter().flat_map(|states| states.0.iter());
        states.map(|of| of.n).sum()
    }

    /// The end of its chain of events.
    pub fn head(&self) -> Head {
        Head {
            seq: self.event_seq,
            hash: self.event_hash.clone(),
        }
    }
}

/// A member as its list shows it.
#[derive(Clone, Debug, FromRow)]
pub struct MemberRow {
    pub(crate) id: Uuid,
    pub(crate) tracking_no: String,
    pub(crate) summary: Option<String>,
    pub(crate) state: State,
    pub(crate) disposition: Option<Disposition>,
    pub(crate) division_code: String,
    pub(crate) division_name: String,
    pub(crate) division_full_name: String,
    pub(crate) since: Timestamp,
}

/// SQLite and PostgreSQL call their JSON aggregates by other names.
const STATES: [&str; 2] = [
    "(SELECT json_group_array(json_object('state', g.state, 'n', g.n) ORDER BY g.state)",
    "(SELECT json_agg(json_build_object('state', g.state, 'n', g.n) ORDER BY g.state)",
];

/// `SELECT …` up to `FROM`: what is shown, and how the caller stands to it.
fn columns(on: &On<'_>, who: &Caller) -> Sql {
    let held = |role: Role| who.memberships.iter().filter(move |held| held.role == role);
    let divisions: Vec<Uuid> = held(Role::Dispatcher).map(|held| held.division).collect();
    let headed: Vec<Uuid> = held(Role::Head).map(|held| held.org).collect();
    let handled: Vec<Uuid> = held(Role::Handler).map(|held| held.org).collect();
    let [sqlite, postgres] = STATES;
    sql(
        "SELECT t.id, t.title, t.description, t.division_id, d.code AS division_code, d.name AS division_name, \
         d.full_name AS division_full_name, t.org_id, g.name AS org_name, t.audience, t.category_id, \
         c.code AS category_code, c.zh AS category_zh, c.en AS category_en, t.state, t.closed_at, t.closing_note, \
         t.ended_at, t.end_reason, t.created_at, t.updated_at, t.version, t.event_seq, t.event_hash, \
         (SELECT COUNT(*) FROM output o WHERE o.theme_id = t.id AND o.ended_at IS NULL) AS outputs, ",
    )
    .push(on.pick(sqlite, postgres))
    .push(
        " FROM (SELECT p.state, COUNT(*) AS n FROM theme_problem x JOIN problem p ON p.id = x.problem_id \
         WHERE x.theme_id = t.id AND x.left_at IS NULL GROUP BY p.state) g) AS member_states, \
         EXISTS (SELECT 1 FROM division_ancestor z WHERE z.descendant_id = t.division_id AND z.ancestor_id",
    )
    .in_list(&divisions)
    .push(") AS dispatches, EXISTS (SELECT 1 FROM org_ancestor z WHERE z.descendant_id = t.org_id AND z.ancestor_id")
    .in_list(&headed)
    .push(") AS heads, COALESCE(t.org_id")
    .in_list(&handled)
    .push(", FALSE) AS handles ")
}

const FROM: &str = "FROM theme t JOIN division d ON d.id = t.division_id JOIN org g ON g.id = t.org_id \
     LEFT JOIN term c ON c.id = t.category_id";

/// Adds that the theme `t` lies in one of these scopes: below the division or the organisation, or by a member.
fn within(statement: Sql, scopes: &[Uuid]) -> Sql {
    statement
        .push(" AND (EXISTS (SELECT 1 FROM division_ancestor z WHERE z.descendant_id = t.division_id AND z.ancestor_id")
        .in_list(scopes)
        .push(") OR EXISTS (SELECT 1 FROM org_ancestor z WHERE z.descendant_id = t.org_id AND z.ancestor_id")
        .in_list(scopes)
        .push(
            ") OR EXISTS (SELECT 1 FROM theme_problem x JOIN problem_scope z ON z.problem_id = x.problem_id \
             WHERE x.theme_id = t.id AND x.left_at IS NULL AND z.scope_id",
        )
        .in_list(scopes)
        .push("))")
}

/// One theme within these scopes.
pub async fn find(on: impl Into<On<'_>>, who: &Caller, scopes: &[Uuid], id: Uuid) -> Result<Option<ThemeRow>, DbError> {
    let on = on.into();
    let statement = columns(&on, who).push(FROM).push_bind(" WHERE t.id = ", id);
    within(statement, scopes).optional(on).await
}

/// One theme, whatever the scope, locked until the end of the transaction.
///
/// # Errors
/// Where there is none: whoever asks has found it.
pub async fn lock(tx: &mut Tx, who: &Caller, id: Uuid) -> Result<ThemeRow, DbError> {
    // Locked by itself first: PostgreSQL reads a locked row anew, but not what is joined to it.
    tx.hold(sql("SELECT t.id FROM theme t WHERE t.id = $1 FOR UPDATE").bind(id))
        .await?;
    one(tx, who, id).await
}

/// One theme, whatever the scope: for the answer to the change that was just made to it.
///
/// # Errors
/// Where there is none.
pub async fn one(tx: &mut Tx, who: &Caller, id: Uuid) -> Result<ThemeRow, DbError> {
    let on = On::from(&mut *tx);
    let statement = columns(&on, who).push(FROM).push_bind(" WHERE t.id = ", id);
    statement.one(on).await
}

/// The themes in which these problems stand now: problem and theme.
pub async fn themes_of(on: impl Into<On<'_>>, problems: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, DbError> {
    sql("SELECT problem_id, theme_id FROM theme_problem WHERE left_at IS NULL AND problem_id")
        .in_list(problems)
        .push(" ORDER BY problem_id")
        .all(on)
        .await
}

/// The problems that stand in a theme now.
pub async fn members_of(on: impl Into<On<'_>>, theme: Uuid) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = sql("SELECT problem_id FROM theme_problem WHERE left_at IS NULL AND theme_id = $1")
        .bind(theme)
        .all(on)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether a problem stands in a theme that has not ended, with as many problems that go on as make one.
pub async fn is_common(on: impl Into<On<'_>>, problem: Uuid) -> Result<bool, DbError> {
    let statement = sql(
        "SELECT COUNT(*) FROM problem p JOIN theme t ON t.id = p.theme_id JOIN theme_problem x ON x.theme_id = t.id \
         JOIN problem m ON m.id = x.problem_id WHERE t.ended_at IS NULL AND x.left_at IS NULL \
         AND m.state NOT IN ('merged', 'withdrawn') AND p.id = $1",
    );
    let (members,): (i64,) = statement.bind(problem).one(on).await?;
    Ok(members >= FEWEST)
}

/// Whether a theme is there, within these scopes, and has not ended: for what refers to it.
pub async fn is_living(on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid) -> Result<bool, DbError> {
    let statement = sql("SELECT t.id FROM theme t WHERE t.ended_at IS NULL AND t.id = $1").bind(id);
    Ok(within(statement, scopes).optional::<(Uuid,)>(on).await?.is_some())
}

/// Whether a theme is closed; it is locked, so that it stays so until the transaction ends.
pub async fn is_closed(tx: &mut Tx, id: Uuid) -> Result<bool, DbError> {
    let lock = tx.lock_clause(" FOR UPDATE");
    let found: Option<(ThemeState, bool)> = sql("SELECT t.state, t.ended_at IS NOT NULL FROM theme t WHERE t.id = $1")
        .bind(id)
        .push(lock)
        .optional(tx)
        .await?;
    Ok(found == Some((ThemeState::Closed, false)))
}

//! What an office has still to tell reporters: read along the index of its county, else along that of all.

use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::events::Act;
use crate::http::window::{self, Rows, WINDOW, Windowed};
use crate::notices::domain::NoticeState;
use crate::problems::domain::State;
use crate::reporters::domain::{Anonymity, PreferredChannel, ReporterKind};

/// A place in the order: when it was made, and its id.
pub type Place = window::Place<Timestamp>;

/// A notice to a reporter.
#[derive(Debug, FromRow)]
pub struct ToTellRow {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) state: NoticeState,
    pub(crate) channel: Option<PreferredChannel>,
    pub(crate) created_at: Timestamp,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) problem_id: Uuid,
    pub(crate) tracking_no: String,
    pub(crate) summary: Option<String>,
    pub(crate) problem_state: State,
    pub(crate) reporter_id: Uuid,
    pub(crate) reporter_kind: ReporterKind,
    pub(crate) display_name: Option<String>,
    pub(crate) phone_masked: Option<String>,
    pub(crate) anonymity: Anonymity,
    pub(crate) reporter_person_id: Option<Uuid>,
    /// Of who only follows it: the number of his own problem, which was merged into it.
    pub(crate) own_tracking_no: Option<String>,
    /// Whether whoever reads may know a masked reporter of this problem.
    pub(crate) calls_back: bool,
}

/// Who asks for what is to be told.
#[derive(Debug)]
pub struct Asked<'q> {
    /// The scopes in which he may tell.
    pub scopes: &'q [Uuid],
    /// Those in which he may know a masked reporter.
    pub calling_back: &'q [Uuid],
    /// The one county whose office he is, if it is one.
    pub county: Option<Uuid>,
    /// Only what is to be told by this channel.
    pub channel: Option<PreferredChannel>,
}

fn columns(calling_back: &[Uuid]) -> Sql {
    sql(
        "SELECT n.id, n.kind, n.state, n.channel, n.created_at, n.sent_at, n.problem_id, p.tracking_no, p.summary, \
         p.state AS problem_state, n.reporter_id, r.kind AS reporter_kind, r.display_name, r.phone_masked, r.anonymity, \
         r.person_id AS reporter_person_id, (SELECT g.tracking_no FROM problem_reporter f JOIN problem g ON g.id = f.came_with_id \
         WHERE f.problem_id = n.problem_id AND f.reporter_id = n.reporter_id AND f.part = 'follower') AS own_tracking_no, \
         EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = n.problem_id \
         AND z.scope_id",
    )
    .in_list(calling_back)
    .push(") AS calls_back FROM notice n JOIN problem p ON p.id = n.problem_id JOIN reporter r ON r.id = n.reporter_id ")
}

impl Windowed for Asked<'_> {
    type Key = Timestamp;
    type Row = ToTellRow;

    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        let statement = statement
            .push(
                "SELECT q.id, q.created_at, q.problem_id, q.channel, q.reporter_id FROM notice q \
                 WHERE q.state = 'pending' AND q.reporter_id IS NOT NULL",
            )
            .and_opt("q.division_id = ", self.county);
        let statement = statement.behind(" AND (q.created_at, q.id) > (", after);
        rows.of(statement.push(" ORDER BY q.created_at, q.id"))
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = statement.push("SELECT w.id, w.created_at FROM (");
        self.window(statement, after, Rows::First(rows))
            .push(
                ") w WHERE NOT EXISTS (SELECT 1 FROM reporter e WHERE e.id = w.reporter_id AND e.erased_at IS NOT NULL) \
                 AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = w.problem_id AND z.scope_id",
            )
            .in_list(self.scopes)
            .push(")")
            .and_opt("w.channel = ", self.channel)
    }

    fn page(&self, _: &Db, after: Option<Place>, fetch: i64) -> Sql {
        self.taken(columns(self.calling_back).push("JOIN ("), after, WINDOW)
            .push_bind(" ORDER BY w.created_at, w.id LIMIT ", fetch)
            .push(") k ON k.id = n.id ORDER BY n.created_at, n.id")
    }

    fn place(&self, row: &ToTellRow) -> Place {
        (row.created_at, row.id)
    }
}

/// The counties that these divisions are, or lie in.
pub async fn counties(db: &Db, divisions: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = sql(
        "SELECT DISTINCT d.id FROM division_ancestor a JOIN division d ON d.id = a.ancestor_id \
         WHERE d.level = 'county' AND a.descendant_id",
    )
    .in_list(divisions)
    .all(db)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// One notice to a reporter, of a problem within these scopes.
pub async fn find(
    on: impl Into<On<'_>>,
    scopes: &[Uuid],
    calling_back: &[Uuid],
    id: Uuid,
) -> Result<Option<ToTellRow>, DbError> {
    columns(calling_back)
        .push_bind("WHERE n.id = ", id)
        .push(" AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = n.problem_id AND z.scope_id")
        .in_list(scopes)
        .push(")")
        .optional(on)
        .await
}

/// Notes that a reporter was told, or could not be; whether the notice still waited for it.
pub async fn delivered(
    tx: &mut Tx,
    act: &Act,
    id: Uuid,
    (channel, at, failed): (PreferredChannel, Timestamp, bool),
) -> Result<bool, DbError> {
    let state = if failed { NoticeState::Failed } else { NoticeState::Sent };
    let touched = sql(
        "UPDATE notice SET state = $1, channel = $2, sent_at = $3, told_by = $4 WHERE id = $5 \
         AND state IN ('pending', 'failed')",
    )
    .bind(state)
    .bind(channel)
    .bind(at)
    .bind(act.person)
    .bind(id)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

//! Every statement on `request`.

mod write;

pub use write::{Decided, NewRequest, Outside, decide, insert, lapse, note, note_first, waits_at};

use chrono::NaiveDate;
use serde_json::Value as Json;
use uuid::Uuid;

use super::domain::{Before, RequestKind, RequestState};
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, sql};
use crate::events::Head;
use crate::http::total;
use crate::problems::domain::State;

/// A request with what its view shows.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RequestRow {
    pub(crate) id: Uuid,
    pub(crate) kind: RequestKind,
    pub(crate) problem_id: Uuid,
    pub(crate) tracking_no: String,
    pub(crate) cycle_no: i64,
    pub(crate) from_state: State,
    pub(crate) state: RequestState,
    pub(crate) asked_by: Option<Uuid>,
    pub(crate) asked_by_name: Option<String>,
    pub(crate) asked_org_id: Option<Uuid>,
    pub(crate) asked_org_name: Option<String>,
    pub(crate) reporter_id: Option<Uuid>,
    pub(crate) asked_at: Timestamp,
    pub(crate) reason_code: Option<String>,
    pub(crate) reason_zh: Option<String>,
    pub(crate) reason_en: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) facts: Json,
    pub(crate) proposed_org_id: Option<Uuid>,
    pub(crate) proposed_org_name: Option<String>,
    pub(crate) until_on: Option<NaiveDate>,
    pub(crate) from_division_id: Uuid,
    pub(crate) decide_by: Timestamp,
    pub(crate) decided_by: Option<Uuid>,
    pub(crate) decided_by_name: Option<String>,
    pub(crate) decided_org_id: Option<Uuid>,
    pub(crate) decided_org_name: Option<String>,
    pub(crate) decided_at: Option<Timestamp>,
    pub(crate) ruled_org_id: Option<Uuid>,
    pub(crate) ruled_org_name: Option<String>,
    pub(crate) ruling: Option<String>,
    pub(crate) outside_body: Option<String>,
    pub(crate) outside_document_no: Option<String>,
    pub(crate) outside_decided_on: Option<NaiveDate>,
    pub(crate) outside_attachment_id: Option<Uuid>,
    pub(crate) created_by: Option<Uuid>,
    pub(crate) version: i64,
    event_seq: i64,
    event_hash: Option<Vec<u8>>,
}

const COLUMNS: &str = "SELECT r.id, r.kind, r.problem_id, p.tracking_no, r.cycle_no, r.from_state, r.state, r.asked_by, \
     w.name AS asked_by_name, r.asked_org_id, o.name AS asked_org_name, r.reporter_id, r.asked_at, r.reason_code, \
     t.zh AS reason_zh, t.en AS reason_en, r.reason, r.facts, r.proposed_org_id, po.name AS proposed_org_name, \
     r.until_on, COALESCE(r.from_division_id, p.division_id) AS from_division_id, \
     COALESCE(r.decide_by, r.asked_at) AS decide_by, r.decided_by, d.name AS decided_by_name, \
     r.decided_org_id, d_o.name AS decided_org_name, r.decided_at, r.ruled_org_id, ro.name AS ruled_org_name, r.ruling, \
     r.outside_body, r.outside_document_no, r.outside_decided_on, r.outside_attachment_id, r.created_by, r.version, \
     r.event_seq, r.event_hash FROM request r JOIN problem p ON p.id = r.problem_id \
     LEFT JOIN person w ON w.id = r.asked_by LEFT JOIN org o ON o.id = r.asked_org_id \
     LEFT JOIN org po ON po.id = r.proposed_org_id LEFT JOIN person d ON d.id = r.decided_by \
     LEFT JOIN org d_o ON d_o.id = r.decided_org_id LEFT JOIN org ro ON ro.id = r.ruled_org_id \
     LEFT JOIN term t ON t.kind = 'reason' AND t.code = r.reason_code WHERE ";

/// What a reporter sees: his appeals, and what was granted and concerns him.
const FOR_REPORTERS: &str =
    " AND (r.kind = 'appeal' OR (r.kind IN ('hold', 'extend', 'decline') AND r.state = 'granted'))";

impl RequestRow {
    fn head(&self) -> Head {
        Head {
            seq: self.event_seq,
            hash: self.event_hash.clone(),
        }
    }

    /// Whose doing it is: who asked, and who sent it off for him or caused it. Who called back a reporter whose third
    /// rejection is an appeal did not ask.
    pub fn askers(&self) -> impl Iterator<Item = Uuid> {
        let sent = self.created_by.filter(|_| self.kind != RequestKind::Appeal);
        self.asked_by.into_iter().chain(sent)
    }

    /// Whether a reporter sees it: as `FOR_REPORTERS` says.
    pub fn is_for_reporters(&self) -> bool {
        let told = matches!(
            self.kind,
            RequestKind::Hold | RequestKind::Extend | RequestKind::Decline
        );
        self.kind == RequestKind::Appeal || told && self.state == RequestState::Granted
    }

    /// Working days that an extension asks for.
    pub fn working_days(&self) -> u32 {
        let days = self.facts["working_days"].as_u64();
        days.and_then(|days| u32::try_from(days).ok()).unwrap_or(0)
    }
}

/// One request, whatever the scope: behind the lock of its problem.
pub fn one(id: Uuid) -> Sql {
    sql(COLUMNS).push_bind("r.id = ", id)
}

/// One request of a problem within these scopes.
pub async fn find(on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid) -> Result<Option<RequestRow>, DbError> {
    one(id)
        .push(" AND EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = r.problem_id AND s.scope_id")
        .in_list(scopes)
        .push(")")
        .optional(on)
        .await
}

/// The request of a problem that is to be decided.
pub async fn open_of(on: impl Into<On<'_>>, problem: Uuid) -> Result<Option<RequestRow>, DbError> {
    sql(COLUMNS)
        .push_bind("r.problem_id = ", problem)
        .push(" AND r.state = 'open'")
        .optional(on)
        .await
}

/// A page of a problem's requests, in the order in which they were asked.
pub fn of_problem(problem: Uuid, inside: bool, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let statement = sql(COLUMNS).push_bind("r.problem_id = ", problem);
    let statement = if inside {
        statement
    } else {
        statement.push(FOR_REPORTERS)
    };
    let statement = statement.behind(" AND (r.asked_at, r.id) > (", after);
    statement.push_bind(" ORDER BY r.asked_at, r.id LIMIT ", fetch)
}

/// How many requests a problem has; counted to one more than lists do.
pub async fn count_of_problem(db: &Db, problem: Uuid, inside: bool) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM request r WHERE r.problem_id = $1").bind(problem);
    total::count(db, if inside { rows } else { rows.push(FOR_REPORTERS) }).await
}

/// Which requests of a scope are listed.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The scope's id.
    pub scope: Uuid,
    /// Those that stand so.
    pub state: RequestState,
    /// Only these kinds; empty: all.
    pub kinds: Vec<RequestKind>,
    /// Only those whose time had passed at this instant.
    pub overdue_at: Option<Timestamp>,
}

/// A page of a scope's requests by the time to decide them, along `request_by_time`.
pub fn page(listed: &Listed, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let statement = within(sql(COLUMNS), listed);
    let statement = statement.behind(" AND (r.decide_by, r.id) > (", after);
    statement.push_bind(" ORDER BY r.decide_by, r.id LIMIT ", fetch)
}

fn within(statement: Sql, listed: &Listed) -> Sql {
    statement
        .push_bind("r.state = ", listed.state)
        .and_in("r.kind", &listed.kinds)
        .and_opt("r.decide_by < ", listed.overdue_at)
        .push_bind(
            " AND EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = r.problem_id AND s.scope_id = ",
            listed.scope,
        )
        .push(")")
}

/// How many requests a scope has; counted to one more than lists do.
pub async fn count(db: &Db, listed: &Listed) -> Result<i64, DbError> {
    total::count(db, within(sql("SELECT 1 AS one FROM request r WHERE "), listed)).await
}

/// Kind, state, cycle, asker, reporter, facts, decider.
type BeforeRow = (
    RequestKind,
    RequestState,
    i64,
    Option<Uuid>,
    Option<Uuid>,
    Json,
    Option<Uuid>,
);

/// What was asked of a problem before, oldest first.
pub async fn before(on: impl Into<On<'_>>, problem: Uuid) -> Result<Vec<Before>, DbError> {
    let rows: Vec<BeforeRow> = sql(
        "SELECT kind, state, cycle_no, asked_by, reporter_id, facts, decided_by \
         FROM request WHERE problem_id = $1 ORDER BY asked_at, id",
    )
    .bind(problem)
    .all(on)
    .await?;
    let before = |(kind, state, cycle_no, asked_by, reporter, facts, decided_by): BeforeRow| Before {
        kind,
        state,
        cycle_no,
        by_itself: asked_by.is_none() && reporter.is_none() && kind == RequestKind::Return,
        working_days: facts["working_days"]
            .as_u64()
            .and_then(|days| u32::try_from(days).ok())
            .unwrap_or(0),
        decided_by,
    };
    Ok(rows.into_iter().map(before).collect())
}

/// How often a transfer of a problem went back to whoever led before.
pub async fn disputes(on: impl Into<On<'_>>, problem: Uuid) -> Result<i64, DbError> {
    let (count,): (i64,) =
        sql("SELECT COUNT(*) FROM request WHERE problem_id = $1 AND kind = 'return' AND asked_by IS NULL")
            .bind(problem)
            .one(on)
            .await?;
    Ok(count)
}

/// Who decided which requests of these problems: problem, request, person, when.
pub async fn decided(on: impl Into<On<'_>>, problems: &[Uuid]) -> Result<Vec<(Uuid, Uuid, Uuid, Timestamp)>, DbError> {
    sql(
        "SELECT problem_id, id, decided_by, decided_at FROM request WHERE decided_by IS NOT NULL \
         AND state IN ('granted', 'refused') AND problem_id",
    )
    .in_list(problems)
    .all(on)
    .await
}

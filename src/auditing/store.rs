//! Reading the access log, and chains without their texts.

use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::dto::AccessLogFilters;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, sql};
use crate::http::window::{self, Rows, Windowed};

/// A place in the order: when it was, and the id.
pub type Place = window::Place<Timestamp>;

/// An entry of the access log.
#[derive(Debug, FromRow)]
pub struct LoggedRow {
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) kind: String,
    pub(crate) person_id: Option<Uuid>,
    pub(crate) person_name: Option<String>,
    pub(crate) client_app_id: Option<Uuid>,
    pub(crate) on_behalf_of: Option<Uuid>,
    pub(crate) subject_kind: Option<String>,
    pub(crate) subject_id: Option<Uuid>,
    pub(crate) address: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) detail: Value,
}

/// What an auditor may see: the divisions, or (`None`) everything, at the top.
pub type AuditScope<'a> = Option<&'a [Uuid]>;

/// Whether one of these divisions is the top one.
pub async fn is_top(on: impl Into<On<'_>>, divisions: &[Uuid]) -> Result<bool, DbError> {
    let top: Option<(Uuid,)> = sql("SELECT id FROM division WHERE parent_id IS NULL AND id")
        .in_list(divisions)
        .optional(on)
        .await?;
    Ok(top.is_some())
}

/// The entries that were asked for, newest first.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'q> {
    /// What the auditor may see.
    pub scope: AuditScope<'q>,
    /// What narrows it.
    pub filters: &'q AccessLogFilters,
}

impl Asked<'_> {
    fn along(&self, statement: Sql, columns: &'static str, after: Option<Place>, rows: Rows) -> Sql {
        let filters = self.filters;
        let statement = statement
            .push(columns)
            .push(" FROM access_log l WHERE 1 = 1")
            .and_opt("l.person_id = ", filters.person_id)
            .and_opt("l.subject_id = ", filters.subject_id)
            .and_opt("l.at >= ", filters.from)
            .and_opt("l.at < ", filters.to);
        let statement = statement.behind(" AND (l.at, l.id) < (", after);
        rows.of(statement.push(" ORDER BY l.at DESC, l.id DESC"))
    }

    fn filtered(&self, statement: Sql) -> Sql {
        let statement = statement
            .push(" WHERE 1 = 1")
            .and_opt("a.kind = ", self.filters.kind.as_deref());
        within(statement, self.scope)
    }
}

impl Windowed for Asked<'_> {
    type Key = Timestamp;
    type Row = LoggedRow;

    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        self.along(statement, "SELECT l.id, l.at", after, rows)
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = statement.push("SELECT 1 AS one FROM (");
        self.filtered(self.along(statement, "SELECT *", after, Rows::First(rows)).push(") a"))
    }

    fn page(&self, _: &Db, after: Option<Place>, fetch: i64) -> Sql {
        let statement = sql(
            "SELECT a.id, a.at, a.kind, a.person_id, q.name AS person_name, a.client_app_id, a.on_behalf_of, \
             a.subject_kind, a.subject_id, a.address, a.request_id, a.detail FROM (",
        );
        let rows = Rows::First(self.looked_at(fetch));
        let statement = self.along(statement, "SELECT *", after, rows);
        self.filtered(statement.push(") a LEFT JOIN person q ON q.id = a.person_id"))
            .push_bind(" ORDER BY a.at DESC, a.id DESC LIMIT ", fetch)
    }

    fn place(&self, row: &LoggedRow) -> Place {
        (row.at, row.id)
    }

    fn is_thinned(&self) -> bool {
        self.scope.is_some() || self.filters.kind.is_some()
    }
}

/// Adds that who did it belongs to these divisions, or, where nobody is named, what it was done to.
fn within(statement: Sql, scope: AuditScope<'_>) -> Sql {
    let Some(divisions) = scope else { return statement };
    statement
        .push(
            " AND (EXISTS (SELECT 1 FROM person x JOIN org o ON o.id = x.org_id JOIN division_ancestor d \
             ON d.descendant_id = o.division_id WHERE x.id = a.person_id AND d.ancestor_id",
        )
        .in_list(divisions)
        .push(
            ") OR (a.person_id IS NULL AND EXISTS (SELECT 1 FROM client_app c JOIN division_ancestor d \
             ON d.descendant_id = c.division_id WHERE c.id = a.client_app_id AND d.ancestor_id",
        )
        .in_list(divisions)
        .push(")) OR EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = a.subject_id AND s.scope_id")
        .in_list(divisions)
        .push(
            ") OR EXISTS (SELECT 1 FROM problem_reporter r JOIN problem_scope s ON s.problem_id = r.problem_id \
             WHERE r.reporter_id = a.subject_id AND s.scope_id",
        )
        .in_list(divisions)
        .push("))")
}

/// An event without its text.
#[derive(Debug, FromRow)]
pub struct AuditedEventRow {
    pub(crate) id: Uuid,
    pub(crate) aggregate_kind: String,
    pub(crate) aggregate_id: Uuid,
    pub(crate) aggregate_seq: i64,
    pub(crate) r#type: String,
    pub(crate) from_state: Option<String>,
    pub(crate) to_state: Option<String>,
    pub(crate) actor_id: Option<Uuid>,
    pub(crate) actor_name: Option<String>,
    pub(crate) actor_org_id: Option<Uuid>,
    pub(crate) actor_org_name: Option<String>,
    pub(crate) on_behalf_of: Option<Uuid>,
    pub(crate) occurred_at: Timestamp,
    pub(crate) public: bool,
    pub(crate) payload: Value,
    pub(crate) text_erased_at: Option<Timestamp>,
    pub(crate) reason_hash: Option<Vec<u8>>,
    pub(crate) prev_hash: Option<Vec<u8>>,
    pub(crate) hash: Vec<u8>,
}

/// A page of a chain, in its order, after a place in it.
pub fn events(about: Uuid, after: Option<i64>, fetch: i64) -> Sql {
    sql(
        "SELECT e.id, e.aggregate_kind, e.aggregate_id, e.aggregate_seq, e.type, e.from_state, e.to_state, e.actor_id, \
         q.name AS actor_name, e.actor_org_id, o.name AS actor_org_name, e.on_behalf_of, e.occurred_at, e.public, \
         e.payload, t.erased_at AS text_erased_at, e.reason_hash, e.prev_hash, e.hash FROM event e \
         LEFT JOIN person q ON q.id = e.actor_id LEFT JOIN org o ON o.id = e.actor_org_id \
         LEFT JOIN event_text t ON t.event_id = e.id WHERE ",
    )
    .push_bind("e.aggregate_id = ", about)
    .and_opt("e.aggregate_seq > ", after)
    .push_bind(" ORDER BY e.aggregate_seq LIMIT ", fetch)
}

/// Whether an auditor may see a chain: that of a problem, or of what belongs to one, or of a visit, in his divisions;
/// any other, where an organisation of his divisions began it.
pub async fn may_audit(on: impl Into<On<'_>>, scope: AuditScope<'_>, about: Uuid) -> Result<bool, DbError> {
    let first =
        sql("SELECT e.aggregate_seq FROM event e WHERE e.aggregate_seq = 1 AND e.aggregate_id = $1").bind(about);
    let first = match scope {
        None => first,
        Some(divisions) => first
            .push(" AND (EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = e.problem_id AND s.scope_id")
            .in_list(divisions)
            .push(") OR EXISTS (SELECT 1 FROM visit_scope s WHERE s.visit_id = e.aggregate_id AND s.scope_id")
            .in_list(divisions)
            .push(
                ") OR (e.problem_id IS NULL AND e.aggregate_kind <> 'visit' AND EXISTS (SELECT 1 FROM org o \
                 JOIN division_ancestor d ON d.descendant_id = o.division_id WHERE o.id = e.actor_org_id \
                 AND d.ancestor_id",
            )
            .in_list(divisions)
            .push(")))"),
    };
    Ok(first.optional::<(i64,)>(on).await?.is_some())
}

//! Every statement on the tables of problems.
//!
//! `read.rs` is the one joined statement that a single read and a page are made of; `list.rs` finds a page along an
//! index of `problem_scope`; `write.rs` inserts and changes, and keeps scope rows, roll-ups and sort keys with the row.

pub mod acts;
pub mod authorised;
pub mod change;
pub mod list;
pub mod read;
pub mod supplements;
pub mod write;

pub use acts::acts_of;
use uuid::Uuid;

use super::domain::{Disposition, Matter, State, Urgency};
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::{DbError, On, Sql, Tx, sql};
use crate::directory::words::{Audience, LeadingBody};
use crate::events::Head;
use crate::http::PathRef;

/// What a transition needs to know of a problem.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ProblemFacts {
    /// Row id.
    pub id: Uuid,
    /// The number that people quote.
    pub tracking_no: String,
    /// Version.
    pub version: i64,
    /// Where it stands.
    pub state: State,
    /// How it was disposed of.
    pub disposition: Option<Disposition>,
    /// How difficult the matter is.
    pub matter: Matter,
    /// How pressing it is.
    pub urgency: Urgency,
    /// Whom it concerns.
    pub audience: Audience,
    /// Its category.
    pub category_id: Uuid,
    /// Its division.
    pub division_id: Uuid,
    /// Its campaign-year.
    pub campaign_year_id: Uuid,
    /// Which round of handling.
    pub cycle_no: i64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who recorded it.
    pub recorded_by: Option<Uuid>,
    /// For which organisation.
    pub recorder_org_id: Option<Uuid>,
    /// Its visit.
    pub visit_id: Option<Uuid>,
    /// Who led the visit.
    pub visit_leader_id: Option<Uuid>,
    /// The leader's body.
    pub visit_leading_body: Option<LeadingBody>,
    /// When the visit began.
    pub visit_started_at: Option<Timestamp>,
    /// When it ended.
    pub visit_ended_at: Option<Timestamp>,
    /// When the current cycle is due.
    pub due_at: Option<Timestamp>,
    /// Whether the caller took part in the visit.
    pub caller_in_visit: bool,
    event_seq: i64,
    event_hash: Option<Vec<u8>>,
    reached: Option<String>,
}

impl ProblemFacts {
    /// The caller's roles here: those of the memberships that reach the problem.
    pub fn roles_of(&self, who: &Caller) -> Vec<Role> {
        who.roles_within(&read::ids_of(self.reached.as_ref()))
    }

    /// The end of its chain of events.
    pub fn head(&self) -> Head {
        Head {
            seq: self.event_seq,
            hash: self.event_hash.clone(),
        }
    }
}

/// The problem within these scopes, to be read.
pub async fn facts<'a>(
    on: impl Into<On<'a>>,
    scopes: &[Uuid],
    reference: &PathRef,
    who: &Caller,
) -> Result<Option<ProblemFacts>, DbError> {
    let on = on.into();
    facts_statement(
        on.pick(read::REACHED_SQLITE, read::REACHED_POSTGRES),
        scopes,
        reference,
        who,
    )
    .optional(on)
    .await
}

/// The problem within these scopes, locked until the end of the transaction, so that two changes come one after the
/// other and each sees what the other made.
pub async fn facts_to_change(
    tx: &mut Tx,
    scopes: &[Uuid],
    reference: &PathRef,
    who: &Caller,
) -> Result<Option<ProblemFacts>, DbError> {
    // SQLite's one writer needs no lock.
    let lock = tx.pick("", " FOR UPDATE OF p");
    let column = tx.pick(read::REACHED_SQLITE, read::REACHED_POSTGRES);
    facts_statement(column, scopes, reference, who)
        .push(lock)
        .optional(tx)
        .await
}

fn facts_statement(column: &'static str, scopes: &[Uuid], reference: &PathRef, who: &Caller) -> Sql {
    let statement = sql("SELECT p.id, p.tracking_no, p.version, p.state, p.disposition, p.matter, p.urgency, p.audience, \
         p.category_id, p.division_id, p.campaign_year_id, p.cycle_no, p.recorded_at, p.recorded_by, p.recorder_org_id, \
         p.due_at, p.visit_id, v.leader_id AS visit_leader_id, v.leading_body AS visit_leading_body, \
         v.started_at AS visit_started_at, v.ended_at AS visit_ended_at, \
         EXISTS (SELECT 1 FROM visit_member m WHERE m.visit_id = p.visit_id AND m.person_id = $1) AS caller_in_visit, \
         p.event_seq, p.event_hash, ")
    .bind(who.subject);
    let statement =
        read::reached(statement, column, who).push("FROM problem p LEFT JOIN visit v ON v.id = p.visit_id WHERE ");
    within(by_reference(statement, reference), scopes)
}

/// `p.id = …` or `p.tracking_no = …`.
fn by_reference(statement: Sql, reference: &PathRef) -> Sql {
    match reference {
        PathRef::Id(id) => statement.push_bind("p.id = ", *id),
        PathRef::Name(tracking_no) => statement.push_bind("p.tracking_no = ", tracking_no),
    }
}

/// Adds that the problem lies in one of these scopes.
fn within(statement: Sql, scopes: &[Uuid]) -> Sql {
    statement
        .push(" AND EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = p.id AND s.scope_id")
        .in_list(scopes)
        .push(")")
}

/// The problems of a visit that keep it from being completed (S-42): recorded, or open without a disposition.
pub async fn undisposed_of_visit(on: impl Into<On<'_>>, visit: Uuid) -> Result<Vec<(Uuid, String)>, DbError> {
    sql("SELECT id, tracking_no FROM problem WHERE visit_id = $1 AND disposition IS NULL AND state IN ('recorded', 'open') \
         ORDER BY tracking_no")
    .bind(visit)
    .all(on)
    .await
}

/// How many problems were recorded in a visit, whatever became of them.
pub async fn count_of_visit(on: impl Into<On<'_>>, visit: Uuid) -> Result<i64, DbError> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM problem WHERE visit_id = $1")
        .bind(visit)
        .one(on)
        .await?;
    Ok(count)
}

/// The problem that a client recorded under its own reference.
pub async fn by_client_ref(
    on: impl Into<On<'_>>,
    client_ref: Uuid,
    client: Option<Uuid>,
) -> Result<Option<Uuid>, DbError> {
    let found: Option<(Uuid,)> = match client {
        Some(client) => {
            sql("SELECT id FROM problem WHERE client_ref = $1 AND client_app_id = $2")
                .bind(client_ref)
                .bind(client)
                .optional(on)
                .await?
        }
        None => {
            sql("SELECT id FROM problem WHERE client_ref = $1 AND client_app_id IS NULL")
                .bind(client_ref)
                .optional(on)
                .await?
        }
    };
    Ok(found.map(|(id,)| id))
}

//! Every statement on the tables of problems.
//!
//! `read.rs` is the one joined statement that a single read and a page are made of; `list.rs` finds a page along an
//! index of `problem_scope`; `write.rs` inserts and changes, and keeps scope rows, roll-ups and sort keys with the row.

pub mod change;
pub mod list;
pub mod read;
pub mod supplements;
pub mod write;

use uuid::Uuid;

use super::domain::{Disposition, Matter, State, Urgency};
use crate::clock::Timestamp;
use crate::db::{DbError, On, sql};
use crate::directory::words::{Audience, LeadingBody};
use crate::events::Head;

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
}

impl ProblemFacts {
    /// The end of its chain of events.
    pub fn head(&self) -> Head {
        Head {
            seq: self.event_seq,
            hash: self.event_hash.clone(),
        }
    }
}

/// The problem within these scopes, for a change; `subject` is whose visits count as his own.
pub async fn facts(
    on: impl Into<On<'_>>,
    scopes: &[Uuid],
    reference: &crate::http::PathRef,
    subject: Uuid,
) -> Result<Option<ProblemFacts>, DbError> {
    let statement = sql("SELECT p.id, p.tracking_no, p.version, p.state, p.disposition, p.matter, p.urgency, p.audience, \
         p.category_id, p.division_id, p.campaign_year_id, p.cycle_no, p.recorded_at, p.recorded_by, p.recorder_org_id, \
         p.due_at, p.visit_id, v.leader_id AS visit_leader_id, v.leading_body AS visit_leading_body, \
         v.started_at AS visit_started_at, v.ended_at AS visit_ended_at, \
         EXISTS (SELECT 1 FROM visit_member m WHERE m.visit_id = p.visit_id AND m.person_id = $1) AS caller_in_visit, \
         p.event_seq, p.event_hash FROM problem p LEFT JOIN visit v ON v.id = p.visit_id WHERE ")
    .bind(subject);
    within(by_reference(statement, reference), scopes).optional(on).await
}

/// `p.id = …` or `p.tracking_no = …`.
fn by_reference(statement: crate::db::Sql, reference: &crate::http::PathRef) -> crate::db::Sql {
    match reference {
        crate::http::PathRef::Id(id) => statement.push_bind("p.id = ", *id),
        crate::http::PathRef::Name(tracking_no) => statement.push_bind("p.tracking_no = ", tracking_no),
    }
}

/// Adds that the problem lies in one of these scopes.
fn within(statement: crate::db::Sql, scopes: &[Uuid]) -> crate::db::Sql {
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

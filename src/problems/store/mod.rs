//! Every statement on the tables of problems.
//!
//! `read.rs` is the one joined statement that a single read and a page are made of; `list.rs` finds a page along an
//! index of `problem_scope`; `write.rs` inserts and changes, and keeps scope rows, roll-ups and sort keys with the row.

pub mod acts;
pub mod authorised;
pub mod change;
pub mod counts;
pub mod course;
pub mod cycle;
pub mod extend;
pub mod late;
pub mod lengthen;
pub mod list;
pub mod provisional;
pub mod read;
pub mod recount;
pub mod responsible;
pub mod supplements;
pub mod target;
pub mod texts;
pub mod theme;
pub mod ties;
pub mod urges;
pub mod visit_team;
pub mod write;

pub use acts::acts_of;
use uuid::Uuid;

use super::domain::{ConfirmedVia, Disposition, Matter, State, Urgency, is_run_once, must_not_be_erased};
use crate::assignments::domain::AssignmentOrigin;
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::{DbError, On, Sql, Tx, sql};
use crate::directory::orgs::tree::STEADY;
use crate::directory::words::{Audience, LeadingBody};
use crate::error::ApiResult;
use crate::events::Head;
use crate::http::PathRef;
use crate::reporters::domain::Anonymity;
use change::FirstLead;
use ties::Ties;

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
    /// Who leads its handling.
    pub lead_org_id: Option<Uuid>,
    /// The person responsible there.
    pub lead_person_id: Option<Uuid>,
    /// Who studies it, by the present disposition.
    pub study_org_id: Option<Uuid>,
    /// Who is to lead it, by the present disposition.
    pub proposed_lead_id: Option<Uuid>,
    /// Where `awaiting_reporter` and the like go back to.
    pub return_state: Option<State>,
    /// Since when it is in its present stage with whom it is now; `None`: since it was recorded.
    pub stage_entered_at: Option<Timestamp>,
    /// When the present cycle began: its clock starts here.
    pub cycle_began: Timestamp,
    /// Working days chosen for its resolution; `None` until chosen.
    pub resolution_days: Option<i64>,
    /// When the reporter was asked in this cycle; once at most.
    pub asked_at: Option<Timestamp>,
    /// When the work was reported done.
    pub resolution_at: Option<Timestamp>,
    /// When the cycle was closed.
    pub closed_at: Option<Timestamp>,
    /// Who confirmed it, by which way.
    pub confirmed_via: Option<ConfirmedVia>,
    /// Whether it was closed without an answer.
    pub unconfirmed: bool,
    /// Whether it was closed at no higher level than that where it was recorded.
    pub own_level: bool,
    /// How often the reporter had to come (S-60).
    pub reporter_trips: i64,
    /// How often he was asked for what was missing.
    pub info_requests: i64,
    first_lead_origin: Option<AssignmentOrigin>,
    first_led_at: Option<Timestamp>,
    /// When the cycle was first looked back at.
    pub looked_back_at: Option<Timestamp>,
    /// The primary reporter.
    pub reporter_id: Option<Uuid>,
    /// How far he lets himself be known.
    pub reporter_anonymity: Option<Anonymity>,
    /// When its words and personal data were erased.
    pub erased_at: Option<Timestamp>,
    /// How the caller stands to it.
    #[sqlx(flatten)]
    pub ties: Ties,
    event_seq: i64,
    event_hash: Option<Vec<u8>>,
}

impl ProblemFacts {
    /// The caller's roles here: those of the memberships that reach the problem.
    pub fn roles_of(&self, who: &Caller) -> Vec<Role> {
        self.ties.roles_of(who)
    }

    /// Whether the caller sees it from inside (S-59).
    pub fn is_seen_inside(&self, who: &Caller) -> bool {
        self.ties.are_inside(who)
    }

    /// How it came to its first lead, if it had one.
    pub fn first_lead(&self) -> Option<FirstLead> {
        let origin = self.first_lead_origin.zip(self.first_led_at);
        origin.map(|(origin, at)| FirstLead { origin, at })
    }

    /// The organisation that leads it, else the one that studies it.
    pub fn responsible(&self) -> Option<Uuid> {
        self.lead_org_id.or(self.study_org_id)
    }

    /// Whether its reporter had to come, and was asked, once at most (S-60).
    pub const fn is_run_once(&self) -> bool {
        is_run_once(self.reporter_trips, self.info_requests)
    }

    /// Refuses what can no longer be said about a problem whose words and personal data are erased.
    ///
    /// # Errors
    /// 409 `erased`.
    pub fn must_not_be_erased(&self) -> ApiResult<()> {
        must_not_be_erased(self.erased_at)
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
    now: Timestamp,
) -> Result<Option<ProblemFacts>, DbError> {
    let on = on.into();
    let words = on.pick(ties::SQLITE, ties::POSTGRES);
    facts_statement(words, scopes, reference, who, now).optional(on).await
}

/// The problem within these scopes, locked until the end of the transaction, so that two changes come one after the
/// other and each sees what the other made. The tree of organisations stays as it is for as long.
pub async fn facts_to_change(
    tx: &mut Tx,
    scopes: &[Uuid],
    reference: &PathRef,
    who: &Caller,
    now: Timestamp,
) -> Result<Option<ProblemFacts>, DbError> {
    // Locked by itself first: PostgreSQL reads a locked row anew, but not what is joined to it.
    let row = by_reference(sql("SELECT p.id FROM problem p WHERE "), reference);
    tx.hold(row.push(STEADY).push(" FOR UPDATE")).await?;
    let words = tx.pick(ties::SQLITE, ties::POSTGRES);
    facts_statement(words, scopes, reference, who, now).optional(tx).await
}

/// Locks two problems in the order of their ids, as every transaction locks them, so that two that merge each into the
/// other wait instead of failing.
pub async fn lock_both(tx: &mut Tx, reference: &PathRef, other: Uuid) -> Result<(), DbError> {
    lock_all(tx, &[reference.clone(), PathRef::Id(other)]).await
}

/// The same of any number, for a transaction that changes many.
pub async fn lock_all(tx: &mut Tx, references: &[PathRef]) -> Result<(), DbError> {
    let (mut ids, mut names) = (Vec::new(), Vec::new());
    for reference in references {
        match reference {
            PathRef::Id(id) => ids.push(*id),
            PathRef::Name(tracking_no) => names.push(tracking_no.as_str()),
        }
    }
    let all = sql("SELECT p.id FROM problem p WHERE (p.id").in_list(&ids);
    let all = all.push(" OR p.tracking_no").in_list(&names).push(")").push(STEADY);
    tx.hold(all.push(" ORDER BY p.id FOR UPDATE")).await
}

fn facts_statement(words: ties::Words, scopes: &[Uuid], reference: &PathRef, who: &Caller, now: Timestamp) -> Sql {
    let statement = sql(
        "SELECT p.id, p.tracking_no, p.version, p.state, p.disposition, p.matter, p.urgency, p.audience, \
         p.category_id, p.division_id, p.campaign_year_id, p.cycle_no, p.recorded_at, p.recorded_by, p.recorder_org_id, \
         p.due_at, p.lead_org_id, p.lead_person_id, p.return_state, p.stage_entered_at, q.study_org_id, q.lead_org_id AS proposed_lead_id, cy.started_at AS cycle_began, \
         cy.resolution_days, cy.asked_at, cy.resolution_at, cy.closed_at, cy.confirmed_via, cy.unconfirmed, \
         COALESCE(cy.own_level, FALSE) AS own_level, p.reporter_trips, p.info_requests, p.first_lead_origin, p.first_led_at, \
         (SELECT MIN(l.done_at) FROM look_back l WHERE l.problem_id = p.id AND l.cycle_no = p.cycle_no) AS looked_back_at, \
         r.id AS reporter_id, r.anonymity AS reporter_anonymity, p.visit_id, v.leader_id AS visit_leader_id, \
         v.leading_body AS visit_leading_body, v.started_at AS visit_started_at, v.ended_at AS visit_ended_at, \
         p.event_seq, p.event_hash, p.erased_at, ",
    );
    let statement = ties::columns(statement, words, who, now).push(
        "FROM problem p JOIN cycle cy ON cy.problem_id = p.id AND cy.n = p.cycle_no \
         LEFT JOIN visit v ON v.id = p.visit_id LEFT JOIN disposition q ON q.problem_id = p.id AND q.replaced_at IS NULL \
         LEFT JOIN problem_reporter pr ON pr.problem_id = p.id AND pr.part = 'primary' \
         LEFT JOIN reporter r ON r.id = pr.reporter_id WHERE ",
    );
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

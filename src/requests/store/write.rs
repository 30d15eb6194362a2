//! Asking, deciding, lapsing; each with its event in the request's chain.

use chrono::NaiveDate;
use serde_json::Value as Json;
use uuid::Uuid;

use super::super::domain::{RequestDecision, RequestKind, RequestState};
use super::RequestRow;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, sql};
use crate::events::{self, Act, Head, NewEvent};
use crate::notices::telling;
use crate::problems::domain::State;

/// A request about to be asked.
#[derive(Clone, Debug)]
pub struct NewRequest {
    pub(crate) id: Uuid,
    pub(crate) kind: RequestKind,
    pub(crate) problem_id: Uuid,
    pub(crate) cycle_no: i64,
    pub(crate) from_state: State,
    pub(crate) asked_by: Option<Uuid>,
    pub(crate) asked_org_id: Option<Uuid>,
    pub(crate) reporter_id: Option<Uuid>,
    pub(crate) reason_code: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) facts: Json,
    pub(crate) proposed_org_id: Option<Uuid>,
    pub(crate) until_on: Option<NaiveDate>,
    /// From which division one level up is counted.
    pub(crate) from_division_id: Uuid,
    pub(crate) decide_by: Timestamp,
}

/// Asks it.
///
/// # Errors
/// A unique violation where one of the problem is open.
pub async fn insert(tx: &mut Tx, act: &Act, new: &NewRequest) -> Result<(), DbError> {
    sql(
        "INSERT INTO request (id, kind, problem_id, cycle_no, from_state, state, asked_by, asked_org_id, reporter_id, \
         asked_at, reason_code, reason, facts, proposed_org_id, until_on, from_division_id, decide_by, \
         created_at, created_by, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $9, $17, $9, $17)",
    )
    .bind(new.id)
    .bind(new.kind)
    .bind(new.problem_id)
    .bind(new.cycle_no)
    .bind(new.from_state)
    .bind(new.asked_by)
    .bind(new.asked_org_id)
    .bind(new.reporter_id)
    .bind(act.at)
    .bind(new.reason_code.clone())
    .bind(new.reason.clone())
    .bind(new.facts.clone())
    .bind(new.proposed_org_id)
    .bind(new.until_on)
    .bind(new.from_division_id)
    .bind(new.decide_by)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Keeps where a request was to be decided as it was asked; `None`: outside.
pub async fn waits_at(tx: &mut Tx, id: Uuid, division: Option<Uuid>) -> Result<(), DbError> {
    sql("UPDATE request SET decider_division_id = $1 WHERE id = $2")
        .bind(division)
        .bind(id)
        .run(tx)
        .await?;
    Ok(())
}

/// What was decided.
#[derive(Clone, Debug)]
pub struct Decided {
    pub(crate) decision: RequestDecision,
    pub(crate) ruling: String,
    pub(crate) ruled_org_id: Option<Uuid>,
    /// An extension's new due day, as the clock has it now.
    pub(crate) until_on: Option<NaiveDate>,
    pub(crate) outside: Option<Outside>,
}

/// What was decided outside.
#[derive(Clone, Debug)]
pub struct Outside {
    pub(crate) body: String,
    pub(crate) document_no: String,
    pub(crate) decided_on: NaiveDate,
    pub(crate) attachment_id: Option<Uuid>,
}

/// Stores a decision, if the request is still open and of the version that was read; whether it was.
pub async fn decide(tx: &mut Tx, act: &Act, row: &RequestRow, decided: &Decided) -> Result<bool, DbError> {
    let outside = decided.outside.as_ref();
    let touched = sql(
        "UPDATE request SET state = $1, decided_by = $2, decided_org_id = $3, decided_at = $4, ruling = $5, \
         ruled_org_id = $6, until_on = COALESCE($7, until_on), outside_body = $8, outside_document_no = $9, \
         outside_decided_on = $10, outside_attachment_id = $11, version = version + 1, updated_at = $4, updated_by = $2 \
         WHERE id = $12 AND version = $13 AND state = 'open'",
    )
    .bind(RequestState::from(decided.decision))
    .bind(act.person)
    .bind(act.org)
    .bind(act.at)
    .bind(decided.ruling.clone())
    .bind(decided.ruled_org_id)
    .bind(decided.until_on)
    .bind(outside.map(|outside| outside.body.clone()))
    .bind(outside.map(|outside| outside.document_no.clone()))
    .bind(outside.map(|outside| outside.decided_on))
    .bind(outside.and_then(|outside| outside.attachment_id))
    .bind(row.id)
    .bind(row.version)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

/// Ends a request that nobody needs to decide any more.
pub async fn lapse(tx: &mut Tx, act: &Act, id: Uuid) -> Result<(), DbError> {
    sql(
        "UPDATE request SET state = 'lapsed', decided_at = $1, version = version + 1, updated_at = $1, updated_by = $2 \
         WHERE id = $3 AND state = 'open'",
    )
    .bind(act.at)
    .bind(act.person)
    .bind(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Appends an event to a request's chain; it stands in its problem's timeline.
pub async fn note(tx: &mut Tx, ids: &Ids, act: &Act, row: &RequestRow, event: NewEvent) -> Result<(), DbError> {
    note_behind(tx, ids, act, &row.head(), event).await
}

/// The same of a request that was just asked.
pub async fn note_first(tx: &mut Tx, ids: &Ids, act: &Act, event: NewEvent) -> Result<(), DbError> {
    note_behind(tx, ids, act, &Head::default(), event).await
}

async fn note_behind(tx: &mut Tx, ids: &Ids, act: &Act, head: &Head, event: NewEvent) -> Result<(), DbError> {
    let id = event.aggregate_id;
    if let Some(problem) = event.problem_id {
        telling::tell(tx, ids, act, problem, &event).await?;
    }
    let head = events::store::append(tx, ids, act, head, event).await?;
    sql("UPDATE request SET event_seq = $1, event_hash = $2 WHERE id = $3")
        .bind(head.seq)
        .bind(head.hash.clone())
        .bind(id)
        .run(tx)
        .await?;
    Ok(())
}

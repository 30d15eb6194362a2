//! Changing what stands: transitions, dispositions, corrections, notes.

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::domain::{Disposition, OnSiteKind, State, due_key, urgency_due_key};
use super::ProblemFacts;
use super::write::{keep_head, rollup_key, scope_rows};
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, Value, sql};
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{self, Act, NewEvent};
use crate::metrics::carry;
use crate::metrics::rollup::{self, Outcome, ProblemKey};

/// A transition, decided and to be stored.
#[derive(Clone, Debug)]
pub struct Move {
    pub(crate) to: State,
    pub(crate) disposition: Option<Disposition>,
    pub(crate) lead_org_id: Option<Uuid>,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) event: NewEvent,
}

/// Stores a transition: state, lead, due time, sort keys, scope rows and event, if the version is still the one read.
///
/// # Errors
/// 412 where another writer was faster.
pub async fn apply(tx: &mut Tx, ids: &Ids, act: &Act, facts: &ProblemFacts, change: Move) -> ApiResult<()> {
    let event = change.event.moving(Some(facts.state.as_str()), change.to.as_str());
    let touched = sql(
        "UPDATE problem SET state = $1, disposition = $2, lead_org_id = $3, due_at = $4, due_key = $5, \
         urgency_due_key = $6, updated_at = $7, updated_by = $8, last_progress_at = $9, version = version + 1 \
         WHERE id = $10 AND version = $11",
    )
    .bind(change.to)
    .bind(change.disposition)
    .bind(change.lead_org_id)
    .bind(change.due_at)
    .bind(due_key(change.due_at))
    .bind(urgency_due_key(facts.urgency, change.due_at))
    .bind(act.at)
    .bind(act.person)
    .bind(act.at)
    .bind(facts.id)
    .bind(facts.version)
    .run(tx)
    .await?;
    if touched == 0 {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    scope_rows(tx, facts.id).await?;
    sort_keys(tx, facts.id).await?;
    let head = events::store::append(tx, ids, act, &facts.head(), event).await?;
    keep_head(tx, facts.id, &head).await?;
    let disposition = change.disposition.map(Disposition::as_str);
    let counts = ProblemKey {
        disposition,
        ..rollup_key(facts)
    };
    recount(tx, facts, &counts, change.due_at).await?;
    Ok(())
}

/// Carries state and sort keys over to the scope rows.
async fn sort_keys(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    sql("UPDATE problem_scope SET (state, due_key, updated_at, urgency_due_key) = \
         (SELECT p.state, p.due_key, p.updated_at, p.urgency_due_key FROM problem p WHERE p.id = $1) WHERE problem_id = $1")
    .bind(problem)
    .run(tx)
    .await?;
    Ok(())
}

/// A disposition to be stored.
#[derive(Clone, Debug)]
pub struct NewDisposition {
    pub(crate) class: Disposition,
    pub(crate) on_site_kind: Option<OnSiteKind>,
    pub(crate) text: Option<String>,
    pub(crate) policy_ref: Option<String>,
    pub(crate) resolved_at: Option<Timestamp>,
    pub(crate) lead_org_id: Option<Uuid>,
    pub(crate) study_org_id: Option<Uuid>,
    pub(crate) due_on: Option<NaiveDate>,
    pub(crate) signed_by: Option<Uuid>,
    /// Organisation and what it agreed to.
    pub(crate) orgs: Vec<(Uuid, String)>,
}

/// Stores the disposition of a problem.
///
/// # Errors
/// 409 `already_disposed` where the database refuses a second one.
pub async fn dispose(tx: &mut Tx, ids: &Ids, act: &Act, problem: Uuid, new: &NewDisposition) -> ApiResult<()> {
    let id = ids.next();
    let inserted = sql(
        "INSERT INTO disposition (id, problem_id, class, on_site_kind, text, policy_ref, resolved_at, \
         resolved_by, lead_org_id, due_on, study_org_id, signed_by, decided_by, decided_at, created_at, created_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(id)
    .bind(problem)
    .bind(new.class)
    .bind(new.on_site_kind)
    .bind(new.text.clone())
    .bind(new.policy_ref.clone())
    .bind(new.resolved_at)
    .bind(new.resolved_at.and(act.person))
    .bind(new.lead_org_id)
    .bind(new.due_on)
    .bind(new.study_org_id)
    .bind(new.signed_by)
    .bind(act.person)
    .bind(act.at)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await;
    match inserted {
        Err(fault) if fault.is_unique("disposition") => return Err(ApiError::new(Code::AlreadyDisposed)),
        other => other?,
    };
    if new.orgs.is_empty() {
        return Ok(());
    }
    let part = if new.class == Disposition::ResolvedOnSite {
        "present"
    } else {
        "proposed_supporting"
    };
    sql("INSERT INTO disposition_org (disposition_id, org_id, part, agreed)")
        .values(
            new.orgs
                .iter()
                .map(|(org, agreed)| -> [Value; 4] { [id.into(), (*org).into(), part.into(), agreed.as_str().into()] }),
        )
        .run(tx)
        .await?;
    Ok(())
}

/// Sets what the present cycle's clock is to keep.
pub async fn set_clock(
    tx: &mut Tx,
    facts: &ProblemFacts,
    days: Option<u32>,
    due: Option<(Timestamp, bool)>,
    first_response_at: Option<Timestamp>,
    done: Option<(Timestamp, &str)>,
) -> Result<(), DbError> {
    sql("UPDATE cycle SET resolution_days = $1, resolution_due = $2, \
         first_response_at = COALESCE(first_response_at, $3), resolution_at = $4, result = $5 \
         WHERE problem_id = $6 AND n = $7")
    .bind(days.map(i64::from))
    .bind(due.map(|(due, _)| due))
    .bind(first_response_at)
    .bind(done.map(|(at, _)| at))
    .bind(done.map(|(_, text)| text))
    .bind(facts.id)
    .bind(facts.cycle_no)
    .run(tx)
    .await?;
    if due.is_some_and(|(_, provisional)| provisional) {
        sql("UPDATE cycle SET provisional = $1 WHERE problem_id = $2 AND n = $3")
            .bind(true)
            .bind(facts.id)
            .bind(facts.cycle_no)
            .run(tx)
            .await?;
    }
    Ok(())
}

/// What a correction changes.
#[derive(Clone, Debug)]
pub struct Correction {
    pub(crate) summary: Option<Option<String>>,
    pub(crate) category_id: Option<Uuid>,
    pub(crate) place: Option<Option<String>>,
    pub(crate) event: NewEvent,
}

/// Stores a correction.
///
/// # Errors
/// 412 where another writer was faster.
pub async fn correct(tx: &mut Tx, ids: &Ids, act: &Act, facts: &ProblemFacts, change: Correction) -> ApiResult<()> {
    let category = change.category_id.unwrap_or(facts.category_id);
    let statement = sql("UPDATE problem SET version = version + 1, updated_at = $1, updated_by = $2, category_id = $3")
        .bind(act.at)
        .bind(act.person)
        .bind(category);
    let statement = match change.summary {
        Some(summary) => statement.push_bind(", summary = ", summary),
        None => statement,
    };
    let statement = match change.place {
        Some(place) => statement.push_bind(", place = ", place),
        None => statement,
    };
    let touched = statement
        .push_bind(" WHERE id = ", facts.id)
        .push_bind(" AND version = ", facts.version)
        .run(tx)
        .await?;
    if touched == 0 {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    sort_keys(tx, facts.id).await?;
    let head = events::store::append(tx, ids, act, &facts.head(), change.event).await?;
    keep_head(tx, facts.id, &head).await?;
    let counts = ProblemKey {
        category_id: category,
        ..rollup_key(facts)
    };
    recount(tx, facts, &counts, facts.due_at).await?;
    Ok(())
}

/// Carries the problem and its due date over to where figures count them now.
async fn recount(
    tx: &mut Tx,
    facts: &ProblemFacts,
    counts: &ProblemKey,
    due_at: Option<Timestamp>,
) -> Result<(), DbError> {
    let counted = rollup_key(facts);
    rollup::move_problem(tx, &counted, counts).await?;
    carry::feedback(tx, facts.id, Some(&counted), Some(counts)).await?;
    let was_due = facts.due_at.map(|due| (&counted, due.shanghai_date()));
    let is_due = due_at.map(|due| (counts, due.shanghai_date()));
    rollup::move_outcome(tx, Outcome::Settled, was_due, is_due).await
}

/// Appends an event that is no transition (a supplement) and leaves the version as it is.
pub async fn note(tx: &mut Tx, ids: &Ids, act: &Act, facts: &ProblemFacts, event: NewEvent) -> Result<(), DbError> {
    let head = events::store::append(tx, ids, act, &facts.head(), event).await?;
    keep_head(tx, facts.id, &head).await
}

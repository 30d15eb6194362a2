//! Changing what stands: transitions, dispositions, corrections, notes.

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::domain::{ConfirmedVia, Disposition, Matter, OnSiteKind, State, due_key, urgency_due_key};
use super::ProblemFacts;
use super::recount::{self, Standing};
use super::texts;
use super::write::{keep_head, rollup_key, scope_rows};
use crate::assignments::domain::AssignmentOrigin;
use crate::calendar::Calendar;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, Value, sql};
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{self, Act, Head, NewEvent};
use crate::metrics::rollup::ProblemKey;
use crate::metrics::stay::{self, Stay};
use crate::notices::telling;
use crate::tasks::planning;

/// A transition, decided and to be stored: how the problem stands afterwards.
#[derive(Clone, Debug)]
pub struct Move {
    pub(crate) to: State,
    pub(crate) disposition: Option<Disposition>,
    pub(crate) matter: Matter,
    pub(crate) lead_org_id: Option<Uuid>,
    pub(crate) lead_person_id: Option<Uuid>,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) cycle_no: i64,
    pub(crate) return_state: Option<State>,
    pub(crate) merged_into: Option<Uuid>,
    pub(crate) closing: Closing,
    pub(crate) first_lead: Option<FirstLead>,
    pub(crate) event: NewEvent,
}

/// How a problem came to its first lead: what follows, however often it is handed on, does not change that (S-55).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstLead {
    pub(crate) origin: AssignmentOrigin,
    pub(crate) at: Timestamp,
}

/// How the present cycle is closed, as far as figures count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    pub(crate) closed_at: Option<Timestamp>,
    /// By which way it was confirmed; `None` in what is closed: without an answer.
    pub(crate) via: Option<ConfirmedVia>,
    pub(crate) looked_back_at: Option<Timestamp>,
    /// Whether it went to no higher level than that where it was recorded (S-57).
    pub(crate) own_level: bool,
    /// Whether its reporter came, and was asked, once at most (S-60).
    pub(crate) run_once: bool,
}

impl Move {
    /// A transition that changes nothing but the state.
    pub fn of(facts: &ProblemFacts, to: State, event: NewEvent) -> Self {
        Self {
            to,
            disposition: facts.disposition,
            matter: facts.matter,
            lead_org_id: facts.lead_org_id,
            lead_person_id: facts.lead_person_id,
            due_at: facts.due_at,
            cycle_no: facts.cycle_no,
            return_state: None,
            merged_into: None,
            closing: Closing::of(facts),
            first_lead: facts.first_lead(),
            event,
        }
    }
}

impl Closing {
    /// Not closed.
    pub const NOT: Self = Self {
        closed_at: None,
        via: None,
        looked_back_at: None,
        own_level: false,
        run_once: false,
    };

    /// As a problem stands.
    pub fn of(facts: &ProblemFacts) -> Self {
        Self {
            closed_at: facts.closed_at,
            via: facts.confirmed_via,
            looked_back_at: facts.looked_back_at,
            own_level: facts.own_level,
            run_once: facts.is_run_once(),
        }
    }
}

/// Stores a transition: state, lead, due time, sort keys, scope rows and event, if the version is still the one read.
///
/// # Errors
/// 412 where another writer was faster.
pub async fn apply(
    tx: &mut Tx,
    ids: &Ids,
    calendar: &Calendar,
    act: &Act,
    facts: &ProblemFacts,
    change: Move,
) -> ApiResult<()> {
    let event = change
        .event
        .clone()
        .moving(Some(facts.state.as_str()), change.to.as_str());
    let leaves = facts.state != change.to || facts.lead_org_id != change.lead_org_id;
    let touched = sql(
        "UPDATE problem SET state = $1, disposition = $2, lead_org_id = $3, due_at = $4, due_key = $5, \
         urgency_due_key = $6, updated_at = $7, updated_by = $8, last_progress_at = $7, matter = $9, \
         lead_person_id = $10, cycle_no = $11, return_state = $12, merged_into = COALESCE(merged_into, $13), \
         unrouted = CASE WHEN lead_org_id IS NULL OR lead_org_id = $3 THEN unrouted ELSE FALSE END, \
         stage_entered_at = CASE WHEN $14 THEN $7 ELSE stage_entered_at END, version = version + 1, \
         first_lead_origin = $17, first_led_at = $18 WHERE id = $15 AND version = $16",
    )
    .bind(change.to)
    .bind(change.disposition)
    .bind(change.lead_org_id)
    .bind(change.due_at)
    .bind(due_key(change.due_at))
    .bind(urgency_due_key(facts.urgency, change.due_at))
    .bind(act.at)
    .bind(act.person)
    .bind(change.matter)
    .bind(change.lead_person_id)
    .bind(change.cycle_no)
    .bind(change.return_state)
    .bind(change.merged_into)
    .bind(leaves)
    .bind(facts.id)
    .bind(facts.version)
    .bind(change.first_lead.map(|lead| lead.origin))
    .bind(change.first_lead.map(|lead| lead.at))
    .run(tx)
    .await?;
    scope_rows(tx, facts.id).await?;
    written(tx, ids, calendar, act, facts, touched, event).await?;
    if leaves && !facts.state.has_ended() {
        stay::leave(tx, calendar, &left(facts, act.at)).await?;
    }
    let counts = (!matches!(change.to, State::Merged | State::Withdrawn)).then(|| ProblemKey {
        disposition: change.disposition.map(Disposition::as_str),
        ..rollup_key(facts)
    });
    let stands = Standing {
        due_at: change.due_at,
        closing: change.closing,
        first_lead: change.first_lead,
    };
    Ok(recount::carry_over(tx, facts, counts.as_ref(), stands).await?)
}

/// The stay in the stage that is left now.
fn left(facts: &ProblemFacts, at: Timestamp) -> Stay {
    Stay {
        problem_id: facts.id,
        left_seq: facts.head().seq + 1,
        cycle_no: facts.cycle_no,
        stage: facts.state,
        org_id: facts.responsible(),
        division_id: facts.division_id,
        campaign_year_id: facts.campaign_year_id,
        audience: facts.audience,
        entered_at: facts.stage_entered_at.unwrap_or(facts.recorded_at),
        left_at: at,
    }
}

/// What follows every change of the row: the scope rows get its state and sort keys, the chain its event, and what is
/// to happen later is planned anew. `touched` rows were of the version that was read.
///
/// # Errors
/// 412 where another writer was faster.
pub(super) async fn written(
    tx: &mut Tx,
    ids: &Ids,
    calendar: &Calendar,
    act: &Act,
    facts: &ProblemFacts,
    touched: u64,
    event: NewEvent,
) -> ApiResult<()> {
    if touched == 0 {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    sort_keys(tx, facts.id).await?;
    note(tx, ids, act, facts, event).await?;
    Ok(planning::replan(tx, ids, calendar, act, facts.id).await?)
}

pub(super) async fn sort_keys(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    sql(
        "UPDATE problem_scope SET (state, due_key, updated_at, urgency_due_key, response_due_key, last_progress_at) = \
         (SELECT p.state, p.due_key, p.updated_at, p.urgency_due_key, p.response_due_key, p.last_progress_at \
         FROM problem p WHERE p.id = $1) WHERE problem_id = $1",
    )
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
    /// Why it replaces another.
    pub(crate) reason: Option<String>,
    /// Organisation and what it agreed to.
    pub(crate) orgs: Vec<(Uuid, String)>,
}

impl NewDisposition {
    /// The follow-up that claiming, assigning or answering an undisposed problem makes of it.
    pub fn follow_up(lead: Uuid, due_on: NaiveDate) -> Self {
        Self {
            class: Disposition::FollowUp,
            on_site_kind: None,
            text: None,
            policy_ref: None,
            resolved_at: None,
            lead_org_id: Some(lead),
            study_org_id: None,
            due_on: Some(due_on),
            signed_by: None,
            reason: None,
            orgs: Vec::new(),
        }
    }
}

/// Stores the disposition of a problem.
///
/// # Errors
/// 409 `already_disposed` where the database refuses a second one.
pub async fn dispose(tx: &mut Tx, ids: &Ids, act: &Act, problem: Uuid, new: &NewDisposition) -> ApiResult<()> {
    let id = ids.next();
    let inserted = sql(
        "INSERT INTO disposition (id, problem_id, class, on_site_kind, text, policy_ref, resolved_at, \
         resolved_by, lead_org_id, due_on, study_org_id, signed_by, decided_by, decided_at, created_at, created_by, reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
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
    .bind(new.reason.clone())
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
pub async fn correct(
    tx: &mut Tx,
    ids: &Ids,
    calendar: &Calendar,
    act: &Act,
    facts: &ProblemFacts,
    change: Correction,
) -> ApiResult<()> {
    let category = change.category_id.unwrap_or(facts.category_id);
    let has_new_words = change.summary.is_some() || change.place.is_some();
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
    written(tx, ids, calendar, act, facts, touched, change.event).await?;
    if has_new_words {
        texts::index(tx, facts.id).await?;
    }
    if category != facts.category_id {
        // While it is open, it lies in the scope of whoever is competent.
        scope_rows(tx, facts.id).await?;
    }
    let counts = ProblemKey {
        category_id: category,
        ..rollup_key(facts)
    };
    Ok(recount::carry_over(tx, facts, Some(&counts), Standing::of(facts)).await?)
}

/// Appends an event that is no transition (a supplement) and leaves the version as it is. The one place that every
/// change passes: nothing more is said about what was erased, since nothing would ever empty it.
///
/// # Errors
/// 409 `erased`.
pub async fn note(tx: &mut Tx, ids: &Ids, act: &Act, facts: &ProblemFacts, event: NewEvent) -> ApiResult<()> {
    facts.must_not_be_erased()?;
    Ok(note_behind(tx, ids, act, facts.id, &facts.head(), event).await?)
}

/// The same of a locked problem of which no more than the head of its chain is known. The problem stands already as the
/// event leaves it: whoever has to do with it then is told.
pub async fn note_behind(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    problem: Uuid,
    head: &Head,
    event: NewEvent,
) -> Result<(), DbError> {
    telling::tell(tx, ids, act, problem, &event).await?;
    let head = events::store::append(tx, ids, act, head, event).await?;
    keep_head(tx, problem, &head).await
}

/// Ends the present disposition, so that another can take its place; history keeps both.
pub async fn end_disposition(tx: &mut Tx, problem: Uuid, now: Timestamp) -> Result<(), DbError> {
    sql("UPDATE disposition SET replaced_at = $1 WHERE problem_id = $2 AND replaced_at IS NULL")
        .bind(now)
        .bind(problem)
        .run(tx)
        .await?;
    Ok(())
}

//! Every statement on `action_plan`, `action_plan_problem`, `measure` and `plan_step`.
//!
//! `following.rs` is what a problem's transitions ask and tell; `view.rs` and `list.rs` read; `write.rs`, `steps.rs`
//! and `measures.rs` write. Locks are taken in the order problem, plan: whoever changes a plan locks its problems
//! first.

mod following;
pub mod list;
pub mod measures;
pub mod prints;
pub mod steps;
pub mod texts;
pub mod view;
pub mod write;

use chrono::NaiveDate;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

pub use following::{Standing, begin, hold, revive, settle, standing};

use super::domain::{PlanKind, PlanState};
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::{DbError, On, Sql, Tx, sql};
use crate::events::Head;
use crate::problems::domain::State;
use crate::problems::hiding::Eyes;
use crate::problems::responsible::Tie;

/// A plan as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "each is described where it is sent")]
pub struct PlanRow {
    pub id: Uuid,
    pub kind: PlanKind,
    pub title: String,
    pub object_id: Option<Uuid>,
    pub org_id: Uuid,
    pub division_id: Uuid,
    pub state: PlanState,
    pub need: Option<String>,
    pub blockage: Option<String>,
    pub pain_point: Option<String>,
    pub liaison_id: Option<Uuid>,
    pub discussion_on: Option<NaiveDate>,
    pub discussion_participants: Json<Vec<String>>,
    pub discussion_conclusion: Option<String>,
    pub submitted_by: Option<Uuid>,
    pub submitted_at: Option<Timestamp>,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub done_at: Option<Timestamp>,
    pub send_back_reason: Option<String>,
    pub template_id: Option<Uuid>,
    pub template_unchanged_reason: Option<String>,
    pub ended_at: Option<Timestamp>,
    pub end_reason: Option<String>,
    pub event_seq: i64,
    pub event_hash: Option<Vec<u8>>,
    pub version: i64,
}

impl PlanRow {
    /// The end of its chain of events.
    pub fn head(&self) -> Head {
        Head {
            seq: self.event_seq,
            hash: self.event_hash.clone(),
        }
    }
}

const PLAN: &str = "SELECT p.id, p.kind, p.title, p.object_id, p.org_id, p.division_id, p.state, p.need, p.blockage, \
     p.pain_point, p.liaison_id, p.discussion_on, p.discussion_participants, p.discussion_conclusion, p.submitted_by, \
     p.submitted_at, p.approved_by, p.approved_at, p.started_at, p.done_at, p.send_back_reason, p.template_id, p.template_unchanged_reason, p.ended_at, \
     p.end_reason, p.event_seq, p.event_hash, p.version FROM action_plan p WHERE p.id = ";

/// A problem of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct PlannedProblem {
    /// Which.
    pub id: Uuid,
    /// Where it stands.
    pub state: State,
    /// Its present round of handling.
    pub cycle_no: i64,
}

/// The problems that a plan covers now.
pub async fn problems(on: impl Into<On<'_>>, plan: Uuid) -> Result<Vec<PlannedProblem>, DbError> {
    sql(
        "SELECT q.id, q.state, q.cycle_no FROM action_plan_problem y JOIN problem q ON q.id = y.problem_id \
         WHERE y.action_plan_id = $1 AND y.left_at IS NULL ORDER BY q.id",
    )
    .bind(plan)
    .all(on)
    .await
}

/// The organisations that lead or study the problems that a plan covers now.
pub async fn ties(on: impl Into<On<'_>>, plan: Uuid) -> Result<Vec<Tie>, DbError> {
    sql(
        "SELECT DISTINCT o.org_id, a.ancestor_id AS above_id FROM action_plan_problem y \
         JOIN problem_org o ON o.problem_id = y.problem_id AND o.part IN ('lead', 'study') \
         JOIN org_ancestor a ON a.descendant_id = o.org_id WHERE y.action_plan_id = $1 AND y.left_at IS NULL",
    )
    .bind(plan)
    .all(on)
    .await
}

/// What a problem is about.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct AboutRow {
    /// Which problem.
    pub problem_id: Uuid,
    /// Its service object.
    pub object_id: Option<Uuid>,
    /// Whether that tells nobody's name who may not be known.
    pub shows_object: bool,
}

/// What each of these problems is about.
pub async fn about(on: impl Into<On<'_>>, problems: &[Uuid], eyes: &Eyes) -> Result<Vec<AboutRow>, DbError> {
    let statement = sql("SELECT p.id AS problem_id, p.object_id, ");
    eyes.see_object(statement)
        .push(" AS shows_object FROM problem p WHERE p.id")
        .in_list(problems)
        .all(on)
        .await
}

/// A plan, where one of its problems lies in one of these scopes, for a transaction that is about to change it: on
/// PostgreSQL its problems and then its row stay locked until the transaction ends, in the order in which a problem's
/// transition locks them.
pub async fn find_to_change(tx: &mut Tx, scopes: &[Uuid], id: Uuid) -> Result<Option<PlanRow>, DbError> {
    let problems = "SELECT q.id FROM problem q WHERE q.id IN (SELECT y.problem_id FROM action_plan_problem y \
         WHERE y.left_at IS NULL AND y.action_plan_id = $1) ORDER BY q.id FOR UPDATE";
    tx.hold(sql(problems).bind(id)).await?;
    let lock = tx.lock_clause(" FOR UPDATE OF p");
    within(sql("").push_bind(PLAN, id), scopes)
        .push(lock)
        .optional(tx)
        .await
}

/// A plan, locked; for what follows from a problem's transition, whose transaction has locked the problem.
pub(super) async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<PlanRow>, DbError> {
    let lock = tx.lock_clause(" FOR UPDATE");
    sql("").push_bind(PLAN, id).push(lock).optional(tx).await
}

/// Adds that a problem of the plan `p` lies in one of these scopes.
fn within(statement: Sql, scopes: &[Uuid]) -> Sql {
    statement
        .push(
            " AND EXISTS (SELECT 1 FROM action_plan_problem u JOIN problem_scope z ON z.problem_id = u.problem_id \
             WHERE u.action_plan_id = p.id AND z.scope_id",
        )
        .in_list(scopes)
        .push(")")
}

/// The caller's organisations in which he writes or approves plans.
pub(super) fn orgs_of(who: &Caller) -> Vec<Uuid> {
    let writes = who
        .memberships
        .iter()
        .filter(|own| matches!(own.role, Role::Handler | Role::Head));
    writes.map(|own| own.org).collect()
}

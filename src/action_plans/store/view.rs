//! A plan with all that its representation shows, in one statement; its measures and its steps in one more each.

use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::super::domain::{PlanKind, PlanState, StepState};
use super::orgs_of;
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::{DbError, On, Sql, sql};
use crate::directory::refs::ObjectRef;
use crate::problems::domain::State;
use crate::problems::hiding::Eyes;
use crate::problems::responsible::{Tie, acting_for};

/// A row of a representation; the fields are those of `ActionPlanView`, flat.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each is described where it is sent")]
pub struct ViewRow {
    pub id: Uuid,
    pub kind: PlanKind,
    pub title: String,
    pub state: PlanState,
    object_id: Option<Uuid>,
    object_name: Option<String>,
    hides_object: bool,
    pub org_id: Uuid,
    pub org_name: String,
    pub org_public_name: Option<String>,
    pub need: Option<String>,
    pub blockage: Option<String>,
    pub pain_point: Option<String>,
    pub liaison_id: Option<Uuid>,
    pub liaison_name: Option<String>,
    pub discussion_on: Option<NaiveDate>,
    pub discussion_participants: Json<Vec<String>>,
    pub discussion_conclusion: Option<String>,
    pub submitted_by: Option<Uuid>,
    pub submitted_by_name: Option<String>,
    pub submitted_at: Option<Timestamp>,
    pub approved_by: Option<Uuid>,
    pub approved_by_name: Option<String>,
    pub approved_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub done_at: Option<Timestamp>,
    pub send_back_reason: Option<String>,
    pub template_id: Option<Uuid>,
    pub template_title: Option<String>,
    pub template_number: Option<i64>,
    pub template_unchanged_reason: Option<String>,
    pub ended_at: Option<Timestamp>,
    pub end_reason: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    pub problems: Option<Json<Vec<ProblemPart>>>,
    pub steps: i64,
    pub open_steps: i64,
    pub measures: i64,
    /// The place in the order of a list.
    pub at: Timestamp,
    /// Likewise.
    pub anchor: Uuid,
    ties: Option<String>,
    reached: Option<String>,
}

/// A problem of a plan, as the statement aggregates it.
#[derive(Clone, Debug, Deserialize)]
pub struct ProblemPart {
    /// Which.
    pub id: Uuid,
    /// The number that people quote.
    pub tracking_no: String,
    /// The recorder's summary.
    pub summary: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Its present round of handling.
    pub cycle_no: i64,
}

impl ViewRow {
    /// The caller's roles in the organisations that lead or study its problems.
    pub fn acting_roles(&self, who: &Caller) -> Vec<Role> {
        acting_roles(who, self.ties.as_deref())
    }

    /// The enterprise, where that tells the caller nobody's name that he may not know.
    pub fn object(&self) -> Option<ObjectRef> {
        ObjectRef::from_parts(self.object_id, self.object_name.clone()).filter(|_| !self.hides_object)
    }

    /// Whether the caller is more than a reporter here (S-59).
    pub fn is_inside(&self, who: &Caller) -> bool {
        let reached: Vec<Uuid> = ids(self.reached.as_deref().unwrap_or_default(), ',').collect();
        who.roles_within(&reached).iter().any(|role| role.is_inside())
    }
}

/// The roles of the caller's by which he acts for one of the tied organisations.
pub fn roles_by(who: &Caller, ties: &[Tie]) -> Vec<Role> {
    let acts = |role: &&Role| acting_for(who, ties, &[**role]).is_some();
    [Role::Handler, Role::Head].iter().filter(acts).copied().collect()
}

fn acting_roles(who: &Caller, column: Option<&str>) -> Vec<Role> {
    let ties: Vec<Tie> = column
        .unwrap_or_default()
        .split(',')
        .filter_map(|pair| {
            let mut pair = ids(pair, ':');
            Some(Tie {
                org_id: pair.next()?,
                above_id: pair.next()?,
            })
        })
        .collect();
    roles_by(who, &ties)
}

fn ids(text: &str, separator: char) -> impl Iterator<Item = Uuid> {
    text.split(separator).filter_map(|id| Uuid::try_parse(id).ok())
}

/// What the two databases call by different names. SQLite keeps ids as bytes, which neither JSON nor text has.
struct Dialect {
    problems: &'static str,
    ties: &'static str,
    reached: &'static str,
}

const SQLITE: Dialect = Dialect {
    problems: "(SELECT json_group_array(json_object('id', lower(hex(q.id)), 'tracking_no', q.tracking_no, \
         'summary', q.summary, 'state', q.state, 'cycle_no', q.cycle_no) ORDER BY q.tracking_no)",
    ties: "(SELECT group_concat(lower(hex(o.org_id)) || ':' || lower(hex(a.ancestor_id)))",
    reached: "(SELECT group_concat(DISTINCT lower(hex(z.scope_id)))",
};
const POSTGRES: Dialect = Dialect {
    problems: "(SELECT json_agg(json_build_object('id', q.id, 'tracking_no', q.tracking_no, \
         'summary', q.summary, 'state', q.state, 'cycle_no', q.cycle_no) ORDER BY q.tracking_no)",
    ties: "(SELECT string_agg(CAST(o.org_id AS text) || ':' || CAST(a.ancestor_id AS text), ',')",
    reached: "(SELECT string_agg(DISTINCT CAST(z.scope_id AS text), ',')",
};

const SELECT: &str = "SELECT p.id, p.kind, p.title, p.state, p.object_id, so.name AS object_name, p.org_id, \
     g.name AS org_name, g.public_name AS org_public_name, p.liaison_id, li.name AS liaison_name, p.submitted_by, \
     su.name AS submitted_by_name, p.submitted_at, p.approved_by, ap.name AS approved_by_name, p.approved_at, \
     p.started_at, p.done_at, p.ended_at, p.created_at, p.updated_at, p.version, p.template_id, pt.title AS template_title, \
     pt.number AS template_number, \
     (SELECT COUNT(*) FROM measure m WHERE m.action_plan_id = p.id AND m.ended_at IS NULL) AS measures, ";
/// Lists leave the long texts where they are.
const NO_TEXTS: &str = "CAST(NULL AS text) AS need, CAST(NULL AS text) AS blockage, CAST(NULL AS text) AS pain_point, \
     p.discussion_on, p.discussion_participants, CAST(NULL AS text) AS discussion_conclusion, \
     CAST(NULL AS text) AS send_back_reason, CAST(NULL AS text) AS template_unchanged_reason, p.end_reason, ";
const TEXTS: &str = "p.need, p.blockage, p.pain_point, p.discussion_on, p.discussion_participants, \
     p.discussion_conclusion, p.send_back_reason, p.template_unchanged_reason, p.end_reason, ";
/// The tables behind those columns.
pub(super) const JOINS: &str = " JOIN org g ON g.id = p.org_id LEFT JOIN service_object so ON so.id = p.object_id \
     LEFT JOIN person li ON li.id = p.liaison_id LEFT JOIN person su ON su.id = p.submitted_by \
     LEFT JOIN person ap ON ap.id = p.approved_by LEFT JOIN plan_template pt ON pt.id = p.template_id";

/// The columns up to the place in the order, which the caller adds; with the long texts for a single read.
pub(super) fn columns(on: &On<'_>, whole: bool, scopes: &[Uuid], (who, now): (&Caller, Timestamp)) -> Sql {
    let dialect = on.pick(SQLITE, POSTGRES);
    let statement = sql(SELECT)
        .push(if whole { TEXTS } else { NO_TEXTS })
        .push(dialect.problems)
        .push(
            " FROM action_plan_problem y JOIN problem q ON q.id = y.problem_id WHERE y.action_plan_id = p.id \
             AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = q.id AND z.scope_id",
        )
        .in_list(scopes)
        .push(")) AS problems, ");
    let statement = steps_within(statement, "", scopes).push(") AS steps, ");
    let statement = steps_within(statement, " AND t.done_at IS NULL AND t.waived_at IS NULL", scopes);
    let statement = hides_object(statement.push(") AS open_steps, "), &Eyes::of(who, now));
    statement
        .push(" AS hides_object, ")
        .push(dialect.ties)
        .push(
            " FROM action_plan_problem y JOIN problem_org o ON o.problem_id = y.problem_id \
             AND o.part IN ('lead', 'study') JOIN org_ancestor a ON a.descendant_id = o.org_id \
             WHERE y.action_plan_id = p.id AND y.left_at IS NULL AND a.ancestor_id",
        )
        .in_list(&orgs_of(who))
        .push(") AS ties, ")
        .push(dialect.reached)
        .push(
            " FROM action_plan_problem y JOIN problem_scope z ON z.problem_id = y.problem_id \
             WHERE y.action_plan_id = p.id AND z.scope_id",
        )
        .in_list(&who.every_scope())
        .push(") AS reached, ")
}

/// Adds a condition in brackets: that what the plan `p` belongs to would tell who raised one of its problems.
pub(super) fn hides_object(statement: Sql, eyes: &Eyes) -> Sql {
    let problem = statement.push(
        "EXISTS (SELECT 1 FROM action_plan_problem y WHERE y.action_plan_id = p.id \
         AND EXISTS (SELECT 1 FROM problem p WHERE p.id = y.problem_id AND NOT ",
    );
    eyes.see_object(problem).push("))")
}

fn steps_within(statement: Sql, only: &'static str, scopes: &[Uuid]) -> Sql {
    statement
        .push("(SELECT COUNT(*) FROM plan_step t WHERE t.action_plan_id = p.id AND t.ended_at IS NULL")
        .push(only)
        .push(" AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = t.problem_id AND z.scope_id")
        .in_list(scopes)
        .push(")")
}

/// A plan, where one of its problems lies in one of these scopes.
pub async fn one(
    on: impl Into<On<'_>>,
    scopes: &[Uuid],
    who: (&Caller, Timestamp),
    id: Uuid,
) -> Result<Option<ViewRow>, DbError> {
    let on = on.into();
    let statement = columns(&on, true, scopes, who)
        .push("p.created_at AS at, p.id AS anchor FROM action_plan p")
        .push(JOINS)
        .push_bind(" WHERE p.id = ", id);
    super::within(statement, scopes).optional(on).await
}

/// A measure as it is shown.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each is described where it is sent")]
pub struct MeasureViewRow {
    pub id: Uuid,
    pub r#type: String,
    pub zh: String,
    pub en: String,
    pub text: String,
    pub policy_ref: Option<String>,
    pub version: i64,
}

const MEASURE: &str = "SELECT m.id, m.type, COALESCE(t.zh, m.type) AS zh, COALESCE(t.en, m.type) AS en, m.text, \
     m.policy_ref, m.version FROM measure m LEFT JOIN term t ON t.kind = 'measure_type' AND t.code = m.type \
     WHERE m.ended_at IS NULL AND m.";

/// The measures of a plan, in their order.
pub async fn measures(on: impl Into<On<'_>>, plan: Uuid) -> Result<Vec<MeasureViewRow>, DbError> {
    sql(MEASURE)
        .push_bind("action_plan_id = ", plan)
        .push(" ORDER BY m.sort_order, m.id")
        .all(on)
        .await
}

/// One measure.
pub async fn measure(on: impl Into<On<'_>>, id: Uuid) -> Result<MeasureViewRow, DbError> {
    sql(MEASURE).push_bind("id = ", id).one(on).await
}

/// A step as it is shown.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each is described where it is sent")]
pub struct StepViewRow {
    pub id: Uuid,
    pub action_plan_id: Uuid,
    pub problem_id: Uuid,
    pub tracking_no: String,
    pub cycle_no: i64,
    pub owner_id: Uuid,
    pub owner_name: String,
    pub owner_org_id: Uuid,
    pub owner_org_name: String,
    pub owner_org_public_name: Option<String>,
    pub text: String,
    pub due_on: NaiveDate,
    pub expected_result: String,
    pub result: Option<String>,
    pub done_at: Option<Timestamp>,
    pub done_by: Option<Uuid>,
    pub done_by_name: Option<String>,
    pub waived_at: Option<Timestamp>,
    pub waive_reason: Option<String>,
    pub version: i64,
    ties: Option<String>,
}

impl StepViewRow {
    /// Where it stands.
    pub const fn state(&self) -> StepState {
        StepState::of(self.done_at.is_some(), self.waived_at.is_some())
    }

    /// The caller's roles in the organisations that lead or study its problem.
    pub fn acting_roles(&self, who: &Caller) -> Vec<Role> {
        acting_roles(who, self.ties.as_deref())
    }
}

fn steps_statement(on: &On<'_>, who: &Caller) -> Sql {
    sql(
        "SELECT t.id, t.action_plan_id, t.problem_id, q.tracking_no, t.cycle_no, t.owner_id, w.name AS owner_name, \
         t.owner_org_id, g.name AS owner_org_name, g.public_name AS owner_org_public_name, t.text, t.due_on, \
         t.expected_result, t.result, t.done_at, t.done_by, d.name AS done_by_name, t.waived_at, t.waive_reason, \
         t.version, ",
    )
    .push(on.pick(SQLITE, POSTGRES).ties)
    .push(
        " FROM problem_org o JOIN org_ancestor a ON a.descendant_id = o.org_id WHERE o.problem_id = t.problem_id \
         AND o.part IN ('lead', 'study') AND a.ancestor_id",
    )
    .in_list(&orgs_of(who))
    .push(
        ") AS ties FROM plan_step t JOIN problem q ON q.id = t.problem_id JOIN person w ON w.id = t.owner_id \
         JOIN org g ON g.id = t.owner_org_id LEFT JOIN person d ON d.id = t.done_by WHERE t.ended_at IS NULL AND t.",
    )
}

/// The steps of a plan for those of its problems that lie in one of these scopes, in their order.
pub async fn steps(
    on: impl Into<On<'_>>,
    scopes: &[Uuid],
    who: &Caller,
    plan: Uuid,
) -> Result<Vec<StepViewRow>, DbError> {
    let on = on.into();
    steps_statement(&on, who)
        .push_bind("action_plan_id = ", plan)
        .push(" AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = t.problem_id AND z.scope_id")
        .in_list(scopes)
        .push(") ORDER BY t.sort_order, t.id")
        .all(on)
        .await
}

/// One step.
pub async fn step(on: impl Into<On<'_>>, who: &Caller, id: Uuid) -> Result<StepViewRow, DbError> {
    let on = on.into();
    steps_statement(&on, who).push_bind("id = ", id).one(on).await
}

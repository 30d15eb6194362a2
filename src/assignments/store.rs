//! Every statement on `assignment`.

use chrono::NaiveDate;
use uuid::Uuid;

use super::domain::{AssignmentOrigin, AssignmentPart, AssignmentState};
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::events::Act;
use crate::http::total;

/// An assignment with what its view shows.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AssignmentRow {
    pub(crate) id: Uuid,
    pub(crate) problem_id: Uuid,
    pub(crate) tracking_no: String,
    pub(crate) cycle_no: i64,
    pub(crate) org_id: Uuid,
    pub(crate) org_name: String,
    pub(crate) role: AssignmentPart,
    pub(crate) person_id: Option<Uuid>,
    pub(crate) person_name: Option<String>,
    pub(crate) duty: Option<String>,
    pub(crate) due_on: Option<NaiveDate>,
    pub(crate) origin: AssignmentOrigin,
    #[sqlx(rename = "final")]
    pub(crate) is_final: bool,
    pub(crate) state: AssignmentState,
    pub(crate) state_reason: Option<String>,
    pub(crate) assigned_at: Timestamp,
    pub(crate) accepted_at: Option<Timestamp>,
    pub(crate) done_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) version: i64,
}

const COLUMNS: &str = "SELECT a.id, a.problem_id, p.tracking_no, a.cycle_no, a.org_id, o.name AS org_name, a.role, \
     a.person_id, w.name AS person_name, a.duty, a.due_on, a.origin, a.final, a.state, a.state_reason, a.assigned_at, \
     a.accepted_at, a.done_at, a.ended_at, a.version FROM assignment a JOIN problem p ON p.id = a.problem_id \
     JOIN org o ON o.id = a.org_id LEFT JOIN person w ON w.id = a.person_id WHERE ";

/// A page of a problem's assignments, in the order in which they were made.
pub fn of_problem(problem: Uuid, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let statement = sql(COLUMNS).push_bind("a.problem_id = ", problem);
    let statement = statement.behind(" AND (a.assigned_at, a.id) > (", after);
    statement.push_bind(" ORDER BY a.assigned_at, a.id LIMIT ", fetch)
}

/// How many assignments a problem has; counted to one more than lists do.
pub async fn count(db: &Db, problem: Uuid) -> Result<i64, DbError> {
    total::count(
        db,
        sql("SELECT 1 AS one FROM assignment WHERE problem_id = $1").bind(problem),
    )
    .await
}

/// One assignment of a problem within these scopes.
pub async fn find(on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid) -> Result<Option<AssignmentRow>, DbError> {
    sql(COLUMNS)
        .push_bind("a.id = ", id)
        .push(" AND EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = a.problem_id AND s.scope_id")
        .in_list(scopes)
        .push(")")
        .optional(on)
        .await
}

/// One assignment, whatever the scope: for the answer to the change that was just made to it.
pub fn one(id: Uuid) -> Sql {
    sql(COLUMNS).push_bind("a.id = ", id)
}

/// An assignment about to be made.
#[derive(Clone, Debug)]
pub struct NewAssignment {
    pub(crate) problem: Uuid,
    pub(crate) cycle: i64,
    pub(crate) org: Uuid,
    pub(crate) part: AssignmentPart,
    pub(crate) person: Option<Uuid>,
    pub(crate) duty: Option<String>,
    pub(crate) due_on: Option<NaiveDate>,
    pub(crate) origin: AssignmentOrigin,
    pub(crate) state: AssignmentState,
}

/// Makes an assignment.
///
/// # Errors
/// A unique violation for a second open lead of the problem, or a second open row of the organisation.
pub async fn insert(tx: &mut Tx, ids: &Ids, act: &Act, new: &NewAssignment) -> Result<Uuid, DbError> {
    let id = ids.next();
    let accepted = new.state != AssignmentState::Pending;
    sql(
        "INSERT INTO assignment (id, problem_id, cycle_no, org_id, role, person_id, duty, due_on, origin, state, \
         assigned_by, assigned_at, accepted_at, created_at, created_by, updated_at, updated_by, final) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12, $11, $12, $11, $14)",
    )
    .bind(id)
    .bind(new.problem)
    .bind(new.cycle)
    .bind(new.org)
    .bind(new.part)
    .bind(new.person)
    .bind(new.duty.clone())
    .bind(new.due_on)
    .bind(new.origin)
    .bind(new.state)
    .bind(act.person)
    .bind(act.at)
    .bind(accepted.then_some(act.at))
    // What was ruled may not be returned again.
    .bind(new.origin == AssignmentOrigin::Ruled)
    .run(tx)
    .await?;
    Ok(id)
}

/// The open assignment of the lead is accepted, or handed on to another person.
pub async fn accept_lead(tx: &mut Tx, act: &Act, problem: Uuid, person: Uuid) -> Result<(), DbError> {
    sql(
        "UPDATE assignment SET state = 'accepted', person_id = $1, accepted_at = COALESCE(accepted_at, $2), \
         version = version + 1, updated_at = $2, updated_by = $3 \
         WHERE problem_id = $4 AND role = 'lead' AND ended_at IS NULL",
    )
    .bind(person)
    .bind(act.at)
    .bind(act.person)
    .bind(problem)
    .run(tx)
    .await?;
    Ok(())
}

/// Ends the open assignment of the lead: done, or superseded by another's.
pub async fn end_lead(tx: &mut Tx, act: &Act, problem: Uuid, state: AssignmentState) -> Result<(), DbError> {
    end_open(tx, act, problem, state, Some(AssignmentPart::Lead)).await
}

/// Ends the open supporting part of an organisation that comes to lead.
pub async fn end_supporting(tx: &mut Tx, act: &Act, problem: Uuid, org: Uuid) -> Result<(), DbError> {
    sql(
        "UPDATE assignment SET state = 'superseded', ended_at = $1, version = version + 1, updated_at = $1, \
         updated_by = $2 WHERE problem_id = $3 AND org_id = $4 AND role = 'supporting' AND ended_at IS NULL",
    )
    .bind(act.at)
    .bind(act.person)
    .bind(problem)
    .bind(org)
    .run(tx)
    .await?;
    Ok(())
}

/// Ends every open assignment of a problem that has ended.
pub async fn end_all(tx: &mut Tx, act: &Act, problem: Uuid) -> Result<(), DbError> {
    end_open(tx, act, problem, AssignmentState::Superseded, None).await
}

async fn end_open(
    tx: &mut Tx,
    act: &Act,
    problem: Uuid,
    state: AssignmentState,
    part: Option<AssignmentPart>,
) -> Result<(), DbError> {
    sql(
        "UPDATE assignment SET state = $1, done_at = $2, ended_at = $3, version = version + 1, updated_at = $3, \
         updated_by = $4 WHERE problem_id = $5 AND ended_at IS NULL",
    )
    .bind(state)
    .bind((state == AssignmentState::Done).then_some(act.at))
    .bind(act.at)
    .bind(act.person)
    .bind(problem)
    .and_opt("role = ", part)
    .run(tx)
    .await?;
    Ok(())
}

/// Stores the move of a supporting assignment, if the version is still the one read; whether it was.
pub async fn apply(
    tx: &mut Tx,
    act: &Act,
    row: &AssignmentRow,
    to: AssignmentState,
    person: Option<Uuid>,
    reason: Option<&str>,
) -> Result<bool, DbError> {
    let ends = matches!(
        to,
        AssignmentState::Done | AssignmentState::Refused | AssignmentState::Waived
    );
    let touched = sql(
        "UPDATE assignment SET state = $1, state_reason = $2, person_id = COALESCE($3, person_id), \
         accepted_at = COALESCE(accepted_at, $4), done_at = $5, ended_at = $6, version = version + 1, updated_at = $7, \
         updated_by = $8 WHERE id = $9 AND version = $10",
    )
    .bind(to)
    .bind(reason)
    .bind(person)
    .bind((to == AssignmentState::Accepted).then_some(act.at))
    .bind((to == AssignmentState::Done).then_some(act.at))
    .bind(ends.then_some(act.at))
    .bind(act.at)
    .bind(act.person)
    .bind(row.id)
    .bind(row.version)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

/// The supporting duties that are neither done nor waived nor refused.
pub async fn open_duties(on: impl Into<On<'_>>, problem: Uuid) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = sql(
        "SELECT id FROM assignment WHERE problem_id = $1 AND role = 'supporting' AND ended_at IS NULL \
         ORDER BY assigned_at, id",
    )
    .bind(problem)
    .all(on)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether an organisation has an open part in handling a problem.
pub async fn has_open(on: impl Into<On<'_>>, problem: Uuid, org: Uuid) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> =
        sql("SELECT id FROM assignment WHERE problem_id = $1 AND org_id = $2 AND ended_at IS NULL")
            .bind(problem)
            .bind(org)
            .optional(on)
            .await?;
    Ok(found.is_some())
}

/// Since when somebody leads a problem.
pub async fn led_since(on: impl Into<On<'_>>, problem: Uuid) -> Result<Option<Timestamp>, DbError> {
    let found: Option<(Timestamp,)> =
        sql("SELECT assigned_at FROM assignment WHERE problem_id = $1 AND role = 'lead' AND ended_at IS NULL")
            .bind(problem)
            .optional(on)
            .await?;
    Ok(found.map(|(at,)| at))
}

/// Whether an organisation had a problem before another led it: it led, or studied.
pub async fn had_it(on: impl Into<On<'_>>, problem: Uuid, org: Uuid) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql(
        "SELECT org_id FROM problem_org WHERE problem_id = $1 AND org_id = $2 AND part IN ('former_lead', 'study') LIMIT 1",
    )
    .bind(problem)
    .bind(org)
    .optional(on)
    .await?;
    Ok(found.is_some())
}

/// The open assignment of the lead is due on another day.
pub async fn due_lead(tx: &mut Tx, act: &Act, problem: Uuid, due_on: NaiveDate) -> Result<(), DbError> {
    sql(
        "UPDATE assignment SET due_on = $1, version = version + 1, updated_at = $2, updated_by = $3 \
         WHERE problem_id = $4 AND role = 'lead' AND ended_at IS NULL",
    )
    .bind(due_on)
    .bind(act.at)
    .bind(act.person)
    .bind(problem)
    .run(tx)
    .await?;
    Ok(())
}

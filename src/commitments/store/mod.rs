//! Every statement on `commitment` and its roll-up: one and its changes here, lists in `list`.

pub mod list;

use chrono::NaiveDate;
use uuid::Uuid;

use super::domain::{CommitmentOutcome, CommitmentState, Standing};
use super::dto::NewCommitment;
use crate::auth::{Caller, Role, Scope};
use crate::clock::Timestamp;
use crate::db::{DbError, On, Sql, Tx, sql};
use crate::directory::refs::ObjectRef;
use crate::directory::words::LeadingBody;
use crate::events::Act;
use crate::problems::hiding::Eyes;

/// A commitment with what its view shows, and how the caller stands to it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CommitmentRow {
    pub(crate) id: Uuid,
    pub(crate) visit_id: Uuid,
    pub(crate) problem_id: Option<Uuid>,
    pub(crate) tracking_no: Option<String>,
    object_id: Option<Uuid>,
    object_name: Option<String>,
    pub(crate) org_id: Uuid,
    pub(crate) org_name: String,
    pub(crate) made_by: Uuid,
    pub(crate) made_by_name: String,
    pub(crate) made_at: Timestamp,
    pub(crate) text: String,
    pub(crate) due_on: NaiveDate,
    pub(crate) state: CommitmentState,
    pub(crate) settled_at: Option<Timestamp>,
    pub(crate) settled_by: Option<Uuid>,
    pub(crate) settled_by_name: Option<String>,
    pub(crate) settlement: Option<String>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) end_reason: Option<String>,
    pub(crate) version: i64,
    made_it: bool,
    answers: bool,
    directs: bool,
    hides_object: bool,
}

impl CommitmentRow {
    /// To whom it was made, where that tells the caller nobody's name that he may not know; who made it knows.
    pub fn object(&self) -> Option<ObjectRef> {
        let shown = self.made_it || !self.hides_object;
        ObjectRef::from_parts(self.object_id, self.object_name.clone()).filter(|_| shown)
    }

    /// How the caller for whom it was read stands to it on a day.
    pub fn standing(&self, today: NaiveDate) -> Standing {
        Standing {
            state: self.state,
            ended: self.ended_at.is_some(),
            due_on: self.due_on,
            today,
            made_at: self.made_at,
            made_it: self.made_it,
            answers: self.answers,
            directs: self.directs,
        }
    }
}

/// `SELECT …` up to `FROM`: what is shown, and how the caller stands to it.
fn columns(who: &Caller, now: Timestamp) -> Sql {
    let held = |roles: &'static [Role]| who.memberships.iter().filter(move |held| roles.contains(&held.role));
    let persons: Vec<Uuid> = [Some(who.subject), who.actor].into_iter().flatten().collect();
    let headed: Vec<Uuid> = held(&[Role::Head]).map(|held| held.org).collect();
    let worked: Vec<Uuid> = held(&[Role::Handler, Role::Officer, Role::Leader])
        .map(|held| held.org)
        .collect();
    let directed: Vec<Uuid> = held(&[Role::Dispatcher, Role::Supervisor])
        .flat_map(|held| Scope::of(who.own(), held))
        .map(|scope| scope.id())
        .collect();
    let statement = sql(
        "SELECT c.id, c.visit_id, c.problem_id, p.tracking_no, c.object_id, coalesce(h.alias, s.name) AS object_name, \
         c.org_id, o.name AS org_name, c.made_by, m.name AS made_by_name, c.created_at AS made_at, c.text, c.due_on, \
         c.state, c.settled_at, c.settled_by, b.name AS settled_by_name, c.settlement, c.ended_at, c.end_reason, \
         c.version, ",
    )
    .push("c.made_by")
    .in_list(&persons)
    .push(" AS made_it, EXISTS (SELECT 1 FROM org_ancestor z WHERE z.descendant_id = c.org_id AND (z.ancestor_id")
    .in_list(&headed)
    .push(" OR (z.depth = 0 AND z.ancestor_id")
    .in_list(&worked)
    .push("))) AS answers, (EXISTS (SELECT 1 FROM visit_scope z WHERE z.visit_id = c.visit_id AND z.scope_id")
    .in_list(&directed)
    .push(") OR EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = c.problem_id AND z.scope_id")
    .in_list(&directed)
    .push(")) AS directs, ");
    hides_object(statement, &Eyes::of(who, now)).push(" AS hides_object ")
}

/// Adds a condition in brackets: that to whom it was made would tell who raised its problem, or one at its visit.
fn hides_object(statement: Sql, eyes: &Eyes) -> Sql {
    let about = statement.push("(EXISTS (SELECT 1 FROM problem p WHERE p.id = c.problem_id AND NOT ");
    let there = eyes
        .see(about, "c.object_id")
        .push(") OR EXISTS (SELECT 1 FROM problem p WHERE p.visit_id = c.visit_id AND NOT ");
    eyes.see(there, "c.object_id").push("))")
}

const FROM: &str = "FROM commitment c JOIN org o ON o.id = c.org_id JOIN person m ON m.id = c.made_by \
     LEFT JOIN person b ON b.id = c.settled_by LEFT JOIN problem p ON p.id = c.problem_id \
     LEFT JOIN service_object s ON s.id = c.object_id LEFT JOIN household h ON h.object_id = s.id";

/// ` AND` the commitment (its visit, problem and organisation by these columns) lies within the scopes: its visit's,
/// its problem's, or those of the organisation that is to keep it.
macro_rules! within {
    ($statement:expr, $alias:literal, $scopes:expr) => {
        $statement
            .push(concat!(
                " AND (EXISTS (SELECT 1 FROM visit_scope z WHERE z.visit_id = ",
                $alias,
                ".visit_id AND z.scope_id"
            ))
            .in_list($scopes)
            .push(concat!(
                ") OR EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = ",
                $alias,
                ".problem_id AND z.scope_id"
            ))
            .in_list($scopes)
            .push(concat!(
                ") OR EXISTS (SELECT 1 FROM org_ancestor z WHERE z.descendant_id = ",
                $alias,
                ".org_id AND z.ancestor_id"
            ))
            .in_list($scopes)
            .push("))")
    };
}
use within;

/// One commitment within these scopes.
pub async fn find(
    on: impl Into<On<'_>>,
    (who, now): (&Caller, Timestamp),
    scopes: &[Uuid],
    id: Uuid,
) -> Result<Option<CommitmentRow>, DbError> {
    let statement = columns(who, now).push(FROM).push_bind(" WHERE c.id = ", id);
    within!(statement, "c", scopes).optional(on).await
}

/// One commitment, whatever the scope: for the answer to the change that was just made to it. Locked.
pub async fn one(tx: &mut Tx, (who, now): (&Caller, Timestamp), id: Uuid) -> Result<CommitmentRow, DbError> {
    let lock = tx.lock_clause(" FOR UPDATE OF c");
    columns(who, now)
        .push(FROM)
        .push_bind(" WHERE c.id = ", id)
        .push(lock)
        .one(tx)
        .await
}

/// A promise that nobody has settled.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct OpenRow {
    /// Row id.
    pub id: Uuid,
    /// The visit at which it was made.
    pub visit_id: Uuid,
    /// The organisation that is to keep it.
    pub org_id: Uuid,
    /// Who made it.
    pub made_by: Uuid,
    /// By the end of which day it is due.
    pub due_on: NaiveDate,
}

/// One commitment, if it is open.
pub async fn open(tx: &mut Tx, id: Uuid) -> Result<Option<OpenRow>, DbError> {
    sql("SELECT id, visit_id, org_id, made_by, due_on FROM commitment WHERE id = $1 AND state = 'open' AND ended_at IS NULL")
        .bind(id)
        .optional(tx)
        .await
}

/// Locks the visit at which a promise was made, as every change of one about no problem does.
pub async fn lock_visit_of(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    let its = "SELECT v.id FROM visit v WHERE v.id = (SELECT c.visit_id FROM commitment c WHERE c.id = $1) FOR UPDATE";
    tx.hold(sql(its).bind(id)).await
}

/// Some of the open promises about no problem for which nothing is planned: the visits at which they were made, each
/// once.
pub async fn unplanned(tx: &mut Tx, most: i64) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = sql("SELECT DISTINCT c.visit_id FROM commitment c WHERE c.problem_id IS NULL AND c.state = 'open' \
         AND c.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM task t WHERE t.commitment_id = c.id) ORDER BY c.visit_id LIMIT $1")
    .bind(most)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A commitment to be inserted: at which visit, and by whom it is made and kept.
#[derive(Clone, Copy, Debug)]
pub struct Insert<'a> {
    /// Row id.
    pub id: Uuid,
    /// The visit.
    pub visit_id: Uuid,
    /// The organisation that is to keep it.
    pub org_id: Uuid,
    /// Who made it.
    pub made_by: Uuid,
    /// What was promised.
    pub body: &'a NewCommitment,
}

/// Inserts one.
pub async fn insert(tx: &mut Tx, act: &Act, new: Insert<'_>) -> Result<(), DbError> {
    sql(
        "INSERT INTO commitment (id, visit_id, problem_id, object_id, org_id, made_by, text, due_on, state, created_at, \
         created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $11)",
    )
    .bind(new.id)
    .bind(new.visit_id)
    .bind(new.body.problem_id)
    .bind(new.body.object_id)
    .bind(new.org_id)
    .bind(new.made_by)
    .bind(new.body.text.trim())
    .bind(new.body.due_on)
    .bind(CommitmentState::Open)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Settles one, if the version is still the one read; whether it was.
pub async fn settle(
    tx: &mut Tx,
    act: &Act,
    row: &CommitmentRow,
    state: CommitmentState,
    text: &str,
) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE commitment SET state = $1, settlement = $2, settled_at = $3, settled_by = $4, version = version + 1, \
         updated_at = $3, updated_by = $4 WHERE id = $5 AND version = $6",
    )
    .bind(state)
    .bind(text)
    .bind(act.at)
    .bind(act.person)
    .bind(row.id)
    .bind(row.version)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

/// Ends one unsettled, if the version is still the one read; whether it was.
pub async fn end(tx: &mut Tx, act: &Act, row: &CommitmentRow, reason: &str) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE commitment SET ended_at = $1, end_reason = $2, version = version + 1, updated_at = $1, updated_by = $3 \
         WHERE id = $4 AND version = $5",
    )
    .bind(act.at)
    .bind(reason)
    .bind(act.person)
    .bind(row.id)
    .bind(row.version)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

/// What commitments are counted by besides their outcome.
#[derive(Clone, Debug)]
pub struct CommitmentKey {
    /// Whose figures it belongs to.
    pub campaign_year_id: Uuid,
    /// The day of the visit.
    pub day: NaiveDate,
    /// Where it was.
    pub division_id: Uuid,
    /// Of whoever led it.
    pub leading_body: LeadingBody,
    /// By the end of which day it is due.
    pub due_on: NaiveDate,
}

/// Counts an outcome of one commitment on its day; the last statement of a transaction.
pub async fn count(
    tx: &mut Tx,
    key: &CommitmentKey,
    outcome: CommitmentOutcome,
    since: NaiveDate,
) -> Result<(), DbError> {
    sql(
        "INSERT INTO commitment_rollup (campaign_year_id, day, division_id, leading_body, due_on, outcome, since, amount) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1) ON CONFLICT (campaign_year_id, day, division_id, leading_body, due_on, \
         outcome, since) DO UPDATE SET amount = commitment_rollup.amount + 1",
    )
    .bind(key.campaign_year_id)
    .bind(key.day)
    .bind(key.division_id)
    .bind(key.leading_body)
    .bind(key.due_on)
    .bind(outcome)
    .bind(since)
    .run(tx)
    .await?;
    Ok(())
}

//! Every statement on `referral`.

use chrono::NaiveDate;
use uuid::Uuid;

use super::domain::{ReferralState, Standing};
use super::dto::ReferralFilters;
use crate::auth::{Caller, Role, Scope};
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::events::Act;
use crate::http::total;
use crate::http::window::{self, Rows, WINDOW, Windowed};

/// A place in the order: the day and the id.
pub type Place = window::Place<NaiveDate>;

/// A referral with what its view shows, and how the caller stands to it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReferralRow {
    pub(crate) id: Uuid,
    pub(crate) problem_id: Uuid,
    pub(crate) tracking_no: String,
    pub(crate) org_id: Uuid,
    pub(crate) org_name: String,
    pub(crate) question: String,
    pub(crate) due_on: NaiveDate,
    pub(crate) referred_by: Uuid,
    pub(crate) referred_by_name: String,
    pub(crate) referred_at: Timestamp,
    pub(crate) result: Option<String>,
    pub(crate) answered_by: Option<Uuid>,
    pub(crate) answered_by_name: Option<String>,
    pub(crate) answered_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) end_reason: Option<String>,
    pub(crate) version: i64,
    answers: bool,
    refers: bool,
}

impl ReferralRow {
    /// How the caller for whom it was read stands to it.
    pub fn standing(&self) -> Standing {
        let state = match (self.answered_at, self.ended_at) {
            (Some(_), _) => ReferralState::Answered,
            (None, Some(_)) => ReferralState::Ended,
            (None, None) => ReferralState::Open,
        };
        Standing {
            state,
            answers: self.answers,
            refers: self.refers,
        }
    }
}

/// `SELECT …` up to `FROM`: what is shown, and how the caller stands to it.
fn columns(who: &Caller) -> Sql {
    let orgs = |role: Role| -> Vec<Uuid> {
        let held = who.memberships.iter().filter(|held| held.role == role);
        held.map(|held| held.org).collect()
    };
    let (headed, handled) = (orgs(Role::Head), orgs(Role::Handler));
    let directing = who
        .memberships
        .iter()
        .filter(|held| matches!(held.role, Role::Dispatcher | Role::Leader));
    let directed: Vec<Uuid> = directing
        .flat_map(|held| Scope::of(who.own(), held))
        .map(|scope| scope.id())
        .collect();
    sql("SELECT f.id, f.problem_id, p.tracking_no, f.org_id, o.name AS org_name, f.question, f.due_on, f.referred_by, \
         r.name AS referred_by_name, f.referred_at, f.result, f.answered_by, a.name AS answered_by_name, f.answered_at, \
         f.ended_at, f.end_reason, f.version, EXISTS (SELECT 1 FROM org_ancestor z WHERE z.descendant_id = f.org_id \
         AND (z.ancestor_id")
    .in_list(&headed)
    .push(" OR (z.depth = 0 AND z.ancestor_id")
    .in_list(&handled)
    .push("))) AS answers, (EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = f.problem_id AND z.scope_id")
    .in_list(&directed)
    .push(
        ") OR EXISTS (SELECT 1 FROM org_ancestor z WHERE z.descendant_id = COALESCE(p.lead_org_id, q.study_org_id) \
         AND (z.ancestor_id",
    )
    .in_list(&headed)
    .push(" OR (z.depth = 0 AND z.ancestor_id")
    .in_list(&handled)
    .push(")))) AS refers ")
}

const FROM: &str = "FROM referral f JOIN problem p ON p.id = f.problem_id JOIN org o ON o.id = f.org_id \
     JOIN person r ON r.id = f.referred_by LEFT JOIN person a ON a.id = f.answered_by \
     LEFT JOIN disposition q ON q.problem_id = p.id AND q.replaced_at IS NULL";

/// A page of a problem's referrals, the first due first.
pub fn of_problem(who: &Caller, problem: Uuid, after: Option<Place>, fetch: i64) -> Sql {
    let statement = columns(who).push(FROM).push_bind(" WHERE f.problem_id = ", problem);
    statement
        .behind(" AND (f.due_on, f.id) > (", after)
        .push_bind(" ORDER BY f.due_on, f.id LIMIT ", fetch)
}

/// How many referrals a problem has; counted to one more than lists do.
pub async fn count_of_problem(db: &Db, problem: Uuid) -> Result<i64, DbError> {
    total::count(
        db,
        sql("SELECT 1 AS one FROM referral WHERE problem_id = $1").bind(problem),
    )
    .await
}

/// A list that was asked for, on a day.
#[derive(Debug)]
pub struct Asked<'q> {
    /// Who asks.
    pub who: &'q Caller,
    /// The scopes in which he may read referrals.
    pub scopes: &'q [Uuid],
    /// What narrows it.
    pub filters: &'q ReferralFilters,
    /// The day, in Asia/Shanghai.
    pub today: NaiveDate,
}

impl Windowed for Asked<'_> {
    type Key = NaiveDate;
    type Row = ReferralRow;

    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        const OPEN: &str = " AND q.answered_at IS NULL AND q.ended_at IS NULL";
        let statement = statement
            .push("SELECT q.id, q.due_on, q.problem_id FROM referral q WHERE q.due_on IS NOT NULL")
            .and_opt("q.org_id = ", self.filters.org)
            .push(match self.filters.state {
                None => "",
                Some(ReferralState::Open) => OPEN,
                Some(ReferralState::Answered) => " AND q.answered_at IS NOT NULL",
                Some(ReferralState::Ended) => " AND q.answered_at IS NULL AND q.ended_at IS NOT NULL",
            });
        let statement = match self.filters.overdue {
            None => statement,
            Some(true) => statement.push(OPEN).and("q.due_on < ", self.today),
            Some(false) => statement
                .push_bind(" AND (q.due_on >= ", self.today)
                .push(" OR q.answered_at IS NOT NULL OR q.ended_at IS NOT NULL)"),
        };
        let statement = statement.behind(" AND (q.due_on, q.id) > (", after);
        rows.of(statement.push(" ORDER BY q.due_on, q.id"))
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = statement.push("SELECT w.id, w.due_on FROM (");
        self.window(statement, after, Rows::First(rows))
            .push(") w WHERE EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = w.problem_id AND z.scope_id")
            .in_list(self.scopes)
            .push(")")
    }

    fn page(&self, _: &Db, after: Option<Place>, fetch: i64) -> Sql {
        self.taken(columns(self.who).push(FROM).push(" JOIN ("), after, WINDOW)
            .push_bind(" ORDER BY w.due_on, w.id LIMIT ", fetch)
            .push(") k ON k.id = f.id ORDER BY f.due_on, f.id")
    }

    fn place(&self, row: &ReferralRow) -> Place {
        (row.due_on, row.id)
    }
}

/// One referral of a problem within these scopes.
pub async fn find(
    on: impl Into<On<'_>>,
    who: &Caller,
    scopes: &[Uuid],
    id: Uuid,
) -> Result<Option<ReferralRow>, DbError> {
    columns(who)
        .push(FROM)
        .push_bind(" WHERE f.id = ", id)
        .push(" AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = f.problem_id AND z.scope_id")
        .in_list(scopes)
        .push(")")
        .optional(on)
        .await
}

/// One referral, whatever the scope: for the answer to the change that was just made to it.
pub async fn one(tx: &mut Tx, who: &Caller, id: Uuid) -> Result<ReferralRow, DbError> {
    columns(who).push(FROM).push_bind(" WHERE f.id = ", id).one(tx).await
}

/// Whether an organisation has an open referral of a problem.
pub async fn has_open(on: impl Into<On<'_>>, problem: Uuid, org: Uuid) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql(
        "SELECT id FROM referral WHERE problem_id = $1 AND org_id = $2 AND answered_at IS NULL AND ended_at IS NULL LIMIT 1",
    )
    .bind(problem)
    .bind(org)
    .optional(on)
    .await?;
    Ok(found.is_some())
}

/// Refers a question; the referral's id.
pub async fn insert(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    (problem, by): (Uuid, Uuid),
    (org, question, due_on): (Uuid, &str, NaiveDate),
) -> Result<Uuid, DbError> {
    let id = ids.next();
    sql(
        "INSERT INTO referral (id, problem_id, org_id, question, due_on, referred_by, referred_at, created_at, created_by, \
         updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $6, $7, $6)",
    )
    .bind(id)
    .bind(problem)
    .bind(org)
    .bind(question)
    .bind(due_on)
    .bind(by)
    .bind(act.at)
    .run(tx)
    .await?;
    Ok(id)
}

/// Answers it, if the version is still the one read; whether it was.
pub async fn answer(tx: &mut Tx, act: &Act, row: &ReferralRow, by: Uuid, result: &str) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE referral SET result = $1, answered_by = $2, answered_at = $3, version = version + 1, updated_at = $3, \
         updated_by = $2 WHERE id = $4 AND version = $5",
    )
    .bind(result)
    .bind(by)
    .bind(act.at)
    .bind(row.id)
    .bind(row.version)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

/// Ends it without an answer, if the version is still the one read; whether it was.
pub async fn end(tx: &mut Tx, act: &Act, row: &ReferralRow, reason: &str) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE referral SET ended_at = $1, end_reason = $2, version = version + 1, updated_at = $1, updated_by = $3 \
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

/// Ends the open referrals of a problem that ends; its own event says why.
pub async fn lapse(tx: &mut Tx, act: &Act, problem: Uuid) -> Result<(), DbError> {
    sql(
        "UPDATE referral SET ended_at = $1, version = version + 1, updated_at = $1, updated_by = $2 \
         WHERE problem_id = $3 AND answered_at IS NULL AND ended_at IS NULL",
    )
    .bind(act.at)
    .bind(act.person)
    .bind(problem)
    .run(tx)
    .await?;
    Ok(())
}

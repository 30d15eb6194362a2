//! The roll-ups, kept in the transaction that changes what they count.
//!
//! A row counts what agrees in all its keys, so a sum costs the same at any number of problems. A problem enters when
//! it is recorded, moves when a key of it changes (its disposition, its category), and leaves when it is merged or
//! withdrawn; a visit enters when it is completed.
//!
//! Two problems of one key touch the same row, so every transaction touches the roll-ups last (after the event) and in
//! the order of their keys: a row is locked for the length of a commit, and two that cross cannot wait for each other.
//! Taking away is an UPDATE, not an upsert: both databases check `problems >= 0` on the row that an upsert proposes.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::db::{DbError, Sql, Tx, Value, sql};
use crate::directory::words::{Audience, LeadingBody};
use crate::text_enum;

/// What problems are counted by. The order of the fields is the order in which rows are locked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProblemKey {
    /// Whose figures it belongs to.
    pub campaign_year_id: Uuid,
    /// The date of `recorded_at` in Asia/Shanghai.
    pub day: NaiveDate,
    /// The problem's own division; subtrees are summed on reading.
    pub division_id: Uuid,
    /// Whom it concerns.
    pub audience: Audience,
    /// Its category, a term.
    pub category_id: Uuid,
    /// The leading body of its visit; `None` where it was not recorded in a visit.
    pub leading_body: Option<LeadingBody>,
    /// The word of its disposition; `None` while undisposed.
    pub disposition: Option<&'static str>,
}

/// Counts `delta` problems of a key: 1 when one is recorded, -1 when it is merged or withdrawn.
///
/// # Errors
/// `DbError::Other(RowNotFound)` where more is taken away than was counted: a bug.
pub async fn problem(tx: &mut Tx, key: &ProblemKey, delta: i64) -> Result<(), DbError> {
    let values = [
        key.campaign_year_id.into(),
        key.day.into(),
        key.division_id.into(),
        key.audience.into(),
        key.category_id.into(),
        word(key.leading_body.map(LeadingBody::as_str)),
        word(key.disposition),
        delta.abs().into(),
    ];
    let more = "INSERT INTO problem_rollup (campaign_year_id, day, division_id, audience, category_id, leading_body, \
                disposition, problems) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                ON CONFLICT (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition) \
                DO UPDATE SET problems = problem_rollup.problems + excluded.problems";
    let fewer = "UPDATE problem_rollup SET problems = problems - $8 WHERE campaign_year_id = $1 AND day = $2 \
                 AND division_id = $3 AND audience = $4 AND category_id = $5 AND leading_body = $6 \
                 AND disposition = $7 AND problems >= $8";
    count(tx, delta, more, fewer, values).await
}

/// Moves one problem from a key to another: its disposition, category or division has changed. Nothing where they are
/// equal.
///
/// # Errors
/// As `problem`.
pub async fn move_problem(tx: &mut Tx, from: &ProblemKey, to: &ProblemKey) -> Result<(), DbError> {
    match from.cmp(to) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => {
            problem(tx, from, -1).await?;
            problem(tx, to, 1).await
        }
        std::cmp::Ordering::Greater => {
            problem(tx, to, 1).await?;
            problem(tx, from, -1).await
        }
    }
}

text_enum! {
    /// What becomes of a problem, as far as figures count it.
    pub enum Outcome {
        /// Its cycle is due or closed: the base of `finally_solved_rate`; since the earlier of the two days.
        Settled = "settled" / "到期或已销号" / "due or closed",
        /// Since the day of closing.
        Closed = "closed" / "已销号" / "closed",
        /// Confirmed and not relapsed; since the first look-back of the cycle, else 90 days after closing.
        Solved = "solved" / "最终解决" / "finally solved",
        /// A reporter was asked for a rating.
        Invited = "invited" / "邀请评价" / "invited to rate",
        /// A reporter gave one.
        Rated = "rated" / "已评价" / "rated",
        /// With a result of 4 or 5.
        Satisfied = "satisfied" / "满意" / "satisfied",
        /// The sum of the results, 1 to 5 each.
        Points = "points" / "评分合计" / "sum of results",
        /// Closed, and confirmed with the reporter's own account; this and the next four since the day of closing, so
        /// that the five always sum to `Closed`.
        ConfirmedAccount = "confirmed_account" / "账号确认" / "confirmed by account",
        /// Confirmed with the receipt.
        ConfirmedLink = "confirmed_link" / "回执链接确认" / "confirmed by the receipt's link",
        /// Confirmed through the system that knows the reporter.
        ConfirmedPortal = "confirmed_portal" / "门户确认" / "confirmed through a portal",
        /// Confirmed when the reporter was called back.
        ConfirmedCallBack = "confirmed_call_back" / "回访确认" / "confirmed by a call back",
        /// Closed without an answer.
        Unconfirmed = "unconfirmed" / "未经确认" / "closed without an answer",
        /// Whoever got it asked to return it; since that day, as the next two.
        Returned = "returned" / "退回" / "returned",
        /// Handed to another organisation.
        Transferred = "transferred" / "转办" / "transferred",
        /// Handed back to an organisation that had led it before, the first time: once a problem.
        PingPong = "ping_pong" / "来回推诿" / "sent to and fro",
        /// An organisation came forward by itself to lead it; since that day, as the next. What followed changes
        /// neither.
        Claimed = "claimed" / "主动认领" / "claimed",
        /// It was given its first lead.
        Assigned = "assigned" / "交办" / "assigned",
        /// Finally solved, at no higher level than that where it was recorded; since the day of `Solved`.
        OwnLevel = "own_level" / "本级解决" / "solved at its own level",
        /// Closed, and its reporter had to come, and was asked for what was missing, once at most; since the day of
        /// closing.
        RunOnce = "run_once" / "最多跑一次" / "run once at most",
    }
}

/// Adds `delta` to an outcome of the problems of a key, from the day `since` on (Asia/Shanghai). A problem that is
/// moved or taken away takes its outcomes along: take them from the old key and add them to the new one.
///
/// # Errors
/// As `problem`.
pub async fn outcome(
    tx: &mut Tx,
    key: &ProblemKey,
    outcome: Outcome,
    since: NaiveDate,
    delta: i64,
) -> Result<(), DbError> {
    let values = [
        key.campaign_year_id.into(),
        key.day.into(),
        key.division_id.into(),
        key.audience.into(),
        key.category_id.into(),
        word(key.leading_body.map(LeadingBody::as_str)),
        word(key.disposition),
        outcome.into(),
        since.into(),
        delta.abs().into(),
    ];
    let more = "INSERT INTO outcome_rollup (campaign_year_id, day, division_id, audience, category_id, leading_body, \
                disposition, outcome, since, amount) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                ON CONFLICT (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, \
                outcome, since) DO UPDATE SET amount = outcome_rollup.amount + excluded.amount";
    let fewer = "UPDATE outcome_rollup SET amount = amount - $10 WHERE campaign_year_id = $1 AND day = $2 \
                 AND division_id = $3 AND audience = $4 AND category_id = $5 AND leading_body = $6 \
                 AND disposition = $7 AND outcome = $8 AND since = $9 AND amount >= $10";
    count(tx, delta, more, fewer, values).await
}

/// Moves one outcome of one problem: from the key and day where it was counted, if it was, to those where it counts
/// now, if it does. Called beside `move_problem` whenever a key or the day (a due date, say) has changed.
///
/// # Errors
/// As `problem`.
pub async fn move_outcome(
    tx: &mut Tx,
    what: Outcome,
    from: Option<(&ProblemKey, NaiveDate)>,
    to: Option<(&ProblemKey, NaiveDate)>,
) -> Result<(), DbError> {
    if from == to {
        return Ok(());
    }
    let mut steps: Vec<_> = from.map(|(key, day)| (key, day, -1)).into_iter().collect();
    steps.extend(to.map(|(key, day)| (key, day, 1)));
    steps.sort();
    for (key, since, delta) in steps {
        outcome(tx, key, what, since, delta).await?;
    }
    Ok(())
}

/// Keeps everybody else from the roll-ups of problems until the end of the transaction. For one that changes many
/// problems: it comes back to the roll-ups after each, and could not touch them in the order of their keys. Called
/// behind the locks of its problems and before anything else.
pub async fn lock_all(tx: &mut Tx) -> Result<(), DbError> {
    let both = "LOCK TABLE problem_rollup, outcome_rollup IN SHARE ROW EXCLUSIVE MODE";
    tx.hold(sql(both)).await
}

/// What completed visits are counted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VisitKey {
    /// Whose figures it belongs to.
    pub campaign_year_id: Uuid,
    /// The date of `started_at` in Asia/Shanghai.
    pub day: NaiveDate,
    /// Where it took place.
    pub division_id: Uuid,
    /// Of the person who led it.
    pub leading_body: LeadingBody,
    /// Code of a term of kind `visit_mode`.
    pub mode: String,
    /// `proactive` or `requested`.
    pub origin: &'static str,
    /// Code of a term of kind `place_kind`.
    pub place_kind: String,
}

/// Counts `delta` completed visits of a key.
///
/// # Errors
/// `DbError::Other(RowNotFound)` where more is taken away than was counted: a bug.
pub async fn visit(tx: &mut Tx, key: &VisitKey, delta: i64) -> Result<(), DbError> {
    let values = [
        key.campaign_year_id.into(),
        key.day.into(),
        key.division_id.into(),
        key.leading_body.into(),
        key.mode.as_str().into(),
        Value::Static(key.origin),
        key.place_kind.as_str().into(),
        delta.abs().into(),
    ];
    let more = "INSERT INTO visit_rollup (campaign_year_id, day, division_id, leading_body, mode, origin, place_kind, \
                visits) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                ON CONFLICT (campaign_year_id, day, division_id, leading_body, mode, origin, place_kind) \
                DO UPDATE SET visits = visit_rollup.visits + excluded.visits";
    let fewer = "UPDATE visit_rollup SET visits = visits - $8 WHERE campaign_year_id = $1 AND day = $2 \
                 AND division_id = $3 AND leading_body = $4 AND mode = $5 AND origin = $6 AND place_kind = $7 \
                 AND visits >= $8";
    count(tx, delta, more, fewer, values).await
}

/// That a completed visit reached an object.
#[derive(Clone, Debug)]
pub struct VisitFact {
    /// The visit.
    pub visit_id: Uuid,
    /// The service object.
    pub object_id: Uuid,
    /// `enterprise`, `household` or `community`.
    pub object_type: &'static str,
    /// Where the object lies.
    pub division_id: Uuid,
    /// The date of `started_at` in Asia/Shanghai.
    pub day: NaiveDate,
    /// Whose figures it belongs to.
    pub campaign_year_id: Uuid,
    /// The organisation that visited.
    pub org_id: Uuid,
}

/// Keeps which objects a completed visit reached; what is there already stays.
pub async fn visit_fact(tx: &mut Tx, facts: &[VisitFact]) -> Result<(), DbError> {
    if facts.is_empty() {
        return Ok(());
    }
    let rows = facts.iter().map(|fact| -> [Value; 7] {
        [
            fact.visit_id.into(),
            fact.object_id.into(),
            Value::Static(fact.object_type),
            fact.division_id.into(),
            fact.day.into(),
            fact.campaign_year_id.into(),
            fact.org_id.into(),
        ]
    });
    sql("INSERT INTO visit_fact (visit_id, object_id, object_type, division_id, day, campaign_year_id, org_id)")
        .values(rows)
        .push(" ON CONFLICT (visit_id, object_id) DO NOTHING")
        .run(tx)
        .await?;
    Ok(())
}

/// No key is null: the empty word stands for none.
fn word(text: Option<&'static str>) -> Value {
    Value::Static(text.unwrap_or(""))
}

async fn count<const N: usize>(
    tx: &mut Tx,
    delta: i64,
    more: &'static str,
    fewer: &'static str,
    values: [Value; N],
) -> Result<(), DbError> {
    if delta == 0 {
        return Ok(());
    }
    let statement = sql(if delta > 0 { more } else { fewer });
    let touched = values.into_iter().fold(statement, Sql::bind).run(tx).await?;
    if touched == 1 {
        Ok(())
    } else {
        Err(DbError::Other(sqlx::Error::RowNotFound))
    }
}

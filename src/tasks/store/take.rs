//! Taking what is due, and marking what became of it.

use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, On, Tx, sql};
use crate::tasks::domain::{Outcome, ServiceTask};

/// How long a task stays taken by who does nothing about it, in seconds.
pub const LEASE_SECONDS: i64 = 60;
/// A lease, or a rest after a failure, that ends later than this was written by a clock that was wrong, in seconds.
const NEVER_SO_LONG_SECONDS: i64 = 2 * 3600;

/// A due task, taken.
#[derive(Clone, Debug, FromRow)]
pub struct Taken {
    /// Row id.
    pub id: Uuid,
    /// What is to happen.
    pub kind: ServiceTask,
    /// To which problem; `None`: it is about a promise, and that about no problem.
    pub problem_id: Option<Uuid>,
    /// Its occasion.
    pub key: String,
    /// When it was due, in business time.
    pub due_at: Timestamp,
    /// How often it has failed.
    pub attempts: i64,
}

/// What time it is for a replica that takes tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// Business time: what is due.
    pub business: Timestamp,
    /// Real time: which leases have run out.
    pub real: Timestamp,
}

/// The database server's clock, which all replicas share; `None` on the embedded database, whose clock is the
/// machine's.
pub async fn server_time<'a>(on: impl Into<On<'a>>) -> Result<Option<Timestamp>, DbError> {
    let on = on.into();
    match on.pick(None, Some("SELECT clock_timestamp()")) {
        Some(ask) => Ok(Some(sql(ask).one::<(Timestamp,)>(on).await?.0)),
        None => Ok(None),
    }
}

/// Takes the first due tasks that nobody has taken, for `by`. Kinds that this version does not know are left to
/// replicas that do. To be committed before anything else is locked.
pub async fn take(tx: &mut Tx, by: &str, now: Times, most: i64) -> Result<Vec<Taken>, DbError> {
    // What another replica is just taking is passed over.
    let skip = tx.lock_clause(" FOR UPDATE SKIP LOCKED");
    let known: Vec<&'static str> = ServiceTask::ALL.iter().map(|kind| kind.as_str()).collect();
    let mut taken: Vec<Taken> = sql(
        "UPDATE task SET taken_by = $1, taken_until = $2 WHERE id IN (SELECT t.id FROM task t \
         WHERE t.done_at IS NULL AND t.performer = 'service' AND t.due_at <= $3 \
         AND (t.taken_until IS NULL OR t.taken_until <= $4 OR t.taken_until > $5) AND t.kind",
    )
    .bind(by)
    .bind(now.real.plus_seconds(LEASE_SECONDS))
    .bind(now.business)
    .bind(now.real)
    .bind(now.real.plus_seconds(NEVER_SO_LONG_SECONDS))
    .in_list(&known)
    .push_bind(" ORDER BY t.due_at, t.id LIMIT ", most)
    .push(skip)
    .push(") RETURNING id, kind, problem_id, dedupe_key AS key, due_at, attempts")
    .all(tx)
    .await?;
    taken.sort_by_key(|task| (task.due_at, task.id));
    Ok(taken)
}

/// Marks a task done, before it is done in the same transaction; false where it has ended meanwhile. The problem must
/// be locked.
pub async fn claim(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE task SET done_at = $1, outcome = $2, taken_until = NULL, last_error = NULL \
         WHERE id = $3 AND done_at IS NULL",
    )
    .bind(now)
    .bind(Outcome::Done)
    .bind(id)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

/// Gives back what was taken and not done.
pub async fn give_back(tx: &mut Tx, tasks: &[Taken], by: &str) -> Result<(), DbError> {
    let ids: Vec<Uuid> = tasks.iter().map(|task| task.id).collect();
    sql(
        "UPDATE task SET taken_by = NULL, taken_until = NULL WHERE taken_by = $1 \
         AND done_at IS NULL AND id",
    )
    .bind(by)
    .in_list(&ids)
    .run(tx)
    .await?;
    Ok(())
}

/// A task that was marked done turned out to have nothing to do.
pub async fn lapse(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    sql("UPDATE task SET outcome = $1 WHERE id = $2")
        .bind(Outcome::Lapsed)
        .bind(id)
        .run(tx)
        .await?;
    Ok(())
}

/// Keeps why it failed: it rests until `again`, in real time, or (`None`) is given up.
pub async fn fail(
    tx: &mut Tx,
    task: &Taken,
    by: &str,
    error: &str,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), DbError> {
    let given_up = again.is_none();
    sql(
        "UPDATE task SET last_error = $1, attempts = attempts + 1, taken_by = NULL, taken_until = $2, done_at = $3, outcome = $4 \
         WHERE id = $5 AND taken_by = $6 AND done_at IS NULL",
    )
    .bind(error)
    .bind(again)
    .bind(given_up.then_some(now))
    .bind(given_up.then_some(Outcome::Failed))
    .bind(task.id)
    .bind(by)
    .run(tx)
    .await?;
    Ok(())
}

/// When the first task is due that has not ended and is due by `until`, and later than `after`; taken or resting ones
/// too.
pub async fn first_due(
    on: impl Into<On<'_>>,
    after: Option<Timestamp>,
    until: Timestamp,
) -> Result<Option<Timestamp>, DbError> {
    let first: Option<(Timestamp,)> =
        sql("SELECT due_at FROM task WHERE done_at IS NULL AND performer = 'service' AND due_at <= $1")
            .bind(until)
            .and_opt("due_at > ", after)
            .push(" ORDER BY due_at, id LIMIT 1")
            .optional(on)
            .await?;
    Ok(first.map(|(at,)| at))
}

/// Whether some replica holds a task that was due by now.
pub async fn is_any_held(on: impl Into<On<'_>>, now: Times) -> Result<bool, DbError> {
    let held: Option<(Uuid,)> = sql("SELECT id FROM task WHERE done_at IS NULL AND performer = 'service' \
         AND due_at <= $1 AND taken_by IS NOT NULL AND taken_until > $2 LIMIT 1")
    .bind(now.business)
    .bind(now.real)
    .optional(on)
    .await?;
    Ok(held.is_some())
}

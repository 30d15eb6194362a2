//! What carries out, in every replica, what is due by itself.
//!
//! What time it is: where business time is real time, replicas on PostgreSQL ask its clock and not their own, so one
//! whose clock is wrong neither acts early nor takes away what another has just taken. In a demo, whose time is no
//! clock's, and on the embedded database, which has one process, the process's own clocks say it.

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::web;
use tokio::sync::watch;

use super::by_itself::{self, Became};
use super::domain::ServiceTask;
use super::store::take::{self, Taken, Times};
use crate::app::App;
use crate::attachments::sweep;
use crate::clock::Timestamp;
use crate::error::{ApiResult, Code};
use crate::http::Work;
use crate::telemetry::metrics;

/// Tasks that are taken at a time: few, so that a replica that dies holds few for the length of a lease.
pub const BATCH: i64 = 20;
/// How often a task is tried before it is given up.
const MOST_ATTEMPTS: u32 = 10;
/// How long it rests after the first failure, in seconds; twice as long after each further one.
const FIRST_REST_SECONDS: i64 = 5;
/// At most so long, in seconds.
const LONGEST_REST_SECONDS: i64 = 3600;
/// A clock that differs so far from the database server's is told of, in seconds.
const TOLERANCE_SECONDS: i64 = 30;
/// Business time that is so near real time is real time, in µs.
const SAME_TIME_MICROS: i64 = 1_000_000;

/// Carries out tasks under a name of its own.
#[derive(Debug)]
pub struct Engine {
    work: Work,
    name: String,
    told: AtomicBool,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// How many were taken; fewer than [`BATCH`]: that was all.
    pub taken: usize,
    /// Done.
    pub done: usize,
    /// Had nothing to do any more.
    pub lapsed: usize,
    /// Failed, to be tried again or given up.
    pub failed: usize,
}

impl Round {
    /// Whether there may be more that is due.
    pub fn may_go_on(&self) -> bool {
        i64::try_from(self.taken).is_ok_and(|taken| taken >= BATCH)
    }
}

/// How far the process's clock is behind the one that counts, in µs.
#[derive(Clone, Copy, Debug)]
struct Skew(i64);

impl Engine {
    /// One that works for this application.
    pub fn new(app: web::Data<App>) -> Self {
        Self {
            name: app.ids.next().to_string(),
            work: Work::of_the_service(app),
            told: AtomicBool::new(false),
        }
    }

    /// Takes a batch of what is due, and carries each out by itself: what fails is put aside and holds up nothing. What
    /// is left of it when `stopped` becomes true is given back.
    ///
    /// # Errors
    /// Where the database is away; then nothing was taken, or the leases run out.
    pub async fn round(&self, stopped: &watch::Receiver<bool>) -> ApiResult<Round> {
        let app = &self.work.app;
        let skew = self.skew().await?;
        let now = self.times(skew).business;
        // Most rounds find nothing: they cost a read.
        let oldest = take::first_due(&app.db, None, now).await?;
        metrics::task_lag(oldest.map_or(0, |due| now.seconds() - due.seconds()));
        if oldest.is_none() {
            return Ok(Round::default());
        }
        let mut tx = app.db.begin().await?;
        let tasks = take::take(&mut tx, &self.name, self.times(skew), BATCH).await?;
        tx.commit().await?;
        let mut round = Round {
            taken: tasks.len(),
            ..Round::default()
        };
        for (index, task) in tasks.iter().enumerate() {
            if *stopped.borrow() {
                let mut tx = app.db.begin().await?;
                take::give_back(&mut tx, tasks.get(index..).unwrap_or_default(), &self.name).await?;
                tx.commit().await?;
                break;
            }
            let became = self.carry_out(task, skew).await?;
            match became {
                Some(Became::Done) => round.done += 1,
                Some(Became::Lapsed | Became::Gone) => round.lapsed += 1,
                None => round.failed += 1,
            }
            metrics::count_task(task.kind.as_str(), became.map(word));
        }
        Ok(round)
    }

    /// Batch after batch, until nothing more is due or `most` tasks were taken; how many that were.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn work_off(&self, most: usize) -> ApiResult<usize> {
        let (mut taken, (_stop, never)) = (0, watch::channel(false));
        while taken < most {
            let round = self.round(&never).await?;
            taken += round.taken;
            if round.taken == 0 {
                break;
            }
        }
        Ok(taken)
    }

    /// Carries one out; `None` where it failed, or was left.
    async fn carry_out(&self, task: &Taken, skew: Skew) -> ApiResult<Option<Became>> {
        let mut tx = self.work.app.db.begin().await?;
        match by_itself::carry_out(&self.work, &mut tx, task, self.times(skew).business).await {
            Ok(became) => match tx.commit().await {
                Ok(()) => {
                    if task.kind == ServiceTask::Erase && became == Became::Done {
                        sweep::at_once(&self.work.app).await;
                    }
                    Ok(Some(became))
                }
                // Whether it was done or not, the row says: it is taken again if it was not.
                Err(fault) => {
                    tracing::debug!(id = %task.id, %fault, "a task was left");
                    Ok(None)
                }
            },
            // No fault of the task's, which is free when its lease runs out. Where the database stays away, the next
            // begin says so.
            Err(fault) if matches!(fault.code(), Code::Unavailable | Code::StorageFull) => {
                tx.undo().await;
                tracing::debug!(id = %task.id, %fault, "a task was left");
                Ok(None)
            }
            Err(fault) => {
                tx.undo().await;
                let cause = fault.cause().map_or_else(String::new, |cause| format!(": {cause}"));
                self.put_aside(task, &format!("{fault}{cause}"), self.times(skew))
                    .await?;
                Ok(None)
            }
        }
    }

    async fn put_aside(&self, task: &Taken, error: &str, now: Times) -> ApiResult<()> {
        let attempts = task.attempts + 1;
        let again = rest_seconds(attempts).map(|seconds| now.real.plus_seconds(seconds));
        let (id, kind, problem) = (task.id, task.kind.as_str(), task.problem_id);
        match again {
            Some(_) if attempts > 1 => tracing::debug!(%id, kind, ?problem, error, "a task failed again"),
            Some(_) => tracing::warn!(%id, kind, ?problem, error, "a task failed, and will be tried again"),
            None => tracing::error!(%id, kind, ?problem, error, attempts, "a task was given up"),
        }
        let mut tx = self.work.app.db.begin().await?;
        take::fail(&mut tx, task, &self.name, error, again, now.business).await?;
        Ok(tx.commit().await?)
    }

    async fn skew(&self) -> ApiResult<Skew> {
        let (business, real) = (self.work.app.clock.now(), self.work.app.real_clock.now());
        if (business.micros() - real.micros()).abs() > SAME_TIME_MICROS {
            return Ok(Skew(0));
        }
        let Some(server) = take::server_time(&self.work.app.db).await? else {
            return Ok(Skew(0));
        };
        let skew = server.micros() - self.work.app.real_clock.now().micros();
        let seconds = skew / 1_000_000;
        if seconds.abs() > TOLERANCE_SECONDS && !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                seconds,
                "this machine's clock differs from the database server's, which counts for tasks"
            );
        }
        Ok(Skew(skew))
    }

    fn times(&self, Skew(skew): Skew) -> Times {
        let moved = |at: Timestamp| Timestamp::from_micros(at.micros().saturating_add(skew)).unwrap_or(at);
        Times {
            business: moved(self.work.app.clock.now()),
            real: moved(self.work.app.real_clock.now()),
        }
    }
}

const fn word(became: Became) -> &'static str {
    match became {
        Became::Done => "done",
        Became::Lapsed | Became::Gone => "lapsed",
    }
}

/// How long a task rests that has failed so often; `None`: it is given up.
fn rest_seconds(attempts: i64) -> Option<i64> {
    let attempts = u32::try_from(attempts.max(1)).unwrap_or(u32::MAX);
    let doubled = 2_i64.saturating_pow(attempts - 1).saturating_mul(FIRST_REST_SECONDS);
    (attempts < MOST_ATTEMPTS).then_some(doubled.min(LONGEST_REST_SECONDS))
}

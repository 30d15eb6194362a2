//! PostgreSQL's connections that only read.
//!
//! They are kept here and not in the library's pool, which asks a connection for a sign of life before it takes it
//! back: a second round trip for every read. Each thread that serves has some of its own, since a connection's socket
//! wakes the thread that opened it, which would else only wake another. A connection whose read failed or was broken
//! off is not used again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgRow};
use sqlx::{ConnectOptions as _, Connection as _, FromRow, SqlStr};
use tokio::sync::Semaphore;

use super::{ACQUIRE_SECONDS, Connections};

/// How old a connection may become: the server keeps memory for each statement that it has prepared, in seconds.
const LIFETIME_SECONDS: u64 = 30 * 60;

static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The how-manieth thread to read this is.
    static PLACE: usize = THREADS.fetch_add(1, Ordering::Relaxed);
}

/// The reading connections of all threads.
#[derive(Debug)]
pub(crate) struct Readers {
    options: Box<PgConnectOptions>,
    threads: Vec<OfThread>,
    connections: u32,
}

/// One thread's.
#[derive(Debug)]
struct OfThread {
    free: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

#[derive(Debug)]
struct Idle {
    connection: PgConnection,
    opened: Instant,
}

impl Readers {
    /// `each` connections for each of `threads` threads, opened when they are needed.
    pub(super) fn new(options: PgConnectOptions, threads: u32, each: u32) -> Self {
        let of_thread = |_| OfThread {
            free: Semaphore::new(usize::try_from(each).unwrap_or(1)),
            idle: Mutex::default(),
        };
        Self {
            options: Box::new(options.options([("default_transaction_read_only", "on")])),
            threads: (0..threads).map(of_thread).collect(),
            connections: threads * each,
        }
    }

    /// Threads beyond the number that was told share.
    fn here(&self) -> Result<&OfThread, sqlx::Error> {
        let place = PLACE.with(|place| *place).checked_rem(self.threads.len());
        place
            .and_then(|place| self.threads.get(place))
            .ok_or(sqlx::Error::PoolClosed)
    }

    /// All rows of a statement, in one round trip.
    pub(super) async fn all<T>(&self, text: SqlStr, arguments: PgArguments) -> Result<Vec<T>, sqlx::Error>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let here = self.here()?;
        let waited = tokio::time::timeout(Duration::from_secs(ACQUIRE_SECONDS), here.free.acquire()).await;
        let _turn = waited
            .map_err(|_| sqlx::Error::PoolTimedOut)?
            .map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = here.idle().pop();
        let mut taken = match idle.filter(|idle| idle.opened.elapsed().as_secs() < LIFETIME_SECONDS) {
            Some(idle) => idle,
            None => Idle {
                connection: self.options.connect().await?,
                opened: Instant::now(),
            },
        };
        let rows = sqlx::query_as_with(text, arguments)
            .fetch_all(&mut taken.connection)
            .await?;
        here.idle().push(taken);
        Ok(rows)
    }

    /// How often a read may meet a connection that a restarted server has ended.
    pub(super) fn idle_here(&self) -> u32 {
        let idle = self.here().map_or(0, |here| here.idle().len());
        u32::try_from(idle).unwrap_or(u32::MAX)
    }

    pub(super) fn connections(&self) -> Connections {
        let count = |of: fn(&OfThread) -> usize| {
            let all: usize = self.threads.iter().map(of).sum();
            u64::try_from(all).unwrap_or(0)
        };
        let idle = count(|thread| thread.idle().len());
        let free = count(|thread| thread.free.available_permits());
        let busy = u64::from(self.connections).saturating_sub(free);
        Connections {
            open: busy + idle,
            idle,
        }
    }

    /// Ends every connection; who reads now finishes, who waits is refused.
    pub(super) async fn close(&self) {
        for thread in &self.threads {
            thread.free.close();
            let idle = std::mem::take(&mut *thread.idle());
            for Idle { connection, .. } in idle {
                // It is closed by being dropped, if not by saying so.
                let _ = connection.close().await;
            }
        }
    }
}

impl OfThread {
    /// A list has no state that a panic could have left half-changed.
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! One SQL text, two databases.
//!
//! SQLite (embedded default, WAL) and PostgreSQL 15+ (any number of replicas) are both first class. `&Db` only reads;
//! writes exist only on `Tx`. SQLite has one writer connection with `BEGIN IMMEDIATE`, so a writer waits in our queue
//! instead of failing in SQLite's, and four readers opened read-only. On PostgreSQL a read is one round trip without
//! `BEGIN`, and a connection is not tested before it is used (that cost 28 %): a read or a BEGIN that meets a dead one
//! is tried again on another.
//!
//! Lock order on PostgreSQL, to be kept by every transaction: idempotency key → attachment → tree of organisations
//! (`directory::orgs::tree`) → organisation → visit → problem (several by id) → its tasks → its cycle, disposition and
//! scope rows → its plan → content of an attachment → counter → event → roll-ups. One that changes many problems takes
//! the roll-ups as a whole right behind its problems (`metrics::rollup::lock_all`).

mod backup;
mod codec;
mod error;
mod file;
mod lock;
mod migrate;
mod readers;
pub mod setting;
mod sql;
#[cfg(test)]
mod tests;
mod wipe;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, Postgres};
use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, Transaction};

pub(crate) use backup::Partial;
pub use backup::{Contents, Copied, Placed, backup, restore};
pub use codec::Value;
pub use error::DbError;
pub use file::{FileFault, Held, hold};
pub(crate) use file::{beside, sync_folder};
pub use lock::AdvisoryLock;
pub use migrate::{MigrateError, SchemaState};
use readers::Readers;
pub use sql::{On, Row, Sql, sql};

/// How long a request waits for a connection before it is told 503, in seconds.
const ACQUIRE_SECONDS: u64 = 5;
/// How long SQLite waits for another process that holds the file's lock (a backup, a second instance), in seconds.
const BUSY_SECONDS: u64 = 5;
/// Readers of an embedded database.
const SQLITE_READERS: u32 = 4;

/// A database, ready to be read. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db(Arc<Pools>);

#[derive(Debug)]
pub(crate) enum Pools {
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    Postgres { readers: Readers, writers: PgPool },
}

/// A transaction: the change and its event, or neither. Dropping it undoes everything.
#[derive(Debug)]
pub enum Tx {
    /// On the one writer of an embedded database.
    Sqlite(Transaction<'static, Sqlite>),
    /// On a connection of PostgreSQL's.
    Postgres(Transaction<'static, Postgres>),
}

/// The state of a connection pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Connections that exist.
    pub open: u64,
    /// Those that nobody uses at this moment.
    pub idle: u64,
}

impl Db {
    /// Opens (and creates, where missing) an embedded database file.
    pub async fn sqlite(file: &Path) -> Result<Self, DbError> {
        file::make_private(file);
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(BUSY_SECONDS))
            .foreign_keys(true)
            .optimize_on_close(true, Some(400))
            .disable_statement_logging();
        let acquire = Duration::from_secs(ACQUIRE_SECONDS);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(acquire)
            // A transaction that SQLite has ended by itself, as it does where the disk is full at its COMMIT, still
            // counts with the driver, which would begin no other on this connection.
            .after_release(|connection, _| {
                Box::pin(async move {
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options.clone())
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(acquire)
            .connect_lazy_with(options.create_if_missing(false).read_only(true));
        Ok(Self(Arc::new(Pools::Sqlite { readers, writer })))
    }

    /// Opens an embedded database that nobody writes, without changing anything, not even beside it.
    pub(crate) async fn sqlite_untouched(file: &Path) -> Result<Self, DbError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            .immutable(true)
            .disable_statement_logging();
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        Ok(Self(Arc::new(Pools::Sqlite {
            readers: pool.clone(),
            writer: pool,
        })))
    }

    /// Connects to PostgreSQL 15 or later with at most `connections` connections: half of them write, and the other
    /// half read, shared out among the `threads` that will ask; each has one at least.
    pub async fn postgres(url: &str, connections: u32, threads: u32) -> Result<Self, DbError> {
        let options: PgConnectOptions = url.parse::<PgConnectOptions>()?.disable_statement_logging();
        let half = (connections / 2).max(1);
        let threads = threads.clamp(1, half);
        let writers = PgPoolOptions::new()
            .max_connections(half)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS))
            .connect_with(options.clone())
            .await?;
        let readers = Readers::new(options, threads, half / threads);
        Ok(Self(Arc::new(Pools::Postgres { readers, writers })))
    }

    /// Begins a transaction. On SQLite it holds the one writer until it ends, so do nothing slow inside.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        match &*self.0 {
            Pools::Sqlite { writer, .. } => Ok(Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?)),
            Pools::Postgres { writers, .. } => {
                let mut attempts = writers.size() + 1;
                loop {
                    attempts -= 1;
                    match writers.begin().await.map_err(DbError::from) {
                        Ok(tx) => return Ok(Tx::Postgres(tx)),
                        Err(fault) if attempts > 0 && fault.connection_died() => {}
                        Err(fault) => return Err(fault),
                    }
                }
            }
        }
    }

    /// The only dialect hatch: each use says why the two must differ.
    pub fn pick<T>(&self, sqlite: T, postgres: T) -> T {
        match &*self.0 {
            Pools::Sqlite { .. } => sqlite,
            Pools::Postgres { .. } => postgres,
        }
    }

    /// Whether this is the embedded database.
    pub fn is_embedded(&self) -> bool {
        self.pick(true, false)
    }

    /// Closes every connection; SQLite folds its log into the file.
    pub async fn close(&self) {
        match &*self.0 {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { readers, writers } => {
                readers.close().await;
                writers.close().await;
            }
        }
    }

    pub(crate) fn pools(&self) -> &Pools {
        &self.0
    }

    /// How often to try a read while the connection under it proves dead. A server that was restarted leaves a pool
    /// full of dead connections; each attempt throws one away. The same goes for a BEGIN.
    fn attempts(&self) -> u32 {
        match &*self.0 {
            Pools::Sqlite { .. } => 1,
            Pools::Postgres { readers, .. } => readers.idle_here() + 1,
        }
    }

    /// How many connections are open, and how many of them wait for work.
    pub fn connections(&self) -> Connections {
        let of = |size: u32, idle: usize| Connections {
            open: u64::from(size),
            idle: u64::try_from(idle).unwrap_or(0),
        };
        match &*self.0 {
            Pools::Sqlite { readers, writer } => {
                of(readers.size() + writer.size(), readers.num_idle() + writer.num_idle())
            }
            Pools::Postgres { readers, writers } => {
                let (reading, writing) = (readers.connections(), of(writers.size(), writers.num_idle()));
                Connections {
                    open: reading.open + writing.open,
                    idle: reading.idle + writing.idle,
                }
            }
        }
    }
}

impl Tx {
    /// Makes everything in it last.
    pub async fn commit(self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Undoes everything, and waits until the database has, so that its locks are free. A connection that is gone has
    /// undone it by that.
    pub async fn undo(self) {
        let undone = match self {
            Self::Sqlite(tx) => tx.rollback().await,
            Self::Postgres(tx) => tx.rollback().await,
        };
        if let Err(fault) = undone {
            tracing::debug!(%fault, "a transaction was undone with its connection");
        }
    }

    /// `Db::pick` inside a transaction.
    pub fn pick<T>(&self, sqlite: T, postgres: T) -> T {
        match self {
            Self::Sqlite(_) => sqlite,
            Self::Postgres(_) => postgres,
        }
    }

    /// `Db::is_embedded` inside a transaction.
    pub fn is_embedded(&self) -> bool {
        self.pick(true, false)
    }
}

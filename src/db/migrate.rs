//! Migrations: forward only, the same file names for both databases, safe when replicas start together.
//!
//! Processes that share a database take turns: on an advisory lock of PostgreSQL's, on a lock file beside SQLite's. A
//! database whose schema is newer than this binary is refused: an old replica must not write what it does not
//! understand.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use sqlx::Connection as _;
use sqlx::migrate::Migrator;

use super::{AdvisoryLock, Db, DbError, Pools, sql};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Why a database could not be brought to this binary's schema.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The schema knows migrations that this binary does not.
    #[error("the database has migration {0}, which this version of sanfuwu does not know: run a newer version")]
    Newer(i64),
    /// Tables, and none of ours.
    #[error("this database holds tables of something else: give sanfuwu a database of its own, which is empty")]
    Foreign,
    /// A migration failed, or a landed one was edited.
    #[error("migration failed: {0}")]
    Failed(#[from] sqlx::migrate::MigrateError),
    /// The database did not answer.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The lock file beside an embedded database cannot be made.
    #[error("cannot lock {}: {source}", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// Where a database's schema stands against this binary's migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaState {
    /// Migrations that are applied.
    pub applied: Vec<i64>,
    /// Migrations of this binary that are not.
    pub pending: Vec<i64>,
    /// Applied migrations that this binary does not know.
    pub unknown: Vec<i64>,
}

impl Db {
    fn migrator(&self) -> &'static Migrator {
        self.pick(&SQLITE, &POSTGRES)
    }

    /// Applies what is missing; returns how many migrations that were. `file` is the embedded database's file.
    ///
    /// # Errors
    /// `Newer` where the schema is ahead of this binary, `Foreign` where it is another program's; nothing is changed
    /// then.
    pub async fn migrate(&self, file: Option<&Path>) -> Result<usize, MigrateError> {
        match self.pools() {
            Pools::Sqlite { .. } => {
                let _turn = file.map(lock_file).transpose()?;
                self.apply().await
            }
            Pools::Postgres { writers, .. } => {
                // The lock is the session's. The connection is taken out of the pool, so that the pool has all of its
                // own for the work, and closed, so that the lock ends with it however this goes.
                let mut turn = writers.acquire().await.map_err(DbError::from)?.detach();
                let locked = sqlx::query("SELECT pg_advisory_lock($1)")
                    .bind(AdvisoryLock::Schema.number())
                    .execute(&mut turn)
                    .await;
                let applied = match locked {
                    Ok(_) => self.apply().await,
                    Err(fault) => Err(DbError::from(fault).into()),
                };
                let _ = turn.close().await;
                applied
            }
        }
    }

    async fn apply(&self) -> Result<usize, MigrateError> {
        let state = self.schema_state().await?;
        if let Some(version) = state.unknown.first() {
            return Err(MigrateError::Newer(*version));
        }
        if state.applied.is_empty() && self.has_tables().await? {
            return Err(MigrateError::Foreign);
        }
        match self.pools() {
            Pools::Sqlite { writer, .. } => SQLITE.run(writer).await?,
            Pools::Postgres { writers, .. } => POSTGRES.run(writers).await?,
        }
        Ok(state.pending.len())
    }

    /// Whether there are tables but the list of migrations, and those that an extension of PostgreSQL's brings along.
    async fn has_tables(&self) -> Result<bool, DbError> {
        let tables = self.pick(
            "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name <> '_sqlx_migrations' \
             AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
            "SELECT COUNT(*) FROM pg_class c WHERE c.relnamespace = CAST(current_schema() AS regnamespace) \
             AND c.relkind IN ('r', 'p') AND c.relname <> '_sqlx_migrations' AND NOT EXISTS (SELECT 1 FROM pg_depend d \
             WHERE d.classid = CAST('pg_class' AS regclass) AND d.objid = c.oid AND d.deptype = 'e')",
        );
        let (tables,): (i64,) = sql(tables).one(self).await?;
        Ok(tables > 0)
    }

    /// Compares the applied migrations with this binary's.
    pub async fn schema_state(&self) -> Result<SchemaState, DbError> {
        let exists = self.pick(
            "SELECT COUNT(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'",
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() \
             AND table_name = '_sqlx_migrations'",
        );
        let (tables,): (i64,) = sql(exists).one(self).await?;
        let applied: Vec<(i64,)> = match tables {
            0 => Vec::new(),
            _ => {
                sql("SELECT version FROM _sqlx_migrations ORDER BY version")
                    .all(self)
                    .await?
            }
        };
        let applied: BTreeSet<i64> = applied.into_iter().map(|(version,)| version).collect();
        let known: BTreeSet<i64> = self.migrator().iter().map(|migration| migration.version).collect();
        Ok(SchemaState {
            pending: known.difference(&applied).copied().collect(),
            unknown: applied.difference(&known).copied().collect(),
            applied: applied.into_iter().collect(),
        })
    }
}

/// Waits until no other process migrates this file; the lock falls with the returned handle.
fn lock_file(database: &Path) -> Result<File, MigrateError> {
    let mut path = database.as_os_str().to_owned();
    path.push(".migrate.lock");
    let path = PathBuf::from(path);
    let lock = || {
        let file = File::create(&path)?;
        file.lock()?;
        Ok(file)
    };
    lock().map_err(|source| MigrateError::Lock {
        path: path.clone(),
        source,
    })
}

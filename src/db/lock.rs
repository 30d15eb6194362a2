//! Locks that a transaction takes, and keeps until it ends.
//!
//! On PostgreSQL several write at once, and one who changes what he has read locks it first. SQLite has one writer,
//! whom every other waits for before he reads anything: there nothing is left to be locked, and a lock is no statement
//! at all.

use super::{DbError, Sql, Tx, sql};

/// What is locked though it is no row: each has a number of its own in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdvisoryLock {
    /// The schema: migrators take turns.
    Schema,
    /// What ships in the binary: replicas that start together put it in once.
    Shipped,
    /// Who administers: whoever makes or ends the last administrator.
    Administrators,
    /// The tree of organisations, and who is competent (`directory::orgs::tree`).
    Organisations,
}

impl AdvisoryLock {
    /// Its number. Replicas of several versions may run side by side, so a number never changes.
    pub const fn number(self) -> i64 {
        match self {
            Self::Schema => 7_302_018,
            Self::Shipped => 7_302_019,
            Self::Administrators => 7_302_020,
            Self::Organisations => 7_302_021,
        }
    }
}

impl Tx {
    /// What stands behind a SELECT to lock the rows that it reads: `lock_clause(" FOR UPDATE")`.
    pub fn lock_clause(&self, clause: &'static str) -> &'static str {
        self.pick("", clause)
    }

    /// Runs a statement that does nothing but lock: `SELECT … FOR UPDATE`, or `LOCK TABLE`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn hold(&mut self, lock: Sql) -> Result<(), DbError> {
        if !self.is_embedded() {
            lock.run(self).await?;
        }
        Ok(())
    }

    /// Takes an advisory lock; waits for whoever has it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn take(&mut self, lock: AdvisoryLock) -> Result<(), DbError> {
        self.hold(sql("SELECT pg_advisory_xact_lock($1)").bind(lock.number()))
            .await
    }

    /// Takes an advisory lock together with others who share it; waits for whoever has it alone.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn share(&mut self, lock: AdvisoryLock) -> Result<(), DbError> {
        self.hold(sql("SELECT pg_advisory_xact_lock_shared($1)").bind(lock.number()))
            .await
    }
}

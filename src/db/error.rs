//! What a database can answer instead of rows, in the words that callers act on.

use sqlx::error::{DatabaseError, ErrorKind};

/// Why a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database refused a second row where it allows one; the text names the constraint (PostgreSQL) or its columns
    /// (SQLite).
    #[error("unique constraint: {0}")]
    Unique(String),
    /// A row that was referred to is not there.
    #[error("foreign key: {0}")]
    ForeignKey(String),
    /// The disk is full: writes stop, reads go on.
    #[error("the disk is full")]
    StorageFull(#[source] sqlx::Error),
    /// No connection to be had: away, refusing, or all busy for too long.
    #[error("the database is away: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// Two transactions met; the same request may succeed if sent again.
    #[error("serialization failure or deadlock")]
    Contention(#[source] sqlx::Error),
    /// A bug, or a row that does not fit its type.
    #[error(transparent)]
    Other(sqlx::Error),
}

/// SQLite's SQLITE_FULL, and PostgreSQL's `disk_full`.
const FULL: [&str; 2] = ["13", "53100"];
/// SQLite's SQLITE_BUSY and SQLITE_BUSY_SNAPSHOT, and PostgreSQL's `serialization_failure` and `deadlock_detected`.
const CONTENTION: [&str; 4] = ["5", "517", "40001", "40P01"];
/// PostgreSQL's `admin_shutdown`, `crash_shutdown`, `cannot_connect_now`, `too_many_connections`.
const AWAY: [&str; 4] = ["57P01", "57P02", "57P03", "53300"];

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        let Some(refusal) = error.as_database_error() else {
            return match error {
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => {
                    Self::Unavailable(error)
                }
                _ => Self::Other(error),
            };
        };
        let code = refusal.code().unwrap_or_default().into_owned();
        match refusal.kind() {
            ErrorKind::UniqueViolation => Self::Unique(name_of(refusal)),
            ErrorKind::ForeignKeyViolation => Self::ForeignKey(name_of(refusal)),
            _ if FULL.contains(&code.as_str()) => Self::StorageFull(error),
            _ if CONTENTION.contains(&code.as_str()) => Self::Contention(error),
            _ if AWAY.contains(&code.as_str()) => Self::Unavailable(error),
            _ => Self::Other(error),
        }
    }
}

fn name_of(refusal: &dyn DatabaseError) -> String {
    refusal
        .constraint()
        .map_or_else(|| refusal.message().to_owned(), ToOwned::to_owned)
}

impl DbError {
    /// Whether the connection died under the statement, so that a read may be tried once on another.
    pub(super) fn connection_died(&self) -> bool {
        matches!(self, Self::Unavailable(error) if !matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed))
    }

    /// Whether a unique constraint with this word in its name (or table.column) refused the row.
    pub fn is_unique(&self, word: &str) -> bool {
        matches!(self, Self::Unique(name) if name.contains(word))
    }
}

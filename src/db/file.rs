//! The embedded database as a file: one server at a time holds it; it is copied while it is used, and checked.
//!
//! SQLite lets several processes open a file, but this server counts on being alone (its set of running idempotency
//! keys is a process's own), and a restore must not replace what a server has open. So a server holds a lock file
//! beside the database for as long as it lives; the operating system releases it however the process ends.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::{Db, DbError, sql};

/// Why a database file cannot be had, copied or put in place.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// Another server has it.
    #[error("{} is in use by a running server", .0.display())]
    InUse(PathBuf),
    /// There is no such file.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// The copy is not what was copied.
    #[error("the copy is not sound: {0}")]
    Unsound(String),
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl FileFault {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// The right to be the one server of a database file; falls with the value.
#[derive(Debug)]
pub struct Held {
    _lock: File,
}

/// Takes the lock beside an embedded database.
///
/// # Errors
/// `InUse` where a server has it.
pub fn hold(database: &Path) -> Result<Held, FileFault> {
    let path = beside(database, ".lock");
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(FileFault::io(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(Held { _lock: lock }),
        Err(std::fs::TryLockError::WouldBlock) => Err(FileFault::InUse(database.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(FileFault::Io { path, source }),
    }
}

/// Makes a database file that is missing, for its owner's eyes only: it will hold personal data. SQLite gives what it
/// puts beside the file the same rights, and says itself what is wrong where the file cannot be made.
pub(super) fn make_private(file: &Path) {
    if !file.exists()
        && let Err(fault) = create_private(file)
    {
        tracing::debug!(%fault, "the database file was not made");
    }
}

/// `<file><suffix>`, in the same folder.
pub(crate) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

impl Db {
    /// Copies an embedded database, as it is at this moment, into a file that does not exist or is empty; readers and
    /// writers go on meanwhile. The copy is one file without a log beside it.
    pub async fn copy_into(&self, file: &Path) -> Result<(), FileFault> {
        let name = file.to_string_lossy().into_owned();
        let nothing: Vec<(i64,)> = sql("VACUUM INTO $1").bind(name).all(self).await?;
        debug_assert!(nothing.is_empty(), "VACUUM answers no rows");
        File::open(file)
            .and_then(|copy| copy.sync_all())
            .map_err(FileFault::io(file))
    }

    /// What SQLite itself finds wrong with the file (`integrity_check`, `foreign_key_check`), a line each; nothing on
    /// PostgreSQL, which has no such check.
    pub async fn file_faults(&self) -> Result<Vec<String>, DbError> {
        if !self.is_embedded() {
            return Ok(Vec::new());
        }
        let found: Vec<(String,)> = sql("SELECT integrity_check FROM pragma_integrity_check")
            .all(self)
            .await?;
        let mut faults: Vec<String> = found
            .into_iter()
            .map(|(line,)| line)
            .filter(|line| line != "ok")
            .collect();
        let orphans: Vec<(String, String, i64)> = sql(
            "SELECT \"table\", parent, COUNT(*) FROM pragma_foreign_key_check GROUP BY \"table\", parent ORDER BY 1, 2",
        )
        .all(self)
        .await?;
        faults.extend(
            orphans
                .into_iter()
                .map(|(table, parent, rows)| format!("{rows} rows of {table} refer to no {parent}")),
        );
        Ok(faults)
    }
}

/// An empty file for a copy to grow in, readable by its owner alone: a database holds personal data.
pub(super) fn create_private(path: &Path) -> Result<File, FileFault> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(FileFault::io(path))
}

/// Makes a renaming last.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

//! Backup and restore of an embedded database: a copy is a copy once it has been opened and looked into.
//!
//! A backup grows under another name, is examined (SQLite's own checks, the migrations, the number of rows in every
//! table), forced to the disk, and only then gets its name. A restore examines what it is given before it touches what
//! is there, and what it replaces it keeps aside. The files that belong to a database come before the name
//! (`crate::backup`).

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use sqlx::AssertSqlSafe;

use super::file::{FileFault, Held, beside, create_private, hold, sync_folder};
use super::{Db, DbError, Pools, sql};

/// What a database file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Rows by table.
    pub rows: BTreeMap<String, i64>,
    /// The newest migration that is applied.
    pub migration: i64,
    /// Size of the file in bytes.
    pub bytes: u64,
}

impl Contents {
    /// Rows of all tables.
    pub fn all_rows(&self) -> i64 {
        self.rows.values().sum()
    }
}

/// What has got its name.
#[derive(Clone, Debug)]
pub struct Placed {
    /// What is there now.
    pub contents: Contents,
    /// Where that is which was there before a restore.
    pub replaced: Option<PathBuf>,
}

/// A sound copy that waits for its name, so that what belongs to it can be brought first. Its file falls with the
/// value.
#[derive(Debug)]
pub struct Copied {
    partial: Partial,
    target: PathBuf,
    contents: Contents,
    /// Of a restore: the right to replace what bears the name.
    held: Option<Held>,
}

impl Copied {
    /// The copy, to be read.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub async fn open(&self) -> Result<Db, FileFault> {
        Ok(Db::sqlite_untouched(&self.partial.path).await?)
    }

    /// Gives it its name; what a restore replaces is kept aside.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn give_name(mut self) -> Result<Placed, FileFault> {
        let replaces = self.held.is_some() && is_there(&self.target);
        let replaced = replaces.then(|| put_aside(&self.target)).transpose()?;
        self.partial.rename(&self.target)?;
        Ok(Placed {
            contents: self.contents,
            replaced,
        })
    }
}

/// A file or folder that grows under another name, and falls with the value unless it has got its own.
#[derive(Debug)]
pub(crate) struct Partial {
    path: PathBuf,
    falls: bool,
}

impl Partial {
    fn file(path: PathBuf) -> Result<(Self, File), FileFault> {
        let file = create_private(&path)?;
        Ok((Self { path, falls: true }, file))
    }

    /// A new folder, for this user alone.
    pub(crate) fn folder(path: PathBuf) -> Result<Self, FileFault> {
        let made = DirBuilder::new().mode(0o700).create(&path);
        made.map_err(FileFault::io(&path))?;
        Ok(Self { path, falls: true })
    }

    /// Where it is now.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it another place; it still falls with the value.
    pub(crate) fn move_to(&mut self, place: PathBuf) -> Result<(), FileFault> {
        std::fs::rename(&self.path, &place).map_err(FileFault::io(&place))?;
        self.path = place;
        sync_folder(&self.path).map_err(FileFault::io(&self.path))
    }

    /// It falls no more.
    pub(crate) fn stay(&mut self) {
        self.falls = false;
    }

    fn rename(&mut self, target: &Path) -> Result<(), FileFault> {
        std::fs::rename(&self.path, target).map_err(FileFault::io(target))?;
        self.stay();
        sync_folder(target).map_err(FileFault::io(target))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if self.falls {
            // The first fault is the one to report.
            let _ = match self.path.is_dir() {
                true => std::fs::remove_dir_all(&self.path),
                false => std::fs::remove_file(&self.path),
            };
        }
    }
}

/// Copies an embedded database that may be in use into a new file, which has no name yet.
///
/// # Errors
/// Where the file is there already, the disk is full, or the copy is not sound; no file is left behind then.
pub async fn backup(db: &Db, target: &Path) -> Result<Copied, FileFault> {
    if target.exists() {
        return Err(FileFault::io(target)(io::ErrorKind::AlreadyExists.into()));
    }
    let (partial, _) = Partial::file(beside(target, ".partial"))?;
    let contents = copy(db, &partial.path).await?;
    Ok(Copied {
        partial,
        target: target.to_owned(),
        contents,
        held: None,
    })
}

async fn copy(db: &Db, partial: &Path) -> Result<Contents, FileFault> {
    let before = rows_by_table(db).await?;
    db.copy_into(partial).await?;
    let after = rows_by_table(db).await?;
    let contents = examine(partial).await?;
    // Writers went on meanwhile; but a table that was the same before and after must be so in the copy.
    for (table, rows) in before.iter().filter(|(table, rows)| after.get(*table) == Some(*rows)) {
        let copied = contents.rows.get(table).copied().unwrap_or(0);
        if copied != *rows {
            return Err(FileFault::Unsound(format!(
                "{table} has {rows} rows, its copy {copied}"
            )));
        }
    }
    Ok(contents)
}

/// Copies a backup to where an embedded database is to be, still without its name.
///
/// # Errors
/// Where a server holds the database, the backup is not sound or newer than this binary, or there is a database and
/// `force` is not given.
pub async fn restore(backup: &Path, database: &Path, force: bool) -> Result<Copied, FileFault> {
    if !backup.is_file() {
        return Err(FileFault::Missing(backup.to_owned()));
    }
    let held = hold(database)?;
    if std::fs::metadata(beside(backup, "-wal")).is_ok_and(|log| log.len() > 0) {
        let why = format!(
            "{}-wal lies beside it, so it is a database in use and no backup",
            backup.display()
        );
        return Err(FileFault::Unsound(why));
    }
    examine(backup).await?;
    if is_there(database) && !force {
        return Err(FileFault::io(database)(io::ErrorKind::AlreadyExists.into()));
    }
    let partial = beside(database, ".partial");
    let _ = std::fs::remove_file(&partial);
    let (partial, mut copy) = Partial::file(partial)?;
    let mut original = File::open(backup).map_err(FileFault::io(backup))?;
    io::copy(&mut original, &mut copy)
        .and_then(|_| copy.sync_all())
        .map_err(FileFault::io(&partial.path))?;
    let contents = examine(&partial.path).await?;
    Ok(Copied {
        partial,
        target: database.to_owned(),
        contents,
        held: Some(held),
    })
}

fn is_there(database: &Path) -> bool {
    std::fs::metadata(database).is_ok_and(|file| file.len() > 0)
}

/// Renames a database with its log, so that it stays a database.
fn put_aside(database: &Path) -> Result<PathBuf, FileFault> {
    let names = (1..).map(|number: u32| beside(database, &format!(".replaced-{number}")));
    let aside = names.into_iter().find(|name| !name.exists()).unwrap_or_default();
    for suffix in ["-wal", "-shm"] {
        let log = beside(database, suffix);
        if log.exists() {
            std::fs::rename(&log, beside(&aside, suffix)).map_err(FileFault::io(&log))?;
        }
    }
    std::fs::rename(database, &aside).map_err(FileFault::io(database))?;
    Ok(aside)
}

/// Opens a file that nobody writes and looks whether it is a sound database of ours.
async fn examine(file: &Path) -> Result<Contents, FileFault> {
    let not_ours = |fault: DbError| FileFault::Unsound(format!("{}: {fault}", file.display()));
    let db = Db::sqlite_untouched(file).await.map_err(not_ours)?;
    let examined = examine_open(&db, file).await;
    db.close().await;
    examined
}

async fn examine_open(db: &Db, file: &Path) -> Result<Contents, FileFault> {
    let unsound = |why: String| FileFault::Unsound(format!("{}: {why}", file.display()));
    let schema = db.schema_state().await.map_err(|fault| unsound(fault.to_string()))?;
    if let Some(version) = schema.unknown.first() {
        return Err(unsound(format!(
            "it has migration {version}, which this version of sanfuwu does not know: use a newer version"
        )));
    }
    let Some(migration) = schema.applied.last().copied() else {
        return Err(unsound("it is no database of sanfuwu".to_owned()));
    };
    if let Some(fault) = db.file_faults().await?.into_iter().next() {
        return Err(unsound(fault));
    }
    let bytes = std::fs::metadata(file).map_err(FileFault::io(file))?.len();
    Ok(Contents {
        rows: rows_by_table(db).await?,
        migration,
        bytes,
    })
}

async fn rows_by_table(db: &Db) -> Result<BTreeMap<String, i64>, DbError> {
    let Pools::Sqlite { readers, .. } = db.pools() else {
        return Ok(BTreeMap::new());
    };
    let tables: Vec<(String,)> =
        // A virtual table has no rows of its own, and what stands behind one is no table of ours.
        sql("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' \
             AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")
            .all(db)
            .await?;
    let mut rows = BTreeMap::new();
    for (table,) in tables {
        // A table's name cannot be bound. It comes from the schema, and is quoted.
        let text = format!("SELECT COUNT(*) FROM \"{}\"", table.replace('"', "\"\""));
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(readers).await?;
        rows.insert(table, count);
    }
    Ok(rows)
}

//! One backup brings everything back: the embedded database, and the files of its attachments in
//! `<backup>.attachments`.
//!
//! Files never change and are named by their hash, so they need not be copied at the moment of the database: the copy
//! of it says which they are, and each is compared with its hash while it is copied. Only when they are on the disk
//! does the backup get its name. A file that is lost must not cost the rest: the backup is made without it, and says
//! which; a restore without it has to be asked for. A restore puts back what the folder of attachments lacks before the
//! database gets its name. What is in a bucket is not copied, the keys never are.

mod files;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use files::{Amount, Files, Lost, in_lines};

use crate::attachments::kept::{self, KeptFault};
use crate::attachments::storage::{Storage, StorageFault};
use crate::clock::Timestamp;
use crate::config::Settings;
use crate::db::{self, Contents, Db, FileFault, Partial, Placed, beside};

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// The database's file.
    #[error(transparent)]
    File(#[from] FileFault),
    /// What the database says of its files.
    #[error(transparent)]
    Kept(#[from] KeptFault),
    /// The settings of attachments.
    #[error(transparent)]
    Settings(StorageFault),
    /// A folder of files.
    #[error("{}: {source}", folder.display())]
    Files {
        /// Which.
        folder: PathBuf,
        /// What it said.
        source: StorageFault,
    },
    /// Files that are nowhere; nothing was restored.
    #[error(
        "{} files of attachments are neither in {} nor in {}, so nothing was restored (--incomplete restores without \
         them):{}", lost.len(), folder.display(), backup.display(), in_lines(lost)
    )]
    Lost {
        /// Which.
        lost: Vec<Lost>,
        /// The folder of attachments.
        folder: PathBuf,
        /// The backup's.
        backup: PathBuf,
    },
}

/// What a backup holds.
#[derive(Debug)]
pub struct BackedUp {
    /// The database.
    pub contents: Contents,
    /// The files; `None` where they are in a bucket.
    pub files: Option<Files>,
}

/// What a restore did.
#[derive(Debug)]
pub struct Restored {
    /// The database.
    pub placed: Placed,
    /// The files; `None` where they are in a bucket.
    pub files: Option<Files>,
}

/// Where the files of a backup are.
pub fn folder_of(backup: &Path) -> PathBuf {
    beside(backup, ".attachments")
}

/// Copies an embedded database that may be in use, and its files. `now` is real time. Files that are lost are told, and
/// no fault here: the backup is made.
///
/// # Errors
/// Where one of the two is there already, the disk is full, or the copy is not sound; nothing is left behind then.
pub async fn backup(settings: &Settings, db: &Db, target: &Path, now: Timestamp) -> Result<BackedUp, BackupFault> {
    let folder = folder_of(target);
    if folder.exists() {
        return Err(FileFault::io(&folder)(std::io::ErrorKind::AlreadyExists.into()).into());
    }
    let from = Storage::of(settings).map_err(BackupFault::Settings)?;
    let copied = db::backup(db, target).await?;
    if from.folder().is_none() {
        let contents = copied.give_name()?.contents;
        return Ok(BackedUp { contents, files: None });
    }
    let copy = copied.open().await?;
    let due = kept::all(&copy, now).await;
    copy.close().await;
    let due = due?;
    if due.is_empty() {
        let contents = copied.give_name()?.contents;
        let files = Some(Files::default());
        return Ok(BackedUp { contents, files });
    }
    let mut partial = Partial::folder(beside(&folder, ".partial"))?;
    let files = files::copy(&from, partial.path(), &due, db).await?;
    partial.move_to(folder)?;
    let contents = copied.give_name()?.contents;
    partial.stay();
    Ok(BackedUp {
        contents,
        files: Some(files),
    })
}

/// Puts a backup in the place of the embedded database, and its files into the folder of attachments. `incomplete`:
/// even without the files that are nowhere. Files that were put back stay where the database then cannot be: they are
/// what they are called.
///
/// # Errors
/// Where a server holds the database, the backup is not sound or newer than this binary, there is a database and
/// `force` is not given, or files are nowhere.
pub async fn restore(
    settings: &Settings,
    backup: &Path,
    force: bool,
    incomplete: bool,
    now: Timestamp,
) -> Result<Restored, BackupFault> {
    let to = Storage::of(settings).map_err(BackupFault::Settings)?;
    let copied = db::restore(backup, &settings.sqlite_file, force).await?;
    let files = match to.folder() {
        None => None,
        Some(folder) => {
            let copy = copied.open().await?;
            let due = kept::all(&copy, now).await;
            copy.close().await;
            let files = files::put_back(&folder_of(backup), &to, folder, &due?).await?;
            if !files.lost.is_empty() && !incomplete {
                return Err(BackupFault::Lost {
                    lost: files.lost,
                    folder: folder.to_owned(),
                    backup: folder_of(backup),
                });
            }
            Some(files)
        }
    };
    Ok(Restored {
        placed: copied.give_name()?,
        files,
    })
}

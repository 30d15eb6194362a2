//! The files of a backup, one after the other: which are sound, which are copied, which are lost.

use std::fmt;
use std::path::Path;

use super::BackupFault;
use crate::attachments::kept::{Kept, KeptFault};
use crate::attachments::storage::{Condition, Storage, StorageFault};
use crate::attachments::store::contents;
use crate::clock::Ids;
use crate::db::Db;

/// Lost files that are named one by one.
const NAMED: usize = 50;

/// So many files, and how long they are together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// How many.
    pub files: u64,
    /// In bytes.
    pub bytes: u64,
}

impl Amount {
    fn add(&mut self, file: &Kept) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(file.size);
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} files, {} KiB", self.files, self.bytes.div_ceil(1024))
    }
}

/// A file that is not there as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Which.
    pub file: Kept,
    /// What there is of it.
    pub condition: Condition,
}

/// What became of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Those that are sound where they belong now.
    pub sound: Amount,
    /// Those of them that were copied.
    pub copied: Amount,
    /// Those that are not.
    pub lost: Vec<Lost>,
}

/// The lost ones, each in a line of its own.
pub fn in_lines(lost: &[Lost]) -> String {
    let named = lost.iter().take(NAMED);
    let mut lines: String = named
        .map(|lost| format!("\n  {}", lost.file.in_words(&lost.condition)))
        .collect();
    if let Some(more) = lost.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push_str(&format!("\n  and {more} more"));
    }
    lines
}

/// Says which folder a fault is of.
fn of(folder: &Path) -> impl Fn(StorageFault) -> BackupFault {
    |source| BackupFault::Files {
        folder: folder.to_owned(),
        source,
    }
}

/// Copies what is due into a folder; `live` is the database as it is now.
pub(super) async fn copy(from: &Storage, folder: &Path, due: &[Kept], live: &Db) -> Result<Files, BackupFault> {
    let (to, ids) = (Storage::in_folder(folder.to_owned()), Ids::random());
    let mut files = Files::default();
    for file in due {
        let copied = from.copy_to(&to, ids.next(), &file.sha256, file.size).await;
        match copied.map_err(of(folder))? {
            Condition::Sound => {
                files.sound.add(file);
                files.copied.add(file);
            }
            condition => {
                // What was removed by right since the database was copied is not lost.
                let still_due = contents::is_due(live, &file.sha256).await;
                if still_due.map_err(KeptFault::from)? {
                    let file = *file;
                    files.lost.push(Lost { file, condition });
                }
            }
        }
    }
    to.settle().await.map_err(of(folder))?;
    Ok(files)
}

/// Copies what the folder of attachments lacks, or has damaged, from that of a backup.
pub(super) async fn put_back(backup: &Path, to: &Storage, folder: &Path, due: &[Kept]) -> Result<Files, BackupFault> {
    let (from, ids) = (Storage::in_folder(backup.to_owned()), Ids::random());
    let mut files = Files::default();
    for file in due {
        let there = to.read_through(&file.sha256, file.size).await.map_err(of(folder))?;
        if there == Condition::Sound {
            files.sound.add(file);
            continue;
        }
        let copied = from.copy_to(to, ids.next(), &file.sha256, file.size).await;
        match copied.map_err(of(folder))? {
            Condition::Sound => {
                files.sound.add(file);
                files.copied.add(file);
            }
            condition => files.lost.push(Lost { file: *file, condition }),
        }
    }
    Ok(files)
}

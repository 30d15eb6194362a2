//! Whether every attachment has its bytes.

use futures_util::{StreamExt as _, stream};

use super::Outcome;
use crate::attachments::kept::{self, Kept, KeptFault};
use crate::attachments::storage::{Condition, Storage, StorageFault};
use crate::attachments::store::contents;
use crate::clock::Timestamp;
use crate::config::Settings;
use crate::db::Db;

/// Files that are looked at at a time: a bucket takes its time to answer.
const AT_A_TIME: usize = 8;

/// How far files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilesRead {
    /// Not at all: that they are there in their size is known without.
    No,
    /// To their end, to compare their hash: as long as reading the whole folder, or bucket, takes.
    Whole,
}

/// Why they cannot be looked at.
#[derive(Debug, thiserror::Error)]
enum Hindrance {
    #[error(transparent)]
    Kept(#[from] KeptFault),
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

pub(super) async fn all_there(settings: &Settings, db: &Db, now: Timestamp, read: FilesRead) -> Outcome {
    look(settings, db, now, read)
        .await
        .unwrap_or_else(|fault| Outcome::Fault(fault.to_string()))
}

async fn look(settings: &Settings, db: &Db, now: Timestamp, read: FilesRead) -> Result<Outcome, Hindrance> {
    let storage = Storage::of(settings)?;
    let due = kept::all(db, now).await?;
    if due.is_empty() {
        return Ok(Outcome::Sound("no attachments yet".to_owned()));
    }
    let bytes = due.iter().fold(0_u64, |sum, file| sum.saturating_add(file.size));
    let looks = due.iter().map(|file| one(&storage, file, read));
    let mut found = stream::iter(looks).buffered(AT_A_TIME);
    let mut lost = Vec::new();
    while let Some(looked_at) = found.next().await {
        let (file, condition) = looked_at?;
        // A server that runs may have removed by right what was due a moment ago.
        if condition != Condition::Sound && contents::is_due(db, &file.sha256).await.map_err(KeptFault::from)? {
            lost.push((file, condition));
        }
    }
    let place = storage
        .folder()
        .map_or("the bucket".to_owned(), |folder| folder.display().to_string());
    Ok(match lost.first() {
        None => Outcome::Sound(format!(
            "{} files, {} KiB, are in {place}, each {}",
            due.len(),
            bytes.div_ceil(1024),
            match read {
                FilesRead::No => "in its size (--read-files compares hashes, too)",
                FilesRead::Whole => "as its hash says",
            }
        )),
        Some((file, condition)) => Outcome::Fault(format!(
            "{} of {} files in {place} are not as they were; the first is {}",
            lost.len(),
            due.len(),
            file.in_words(condition)
        )),
    })
}

async fn one<'f>(storage: &Storage, file: &'f Kept, read: FilesRead) -> Result<(&'f Kept, Condition), StorageFault> {
    let condition = match read {
        FilesRead::No => storage.glance(&file.sha256, file.size).await?,
        FilesRead::Whole => storage.read_through(&file.sha256, file.size).await?,
    };
    Ok((file, condition))
}

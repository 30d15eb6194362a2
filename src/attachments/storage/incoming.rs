//! An upload on its way in: a file of its own, hashed and looked at as it grows.

use std::fs::File as StdFile;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::fs::{DirBuilder, File, OpenOptions};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::StorageFault;
use crate::attachments::domain::plain_text::PlainText;
use crate::auth::keys::Sha256;

/// Where uploads arrive, within the folder of attachments: so that putting one in place is a renaming.
const INCOMING: &str = "incoming";

/// An upload; its file falls with the value unless it was put in its place.
#[derive(Debug)]
pub struct Incoming {
    path: PathBuf,
    file: File,
    hash: Sha256,
    text: PlainText,
    size: u64,
    kept: bool,
}

/// What has arrived, when it is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// How many there are.
    pub size: u64,
    /// Whether they are plain text.
    pub is_text: bool,
}

impl Incoming {
    pub(super) async fn begin(folder: &Path, name: Uuid) -> Result<Self, StorageFault> {
        let folder = folder.join(INCOMING);
        make(&folder).await?;
        let path = folder.join(name.simple().to_string());
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .await?;
        Ok(Self {
            path,
            file,
            hash: Sha256::default(),
            text: PlainText::default(),
            size: 0,
            kept: false,
        })
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// Where the disk is full.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        self.file.write_all(bytes).await?;
        self.hash.update(bytes);
        self.text.update(bytes);
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// How many bytes have come.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Forces what has come to the disk, and says what it is.
    ///
    /// # Errors
    /// Where the disk is full.
    pub async fn finish(&mut self) -> Result<Arrived, StorageFault> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        Ok(Arrived {
            sha256: self.hash.clone().finish(),
            size: self.size,
            is_text: self.text.is_plain(),
        })
    }

    /// The file, to be read from its beginning.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn reopen(&self) -> io::Result<StdFile> {
        StdFile::open(&self.path)
    }

    /// Gives the file another place.
    pub(super) async fn move_to(mut self, place: &Path) -> Result<(), StorageFault> {
        tokio::fs::rename(&self.path, place).await?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed now is removed by the sweep.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Makes a folder, with those above it, for this user alone.
pub(super) async fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).await
}

/// Removes the place where uploads arrive, if none is there.
pub(super) async fn end(folder: &Path) -> io::Result<()> {
    tokio::fs::remove_dir(folder.join(INCOMING)).await
}

/// Removes files of this folder that are older than `age`.
pub(super) async fn remove_remains(folder: &Path, age: Duration) -> Result<u64, StorageFault> {
    let mut files = match tokio::fs::read_dir(folder.join(INCOMING)).await {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(0),
        files => files?,
    };
    let mut removed = 0;
    while let Some(file) = files.next_entry().await? {
        let is_old = match file.metadata().await {
            Ok(about) => about.modified()?.elapsed().is_ok_and(|passed| passed >= age),
            // Put in its place meanwhile.
            Err(_) => false,
        };
        if is_old && tokio::fs::remove_file(file.path()).await.is_ok() {
            removed += 1;
        }
    }
    Ok(removed)
}

//! Where the bytes of attachments are: a folder, or a bucket of an S3-compatible store; under their SHA-256 in both.
//!
//! Any replica serves any attachment: replicas share the folder, or use a bucket. An upload arrives in a file of its
//! own in the folder (`incoming.rs`) and is put in place when it is whole, so nobody ever sees half of one.

mod bucket;
mod condition;
mod content;
mod folder;
mod incoming;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use uuid::Uuid;

use self::bucket::Bucket;
pub use self::condition::Condition;
pub use self::content::Content;
pub use self::incoming::{Arrived, Incoming};
use crate::config::Settings;
use crate::error::{ApiError, Code};

/// Why bytes cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StorageFault {
    /// The disk is full.
    #[error("the disk is full")]
    Full(#[source] io::Error),
    /// The file system refused.
    #[error("the folder of attachments: {0}")]
    Io(io::Error),
    /// The store refused, or is away.
    #[error("the bucket of attachments: {0}")]
    Bucket(#[from] object_store::Error),
    /// Bytes that should be there are not.
    #[error("the bytes of {0} are gone")]
    Gone(String),
}

impl From<io::Error> for StorageFault {
    fn from(fault: io::Error) -> Self {
        match fault.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(fault),
            _ => Self::Io(fault),
        }
    }
}

impl From<StorageFault> for ApiError {
    fn from(fault: StorageFault) -> Self {
        let code = match &fault {
            StorageFault::Full(_) => Code::StorageFull,
            StorageFault::Bucket(_) => Code::Unavailable,
            StorageFault::Io(_) | StorageFault::Gone(_) => Code::Internal,
        };
        Self::new(code).caused_by(fault)
    }
}

/// The bytes of all attachments.
#[derive(Debug)]
pub struct Storage {
    folder: PathBuf,
    bucket: Option<Bucket>,
}

impl Storage {
    /// The one of the settings. Nothing is made or asked yet: the folder is made when the first upload comes.
    ///
    /// # Errors
    /// Where the settings of a bucket lead nowhere.
    pub fn of(settings: &Settings) -> Result<Self, StorageFault> {
        Ok(Self {
            folder: settings.attachment_folder.clone(),
            bucket: Bucket::of(settings)?,
        })
    }

    /// One in a folder of this layout, such as a backup's.
    pub const fn in_folder(folder: PathBuf) -> Self {
        Self { folder, bucket: None }
    }

    /// The folder where the bytes are; `None` where they are in a bucket.
    pub fn folder(&self) -> Option<&Path> {
        self.bucket.is_none().then_some(self.folder.as_path())
    }

    /// A new file for an upload to arrive in.
    ///
    /// # Errors
    /// Where the folder cannot be made or written.
    pub async fn receive(&self, name: Uuid) -> Result<Incoming, StorageFault> {
        Incoming::begin(&self.folder, name).await
    }

    /// Puts what has arrived in its place; equal bytes that are there already make no difference.
    ///
    /// # Errors
    /// Where the disk is full or the store is away.
    pub async fn keep(&self, arrived: Incoming, sha256: &[u8; 32]) -> Result<(), StorageFault> {
        match &self.bucket {
            None => folder::keep(&self.folder, arrived, sha256).await,
            Some(bucket) => bucket.keep(arrived, sha256).await,
        }
    }

    /// The bytes, as they come, to be checked against their hash.
    ///
    /// # Errors
    /// `Gone` where they are not there.
    pub async fn open(&self, sha256: &[u8; 32], size: u64) -> Result<Content, StorageFault> {
        let bytes = match &self.bucket {
            None => folder::open(&self.folder, sha256).await?,
            Some(bucket) => bucket.open(sha256).await?,
        };
        Ok(Content::checked(bytes, *sha256, size))
    }

    /// Removes bytes; that they are gone already is no fault.
    ///
    /// # Errors
    /// Where the file system or the store refuses.
    pub async fn remove(&self, sha256: &[u8; 32]) -> Result<(), StorageFault> {
        match &self.bucket {
            None => folder::remove(&self.folder, sha256).await,
            Some(bucket) => bucket.remove(sha256).await,
        }
    }

    /// Removes what has been arriving for longer than `age`: what a process that ended left behind. How many files.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub async fn remove_remains(&self, age: Duration) -> Result<u64, StorageFault> {
        incoming::remove_remains(&self.folder, age).await
    }
}

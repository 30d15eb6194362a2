//! In what condition stored bytes are, and copying those that are sound: for backups, and for whoever examines an
//! installation. Bytes that are not as they should be are an answer there, no fault: the next ones are looked at all
//! the same.

use std::fmt;
use std::io;

use futures_util::StreamExt as _;
use uuid::Uuid;

use super::{Incoming, Storage, StorageFault, folder, incoming};

/// In what condition bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// They are what they were.
    Sound,
    /// They are not there.
    Missing,
    /// They are others.
    Damaged,
    /// They cannot be read, and why.
    Unreadable(String),
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sound => out.write_str("sound"),
            Self::Missing => out.write_str("missing"),
            Self::Damaged => out.write_str("damaged"),
            Self::Unreadable(why) => write!(out, "unreadable: {why}"),
        }
    }
}

impl Storage {
    /// Whether the bytes are there in their size, without reading them.
    ///
    /// # Errors
    /// Where the store is away.
    pub async fn glance(&self, sha256: &[u8; 32], size: u64) -> Result<Condition, StorageFault> {
        let there = match &self.bucket {
            None => folder::size_of(&self.folder, sha256).await,
            Some(bucket) => bucket.size_of(sha256).await,
        };
        Ok(match there {
            Ok(None) => Condition::Missing,
            Ok(Some(there)) if there == size => Condition::Sound,
            Ok(Some(_)) => Condition::Damaged,
            Err(StorageFault::Io(fault)) => Condition::Unreadable(fault.to_string()),
            Err(fault) => return Err(fault),
        })
    }

    /// Reads the bytes to their end and compares their hash.
    ///
    /// # Errors
    /// Where the store is away.
    pub async fn read_through(&self, sha256: &[u8; 32], size: u64) -> Result<Condition, StorageFault> {
        self.read(sha256, size, None).await
    }

    /// Copies bytes to another store if they are sound; `name` is that of a file in which they arrive.
    ///
    /// # Errors
    /// Where the other one is full or refuses, or this one is away.
    pub async fn copy_to(
        &self,
        other: &Self,
        name: Uuid,
        sha256: &[u8; 32],
        size: u64,
    ) -> Result<Condition, StorageFault> {
        let mut incoming = other.receive(name).await?;
        let condition = self.read(sha256, size, Some(&mut incoming)).await?;
        if condition == Condition::Sound {
            incoming.finish().await?;
            other.keep(incoming, sha256).await?;
        }
        Ok(condition)
    }

    /// Leaves nothing in the folder but bytes that are in their place.
    ///
    /// # Errors
    /// Where something is still arriving.
    pub async fn settle(&self) -> Result<(), StorageFault> {
        Ok(incoming::end(&self.folder).await?)
    }

    async fn read(
        &self,
        sha256: &[u8; 32],
        size: u64,
        mut into: Option<&mut Incoming>,
    ) -> Result<Condition, StorageFault> {
        let mut bytes = match self.open(sha256, size).await {
            Ok(content) => content.into_stream(),
            Err(StorageFault::Gone(_)) => return Ok(Condition::Missing),
            Err(StorageFault::Io(fault)) => return Ok(Condition::Unreadable(fault.to_string())),
            Err(fault) => return Err(fault),
        };
        while let Some(chunk) = bytes.next().await {
            match (chunk, into.as_deref_mut()) {
                (Ok(chunk), Some(into)) => into.write(&chunk).await?,
                (Ok(_), None) => {}
                // So the check says that they are others.
                (Err(fault), _) if fault.kind() == io::ErrorKind::InvalidData => return Ok(Condition::Damaged),
                (Err(fault), _) => return Ok(Condition::Unreadable(fault.to_string())),
            }
        }
        Ok(Condition::Sound)
    }
}

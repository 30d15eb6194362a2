//! Which bytes a database counts on: what a backup copies and `doctor` looks for.

use uuid::Uuid;

use super::storage::Condition;
use super::store::contents;
use crate::clock::Timestamp;
use crate::db::{Db, DbError};
use crate::events::domain::hex;

/// The migration that brought attachments; an older database has none.
const SINCE: i64 = 20;

/// Why it cannot be said which bytes.
#[derive(Debug, thiserror::Error)]
pub enum KeptFault {
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A row does not fit.
    #[error("attachment.sha256 or .size of {0} is none")]
    Row(Uuid),
}

/// Bytes that must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// How many.
    pub size: u64,
    /// The first attachment that refers to them.
    pub attachment: Uuid,
}

impl Kept {
    /// A line for whoever has to look for them.
    pub fn in_words(&self, condition: &Condition) -> String {
        format!("{} (attachment {}): {condition}", hex(&self.sha256), self.attachment)
    }
}

/// All of them, equal ones once. `now` is real time: an upload that expired is waited for by nobody.
///
/// # Errors
/// Where the database refuses, or a row does not fit.
pub async fn all(db: &Db, now: Timestamp) -> Result<Vec<Kept>, KeptFault> {
    if !db.schema_state().await?.applied.contains(&SINCE) {
        return Ok(Vec::new());
    }
    let mut kept: Vec<Kept> = Vec::new();
    for (sha256, size, attachment) in contents::due(db, now).await? {
        let fits = <[u8; 32]>::try_from(sha256.as_slice())
            .ok()
            .zip(u64::try_from(size).ok());
        let (sha256, size) = fits.ok_or(KeptFault::Row(attachment))?;
        if kept.last().is_none_or(|last| last.sha256 != sha256) {
            kept.push(Kept {
                sha256,
                size,
                attachment,
            });
        }
    }
    Ok(kept)
}

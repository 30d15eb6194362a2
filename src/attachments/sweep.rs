//! What was uploaded and never attached, and bytes that nothing refers to: removed after their time, which is real
//! time.

use std::time::Duration;

use super::owners::Said;
use super::storage::StorageFault;
use super::store::write::Place;
use super::store::{contents, write};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::DbError;
use crate::events::Act;
use crate::events::domain::hex;

/// How old a file must be that an upload left behind when its process ended, in seconds: a day.
const REMAINS_SECONDS: u64 = 24 * 3600;

/// Why a sweep stops; the next one goes on.
#[derive(Debug, thiserror::Error)]
pub enum SweepFault {
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The folder or the store refused.
    #[error(transparent)]
    Storage(#[from] StorageFault),
    /// A hash in the database is none.
    #[error("attachment_content: a hash of {0} bytes")]
    NoHash(usize),
}

/// Removes up to a hundred attachments that nobody attached within 24 hours; how many.
///
/// # Errors
/// Where the database refuses.
pub async fn ownerless(app: &App, now: Timestamp) -> Result<u64, SweepFault> {
    let mut tx = app.db.begin().await?;
    let expired = write::expired(&mut tx, now).await?;
    let act = Act::of_the_service(app.clock.now());
    for (id, sha256) in &expired {
        write::remove(&mut tx, *id).await?;
        contents::release(&mut tx, sha256, now).await?;
        let said = Said {
            kind: "attachment.expired",
            attachment: *id,
            sha256: &hex(sha256),
            place: Place::none(*id),
            public: false,
            text: None,
        };
        said.note_alone(&mut tx, &app.ids, &act).await?;
    }
    tx.commit().await?;
    Ok(u64::try_from(expired.len()).unwrap_or(u64::MAX))
}

/// Removes the bytes of one content that nothing refers to; how many contents were settled, 0 at the end.
///
/// # Errors
/// Where the database, the folder or the store refuses: the content stays, for the next sweep.
pub async fn contents(app: &App, now: Timestamp) -> Result<u64, SweepFault> {
    let mut tx = app.db.begin().await?;
    let Some((sha256, referred)) = contents::pending(&mut tx, now).await? else {
        return Ok(0);
    };
    let sha256 = hash_of(&sha256)?;
    if referred {
        contents::refer(&mut tx, &sha256).await?;
    } else {
        contents::remove(&mut tx, &sha256).await?;
        // While the row is held, an upload of the same bytes waits, and puts them in place again afterwards.
        app.files.remove(&sha256).await?;
    }
    tx.commit().await?;
    Ok(1)
}

/// Removes what was just let go, right after the commit that did; what cannot be removed now is left to the next sweep.
pub async fn at_once(app: &App) {
    loop {
        match contents(app, app.real_clock.now()).await {
            Ok(0) => return,
            Ok(_) => {}
            Err(fault) => {
                tracing::warn!(%fault, "the bytes of what was erased could not be removed, and will be later");
                return;
            }
        }
    }
}

/// Removes the bytes of every attachment: for a demo that starts over, whose tables go next.
///
/// # Errors
/// Where the database, the folder or the store refuses.
pub async fn everything(app: &App) -> Result<(), SweepFault> {
    loop {
        let mut tx = app.db.begin().await?;
        let some = contents::some(&mut tx).await?;
        if some.is_empty() {
            return Ok(());
        }
        for (sha256,) in &some {
            let sha256 = hash_of(sha256)?;
            contents::remove(&mut tx, &sha256).await?;
            app.files.remove(&sha256).await?;
        }
        tx.commit().await?;
    }
}

fn hash_of(stored: &[u8]) -> Result<[u8; 32], SweepFault> {
    stored.try_into().map_err(|_| SweepFault::NoHash(stored.len()))
}

/// Removes what uploads left behind whose process ended; how many files.
///
/// # Errors
/// Where the file system refuses.
pub async fn remains(app: &App) -> Result<u64, SweepFault> {
    Ok(app.files.remove_remains(Duration::from_secs(REMAINS_SECONDS)).await?)
}

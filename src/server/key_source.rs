//! Where an installation's keys come from: the setting `keys`, else the file `key_file`.
//!
//! An embedded database makes its key file at the first start. It never makes one for a database that was written under
//! keys it does not have: what those keys encrypted could not be read again. PostgreSQL is shared by replicas that must
//! share their keys, so there nothing is made. Which keys a database was written under is told by a blind index of a
//! fixed word, stored in it; so a replica that was given other keys refuses to start.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::auth::keys::{KeyError, Keys};
use crate::clock::Timestamp;
use crate::config::Settings;
use crate::db::{Db, DbError, beside, setting, sync_folder};
use crate::events::domain::hex;

/// The row of `setting` that tells keys apart.
const CHECK: &str = "key_check";
/// The word that it is a blind index of.
const WORD: &str = "sanfuwu key check";

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeySourceError {
    /// The text is no key text.
    #[error("{place}: {source}")]
    Text {
        /// The setting or the file.
        place: String,
        /// What is wrong with it.
        source: KeyError,
    },
    /// The file cannot be read or made.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// PostgreSQL, and no keys.
    #[error(
        "PostgreSQL needs keys that all replicas share, and there are none: run `sanfuwu keygen` once, and give its \
         output to every replica as SANFUWU_KEYS, or as the file {} (setting `key_file`)",
        .0.display()
    )]
    NotGiven(PathBuf),
    /// A database that was written under keys that are gone.
    #[error(
        "{} is missing, and the database was written under its keys: put the file back. Other keys could not read the \
         telephone numbers in it",
        .0.display()
    )]
    Lost(PathBuf),
    /// Keys other than those of the database.
    #[error("these are not the keys that the database was written under")]
    Other,
    /// The database did not answer.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Says that there are no keys, where they are not made, before anything in the database is changed.
///
/// # Errors
/// As [`keys`].
pub fn must_be_there(settings: &Settings) -> Result<(), KeySourceError> {
    if given(settings)?.is_none() && !settings.is_embedded() {
        return Err(KeySourceError::NotGiven(settings.key_file.clone()));
    }
    Ok(())
}

/// The keys for a migrated database. `now` is real time.
///
/// # Errors
/// Where there are none, or none that fit.
pub async fn keys(settings: &Settings, db: &Db, now: Timestamp) -> Result<Keys, KeySourceError> {
    let check = stored_check(db).await?;
    let keys = match given(settings)? {
        Some(keys) => keys,
        None if !settings.is_embedded() => return Err(KeySourceError::NotGiven(settings.key_file.clone())),
        None if check.is_some() => return Err(KeySourceError::Lost(settings.key_file.clone())),
        None => make(&settings.key_file)?,
    };
    let check = match check {
        Some(check) => check,
        None => store_check(db, &keys, now).await?,
    };
    if check == check_of(&keys) {
        Ok(keys)
    } else {
        Err(KeySourceError::Other)
    }
}

/// Whether keys are those of the database; `None` where it does not say.
pub async fn fit(keys: &Keys, db: &Db) -> Result<Option<bool>, DbError> {
    let check = stored_check(db).await?;
    Ok(check.map(|check| check == check_of(keys)))
}

/// The keys that the settings give; `None` where there are none.
///
/// # Errors
/// Where the text is no key text or the file cannot be read.
pub fn given(settings: &Settings) -> Result<Option<Keys>, KeySourceError> {
    let (place, text) = match &settings.keys {
        Some(text) => ("keys".to_owned(), text.expose_secret().to_owned()),
        None => match read(&settings.key_file)? {
            Some(text) => (settings.key_file.to_string_lossy().into_owned(), text),
            None => return Ok(None),
        },
    };
    parse(&place, &text).map(Some)
}

fn parse(place: &str, text: &str) -> Result<Keys, KeySourceError> {
    Keys::parse(text).map_err(|source| KeySourceError::Text {
        place: place.to_owned(),
        source,
    })
}

fn check_of(keys: &Keys) -> Value {
    json!(hex(&keys.blind_index(WORD)))
}

async fn stored_check(db: &Db) -> Result<Option<Value>, DbError> {
    setting::get(db, CHECK).await
}

/// Stores which keys these are, unless another replica just did; what is stored then.
async fn store_check(db: &Db, keys: &Keys, now: Timestamp) -> Result<Value, DbError> {
    let mut tx = db.begin().await?;
    let stored = setting::hold(&mut tx, CHECK, check_of(keys), now).await?;
    tx.commit().await?;
    Ok(stored)
}

fn read(path: &Path) -> Result<Option<String>, KeySourceError> {
    let fault = |source| KeySourceError::File {
        path: path.to_owned(),
        source,
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(fault(source)),
    };
    let mode = std::fs::metadata(path).map_err(fault)?.permissions().mode();
    if mode & 0o077 != 0 {
        let mode = format!("{:o}", mode & 0o777);
        tracing::warn!(file = %path.display(), mode, "others can read the key file: chmod 600");
    }
    Ok(Some(text))
}

fn make(path: &Path) -> Result<Keys, KeySourceError> {
    let place = path.to_string_lossy();
    let mut text = Keys::generate_text().map_err(|source| KeySourceError::Text {
        place: place.clone().into_owned(),
        source,
    })?;
    match write_once(path, &text) {
        Ok(()) => tracing::info!(file = %place, "made the key file; keep a copy of it apart from the database"),
        // Another process was faster: its keys are the keys.
        Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => text = read(path)?.unwrap_or_default(),
        Err(source) => {
            return Err(KeySourceError::File {
                path: path.to_owned(),
                source,
            });
        }
    }
    parse(&place, &text)
}

/// Writes a new file whole or not at all, readable by its owner alone, and never over another.
fn write_once(path: &Path, text: &str) -> io::Result<()> {
    let partial = beside(path, &format!(".{}.partial", std::process::id()));
    let write = |mut file: File| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // A link, unlike a renaming, fails where the name is taken.
        std::fs::hard_link(&partial, path)?;
        sync_folder(path)
    };
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial)?;
    let written = write(file);
    let removed = std::fs::remove_file(&partial);
    written.and(removed)
}

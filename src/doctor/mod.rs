//! Whether an installation is sound: its database, the chains of its events, its keys, the files of its attachments,
//! its disk, its clock.
//!
//! Each check answers with one line. A check that cannot be made where another has failed says so and is no fault of
//! its own. Nothing here changes anything, and a server may run meanwhile.

mod files;
mod store;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;

pub use self::files::FilesRead;
use crate::auth::keys::Keys;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::{Db, DbError};
use crate::events::store::verify_all;
use crate::server::key_source;

/// Free space below which the embedded database is in danger, in bytes.
const LEAST_FREE: u64 = 256 * 1024 * 1024;
/// How far two clocks may differ, in seconds: what tokens allow.
const MOST_CLOCK_SKEW: i64 = 30;
/// The oldest PostgreSQL that migrations and statements are tested with.
const LEAST_POSTGRES: i64 = 150_000;

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is as it should be.
    Sound(String),
    /// It is not.
    Fault(String),
    /// It could not be looked at, or is not this program's to look at.
    Skipped(String),
}

/// A check and what it found; `Display` is its line.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What was looked at, in a word.
    pub check: &'static str,
    /// What was found.
    pub outcome: Outcome,
}

impl Finding {
    /// Whether something is wrong.
    pub fn is_fault(&self) -> bool {
        matches!(self.outcome, Outcome::Fault(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mark, text) = match &self.outcome {
            Outcome::Sound(text) => ("ok", text),
            Outcome::Fault(text) => ("FAIL", text),
            Outcome::Skipped(text) => ("-", text),
        };
        write!(out, "{mark:<5}{:<10}{text}", self.check)
    }
}

/// Makes every check. `keys` are what the settings give, or why they give none; `clock` is real time.
pub async fn examine(
    settings: &Settings,
    db: &Db,
    keys: Result<Option<Keys>, String>,
    clock: &Clock,
    read: FilesRead,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |check, outcome: Result<Outcome, DbError>| {
        let outcome = outcome.unwrap_or_else(|fault| Outcome::Fault(fault.to_string()));
        findings.push(Finding { check, outcome });
    };
    let schema = schema(db).await;
    let readable = matches!(schema, Ok(Outcome::Sound(_)));
    add("schema", schema);
    add("database", database(db).await);
    if readable {
        add("events", events(db).await);
        add("keys", fitting_keys(db, keys).await);
        add("files", Ok(files::all_there(settings, db, clock.now(), read).await));
        add("clock", right_time(db, clock).await);
    } else {
        for check in ["events", "keys", "files", "clock"] {
            add(
                check,
                Ok(Outcome::Skipped("not looked at: the schema is another".to_owned())),
            );
        }
    }
    add("disk", Ok(disk(settings)));
    findings
}

async fn schema(db: &Db) -> Result<Outcome, DbError> {
    let state = db.schema_state().await?;
    Ok(
        match (state.unknown.first(), state.pending.len(), state.applied.last()) {
            (Some(version), ..) => Outcome::Fault(format!("migration {version} is newer than this version of sanfuwu")),
            (None, 0, Some(last)) => Outcome::Sound(format!("migration {last}, this version's")),
            (None, pending, _) => Outcome::Fault(format!("{pending} migrations are missing: run `sanfuwu migrate`")),
        },
    )
}

async fn database(db: &Db) -> Result<Outcome, DbError> {
    if db.is_embedded() {
        let faults = db.file_faults().await?;
        return Ok(match faults.as_slice() {
            [] => Outcome::Sound("integrity and foreign keys hold".to_owned()),
            [first, rest @ ..] => Outcome::Fault(format!("{first} (and {} more)", rest.len())),
        });
    }
    let (version, encoding) = store::postgres_version(db).await?;
    Ok(match (version.parse::<i64>(), encoding.as_str()) {
        (Ok(number), "UTF8") if number >= LEAST_POSTGRES => {
            Outcome::Sound(format!("PostgreSQL {}, UTF8", number / 10_000))
        }
        (Ok(_), "UTF8") => Outcome::Fault(format!("PostgreSQL {version} is older than 15")),
        _ => Outcome::Fault(format!("the encoding is {encoding}, not UTF8")),
    })
}

async fn events(db: &Db) -> Result<Outcome, DbError> {
    let verified = verify_all(db).await?;
    Ok(match verified.broken.first() {
        None => Outcome::Sound(format!(
            "{} events in {} chains are whole",
            verified.events, verified.chains
        )),
        Some(first) => Outcome::Fault(format!(
            "{} of {} chains are broken; the first is that of {} at event {}",
            verified.broken_chains, verified.chains, first.aggregate, first.seq
        )),
    })
}

async fn fitting_keys(db: &Db, keys: Result<Option<Keys>, String>) -> Result<Outcome, DbError> {
    let keys = match keys {
        Ok(Some(keys)) => keys,
        Ok(None) => {
            return Ok(Outcome::Fault(
                "there are none: no `keys`, and no file at `key_file`".to_owned(),
            ));
        }
        Err(fault) => return Ok(Outcome::Fault(fault)),
    };
    if key_source::fit(&keys, db).await? == Some(false) {
        return Ok(Outcome::Fault(
            "these are not the keys that the database was written under".to_owned(),
        ));
    }
    Ok(match store::an_encrypted_phone(db).await? {
        None => Outcome::Sound("they are the database's; nothing is encrypted yet".to_owned()),
        Some((row, cipher)) if keys.decrypt(row, &cipher).is_some() => {
            Outcome::Sound("they are the database's; an encrypted number can be read".to_owned())
        }
        Some((row, _)) => Outcome::Fault(format!("the telephone number of reporter {row} cannot be decrypted")),
    })
}

async fn right_time(db: &Db, clock: &Clock) -> Result<Outcome, DbError> {
    let before = clock.now();
    let newest = store::newest_real_time(db, before).await?;
    let after = clock.now();
    Ok(match newest {
        // PostgreSQL tells its own time, which must lie between the two readings.
        Some(theirs) if !db.is_embedded() => {
            let skew = (before.seconds() - theirs.seconds())
                .max(theirs.seconds() - after.seconds())
                .max(0);
            if skew <= MOST_CLOCK_SKEW {
                Outcome::Sound(format!("{after}, as PostgreSQL's"))
            } else {
                Outcome::Fault(format!("this machine says {after}, PostgreSQL {theirs}"))
            }
        }
        // A sign-in cannot have happened in the future.
        Some(theirs) if theirs.seconds() > after.seconds() + MOST_CLOCK_SKEW => {
            Outcome::Fault(format!("this machine says {after}, but a session was used at {theirs}"))
        }
        _ => Outcome::Sound(after.to_string()),
    })
}

fn disk(settings: &Settings) -> Outcome {
    if !settings.is_embedded() {
        return Outcome::Skipped("PostgreSQL's is on its own machine".to_owned());
    }
    let folder = settings
        .sqlite_file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let text = format!("{} MiB free", free / (1024 * 1024));
            if free >= LEAST_FREE {
                Outcome::Sound(text)
            } else {
                Outcome::Fault(format!("{text}, fewer than {}", LEAST_FREE / (1024 * 1024)))
            }
        }
        Err(fault) => Outcome::Fault(format!("{}: {fault}", folder.display())),
    }
}

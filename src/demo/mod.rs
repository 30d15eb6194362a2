//! The demo: the speech of 2019-01-14 as a data set that a stranger can act in.
//!
//! [`script`] says *what* happened, as plain values without a database; [`load`] puts it through the API itself. Names
//! are invented, enterprises are marked 示例, and no leader who ever held office appears. A demo's database is marked, so
//! that nothing else is ever taken for one; its business clock is [`clock`]'s, and `/sandbox` exists there only.

pub mod clock;
pub mod fill;
pub mod load;
pub mod sandbox;
pub mod script;
pub mod serve;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::Value;

use crate::auth::keys::Keys;
use crate::config::Settings;
use crate::db::{Db, DbError, setting, sql};
use load::{LoadError, MARK};
use script::{SPEECH_SEED, Script};

/// What a database holds, as far as a demo is concerned.
#[derive(Clone, Debug, PartialEq)]
pub enum Holds {
    /// Nothing but what ships.
    Nothing,
    /// The demo, with where its fixtures are.
    Demo(Value),
    /// Somebody's data: never to be touched.
    OtherData,
}

/// Looks what a migrated database holds.
pub async fn holds(db: &Db) -> Result<Holds, DbError> {
    if let Some(mark) = setting::get(db, MARK).await? {
        return Ok(Holds::Demo(mark));
    }
    let (rows,): (i64,) = sql("SELECT (SELECT COUNT(*) FROM org) + (SELECT COUNT(*) FROM person) \
         + (SELECT COUNT(*) FROM campaign) + (SELECT COUNT(*) FROM problem)")
    .one(db)
    .await?;
    Ok(if rows == 0 { Holds::Nothing } else { Holds::OtherData })
}

/// Loads the speech into a migrated database that holds nothing.
///
/// # Errors
/// Where the database or a rule refuses.
pub async fn load_speech(db: &Db, settings: &Settings, keys: Arc<Keys>) -> Result<(), LoadError> {
    load::load(db, settings, keys, &Script::speech(SPEECH_SEED)).await
}

//! `serve --demo` and `demo reset`: a database that is empty gets the demo, one that holds it goes on, any other is
//! refused.

use std::sync::Arc;

use super::load::LoadError;
use super::{Holds, clock, holds, load_speech, sandbox};
use crate::auth::keys::Keys;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::{Db, DbError};
use crate::error::ApiError;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database is in use for something else.
    #[error("this database holds other data than the demo: give the demo a file of its own (--sqlite-file demo.db)")]
    OtherData,
    /// Loading failed.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// What was cut off could not be done over.
    #[error("the demo could not be loaded again: {0}")]
    Again(ApiError),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Refuses a database of ours that holds anything but demo data, before anything in it is changed.
///
/// # Errors
/// [`DemoError::OtherData`].
pub async fn refuse_other_data(db: &Db) -> Result<(), DemoError> {
    let is_ours = !db.schema_state().await?.applied.is_empty();
    if is_ours && holds(db).await? == Holds::OtherData {
        return Err(DemoError::OtherData);
    }
    Ok(())
}

/// Makes sure that a migrated database holds the demo; the business clock goes on where it stood.
///
/// # Errors
/// Where the database holds anything but demo data.
pub async fn prepare(db: &Db, settings: &Settings, keys: Arc<Keys>) -> Result<Clock, DemoError> {
    match holds(db).await? {
        Holds::Demo(mark) if mark["loading"] == true => {
            tracing::info!("loading the demo anew, for its loading was cut off; this takes some seconds");
            sandbox::load_again(db, settings, keys)
                .await
                .map_err(DemoError::Again)?;
        }
        Holds::Demo(_) => {}
        Holds::Nothing => {
            tracing::info!("loading the demo, the speech's data set; this takes some seconds");
            load_speech(db, settings, keys).await?;
        }
        Holds::OtherData => return Err(DemoError::OtherData),
    }
    Ok(clock::go_on(db).await?.unwrap_or_else(Clock::real))
}

/// One screen: where to look, how to come in, and a line that shows it.
pub fn welcome(url: &str) -> String {
    let (clients, people): (Vec<_>, Vec<_>) = sandbox::accounts()
        .into_iter()
        .partition(|account| account.role == "integrator");
    let lines = |accounts: Vec<sandbox::DemoAccount>| {
        let line = |account: sandbox::DemoAccount| {
            format!("  {:<12} {:<14} {}", account.role, account.username, account.password)
        };
        accounts.into_iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let (people, clients) = (lines(people), lines(clients));
    format!(
        "sanfuwu 三服务 · demo: the speech of 2019-01-14\n\n\
         Browse     {url}/docs/\n\
         Document   {url}/openapi.json\n\
         Fixtures   {url}/api/v1/sandbox/fixtures\n\n\
         Accounts (role, user name, password)\n{people}\n\n\
         Client (role, client_id, client_secret; grant_type=client_credentials)\n{clients}\n\n\
         Try it\n  \
         TOKEN=$(curl -s {url}/api/v1/auth/token -d grant_type=password -d username=dispatcher \\\n    \
         -d password=sanfuwu-demo-dispatcher | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\n  \
         curl -s -H \"Authorization: Bearer $TOKEN\" '{url}/api/v1/problems?limit=2'\n\n\
         Started again it goes on; `sanfuwu demo reset` starts over. Ctrl-C stops it."
    )
}

//! Puts the script into a database, as the people in it would have done.
//!
//! The directory is entered through its stores, in one transaction; everything after that is asked for through the real
//! router, by whoever did it, with the business clock standing at the moment at which it was done. So the demo can hold
//! nothing that the rules refuse, and a rule that changes is noticed here. The same seed gives the same rows: ids are
//! counted, and only secrets (receipt codes, nonces) are drawn.

mod acts;
mod client;
pub(in crate::demo) mod directory;
mod records;

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::web;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;
use uuid::Uuid;

use super::script::Script;
use crate::app::{App, AppFault};
use crate::auth::keys::Keys;
use crate::clock::{Clock, Ids, Timestamp};
use crate::config::Settings;
use crate::db::{Db, DbError, setting};
use crate::error::ApiError;
use crate::tasks::store::take::first_due;

/// The setting that marks a database as holding the demo and nothing else.
pub const MARK: &str = "demo";
/// Ids of the demo's rows; a campaign of another seed starts with other numbers.
const SERIES: u32 = 0x0190_0000;

/// Why the demo could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The script asked for something that the rules refuse: a bug in one of the two.
    #[error("the demo's {what} was refused: {answer}")]
    Refused {
        /// What was asked for.
        what: String,
        /// What was answered.
        answer: String,
    },
    /// The script names something that it did not make.
    #[error("the demo's script names `{0}`, which it did not make")]
    Unknown(String),
    /// A store refused.
    #[error("the demo could not be stored: {0}")]
    Api(#[from] ApiError),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The application.
    #[error(transparent)]
    App(#[from] AppFault),
}

/// Where each key of the script ended up.
#[derive(Debug, Default)]
pub struct Places {
    pub(in crate::demo) orgs: BTreeMap<String, Uuid>,
    pub(in crate::demo) people: BTreeMap<String, Uuid>,
    pub(in crate::demo) objects: BTreeMap<String, Uuid>,
    pub(in crate::demo) visits: BTreeMap<String, Uuid>,
    pub(in crate::demo) problems: BTreeMap<String, Uuid>,
    pub(in crate::demo) plans: BTreeMap<String, Uuid>,
    pub(in crate::demo) parts: BTreeMap<String, Uuid>,
    /// What requests made, by kind and key.
    pub(in crate::demo) made: BTreeMap<String, Uuid>,
    /// Codes of receipts, by the key of the problem.
    pub(in crate::demo) receipts: BTreeMap<String, String>,
}

impl Places {
    /// The id of a key of this kind.
    fn named(&self, kind: &str, key: &str) -> Result<Uuid, LoadError> {
        match kind {
            "orgs" => id_of(&self.orgs, key),
            "people" => id_of(&self.people, key),
            "objects" => id_of(&self.objects, key),
            "visits" => id_of(&self.visits, key),
            "problems" => id_of(&self.problems, key),
            "plans" => id_of(&self.plans, key),
            kind => id_of(&self.made, &format!("{kind}/{key}")),
        }
    }
}

/// The id of a key.
pub(in crate::demo) fn id_of(places: &BTreeMap<String, Uuid>, key: &str) -> Result<Uuid, LoadError> {
    places
        .get(key)
        .copied()
        .ok_or_else(|| LoadError::Unknown(key.to_owned()))
}

/// Loads the script into a migrated database that holds nothing but what ships.
///
/// # Errors
/// Where anything is refused; what was stored by then stays, and the mark is not set.
pub async fn load(db: &Db, settings: &Settings, keys: Arc<Keys>, script: &Script) -> Result<(), LoadError> {
    let clock = Clock::frozen(script.clock_starts_at.into());
    let app = App::new(
        settings.clone(),
        db.clone(),
        keys,
        clock,
        Clock::real(),
        Ids::counted(SERIES),
    )?;
    let app = web::Data::new(app);
    // Marked before the first row: a load that is cut off is found, and done over, at the next start.
    set_mark(&app, json!({ "loading": true })).await?;
    let loading = async {
        let mut places = directory::enter(&app, script).await?;
        let client = client::Client::new(app.clone(), script, &places).await?;
        records::carry_out(&client, script, &mut places).await?;
        by_itself(&app, script.clock_starts_at).await?;
        let assignments = acts::found_assignments(&client, script, &places).await?;
        mark(&app, script, &places, assignments).await
    };
    // Two thousand requests of the past are no log's business.
    loading.with_subscriber(NoSubscriber::default()).await
}

/// What nobody did by a moment happens by itself, each at its own time.
async fn by_itself(app: &web::Data<App>, until: DateTime<Utc>) -> Result<(), LoadError> {
    if let Some(first) = first_due(&app.db, None, until.into()).await? {
        app.clock.set(first);
        super::clock::move_to(app, until.into()).await?;
    }
    Ok(())
}

/// Remembers that this is a demo, where its fixtures are, and what time it is there.
async fn mark(app: &App, script: &Script, places: &Places, assignments: Value) -> Result<(), LoadError> {
    let found = |keys: &BTreeMap<&'static str, String>, places: &BTreeMap<String, Uuid>| -> Result<_, LoadError> {
        keys.iter()
            .map(|(name, key)| Ok(((*name).to_owned(), json!(id_of(places, key)?))))
            .collect::<Result<serde_json::Map<String, Value>, LoadError>>()
    };
    let value = json!({
        "seed": script.seed,
        "problems": found(&script.fixtures.problems, &places.problems)?,
        "shows": found(&script.fixtures.shows, &places.problems)?,
        "plans": found(&script.fixtures.plans, &places.plans)?,
        "assignments": assignments,
        "receipt": {
            "problem": id_of(&places.problems, &script.fixtures.receipt)?,
            "code": places.receipts.get(&script.fixtures.receipt),
        },
        "visits": found(&script.fixtures.visits, &places.visits)?,
        "further": found(&script.fixtures.further, &places.made)?,
    });
    set_mark(app, value).await?;
    let mut tx = app.db.begin().await?;
    super::clock::keep(&mut tx, Timestamp::from(script.clock_starts_at)).await?;
    tx.commit().await?;
    Ok(())
}

/// Marks the database as a demo's.
pub(in crate::demo) async fn set_mark(app: &App, value: Value) -> Result<(), LoadError> {
    let mut tx = app.db.begin().await?;
    setting::put(&mut tx, MARK, value, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

//! What must be there before the first request: the database, at this version's schema, with what ships in the binary;
//! the keys that belong to it; the application.

use std::path::Path;
use std::sync::Arc;

use actix_web::web;
use secrecy::ExposeSecret as _;

use super::key_source::{self, KeySourceError};
use crate::app::{App, AppFault};
use crate::clock::{Clock, Ids};
use crate::config::Settings;
use crate::db::{self, Db, DbError, FileFault, Held, MigrateError};
use crate::demo::serve::{DemoError, prepare, refuse_other_data};
use crate::demo::{Holds, holds};
use crate::directory::seed::{Extent, ensure};

/// Why there is nothing to serve with.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database's file.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] DbError),
    /// Its schema.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeySourceError),
    /// The application.
    #[error(transparent)]
    App(#[from] AppFault),
    /// The demo.
    #[error(transparent)]
    Demo(#[from] DemoError),
}

/// Opens the database of the settings; creates the embedded one where it is missing.
///
/// # Errors
/// Where it cannot be opened or does not answer.
pub async fn database(settings: &Settings) -> Result<Db, DbError> {
    match &settings.database_url {
        Some(url) => {
            Db::postgres(
                url.expose_secret(),
                settings.database_connections,
                settings.serving_threads(),
            )
            .await
        }
        None => Db::sqlite(&settings.sqlite_file).await,
    }
}

/// The same for a database that must be there already.
///
/// # Errors
/// `FileFault::Missing` where the embedded one is not.
pub async fn existing_database(settings: &Settings) -> Result<Db, FileFault> {
    if settings.is_embedded() && !settings.sqlite_file.is_file() {
        return Err(FileFault::Missing(settings.sqlite_file.clone()));
    }
    Ok(database(settings).await?)
}

/// Brings a database to this version's schema and puts in what ships in the binary; how many migrations were applied.
/// `clock` is business time.
///
/// # Errors
/// Where the database is newer than this binary, or refuses.
pub async fn migrate(settings: &Settings, db: &Db, clock: &Clock) -> Result<usize, StartError> {
    let file = settings.is_embedded().then_some(settings.sqlite_file.as_path());
    let applied = db.migrate(file).await?;
    ensure(db, clock.now(), Extent::Everything).await?;
    Ok(applied)
}

/// What there is to serve with.
#[derive(Debug)]
pub struct Started {
    /// The application.
    pub app: web::Data<App>,
    /// The lock on an embedded database, to be kept while it is served.
    pub held: Option<Held>,
}

/// An application on the database of the settings, and the lock on an embedded one, to be kept while it is served.
///
/// # Errors
/// Where something is missing or does not fit; the message says what to do.
pub async fn application(settings: Settings, clock: Option<Clock>) -> Result<Started, StartError> {
    let embedded: Option<&Path> = settings.is_embedded().then_some(settings.sqlite_file.as_path());
    let held = embedded.map(db::hold).transpose()?;
    let db = database(&settings).await?;
    let real_clock = Clock::real();
    if settings.demo {
        refuse_other_data(&db).await?;
    }
    key_source::must_be_there(&settings)?;
    migrate(&settings, &db, clock.as_ref().unwrap_or(&real_clock)).await?;
    let keys = Arc::new(key_source::keys(&settings, &db, real_clock.now()).await?);
    let stood = if settings.demo {
        Some(prepare(&db, &settings, Arc::clone(&keys)).await?)
    } else {
        if matches!(holds(&db).await?, Holds::Demo(_)) {
            tracing::warn!("this database holds a demo, whose passwords everybody knows: serve it with --demo, alone");
        }
        None
    };
    let clock = clock.or(stood).unwrap_or_else(Clock::real);
    let app = App::new(settings, db, keys, clock, real_clock, Ids::random())?;
    app.rights
        .refresh(&app.db, app.real_clock.now(), app.clock.now())
        .await?;
    app.current_calendar.refresh(&app.db).await?;
    Ok(Started {
        app: web::Data::new(app),
        held,
    })
}

/// An application for a command of its own; a server may run beside it.
///
/// # Errors
/// Where something is missing or does not fit; the message says what to do.
pub async fn unserved(settings: Settings) -> Result<App, StartError> {
    let db = database(&settings).await?;
    let clock = Clock::real();
    key_source::must_be_there(&settings)?;
    migrate(&settings, &db, &clock).await?;
    let keys = Arc::new(key_source::keys(&settings, &db, clock.now()).await?);
    let app = App::new(settings, db, keys, clock.clone(), clock, Ids::random())?;
    app.current_calendar.refresh(&app.db).await?;
    Ok(app)
}

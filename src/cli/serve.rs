//! `sanfuwu serve`.

use std::str::FromStr;

use clap::Args;

use super::Failure;
use super::output::say;
use super::settings::Flags;
use crate::auth::accounts::first_administrator;
use crate::clock::{Clock, Timestamp};
use crate::config::Settings;
use crate::server::start::Started;
use crate::{demo, server, telemetry};

/// Serve the API.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Serve the demo, the speech of 2019-01-14: loads it where the database is empty, goes on where it holds it, and
    /// refuses a database that holds anything else
    #[arg(long)]
    demo: bool,
    /// Business time: `real`, or an instant such as 2019-01-14T17:00:00+08:00 from which it ticks on; tokens, logs and
    /// the Date header keep real time. By default real, and in the demo where it stood
    #[arg(long, value_name = "real|INSTANT")]
    clock: Option<StartOfTime>,
    #[command(flatten)]
    flags: Flags,
}

/// Where business time begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StartOfTime {
    Real,
    At(Timestamp),
}

impl FromStr for StartOfTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "real" => Ok(Self::Real),
            text => text
                .parse()
                .map(Self::At)
                .map_err(|_| "neither `real` nor an instant such as 2019-01-14T17:00:00+08:00".to_owned()),
        }
    }
}

impl StartOfTime {
    fn clock(self) -> Clock {
        match self {
            Self::Real => Clock::real(),
            Self::At(instant) => Clock::starting_at(instant),
        }
    }
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut settings = self.flags.settings()?;
        settings.demo = self.demo;
        telemetry::start_log(&settings);
        actix_web::rt::System::new().block_on(serve(settings, self.clock.map(StartOfTime::clock)))
    }
}

async fn serve(settings: Settings, clock: Option<Clock>) -> Result<(), Failure> {
    let Started { app, held: _held } = server::start::application(settings, clock).await.map_err(Failure::of)?;
    let database = if app.settings.is_embedded() {
        app.settings.sqlite_file.display().to_string()
    } else {
        "PostgreSQL".to_owned()
    };
    let (is_demo, administrator) = (app.settings.demo, app.settings.admin_username.clone());
    let listening = server::listen(app.clone()).map_err(Failure::of)?;
    // Made last: behind this nothing can fail before its one-time password is shown. A demo has one of its own.
    let first_password = first_administrator(&app)
        .await
        .map_err(|fault| Failure::of(format!("the first administrator: {fault}")))?;
    let address = listening.address;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), %address, database, "serving");
    say(&if is_demo {
        demo::serve::welcome(&format!("http://{address}"))
    } else {
        format!("sanfuwu listens on http://{address} (browse http://{address}/docs/)")
    });
    if let Some(password) = first_password {
        say(&format!(
            "The first administrator is `{administrator}`, with the one-time password {password}\n\
             It is shown this once and must be changed at the first sign-in (POST /api/v1/me/password)."
        ));
    }
    listening.serve().await.map_err(Failure::of)
}

//! `sanfuwu demo reset` and `sanfuwu demo-data`.

use std::sync::Arc;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;
use super::output::say;
use super::settings::Flags;
use crate::app::App;
use crate::clock::{Clock, Ids};
use crate::demo::fill::{Amount, fill};
use crate::demo::{Holds, holds, sandbox};
use crate::error::Code;
use crate::server::{key_source, start};
use crate::{db, telemetry};

/// What can be done to a demo.
#[derive(Debug, Subcommand)]
pub(super) enum DemoCommand {
    /// Start the demo over: everything that was done in it is gone; no server may run
    Reset(Box<Flags>),
}

/// Fill an empty database with generated visits and problems, for trials and measurements.
#[derive(Debug, Args)]
pub(super) struct DemoData {
    /// Problems to make
    #[arg(long, default_value_t = 10_000)]
    problems: usize,
    /// Visits to make
    #[arg(long, default_value_t = 1_000)]
    visits: usize,
    /// What chance begins with: the same seed gives the same rows
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    flags: Box<Flags>,
}

pub(super) fn run(command: &DemoCommand) -> Result<(), Failure> {
    let DemoCommand::Reset(flags) = command;
    let settings = flags.settings()?;
    telemetry::start_log(&settings);
    actix_web::rt::System::new().block_on(async {
        let _held = settings
            .is_embedded()
            .then(|| db::hold(&settings.sqlite_file))
            .transpose()
            .map_err(Failure::of)?;
        let db = start::existing_database(&settings).await.map_err(Failure::of)?;
        let keys = key_source::keys(&settings, &db, Clock::real().now())
            .await
            .map_err(Failure::of)?;
        let app = App::new(settings, db, keys, Clock::real(), Clock::real(), Ids::random()).map_err(Failure::of)?;
        sandbox::start_over(&app).await.map_err(|fault| match fault.code() {
            Code::NotFound => Failure::of("this database is not a demo's; nothing was touched"),
            _ => Failure::of(fault),
        })?;
        app.db.close().await;
        say("the demo is as at the beginning");
        Ok(())
    })
}

impl DemoData {
    pub(super) fn run(self) -> Result<(), Failure> {
        let settings = self.flags.settings()?;
        telemetry::start_log(&settings);
        actix_web::rt::System::new().block_on(async {
            let _held = settings
                .is_embedded()
                .then(|| db::hold(&settings.sqlite_file))
                .transpose()
                .map_err(Failure::of)?;
            let db = start::database(&settings).await.map_err(Failure::of)?;
            start::migrate(&settings, &db, &Clock::real())
                .await
                .map_err(Failure::of)?;
            if holds(&db).await.map_err(Failure::of)? != Holds::Nothing {
                return Err(Failure::of("this database is not empty; nothing was touched"));
            }
            let keys = key_source::keys(&settings, &db, Clock::real().now())
                .await
                .map_err(Failure::of)?;
            let total = u64::try_from(self.problems + self.visits).unwrap_or(0);
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} rows, {elapsed}, {eta} to go");
            let bar = ProgressBar::new(total).with_style(style.map_err(Failure::of)?);
            let amount = Amount {
                problems: self.problems,
                visits: self.visits,
                seed: self.seed,
            };
            let told = |done: usize, _: usize| bar.set_position(u64::try_from(done).unwrap_or(0));
            fill(&db, &settings, Arc::new(keys), amount, told)
                .await
                .map_err(Failure::of)?;
            bar.finish();
            db.close().await;
            say(&format!("made {} visits and {} problems", self.visits, self.problems));
            Ok(())
        })
    }
}

//! The command line. A command says what it did on standard output and what went wrong on standard error.
//!
//! Exit codes: 0 it is done; 1 it could not be done, or `doctor` found something wrong; 2 it was asked for wrongly
//! (arguments, configuration, a command that this database does not have).

mod database;
mod demo;
mod health;
mod import;
mod output;
mod serve;
mod settings;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::auth::keys::Keys;
use crate::config::ConfigFaults;
use crate::openapi;
use import::Import;
use output::say;
use serve::Serve;
use settings::Flags;

/// What can be asked for on the command line.
#[derive(Debug, Parser)]
#[command(
    name = "sanfuwu",
    version,
    about = "三服务: the API of a government that goes out to serve"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (brings the database to this version first)
    Serve(Box<Serve>),
    /// Bring the database to this version's schema, and end
    Migrate(Box<Flags>),
    /// Read a roster from a CSV file into the database, whole or not at all
    Import(Box<Import>),
    /// Print the OpenAPI document
    Openapi,
    /// Print new keys, for the setting `keys` or the file that `key_file` names
    Keygen,
    /// Ask the server at the configured address whether it lives
    Healthcheck(Box<Flags>),
    /// Copy the embedded database, which may be in use, into a new file, and the files of its attachments beside it
    ///
    /// The files go into the folder FILE.attachments, each compared with its hash, and only then FILE gets its name.
    /// The two are one backup; keys are not in it. Files that are lost are told, with exit code 1, and the backup is
    /// made without them. What is in a bucket is not copied.
    Backup {
        /// The file to make
        file: PathBuf,
        #[command(flatten)]
        flags: Box<Flags>,
    },
    /// Put a backup in the place of the embedded database, and its files back; no server may run
    ///
    /// What the folder of attachments lacks is taken from FILE.attachments before the database gets its name.
    Restore {
        /// The backup, beside which FILE.attachments lies
        file: PathBuf,
        /// Restore even where files of attachments are neither in the backup nor in their folder
        #[arg(long)]
        incomplete: bool,
        /// Replace the database that is there; it is kept beside the new one under another name
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        flags: Box<Flags>,
    },
    /// Look after the demo's database
    #[command(subcommand)]
    Demo(demo::DemoCommand),
    /// Fill an empty database with generated visits and problems, for trials and measurements
    DemoData(demo::DemoData),
    /// Look whether database, events, keys, files of attachments, disk and clock are sound
    Doctor {
        /// Read every file of an attachment, too, and compare its hash; without it only its size is looked at
        #[arg(long)]
        read_files: bool,
        #[command(flatten)]
        flags: Box<Flags>,
    },
}

/// Why a command was not done.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// It was asked for wrongly.
    fn usage(message: impl Into<String>) -> Self {
        Self {
            code: 2,
            message: message.into(),
        }
    }

    /// It could not be done.
    fn of(fault: impl std::fmt::Display) -> Self {
        Self {
            code: 1,
            message: fault.to_string(),
        }
    }
}

impl From<ConfigFaults> for Failure {
    fn from(faults: ConfigFaults) -> Self {
        Self::usage(format!("the configuration has faults:\n  {}", faults.0.join("\n  ")))
    }
}

/// Does what was asked for.
pub fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Serve(serve) => serve.run(),
        Command::Migrate(flags) => database::migrate(&flags),
        Command::Import(import) => import.run(),
        Command::Openapi => {
            output::write(&openapi::text(&openapi::document()));
            Ok(())
        }
        Command::Keygen => keygen(),
        Command::Healthcheck(flags) => health::check(&flags),
        Command::Backup { file, flags } => database::backup(&file, &flags),
        Command::Restore {
            file,
            incomplete,
            force,
            flags,
        } => database::restore(&file, force, incomplete, &flags),
        Command::Demo(command) => demo::run(&command),
        Command::DemoData(command) => command.run(),
        Command::Doctor { read_files, flags } => database::doctor(read_files, &flags),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure.message);
            ExitCode::from(failure.code)
        }
    }
}

fn keygen() -> Result<(), Failure> {
    say(Keys::generate_text().map_err(Failure::of)?.trim_end());
    Ok(())
}

/// Does what needs a database and no server.
fn on_a_runtime<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::of)?;
    runtime.block_on(work)
}

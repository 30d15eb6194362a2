//! Parses the command line and ends with its exit code.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    sanfuwu::cli::run(sanfuwu::cli::Cli::parse())
}

//! Rosters: people (and, by the same report, service objects) from CSV files.
//!
//! A file is read to its end before anything is written: every fault of every line is told at once, by line and column,
//! and a file with a fault changes nothing. A dry run does all but commit.

pub mod report;

pub use report::{ImportFault, ImportFaults, Report};

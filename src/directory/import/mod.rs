//! Rosters: people (and, by the same report, service objects) from CSV files.
//!
//! A file is read to its end whatever is wrong with it: every fault of every line is told at once, by line and column,
//! and a file with a fault changes nothing. A dry run does all but commit. Importing a file twice changes nothing the
//! second time.

pub mod people;
pub mod report;
pub mod table;
#[cfg(test)]
mod tests;

pub use people::{COLUMNS, import_people};
pub use report::{ImportFault, ImportFaults, Report};
pub use table::LineCounter;

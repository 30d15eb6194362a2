//! `sanfuwu import`: a roster from a CSV file, whole or not at all.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::output::say;
use super::settings::Flags;
use super::{Failure, on_a_runtime};
use crate::app::App;
use crate::directory::import::{COLUMNS, ImportFaults, Report, import_people};
use crate::server::start;
use crate::service_objects::import::{columns_of, import};
use crate::service_objects::words::ObjectType;

/// Import a roster.
#[derive(Debug, Args)]
#[command(after_help = columns())]
pub(super) struct Import {
    /// The CSV file, in UTF-8 with a header; its name says what is in it: people.csv, enterprises.csv,
    /// households.csv, communities.csv
    file: PathBuf,
    /// What is in the file, where its name does not say so
    #[arg(long = "as", value_name = "KIND")]
    kind: Option<Kind>,
    /// Do everything but keep it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    flags: Flags,
}

/// What a roster is a roster of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    People,
    Enterprises,
    Households,
    Communities,
}

impl Kind {
    /// The kind that a file's name says, as `2019-enterprises.csv` does.
    pub(super) fn of(file: &Path) -> Option<Self> {
        let name = file.file_stem()?.to_str()?.to_lowercase();
        Self::value_variants().iter().copied().find(|kind| {
            kind.to_possible_value()
                .is_some_and(|value| name.ends_with(value.get_name()))
        })
    }

    async fn import(self, app: &App, file: File, dry_run: bool) -> Result<Report, ImportFaults> {
        let objects = match self {
            Self::People => return import_people(app, file, dry_run).await,
            Self::Enterprises => ObjectType::Enterprise,
            Self::Households => ObjectType::Household,
            Self::Communities => ObjectType::Community,
        };
        import(app, objects, file, dry_run).await
    }
}

impl Import {
    pub(super) fn run(self) -> Result<(), Failure> {
        let named = || Failure::usage("the file's name does not say what is in it: add --as, such as --as enterprises");
        let kind = self.kind.or_else(|| Kind::of(&self.file)).ok_or_else(named)?;
        let place = self.file.display();
        let file = File::open(&self.file).map_err(|fault| Failure::of(format!("{place}: {fault}")))?;
        let settings = self.flags.settings()?;
        on_a_runtime(async {
            let app = start::unserved(settings).await.map_err(Failure::of)?;
            let report = kind.import(&app, file, self.dry_run).await;
            app.db.close().await;
            match report {
                Ok(report) => {
                    tell(&report);
                    Ok(())
                }
                Err(ImportFaults::File(faults)) => {
                    faults.iter().for_each(|fault| say(&format!("{place}:{fault}")));
                    Err(Failure::of(format!(
                        "{} faults in {place}: nothing was imported",
                        faults.len()
                    )))
                }
                Err(fault) => Err(Failure::of(fault)),
            }
        })
    }
}

/// The columns of each kind of roster, as the importers know them.
fn columns() -> String {
    let line = |kind: &str, columns: Vec<String>| format!("  {kind:<12} {}", columns.join(", "));
    let named = |(name, required): (&str, bool)| format!("{name}{}", if required { "*" } else { "" });
    let people = COLUMNS.iter().map(|column| (column.name, column.required)).map(named);
    let mut lines = vec![line("people", people.collect())];
    for (kind, of) in [
        ("enterprises", ObjectType::Enterprise),
        ("households", ObjectType::Household),
        ("communities", ObjectType::Community),
    ] {
        lines.push(line(kind, columns_of(of).map(named).collect()));
    }
    format!(
        "Columns, in any order; those with * must be there:\n{}\n\nA person is known by username, else by name and org; a \
         line for each role. An organisation is its id, or its name where one alone bears it; a division is its code.",
        lines.join("\n")
    )
}

fn tell(report: &Report) {
    let Report {
        lines,
        created,
        updated,
        unchanged,
        ..
    } = report;
    let kept = if report.dry_run {
        " (dry run: nothing was kept)"
    } else {
        ""
    };
    say(&format!(
        "{lines} lines: {created} created, {updated} updated, {unchanged} unchanged{kept}"
    ));
    for (line, whose, secret) in &report.secrets {
        say(&format!("{line}: {whose}: {secret}"));
    }
}

//! Rosters of enterprises, households and communities from CSV files: the installation's own, so they reach everywhere.
//!
//! A line is what `POST /service-objects` takes, under the same document and rules. It means the object that bears its
//! credit code, is its town or village, or else has its name (a household: its alias) in its division; it makes one
//! where there is none. An empty cell leaves what is there. All is one transaction: a file with any fault changes
//! nothing and is told every fault (a line's references are looked up once its form is right); a dry run does all but
//! commit.

mod rows;
#[cfg(test)]
mod tests;

pub use self::rows::columns_of;
use std::collections::HashSet;
use std::io::Read;

use uuid::Uuid;

use super::domain::{Draft, Enterprise};
use super::dto::ServiceObjectPatch;
use super::entry::{self, Settled};
use super::reach::Reach;
use super::store::{self, ObjectRow};
use super::words::ObjectType;
use crate::app::App;
use crate::db::{DbError, Tx};
use crate::directory::import::{ImportFault, ImportFaults, Report};
use crate::error::{Fault, FaultCode};
use crate::events::Act;

/// Reads a roster of objects of one type into the database.
///
/// # Errors
/// What is wrong with the file, line by line; or that it could not be read, or the database failed.
pub async fn import(app: &App, kind: ObjectType, file: impl Read, dry_run: bool) -> Result<Report, ImportFaults> {
    let (lines, mut faults) = rows::read(app, kind, file)?;
    let mut roster = Roster {
        app,
        kind,
        act: Act::of_the_service(app.clock.now()),
        seen: HashSet::new(),
        report: Report {
            lines: u64::try_from(lines.len()).unwrap_or(u64::MAX),
            dry_run,
            ..Report::default()
        },
    };
    let mut tx = app.db.begin().await?;
    for line in lines {
        match line.patch {
            Some(patch) => faults.extend(roster.take(&mut tx, line.number, patch).await?),
            None => faults.extend(line.faults),
        }
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Err(ImportFaults::File(faults));
    }
    if !dry_run {
        tx.commit().await?;
    }
    Ok(roster.report)
}

/// An import under way.
struct Roster<'a> {
    app: &'a App,
    kind: ObjectType,
    act: Act,
    /// The objects that earlier lines made or meant.
    seen: HashSet<Uuid>,
    report: Report,
}

impl Roster<'_> {
    /// Takes one line; its faults, where it has any.
    async fn take(
        &mut self,
        tx: &mut Tx,
        number: u64,
        patch: ServiceObjectPatch,
    ) -> Result<Vec<ImportFault>, ImportFaults> {
        let told = |faults: Vec<_>| {
            faults
                .iter()
                .map(|fault| rows::told(number, self.kind, fault))
                .collect()
        };
        // What the line says by itself tells which object it means.
        let alone = match self.settle(tx, Draft::blank(self.kind), patch.clone()).await? {
            Ok(settled) => settled,
            Err(faults) => return Ok(told(faults)),
        };
        let Some(row) = self.meant(tx, &alone).await? else {
            let id = entry::create(tx, self.app, &Reach::Everywhere, &self.act, &alone).await?;
            self.seen.insert(id);
            self.report.created += 1;
            return Ok(Vec::new());
        };
        if !self.seen.insert(row.id) {
            return Ok(vec![ImportFault::new(
                number,
                key_column(&alone.draft),
                FaultCode::Repeated,
            )]);
        }
        if row.ended_at.is_some() {
            return Ok(vec![ImportFault::because(
                number,
                None,
                FaultCode::Conflict,
                "该对象已终止",
            )]);
        }
        let settled = match self.settle(tx, row.draft(), patch).await? {
            Ok(settled) => settled,
            Err(faults) => return Ok(told(faults)),
        };
        if entry::change(tx, self.app, &Reach::Everywhere, &self.act, &row, &settled, None).await? {
            self.report.updated += 1;
        } else {
            self.report.unchanged += 1;
        }
        Ok(Vec::new())
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        before: Draft,
        patch: ServiceObjectPatch,
    ) -> Result<Result<Settled, Vec<Fault>>, DbError> {
        entry::settle(tx, &Reach::Everywhere, &self.act, before, patch).await
    }

    /// The object that a line means, where there is one.
    async fn meant(&self, tx: &mut Tx, line: &Settled) -> Result<Option<ObjectRow>, DbError> {
        let draft = &line.draft;
        let uscc = draft
            .enterprise
            .as_ref()
            .and_then(|enterprise| enterprise.uscc.as_deref());
        let id = match (uscc, draft.unit_division()) {
            (Some(uscc), _) => store::find_by_uscc(&mut *tx, uscc).await?.map(|(id, _)| id),
            (None, Some(unit)) => store::find_by_unit(&mut *tx, unit).await?.map(|(id, _)| id),
            (None, None) => {
                let name = draft
                    .household
                    .as_ref()
                    .map_or(&draft.name, |household| &household.alias);
                store::find_by_name(&mut *tx, self.kind, line.division, name).await?
            }
        };
        match id {
            Some(id) => store::find_anywhere(tx, id).await,
            None => Ok(None),
        }
    }
}

/// The column that says which object a line means.
fn key_column(draft: &Draft) -> &'static str {
    match (draft.kind, &draft.enterprise) {
        (ObjectType::Enterprise, Some(Enterprise { uscc: Some(_), .. })) => "uscc",
        (ObjectType::Household, _) => "alias",
        (ObjectType::Community, _) if draft.unit_division().is_some() => "division",
        _ => "name",
    }
}

//! Puts what ships in the binary into a database that lacks it: the divisions of Zhejiang and the terms of the speech.
//! Runs after every migration, changes nothing that is there, and is done within one transaction.

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

use super::shipped::{self, Share, ShippedDivision};
use super::terms_shipped::{SHIPPED_TERMS, VALID_FROM, term_id};
use crate::clock::Timestamp;
use crate::db::{AdvisoryLock, Db, DbError, Tx, Value, setting, sql};

/// The setting that tells which editions were put in.
const SETTING: &str = "shipped";
/// Rows an INSERT carries: 13 columns × 1,000 stay well under both databases' limits.
const BATCH: usize = 1_000;

/// Which of the shipped divisions to put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Province, cities, counties, towns and villages: 27,038 divisions.
    Everything,
    /// Towns and villages of one county only, for tests.
    TownsOf(&'static str),
}

/// Puts in what is missing; true where it did.
pub async fn ensure(db: &Db, now: Timestamp, extent: Extent) -> Result<bool, DbError> {
    if setting::get(db, SETTING).await?.is_some() {
        return Ok(false);
    }
    let mut tx = db.begin().await?;
    // Replicas that start together: the second waits here for the first and then finds the row.
    tx.take(AdvisoryLock::Shipped).await?;
    if setting::get(&mut tx, SETTING).await?.is_some() {
        return Ok(false);
    }
    terms(&mut tx, now).await?;
    divisions(&mut tx, now, extent).await?;
    let editions = json!({ "divisions": "2019-01-14, 2023-06-30", "terms": "2019-01-14" });
    setting::put(&mut tx, SETTING, editions, now).await?;
    tx.commit().await?;
    Ok(true)
}

async fn terms(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    // Headings first: a term refers to its parent.
    let mut shipped: Vec<_> = SHIPPED_TERMS.iter().collect();
    shipped.sort_by_key(|term| term.parent.is_some());
    let rows = shipped.into_iter().map(|term| -> [Value; 11] {
        [
            term.id().into(),
            term.kind.into(),
            term.code.into(),
            term.audience.into(),
            term.parent.map(|parent| term_id(term.kind, parent)).into(),
            term.zh.into(),
            term.en.into(),
            i64::from(term.sort_order).into(),
            VALID_FROM.into(),
            now.into(),
            now.into(),
        ]
    });
    sql("INSERT INTO term (id, kind, code, audience, parent_id, zh, en, sort_order, valid_from, created_at, updated_at)")
        .values(rows)
        .run(tx)
        .await?;
    Ok(())
}

async fn divisions(tx: &mut Tx, now: Timestamp, extent: Extent) -> Result<(), DbError> {
    let wanted = |division: &ShippedDivision| match extent {
        Extent::Everything => true,
        Extent::TownsOf(county) => division.code.starts_with(county),
    };
    let all: Vec<ShippedDivision> = shipped::province_cities_counties()
        .chain(shipped::towns().filter(wanted))
        .chain(shipped::villages().filter(wanted))
        .collect();
    let ids: HashMap<&str, Uuid> = all.iter().map(|division| (division.code, division.id())).collect();
    let parents: HashMap<Uuid, Uuid> = all
        .iter()
        .filter_map(|division| Some((division.id(), *ids.get(division.parent_code?)?)))
        .collect();
    for (batch_index, batch) in all.chunks(BATCH).enumerate() {
        let rows = batch.iter().enumerate().map(|(index, division)| -> [Value; 11] {
            let order = i64::try_from(batch_index * BATCH + index).unwrap_or(0);
            [
                division.id().into(),
                division.code.into(),
                division.name.into(),
                division.full_name.as_str().into(),
                division.level.as_str().into(),
                parents.get(&division.id()).copied().into(),
                division.valid_from.into(),
                division.valid_to.into(),
                order.into(),
                now.into(),
                now.into(),
            ]
        });
        sql(
            "INSERT INTO division (id, code, name, full_name, level, parent_id, valid_from, valid_to, sort_order, \
             created_at, updated_at)",
        )
        .values(rows)
        .run(tx)
        .await?;
    }
    let closure: Vec<(Uuid, Uuid, i64)> = all
        .iter()
        .flat_map(|division| ancestors(division.id(), &parents))
        .collect();
    for batch in closure.chunks(BATCH * 5) {
        let rows = batch.iter().map(|(ancestor, descendant, depth)| -> [Value; 3] {
            [(*ancestor).into(), (*descendant).into(), (*depth).into()]
        });
        sql("INSERT INTO division_ancestor (ancestor_id, descendant_id, depth)")
            .values(rows)
            .run(tx)
            .await?;
    }
    let rows = shipped::successors()
        .iter()
        .filter_map(|succession| -> Option<[Value; 3]> {
            let share = match succession.share {
                Share::Main => "main",
                Share::Part => "part",
            };
            Some([
                (*ids.get(succession.old_code)?).into(),
                (*ids.get(succession.new_code)?).into(),
                share.into(),
            ])
        });
    sql("INSERT INTO division_successor (old_id, new_id, share)")
        .values(rows)
        .run(tx)
        .await?;
    Ok(())
}

fn ancestors(division: Uuid, parents: &HashMap<Uuid, Uuid>) -> Vec<(Uuid, Uuid, i64)> {
    let mut rows = Vec::with_capacity(5);
    let (mut ancestor, mut depth) = (Some(division), 0);
    while let Some(id) = ancestor {
        rows.push((id, division, depth));
        (ancestor, depth) = (parents.get(&id).copied(), depth + 1);
    }
    rows
}

//! The end of an organisation, and the passing on of its open work in the same transaction.
//!
//! What it leads, supports, studies, was asked to study or is proposed for, its open assignments, its open visits, the
//! objects that it looks after, its to-dos and the organisations below it go to the successor; on a problem it remains
//! as former lead, so that its history stays readable. The person who worked on a problem stays named until the
//! successor's head hands it over. Its competence, memberships and clients are `entitlements`' affair. This is the one
//! act outside the workflow that changes whose a problem is, so it writes its event on every problem and visit that it
//! touches. Locks are taken in the common order: visits, then problems by id.

use serde_json::json;
use uuid::Uuid;

use super::domain::OpenWork;
use super::tree;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, On, Sql, Tx, sql};
use crate::events::store::{append, append_to};
use crate::events::{Act, Head, NewEvent};
use crate::problems::store::change::note_behind;

/// Problems that a statement takes at a time.
const BATCH: usize = 500;

/// Who takes over from whom.
#[derive(Clone, Copy, Debug)]
pub struct Succession {
    /// The organisation that ends.
    pub old: Uuid,
    /// The one that takes over.
    pub new: Uuid,
}

/// What an organisation has open.
pub async fn open_work(on: impl Into<On<'_>>, org: Uuid) -> Result<OpenWork, DbError> {
    // A problem is counted once for each way in which the organisation has a part in it.
    macro_rules! problems {
        ($parts:literal) => {
            concat!(
                "(SELECT COUNT(DISTINCT x.problem_id) FROM problem_org x JOIN problem p ON p.id = x.problem_id \
                 WHERE x.org_id = $1 AND x.part IN (",
                $parts,
                ") \
                 AND p.state NOT IN ('closed', 'declined', 'merged', 'withdrawn'))"
            )
        };
    }
    let (leading, supporting, studying, referrals, visits, service_objects, organisations) = sql(concat!(
        "SELECT ",
        problems!("'lead', 'proposed_lead'"),
        ", ",
        problems!("'supporting', 'proposed_supporting'"),
        ", ",
        problems!("'study'"),
        ", (SELECT COUNT(*) FROM referral f WHERE f.org_id = $1 AND f.answered_at IS NULL AND f.ended_at IS NULL), \
         (SELECT COUNT(*) FROM visit v WHERE v.org_id = $1 AND v.state IN ('planned', 'in_progress')), \
         (SELECT COUNT(*) FROM service_object s WHERE s.owner_org_id = $1 AND s.ended_at IS NULL), \
         (SELECT COUNT(*) FROM org o WHERE o.parent_id = $1 AND o.ended_at IS NULL)"
    ))
    .bind(org)
    .one(on)
    .await?;
    Ok(OpenWork {
        leading,
        supporting,
        studying,
        referrals,
        visits,
        service_objects,
        organisations,
    })
}

/// Marks an organisation as ended, with who takes over.
pub async fn end(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    org: Uuid,
    reason: &str,
    successor: Option<Uuid>,
    open_work: OpenWork,
) -> Result<(), DbError> {
    sql(
        "UPDATE org SET ended_at = $2, end_reason = $3, valid_to = $4, version = version + 1, updated_at = $2, \
         updated_by = $5 WHERE id = $1",
    )
    .bind(org)
    .bind(act.at)
    .bind(reason)
    .bind(act.at.shanghai_date())
    .bind(act.person)
    .run(tx)
    .await?;
    if let Some(new) = successor {
        sql("INSERT INTO org_successor (old_id, new_id, takes_open_work) VALUES ($1, $2, $3)")
            .bind(org)
            .bind(new)
            .bind(true)
            .run(tx)
            .await?;
        let payload = json!({ "from": org });
        append_to(tx, ids, act, NewEvent::of("org", new, "org.took_over").with(payload)).await?;
    }
    let event = NewEvent::of("org", org, "org.ended")
        .with(json!({ "successor_id": successor, "open_work": open_work.to_json() }))
        .with_text(Some(reason.to_owned()));
    append_to(tx, ids, act, event).await?;
    Ok(())
}

/// Passes everything open on.
pub async fn pass_on(tx: &mut Tx, ids: &Ids, act: &Act, who: Succession) -> Result<(), DbError> {
    pass_on_visits(tx, ids, act, who).await?;
    pass_on_problems(tx, ids, act, who).await?;
    sql(
        "UPDATE service_object SET owner_org_id = $2, version = version + 1, updated_at = $3, updated_by = $4 \
         WHERE owner_org_id = $1 AND ended_at IS NULL",
    )
    .bind(who.old)
    .bind(who.new)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    sql("UPDATE task SET org_id = $2 WHERE org_id = $1 AND done_at IS NULL")
        .bind(who.old)
        .bind(who.new)
        .run(tx)
        .await?;
    let below: Vec<(Uuid,)> = sql("SELECT id FROM org WHERE parent_id = $1 AND ended_at IS NULL ORDER BY id")
        .bind(who.old)
        .all(&mut *tx)
        .await?;
    for (org,) in below {
        tree::move_under(tx, org, Some(who.new)).await?;
        let payload = json!({ "changed": ["parent_id"], "parent_id": who.new });
        append_to(tx, ids, act, NewEvent::of("org", org, "org.updated").with(payload)).await?;
    }
    Ok(())
}

async fn pass_on_visits(tx: &mut Tx, ids: &Ids, act: &Act, who: Succession) -> Result<(), DbError> {
    let lock = tx.lock_clause(" FOR UPDATE");
    let visits: Vec<(Uuid, i64, Option<Vec<u8>>)> = sql(
        "SELECT id, event_seq, event_hash FROM visit WHERE org_id = $1 AND state IN ('planned', 'in_progress') \
         ORDER BY id",
    )
    .bind(who.old)
    .push(lock)
    .all(&mut *tx)
    .await?;
    for (visit, seq, hash) in &visits {
        let head = Head {
            seq: *seq,
            hash: hash.clone(),
        };
        let event = NewEvent::of("visit", *visit, "visit.organisation_succeeded")
            .with(json!({ "from_org_id": who.old, "to_org_id": who.new }));
        let head = append(tx, ids, act, &head, event).await?;
        sql(
            "UPDATE visit SET org_id = $2, event_seq = $3, event_hash = $4, version = version + 1, updated_at = $5, \
             updated_by = $6 WHERE id = $1",
        )
        .bind(*visit)
        .bind(who.new)
        .bind(head.seq)
        .bind(head.hash)
        .bind(act.at)
        .bind(act.person)
        .run(tx)
        .await?;
    }
    let visits: Vec<Uuid> = visits.into_iter().map(|(id, ..)| id).collect();
    tree::rescope_visits(tx, who.old, &visits).await
}

async fn pass_on_problems(tx: &mut Tx, ids: &Ids, act: &Act, who: Succession) -> Result<(), DbError> {
    let lock = tx.lock_clause(" FOR UPDATE");
    let problems: Vec<(Uuid, i64, Option<Vec<u8>>)> = sql("SELECT p.id, p.event_seq, p.event_hash FROM problem p \
         WHERE p.state NOT IN ('closed', 'declined', 'merged', 'withdrawn') \
         AND p.id IN (SELECT x.problem_id FROM problem_org x WHERE x.org_id = $1 AND x.part IN \
         ('lead', 'supporting', 'study', 'proposed_lead', 'proposed_supporting', 'referred')) ORDER BY p.id")
    .bind(who.old)
    .push(lock)
    .all(&mut *tx)
    .await?;
    for batch in problems.chunks(BATCH) {
        let of_batch: Vec<Uuid> = batch.iter().map(|(id, ..)| *id).collect();
        for statement in PARTS_AND_ASSIGNMENTS {
            of(sql(statement), who, act.at, &of_batch).run(tx).await?;
        }
        sql(
            "UPDATE problem SET lead_org_id = CASE WHEN lead_org_id = $1 THEN $2 ELSE lead_org_id END, \
             version = version + 1, updated_at = $3, updated_by = $4 WHERE id",
        )
        .bind(who.old)
        .bind(who.new)
        .bind(act.at)
        .bind(act.person)
        .in_list(&of_batch)
        .run(tx)
        .await?;
        for (problem, seq, hash) in batch {
            let head = Head {
                seq: *seq,
                hash: hash.clone(),
            };
            let event = NewEvent::of("problem", *problem, "problem.organisation_succeeded")
                .with(json!({ "from_org_id": who.old, "to_org_id": who.new }));
            note_behind(tx, ids, act, *problem, &head, event).await?;
        }
        tree::rescope_problems(tx, who.old, act.at, &of_batch).await?;
    }
    Ok(())
}

/// In this order: $1 old, $2 new, $3 when; each is followed by `IN (the problems)`. What the successor holds already is
/// not given twice, and who leads does not also support.
const PARTS_AND_ASSIGNMENTS: &[&str] = &[
    "INSERT INTO problem_org (problem_id, org_id, part, since) \
     SELECT x.problem_id, $1, 'former_lead', $3 FROM problem_org x WHERE x.org_id = $1 AND x.part = 'lead' \
     AND NOT EXISTS (SELECT 1 FROM problem_org y WHERE y.problem_id = x.problem_id AND y.org_id = $1 \
     AND y.part = 'former_lead') AND x.problem_id",
    "UPDATE problem_org SET org_id = $2, since = $3 WHERE org_id = $1 AND part = 'lead' AND problem_id",
    "DELETE FROM problem_org WHERE org_id IN ($1, $2) AND part = 'supporting' \
     AND EXISTS (SELECT 1 FROM problem_org y WHERE y.problem_id = problem_org.problem_id AND y.org_id = $2 \
     AND y.part = 'lead') AND problem_id",
    "DELETE FROM problem_org WHERE org_id = $1 AND part IN ('supporting', 'study', 'proposed_lead', \
     'proposed_supporting', 'referred') AND EXISTS (SELECT 1 FROM problem_org y \
     WHERE y.problem_id = problem_org.problem_id AND y.org_id = $2 AND y.part = problem_org.part) AND problem_id",
    "UPDATE problem_org SET org_id = $2, since = $3 WHERE org_id = $1 AND part IN ('supporting', 'study', \
     'proposed_lead', 'proposed_supporting', 'referred') AND problem_id",
    "UPDATE referral SET org_id = $2, version = version + 1, updated_at = $3 WHERE org_id = $1 \
     AND answered_at IS NULL AND ended_at IS NULL AND problem_id",
    "UPDATE assignment SET state = 'superseded', ended_at = $3, version = version + 1, updated_at = $3 \
     WHERE org_id = $2 AND role = 'supporting' AND ended_at IS NULL AND EXISTS (SELECT 1 FROM assignment y \
     WHERE y.problem_id = assignment.problem_id AND y.org_id = $1 AND y.role = 'lead' AND y.ended_at IS NULL) \
     AND problem_id",
    "UPDATE assignment SET state = 'superseded', ended_at = $3, version = version + 1, updated_at = $3 \
     WHERE org_id = $1 AND ended_at IS NULL AND EXISTS (SELECT 1 FROM assignment y \
     WHERE y.problem_id = assignment.problem_id AND y.org_id = $2 AND y.ended_at IS NULL) AND problem_id",
    "UPDATE assignment SET org_id = $2, version = version + 1, updated_at = $3 WHERE org_id = $1 \
     AND ended_at IS NULL AND problem_id",
];

fn of(statement: Sql, who: Succession, at: Timestamp, problems: &[Uuid]) -> Sql {
    statement.bind(who.old).bind(who.new).bind(at).in_list(problems)
}

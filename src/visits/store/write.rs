//! Writing a visit, its team, its objects, and who may see it.

use uuid::Uuid;

use super::{VisitRow, texts};
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, On, Tx, Value, sql};
use crate::events::{self, Act, Head, NewEvent};
use crate::visits::domain::Member;

/// Who changes a visit, and when.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// The person; `None`: a client.
    pub person: Option<Uuid>,
    /// The moment.
    pub at: Timestamp,
}

/// The visit that a client has recorded under this reference, and who entered it.
pub async fn find_by_client_ref(
    on: impl Into<On<'_>>,
    client: Option<Uuid>,
    client_ref: Uuid,
) -> Result<Option<(Uuid, Option<Uuid>)>, DbError> {
    // The zero id stands for the installation's own clients, as in the unique index, which serves this look-up.
    sql("SELECT id, recorded_by FROM visit WHERE client_ref = $1 \
         AND coalesce(client_app_id, $3) = coalesce($2, $3)")
    .bind(client_ref)
    .bind(client)
    .bind(Uuid::nil())
    .optional(on)
    .await
}

/// Enters a visit, whose chain has yet to begin; false where its client has used the reference before.
pub async fn insert(tx: &mut Tx, visit: &VisitRow, client_ref: Option<Uuid>, stamp: Stamp) -> Result<bool, DbError> {
    let inserted = sql(
        "INSERT INTO visit (id, campaign_year_id, client_app_id, client_ref, mode, mode_note, origin, place_kind, \
         place_note, division_id, planned_at, started_at, ended_at, leader_id, leading_body, org_id, recorded_by, \
         observations, heard, state, created_at, created_by, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
         $21, $22) ON CONFLICT DO NOTHING",
    )
    .bind(visit.id)
    .bind(visit.campaign_year_id)
    .bind(visit.client_app_id)
    .bind(client_ref)
    .bind(&visit.mode)
    .bind(visit.mode_note.as_deref())
    .bind(visit.origin)
    .bind(&visit.place_kind)
    .bind(visit.place_note.as_deref())
    .bind(visit.division_id)
    .bind(visit.planned_at)
    .bind(visit.started_at)
    .bind(visit.ended_at)
    .bind(visit.leader_id)
    .bind(visit.leading_body)
    .bind(visit.org_id)
    .bind(visit.recorded_by)
    .bind(visit.observations.as_deref())
    .bind(visit.heard.as_deref())
    .bind(visit.state)
    .bind(stamp.at)
    .bind(stamp.person)
    .run(&mut *tx)
    .await?;
    if inserted == 1 {
        texts::index(tx, visit).await?;
    }
    Ok(inserted == 1)
}

/// Keeps the end of its chain, which begins with the visit.
pub async fn keep_head(tx: &mut Tx, id: Uuid, head: &Head) -> Result<(), DbError> {
    sql("UPDATE visit SET event_seq = $2, event_hash = $3 WHERE id = $1")
        .bind(id)
        .bind(head.seq)
        .bind(head.hash.clone())
        .run(tx)
        .await?;
    Ok(())
}

/// Appends an event that changes nothing of the visit itself (an attachment); its version stays.
pub async fn note(tx: &mut Tx, ids: &Ids, act: &Act, visit: &VisitRow, event: NewEvent) -> Result<(), DbError> {
    let head = events::store::append(tx, ids, act, &visit.head(), event).await?;
    keep_head(tx, visit.id, &head).await
}

/// Keeps that some of its texts were changed in this transaction: the version that was read grows by one, its chain
/// gets the event, and it is found by what is left. False where another writer was faster.
pub async fn reworded(tx: &mut Tx, ids: &Ids, act: &Act, visit: &VisitRow, event: NewEvent) -> Result<bool, DbError> {
    let head = events::store::append(tx, ids, act, &visit.head(), event).await?;
    let kept = sql(
        "UPDATE visit SET event_seq = $3, event_hash = $4, updated_at = $5, updated_by = $6, version = version + 1 \
         WHERE id = $1 AND version = $2",
    )
    .bind(visit.id)
    .bind(visit.version)
    .bind(head.seq)
    .bind(head.hash)
    .bind(act.at)
    .bind(act.person)
    .run(&mut *tx)
    .await?;
    texts::index_anew(tx, visit.id).await?;
    Ok(kept == 1)
}

/// Stores a changed visit, with the new end of its chain, over the version that was read; the version grows by one.
/// False where another writer was faster.
pub async fn save(tx: &mut Tx, visit: &VisitRow, head: &Head, stamp: Stamp) -> Result<bool, DbError> {
    let saved = sql(
        "UPDATE visit SET campaign_year_id = $3, mode = $4, mode_note = $5, origin = $6, place_kind = $7, \
         place_note = $8, division_id = $9, planned_at = $10, started_at = $11, ended_at = $12, leader_id = $13, \
         leading_body = $14, observations = $15, heard = $16, state = $17, event_seq = $18, event_hash = $19, \
         updated_at = $20, updated_by = $21, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind(visit.id)
    .bind(visit.version)
    .bind(visit.campaign_year_id)
    .bind(&visit.mode)
    .bind(visit.mode_note.as_deref())
    .bind(visit.origin)
    .bind(&visit.place_kind)
    .bind(visit.place_note.as_deref())
    .bind(visit.division_id)
    .bind(visit.planned_at)
    .bind(visit.started_at)
    .bind(visit.ended_at)
    .bind(visit.leader_id)
    .bind(visit.leading_body)
    .bind(visit.observations.as_deref())
    .bind(visit.heard.as_deref())
    .bind(visit.state)
    .bind(head.seq)
    .bind(head.hash.clone())
    .bind(stamp.at)
    .bind(stamp.person)
    .run(&mut *tx)
    .await?;
    if saved == 1 {
        texts::index(tx, visit).await?;
    }
    Ok(saved == 1)
}

/// Keeps why a visit was not held, or when the record of one was completed.
pub async fn close(
    tx: &mut Tx,
    id: Uuid,
    cancel_reason: Option<&str>,
    completed_at: Option<Timestamp>,
) -> Result<(), DbError> {
    sql("UPDATE visit SET cancel_reason = $2, completed_at = $3 WHERE id = $1")
        .bind(id)
        .bind(cancel_reason)
        .bind(completed_at)
        .run(tx)
        .await?;
    Ok(())
}

/// The team.
pub async fn team(on: impl Into<On<'_>>, id: Uuid) -> Result<Vec<Member>, DbError> {
    let rows: Vec<(Uuid, bool)> =
        sql("SELECT person_id, attended FROM visit_member WHERE visit_id = $1 ORDER BY person_id")
            .bind(id)
            .all(on)
            .await?;
    let member = |(person_id, attended)| Member { person_id, attended };
    Ok(rows.into_iter().map(member).collect())
}

/// Replaces the team.
pub async fn replace_team(tx: &mut Tx, id: Uuid, team: &[Member]) -> Result<(), DbError> {
    sql("DELETE FROM visit_member WHERE visit_id = $1")
        .bind(id)
        .run(tx)
        .await?;
    let rows = team
        .iter()
        .map(|member| -> [Value; 3] { [id.into(), member.person_id.into(), member.attended.into()] });
    sql("INSERT INTO visit_member (visit_id, person_id, attended)")
        .values(rows)
        .run(tx)
        .await?;
    Ok(())
}

/// The ids of the objects.
pub async fn objects(on: impl Into<On<'_>>, id: Uuid) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = sql("SELECT object_id FROM visit_object WHERE visit_id = $1 ORDER BY object_id")
        .bind(id)
        .all(on)
        .await?;
    Ok(rows.into_iter().map(|(object,)| object).collect())
}

/// Replaces the objects.
pub async fn replace_objects(tx: &mut Tx, id: Uuid, objects: &[Uuid]) -> Result<(), DbError> {
    sql("DELETE FROM visit_object WHERE visit_id = $1")
        .bind(id)
        .run(tx)
        .await?;
    if objects.is_empty() {
        return Ok(());
    }
    let rows = objects
        .iter()
        .map(|object| -> [Value; 2] { [id.into(), (*object).into()] });
    sql("INSERT INTO visit_object (visit_id, object_id)")
        .values(rows)
        .run(tx)
        .await?;
    Ok(())
}

/// Writes anew who may see the visit: those above its division, its organisation and those above it, its team, and
/// whoever entered it. To be called after every change of one of these, of the state, or of the planned time.
pub async fn rescope(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    sql("DELETE FROM visit_scope WHERE visit_id = $1")
        .bind(id)
        .run(tx)
        .await?;
    // UNION, not UNION ALL: an id may come by two ways.
    sql("INSERT INTO visit_scope (scope_id, visit_id, state, planned_at) \
         SELECT d.ancestor_id, v.id, v.state, v.planned_at FROM visit v \
         JOIN division_ancestor d ON d.descendant_id = v.division_id WHERE v.id = $1 \
         UNION SELECT o.ancestor_id, v.id, v.state, v.planned_at FROM visit v \
         JOIN org_ancestor o ON o.descendant_id = v.org_id WHERE v.id = $1 \
         UNION SELECT m.person_id, v.id, v.state, v.planned_at FROM visit v \
         JOIN visit_member m ON m.visit_id = v.id WHERE v.id = $1 \
         UNION SELECT v.recorded_by, v.id, v.state, v.planned_at FROM visit v \
         WHERE v.id = $1 AND v.recorded_by IS NOT NULL")
    .bind(id)
    .run(tx)
    .await?;
    Ok(())
}

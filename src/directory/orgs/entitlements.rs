//! What an organisation was entitled to, at its end: its competence passes on, its memberships and clients end.

use serde_json::json;
use uuid::Uuid;

use crate::auth::accounts::bump_rights;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, sql};
use crate::directory::rights::ChangedRights;
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};

/// Ends what an organisation is competent for; the successor is competent for the same from now on, as far as that lies
/// within its division.
pub async fn pass_on_competence(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    org: Uuid,
    successor: Option<Uuid>,
    reason: &str,
) -> Result<(), DbError> {
    let held: Vec<(Uuid,)> = sql("SELECT id FROM competence WHERE org_id = $1 AND ended_at IS NULL ORDER BY id")
        .bind(org)
        .all(&mut *tx)
        .await?;
    for (competence,) in held {
        if let Some(new) = successor {
            let id = ids.next();
            let made = sql(
                "INSERT INTO competence (id, org_id, category_id, audience, division_id, priority, valid_from, valid_to, \
                 created_at, created_by, updated_at, updated_by) \
                 SELECT $1, o.id, c.category_id, c.audience, c.division_id, c.priority, $4, c.valid_to, $4, $5, $4, $5 \
                 FROM competence c JOIN org o ON o.id = $3 JOIN division_ancestor a ON a.ancestor_id = o.division_id \
                 AND a.descendant_id = c.division_id WHERE c.id = $2 AND (c.valid_to IS NULL OR c.valid_to > $4)",
            )
            .bind(id)
            .bind(competence)
            .bind(new)
            .bind(act.at)
            .bind(act.person)
            .run(tx)
            .await?;
            if made > 0 {
                let payload = json!({ "org_id": new, "taken_over_from": competence });
                append_to(
                    tx,
                    ids,
                    act,
                    NewEvent::of("competence", id, "competence.created").with(payload),
                )
                .await?;
            }
        }
        sql(
            "UPDATE competence SET ended_at = $2, end_reason = $3, version = version + 1, updated_at = $2, \
             updated_by = $4 WHERE id = $1",
        )
        .bind(competence)
        .bind(act.at)
        .bind(reason)
        .bind(act.person)
        .run(tx)
        .await?;
        let payload = json!({ "because_of_org": org });
        append_to(
            tx,
            ids,
            act,
            NewEvent::of("competence", competence, "competence.ended").with(payload),
        )
        .await?;
    }
    Ok(())
}

/// Ends every membership in an organisation and every client of it. `real_now` is what tokens keep.
pub async fn end_rights(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    org: Uuid,
    reason: &str,
    real_now: Timestamp,
) -> Result<ChangedRights, DbError> {
    let mut changed = ChangedRights::default();
    let memberships: Vec<(Uuid, Uuid)> =
        sql("SELECT id, person_id FROM membership WHERE org_id = $1 AND ended_at IS NULL ORDER BY person_id, id")
            .bind(org)
            .all(&mut *tx)
            .await?;
    sql(
        "UPDATE membership SET ended_at = $2, end_reason = $3, version = version + 1, updated_at = $2, updated_by = $4 \
         WHERE org_id = $1 AND ended_at IS NULL",
    )
    .bind(org)
    .bind(act.at)
    .bind(reason)
    .bind(act.person)
    .run(tx)
    .await?;
    for (membership, person) in memberships {
        changed.add(person, bump_rights(tx, person, real_now).await?);
        let payload = json!({ "membership_id": membership, "because_of_org": org });
        append_to(
            tx,
            ids,
            act,
            NewEvent::of("person", person, "membership.ended").with(payload),
        )
        .await?;
    }
    let clients: Vec<(Uuid, i64)> = sql(
        "UPDATE client_app SET ended_at = $2, end_reason = $3, version = version + 1, updated_at = $2, updated_by = $4, \
         rights = rights + 1, rights_changed_at = $5 WHERE org_id = $1 AND ended_at IS NULL RETURNING id, rights",
    )
    .bind(org)
    .bind(act.at)
    .bind(reason)
    .bind(act.person)
    .bind(real_now)
    .all(&mut *tx)
    .await?;
    for (client, rights) in clients {
        changed.add(client, rights);
        let payload = json!({ "because_of_org": org });
        append_to(
            tx,
            ids,
            act,
            NewEvent::of("client_app", client, "client_app.ended").with(payload),
        )
        .await?;
    }
    Ok(changed)
}

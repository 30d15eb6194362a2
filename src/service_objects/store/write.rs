//! Writing objects. Each statement of a change names the version it read.

use uuid::Uuid;

use super::KIND;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, Value, sql};
use crate::events::Act;
use crate::service_objects::domain::Draft;
use crate::service_objects::dto::ExternalName;

/// Writes a settled draft as a new object that lies in `division`.
pub async fn insert(tx: &mut Tx, id: Uuid, act: &Act, division: Uuid, draft: &Draft) -> Result<(), DbError> {
    sql(
        "INSERT INTO service_object (id, type, name, division_id, address, latitude, longitude, hardship, \
         contact_cadence_days, owner_org_id, created_at, created_by, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $12)",
    )
    .bind(id)
    .bind(draft.kind)
    .bind(&draft.name)
    .bind(division)
    .bind(draft.address.as_deref())
    .bind(draft.latitude)
    .bind(draft.longitude)
    .bind(draft.hardship)
    .bind(draft.contact_cadence_days)
    .bind(draft.owner_org_id)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    if let Some(enterprise) = &draft.enterprise {
        sql(
            "INSERT INTO enterprise (object_id, uscc, uscc_unverified, uscc_unverified_reason, industry_section, \
             industry_division, size, ownership, is_star) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(id)
        .bind(enterprise.uscc.as_deref())
        .bind(enterprise.uscc_unverified)
        .bind(enterprise.uscc_unverified_reason.as_deref())
        .bind(enterprise.industry_section.as_deref())
        .bind(enterprise.industry_division.as_deref())
        .bind(enterprise.size)
        .bind(enterprise.ownership)
        .bind(enterprise.is_star)
        .run(tx)
        .await?;
    }
    if let Some(household) = &draft.household {
        sql("INSERT INTO household (object_id, alias) VALUES ($1, $2)")
            .bind(id)
            .bind(&household.alias)
            .run(tx)
            .await?;
    }
    if let Some(community) = &draft.community {
        sql("INSERT INTO community (object_id, unit_division_id, kind) VALUES ($1, $2, $3)")
            .bind(id)
            .bind(draft.unit_division())
            .bind(community.kind)
            .run(tx)
            .await?;
    }
    Ok(())
}

/// Writes a settled draft over the object as it was at `version`; false where it is another by now.
pub async fn update(
    tx: &mut Tx,
    id: Uuid,
    version: i64,
    act: &Act,
    division: Uuid,
    draft: &Draft,
) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE service_object SET name = $3, division_id = $4, address = $5, latitude = $6, longitude = $7, \
         hardship = $8, contact_cadence_days = $9, owner_org_id = $10, version = version + 1, updated_at = $11, \
         updated_by = $12 WHERE id = $1 AND version = $2",
    )
    .bind(id)
    .bind(version)
    .bind(&draft.name)
    .bind(division)
    .bind(draft.address.as_deref())
    .bind(draft.latitude)
    .bind(draft.longitude)
    .bind(draft.hardship)
    .bind(draft.contact_cadence_days)
    .bind(draft.owner_org_id)
    .bind(act.at)
    .bind(act.person)
    .run(&mut *tx)
    .await?;
    if touched == 0 {
        return Ok(false);
    }
    if let Some(enterprise) = &draft.enterprise {
        sql(
            "UPDATE enterprise SET uscc = $2, uscc_unverified = $3, uscc_unverified_reason = $4, \
             industry_section = $5, industry_division = $6, size = $7, ownership = $8, is_star = $9 \
             WHERE object_id = $1",
        )
        .bind(id)
        .bind(enterprise.uscc.as_deref())
        .bind(enterprise.uscc_unverified)
        .bind(enterprise.uscc_unverified_reason.as_deref())
        .bind(enterprise.industry_section.as_deref())
        .bind(enterprise.industry_division.as_deref())
        .bind(enterprise.size)
        .bind(enterprise.ownership)
        .bind(enterprise.is_star)
        .run(tx)
        .await?;
    }
    if let Some(household) = &draft.household {
        sql("UPDATE household SET alias = $2 WHERE object_id = $1")
            .bind(id)
            .bind(&household.alias)
            .run(tx)
            .await?;
    }
    if let Some(community) = &draft.community {
        sql("UPDATE community SET unit_division_id = $2, kind = $3 WHERE object_id = $1")
            .bind(id)
            .bind(draft.unit_division())
            .bind(community.kind)
            .run(tx)
            .await?;
    }
    Ok(true)
}

/// Ends the object as it was at `version`; false where it is another by now.
pub async fn end(tx: &mut Tx, id: Uuid, version: i64, act: &Act, reason: &str) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE service_object SET ended_at = $3, end_reason = $4, version = version + 1, \
         updated_at = $3, updated_by = $5 WHERE id = $1 AND version = $2",
    )
    .bind(id)
    .bind(version)
    .bind(act.at)
    .bind(reason)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

/// Makes these the names by which a client calls the object, instead of any before.
pub async fn name_it(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    client: Uuid,
    id: Uuid,
    names: &[ExternalName],
) -> Result<(), DbError> {
    sql("DELETE FROM external_id WHERE entity_id = $1 AND kind = $2 AND client_app_id = $3")
        .bind(id)
        .bind(KIND)
        .bind(client)
        .run(&mut *tx)
        .await?;
    if names.is_empty() {
        return Ok(());
    }
    let rows = names.iter().map(|name| -> [Value; 8] {
        [
            ids.next().into(),
            KIND.into(),
            id.into(),
            client.into(),
            (&name.system).into(),
            (&name.value).into(),
            act.at.into(),
            act.person.into(),
        ]
    });
    sql("INSERT INTO external_id (id, kind, entity_id, client_app_id, system, value, created_at, created_by)")
        .values(rows)
        .run(tx)
        .await?;
    Ok(())
}

/// Keeps when objects were last visited. Rows are locked in the order of their ids, so that two visits to the same
/// objects cannot wait for each other.
pub async fn visited(tx: &mut Tx, objects: &[Uuid], at: Timestamp) -> Result<(), DbError> {
    let rows = sql("SELECT id FROM service_object WHERE id").in_list(objects);
    tx.hold(rows.push(" ORDER BY id FOR UPDATE")).await?;
    sql("UPDATE service_object SET last_visit_at = $1 WHERE (last_visit_at IS NULL OR last_visit_at < $1)")
        .bind(at)
        .push(" AND id")
        .in_list(objects)
        .run(tx)
        .await?;
    Ok(())
}

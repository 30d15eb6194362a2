//! What clients call the reporters that they bring.

use sqlx::FromRow;
use uuid::Uuid;

use super::SealedPhone;
use crate::app::App;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, On, Tx, sql};
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::events::Act;
use crate::problems::store::texts;
use crate::reporters::domain::{Anonymity, ReporterKind};
use crate::reporters::dto::NewReporter;
use crate::service_objects::dto::ExternalName;

/// The kind of reporters in `external_id`.
const KIND: &str = "reporter";

/// The reporter that a client calls by this name; `None` where the name was new and is that of `fresh` from now on. Of
/// two recordings at once that bring a new name, the second waits for the first and gets its reporter.
pub async fn called(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    client: Uuid,
    name: &ExternalName,
    fresh: Uuid,
) -> Result<Option<Uuid>, DbError> {
    let made = sql(
        "INSERT INTO external_id (id, kind, entity_id, client_app_id, system, value, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (client_app_id, kind, system, value) DO NOTHING",
    )
    .bind(ids.next())
    .bind(KIND)
    .bind(fresh)
    .bind(client)
    .bind(&name.system)
    .bind(&name.value)
    .bind(act.at)
    .run(&mut *tx)
    .await?;
    if made == 1 {
        return Ok(None);
    }
    let (known, erased_at): (Uuid, Option<Timestamp>) = sql(
        "SELECT r.id, r.erased_at FROM external_id e JOIN reporter r ON r.id = e.entity_id \
         WHERE e.client_app_id = $1 AND e.kind = $2 AND e.system = $3 AND e.value = $4",
    )
    .bind(client)
    .bind(KIND)
    .bind(&name.system)
    .bind(&name.value)
    .one(&mut *tx)
    .await?;
    if erased_at.is_none() {
        return Ok(Some(known));
    }
    // What was erased stays so: the client has told anew.
    sql("UPDATE external_id SET entity_id = $1 WHERE client_app_id = $2 AND kind = $3 AND entity_id = $4")
        .bind(fresh)
        .bind(client)
        .bind(KIND)
        .bind(known)
        .run(tx)
        .await?;
    Ok(None)
}

/// The reporter whom a client calls by this name, unless he was erased.
pub async fn known_by(on: impl Into<On<'_>>, client: Uuid, name: &ExternalName) -> Result<Option<Uuid>, DbError> {
    let known: Option<(Uuid,)> = sql(
        "SELECT r.id FROM external_id e JOIN reporter r ON r.id = e.entity_id WHERE e.client_app_id = $1 AND e.kind = $2 \
         AND e.system = $3 AND e.value = $4 AND r.erased_at IS NULL",
    )
    .bind(client)
    .bind(KIND)
    .bind(&name.system)
    .bind(&name.value)
    .optional(on)
    .await?;
    Ok(known.map(|(id,)| id))
}

#[derive(FromRow)]
struct Known {
    kind: ReporterKind,
    person_id: Option<Uuid>,
    object_id: Option<Uuid>,
    anonymity: Anonymity,
}

/// Puts what is said of a known reporter in the place of what was said before; what is not said stays. Its earlier
/// problems are its own, so nobody becomes another, and whoever was masked once stays so.
///
/// # Errors
/// 422 `conflict` where it would be of another kind, of another account, or of another object.
pub async fn say_again(tx: &mut Tx, app: &App, act: &Act, id: Uuid, new: &NewReporter) -> ApiResult<Uuid> {
    let lock = tx.lock_clause(" FOR UPDATE");
    let known: Known = sql("SELECT kind, person_id, object_id, anonymity FROM reporter WHERE id = $1")
        .bind(id)
        .push(lock)
        .one(&mut *tx)
        .await?;
    let another = |before: Option<Uuid>, now: Option<Uuid>| before.zip(now).is_some_and(|(before, now)| before != now);
    let faults: Vec<Fault> = [
        ("/reporter/kind", known.kind != new.kind),
        ("/reporter/person_id", another(known.person_id, new.person_id)),
        ("/reporter/object_id", another(known.object_id, new.object_id)),
    ]
    .into_iter()
    .filter(|(_, conflicts)| *conflicts)
    .map(|(pointer, _)| Fault::new(pointer, FaultCode::Conflict))
    .collect();
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let phone = SealedPhone::of(app, id, new)?;
    sql(
        "UPDATE reporter SET display_name = COALESCE($2, display_name), phone_cipher = COALESCE($3, phone_cipher), \
         phone_index = COALESCE($4, phone_index), phone_masked = COALESCE($5, phone_masked), \
         preferred_channel = COALESCE($6, preferred_channel), person_id = COALESCE(person_id, $7), \
         object_id = COALESCE(object_id, $8), anonymity = CASE WHEN anonymity = 'masked' THEN anonymity ELSE $9 END, \
         updated_at = $10, updated_by = NULL, version = version + 1 WHERE id = $1",
    )
    .bind(id)
    .bind(new.display_name.as_deref().map(str::trim))
    .bind(phone.cipher)
    .bind(phone.index)
    .bind(phone.masked)
    .bind(new.preferred_channel)
    .bind(new.person_id)
    .bind(new.object_id)
    .bind(new.anonymity)
    .bind(act.at)
    .run(&mut *tx)
    .await?;
    let is_masked_now = known.anonymity == Anonymity::Named && new.anonymity == Anonymity::Masked;
    let belongs_now = known.anonymity == Anonymity::Masked && known.object_id.is_none() && new.object_id.is_some();
    if is_masked_now || belongs_now {
        texts::index_places_of(tx, id).await?;
    }
    Ok(id)
}

//! Every statement on reporters.
//!
//! `found.rs` finds them by number, `known.rs` keeps what clients call them, `speaking.rs` asks who speaks for them.

mod found;
mod known;
mod speaking;

pub use found::{FOUND_AT_MOST, FoundRow, by_phone};
pub use known::known_by;
pub use speaking::{identity, is_authorised, known_as, spoken};
use uuid::Uuid;

use super::dto::NewReporter;
use crate::app::App;
use crate::db::{DbError, On, Tx, sql};
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::events::Act;
use crate::privacy::{mask_phone, normalise_phone};

/// Writes a reporter down, within the transaction that records the problem. A client that names it by an external id of
/// its own gets the reporter that it called so before, with what it says of it now.
///
/// # Errors
/// 422 `unknown_reference` at `/reporter/person_id` or `/reporter/object_id` for what does not exist, has ended, or
/// does not lie in the division of the organisation that records; one's own account is always in reach. 422
/// `clients_only` or `conflict` as for an external id.
pub async fn create(tx: &mut Tx, app: &App, act: &Act, new: &NewReporter) -> ApiResult<Uuid> {
    let mut faults = unknown_references(tx, act, new).await?;
    let client = act.client.filter(|_| act.person.is_none());
    if new.external_id.is_some() && client.is_none() {
        faults.push(Fault::new("/reporter/external_id", FaultCode::ClientsOnly));
    }
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let id = app.ids.next();
    let known = match client.zip(new.external_id.as_ref()) {
        Some((client, name)) => known::called(tx, &app.ids, act, client, name, id).await?,
        None => None,
    };
    match known {
        Some(known) => known::say_again(tx, app, act, known, new).await,
        None => insert(tx, app, act, id, new).await,
    }
}

async fn insert(tx: &mut Tx, app: &App, act: &Act, id: Uuid, new: &NewReporter) -> ApiResult<Uuid> {
    let phone = SealedPhone::of(app, id, new)?;
    sql(
        "INSERT INTO reporter (id, kind, display_name, phone_cipher, phone_index, phone_masked, preferred_channel, \
         person_id, object_id, anonymity, created_at, created_by, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $12)",
    )
    .bind(id)
    .bind(new.kind)
    .bind(new.display_name.as_deref().map(str::trim))
    .bind(phone.cipher)
    .bind(phone.index)
    .bind(phone.masked)
    .bind(new.preferred_channel)
    .bind(new.person_id)
    .bind(new.object_id)
    .bind(new.anonymity)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(id)
}

/// A telephone number as it is stored: sealed for its row, with a blind index to find it by and a mask to show.
#[derive(Debug, Default)]
struct SealedPhone {
    cipher: Option<Vec<u8>>,
    index: Option<Vec<u8>>,
    masked: Option<String>,
}

impl SealedPhone {
    fn of(app: &App, row: Uuid, new: &NewReporter) -> ApiResult<Self> {
        let Some(text) = &new.phone else {
            return Ok(Self::default());
        };
        let phone = normalise_phone(text).map_err(|_| ApiError::invalid_at("/reporter/phone", FaultCode::Phone))?;
        Ok(Self {
            cipher: Some(app.keys.encrypt(row, &phone).map_err(ApiError::internal)?),
            index: Some(app.keys.blind_index(&phone)),
            masked: Some(mask_phone(&phone)),
        })
    }
}

/// The reporter that an account's person is: the one made for him before, or a new one.
pub async fn of_person(tx: &mut Tx, app: &App, act: &Act, person: Uuid) -> ApiResult<Uuid> {
    let found: Option<(Uuid,)> = sql(
        "SELECT id FROM reporter WHERE person_id = $1 AND kind = 'person' AND anonymity = 'named' AND erased_at IS NULL \
         ORDER BY id LIMIT 1",
    )
    .bind(person)
    .optional(&mut *tx)
    .await?;
    if let Some((id,)) = found {
        return Ok(id);
    }
    let id = app.ids.next();
    sql(
        "INSERT INTO reporter (id, kind, display_name, person_id, anonymity, created_at, created_by, updated_at, updated_by) \
         SELECT $1, 'person', name, id, 'named', $2, id, $2, id FROM person WHERE id = $3",
    )
    .bind(id)
    .bind(act.at)
    .bind(person)
    .run(tx)
    .await?;
    Ok(id)
}

/// The sealed telephone number (`Some(None)`: there is none) of a reporter who raised or follows a problem in one of
/// these scopes; of a masked one, in one of the second kind.
pub async fn find_sealed_phone(
    on: impl Into<On<'_>>,
    scopes: &[Uuid],
    scopes_for_masked: &[Uuid],
    id: Uuid,
) -> Result<Option<Option<Vec<u8>>>, DbError> {
    let found: Option<(Option<Vec<u8>>,)> = sql("SELECT r.phone_cipher FROM reporter r")
        .push_bind(" WHERE r.id = ", id)
        .push(" AND EXISTS (SELECT 1 FROM problem_reporter pr JOIN problem_scope s ON s.problem_id = pr.problem_id")
        .push(" WHERE pr.reporter_id = r.id AND ((r.anonymity = 'named' AND s.scope_id")
        .in_list(scopes)
        .push(") OR (r.anonymity = 'masked' AND s.scope_id")
        .in_list(scopes_for_masked)
        .push(")))")
        .optional(on)
        .await?;
    Ok(found.map(|(sealed,)| sealed))
}

async fn unknown_references(tx: &mut Tx, act: &Act, new: &NewReporter) -> Result<Vec<Fault>, DbError> {
    let mut faults = Vec::new();
    if let Some(person) = new.person_id
        && act.person != Some(person)
        && !reaches_person(&mut *tx, act.org, person).await?
    {
        faults.push(Fault::new("/reporter/person_id", FaultCode::UnknownReference));
    }
    if let Some(object) = new.object_id
        && !reaches_object(&mut *tx, act.org, object).await?
    {
        faults.push(Fault::new("/reporter/object_id", FaultCode::UnknownReference));
    }
    Ok(faults)
}

/// Whether an active person stands outside the administration, or in an organisation of the recorder's division.
async fn reaches_person(on: impl Into<On<'_>>, org: Option<Uuid>, person: Uuid) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql("SELECT p.id FROM person p LEFT JOIN org o ON o.id = p.org_id \
         WHERE p.id = $1 AND p.active = $2 AND (p.org_id IS NULL OR EXISTS (SELECT 1 FROM org mine \
         JOIN division_ancestor a ON a.ancestor_id = mine.division_id \
         WHERE mine.id = $3 AND a.descendant_id = o.division_id))")
    .bind(person)
    .bind(true)
    .bind(org)
    .optional(on)
    .await?;
    Ok(found.is_some())
}

/// Whether a service object that has not ended lies in the division of the recorder's organisation.
async fn reaches_object(on: impl Into<On<'_>>, org: Option<Uuid>, object: Uuid) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql(
        "SELECT s.id FROM service_object s JOIN division_ancestor a ON a.descendant_id = s.division_id \
         JOIN org mine ON mine.division_id = a.ancestor_id WHERE s.id = $1 AND s.ended_at IS NULL AND mine.id = $2",
    )
    .bind(object)
    .bind(org)
    .optional(on)
    .await?;
    Ok(found.is_some())
}

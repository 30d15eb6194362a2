//! Entering and changing objects: the same for a request and for a line of an import.
//!
//! A draft is settled (what it says by itself), its references are looked up within reach, and every fault is told at
//! once; then what may exist only once is looked for, and the change and its event are written together.

use serde_json::json;
use uuid::Uuid;

use super::domain::{Draft, Place};
use super::dto::{ExternalName, ServiceObjectPatch};
use super::reach::Reach;
use super::store::{self, KIND, ObjectRow};
use crate::app::App;
use crate::db::{DbError, Tx};
use crate::directory::{divisions, orgs};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};

/// A draft without faults, and the division in which its object lies.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// What the object is to be.
    pub draft: Draft,
    /// Where it is to lie.
    pub division: Uuid,
}

/// Puts a patch into a draft and checks the whole.
///
/// # Errors
/// `Err` holds every fault: what the fields say, and references to what does not exist or lies out of reach.
pub async fn settle(
    tx: &mut Tx,
    reach: &Reach,
    act: &Act,
    before: Draft,
    patch: ServiceObjectPatch,
) -> Result<Result<Settled, Vec<Fault>>, DbError> {
    let mut draft = before.clone();
    patch.apply(&mut draft);
    let mut faults = Vec::new();
    if let Place::Code(code) = &draft.place {
        let found = divisions::find_by_code(&mut *tx, code, act.at.shanghai_date()).await?;
        match found {
            Some(row) if reach.holds(tx, row.id).await? => {
                draft.place = Place::Known {
                    id: row.id,
                    level: row.level,
                };
            }
            _ => faults.push(Fault::new("/division", FaultCode::UnknownReference)),
        }
    }
    if let Some(org) = draft.owner_org_id.filter(|_| draft.owner_org_id != before.owner_org_id) {
        let found = orgs::find_ref(&mut *tx, org).await?.filter(|org| !org.ended);
        let within = match found {
            Some(org) => reach.holds(tx, org.division_id).await?,
            None => false,
        };
        if !within {
            faults.push(Fault::new("/owner_org_id", FaultCode::UnknownReference));
        }
    }
    faults.extend(draft.settle());
    Ok(match draft.place {
        Place::Known { id, .. } if faults.is_empty() => Ok(Settled { draft, division: id }),
        _ => Err(faults),
    })
}

/// Writes a new object and its event; gives its id.
///
/// # Errors
/// 409 `duplicate` where the credit code, or the town or village, is another object's.
pub async fn create(tx: &mut Tx, app: &App, reach: &Reach, act: &Act, settled: &Settled) -> ApiResult<Uuid> {
    refuse_duplicate(tx, reach, None, &settled.draft).await?;
    let id = app.ids.next();
    store::insert(tx, id, act, settled.division, &settled.draft).await?;
    let event = NewEvent::of(KIND, id, "service_object.created")
        .with(json!({ "type": settled.draft.kind, "division_id": settled.division }));
    append_to(tx, &app.ids, act, event).await?;
    Ok(id)
}

/// Writes what has changed of an object, and its event; false where nothing has. `names`: a client, and all that it is
/// to call the object from now on.
///
/// # Errors
/// 409 `duplicate` as for a new one; 412 where another change came between.
pub async fn change(
    tx: &mut Tx,
    app: &App,
    reach: &Reach,
    act: &Act,
    row: &ObjectRow,
    settled: &Settled,
    names: Option<(Uuid, &[ExternalName])>,
) -> ApiResult<bool> {
    let mut changes = row.draft().changes(&settled.draft);
    changes.extend(names.map(|_| "external_ids"));
    if changes.is_empty() {
        return Ok(false);
    }
    refuse_duplicate(tx, reach, Some(row.id), &settled.draft).await?;
    if !store::update(tx, row.id, row.version, act, settled.division, &settled.draft).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    if let Some((client, names)) = names {
        store::name_it(tx, &app.ids, act, client, row.id, names).await?;
    }
    let event = NewEvent::of(KIND, row.id, "service_object.updated").with(json!({ "fields": changes }));
    append_to(tx, &app.ids, act, event).await?;
    Ok(true)
}

/// The unique indexes decide; this finds the other object first, to name it where the caller may see it.
async fn refuse_duplicate(tx: &mut Tx, reach: &Reach, own: Option<Uuid>, draft: &Draft) -> ApiResult<()> {
    let uscc = draft
        .enterprise
        .as_ref()
        .and_then(|enterprise| enterprise.uscc.as_deref());
    let other = match (uscc, draft.unit_division()) {
        (Some(uscc), _) => store::find_by_uscc(&mut *tx, uscc).await?,
        (None, Some(unit)) => store::find_by_unit(&mut *tx, unit).await?,
        (None, None) => None,
    };
    let Some((id, division)) = other.filter(|(id, _)| Some(*id) != own) else {
        return Ok(());
    };
    let error = ApiError::new(Code::Duplicate);
    Err(if reach.holds(tx, division).await? {
        error.with_member("existing_id", id.to_string())
    } else {
        error
    })
}

/// The object that the client already calls by one of these names.
///
/// # Errors
/// 422 `conflict` at a name that is another object's than the first known one; 422 where no client asks.
pub async fn known_by(tx: &mut Tx, client: Option<Uuid>, names: &[ExternalName]) -> ApiResult<Option<Uuid>> {
    let mut known = None;
    for (index, name) in names.iter().enumerate() {
        let id = store::find_by_external_id(&mut *tx, client_of(client)?, name).await?;
        match (known, id) {
            (Some(first), Some(id)) if first != id => {
                let pointer = format!("/external_ids/{index}");
                return Err(ApiError::invalid_at(pointer, FaultCode::Conflict));
            }
            _ => known = known.or(id),
        }
    }
    Ok(known)
}

/// The client whose names external ids are.
///
/// # Errors
/// 422 where the caller is none.
pub fn client_of(client: Option<Uuid>) -> ApiResult<Uuid> {
    client.ok_or_else(|| ApiError::invalid_at("/external_ids", FaultCode::ClientsOnly))
}

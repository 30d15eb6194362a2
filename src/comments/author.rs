//! Who speaks where everybody may: an account, the bearer of a receipt, or somebody whom a client knows.

use uuid::Uuid;

use super::dto::ClientVoice;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::events::domain::hex;
use crate::http::Work;
use crate::reporters::domain::{Anonymity, ReporterKind};
use crate::reporters::dto::NewReporter;
use crate::reporters::store as reporters;
use crate::reporters::voice::Spoken;

/// Somebody who is identified.
#[derive(Clone, Debug)]
pub struct Author {
    /// His row.
    pub reporter_id: Uuid,
    /// HMAC of what identified him: one voice counts once, whichever way it comes.
    pub hash: Vec<u8>,
}

/// Identifies the caller. `spoken`: that he speaks for the reporter of the problem; `named`: whom a client names, at the
/// pointer `at`.
///
/// # Errors
/// 403 for who acts for another under a delegation; 422 at `at`: `clients_only` where a person names somebody, `required`
/// where a client names nobody and does not know the problem's reporter, or does not say what to call a new one.
pub async fn identify(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    spoken: Option<&Spoken>,
    named: Option<&ClientVoice>,
    at: &'static str,
) -> ApiResult<Author> {
    if who.is_client {
        let reporter_id = match (named, spoken) {
            (Some(voice), _) => known_to_client(work, tx, who, voice, at).await?,
            (None, Some(spoken)) => spoken.reporter_id,
            (None, None) => return Err(ApiError::invalid_at(at, FaultCode::Required)),
        };
        return of_row(work, tx, reporter_id).await;
    }
    if named.is_some() {
        return Err(ApiError::invalid_at(at, FaultCode::ClientsOnly));
    }
    if who.case.is_some() {
        return of_row(work, tx, who.subject).await;
    }
    if who.actor.is_some() {
        return Err(ApiError::new(Code::Forbidden));
    }
    let reporter_id = match spoken {
        // One who lets himself be known less here stays so.
        Some(spoken) => spoken.reporter_id,
        None => reporters::of_person(tx, &work.app, &who.act(work.now()), who.subject).await?,
    };
    Ok(Author {
        reporter_id,
        hash: hash(work, &of_person(who.subject)),
    })
}

async fn known_to_client(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    voice: &ClientVoice,
    at: &'static str,
) -> ApiResult<Uuid> {
    if let Some(known) = reporters::known_by(&mut *tx, who.subject, &voice.external_id).await? {
        return Ok(known);
    }
    let Some(name) = &voice.display_name else {
        let fault = Fault::new(format!("{at}/display_name"), FaultCode::Required);
        return Err(ApiError::invalid(vec![fault]));
    };
    let new = NewReporter {
        kind: ReporterKind::Person,
        display_name: Some(name.clone()),
        phone: None,
        preferred_channel: None,
        person_id: None,
        object_id: None,
        anonymity: Anonymity::Named,
        external_id: Some(voice.external_id.clone()),
    };
    reporters::create(tx, &work.app, &who.act(work.now()), &new).await
}

/// Of several rows of one person, as receipts of several problems have, his account or his number makes one voice.
async fn of_row(work: &Work, tx: &mut Tx, reporter_id: Uuid) -> ApiResult<Author> {
    let what = match reporters::identity(&mut *tx, reporter_id).await? {
        (Some(person), _) => of_person(person),
        (None, Some(index)) => format!("voice phone {}", hex(&index)),
        (None, None) => format!("voice reporter {reporter_id}"),
    };
    Ok(Author {
        reporter_id,
        hash: hash(work, &what),
    })
}

fn of_person(person: Uuid) -> String {
    format!("voice person {person}")
}

fn hash(work: &Work, what: &str) -> Vec<u8> {
    work.app.keys.blind_index(what)
}

//! Who speaks where everybody may: an account, the bearer of a receipt, or somebody whom a client knows.

use uuid::Uuid;

use super::dto::ClientVoice;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::http::Work;
use crate::reporters::domain::{Anonymity, ReporterKind};
use crate::reporters::dto::NewReporter;
use crate::reporters::identity::Identity;
use crate::reporters::store as reporters;
use crate::reporters::voice::Spoken;

/// Somebody who is identified.
#[derive(Clone, Debug)]
pub struct Author {
    /// His row.
    pub reporter_id: Uuid,
    /// HMAC of what identified him: one voice counts once, whichever way it comes.
    pub hash: Vec<u8>,
    /// The same of everything that he goes by.
    pub hashes: Vec<Vec<u8>>,
}

impl Author {
    /// A short name of this voice, which is no name of his.
    pub fn voice(&self) -> Option<Uuid> {
        self.hash.first_chunk().copied().map(Uuid::from_bytes)
    }
}

/// Identifies the caller. `spoken`: that he speaks for the reporter of the problem; `named`: whom a client names, at
/// the pointer `at`.
///
/// # Errors
/// As of [`Identity::of`], and 422 `required` where a client does not say what to call somebody new.
pub async fn identify(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    spoken: Option<&Spoken>,
    named: Option<&ClientVoice>,
    at: &'static str,
) -> ApiResult<Author> {
    let row = match named {
        Some(voice) if who.is_client => Some(known_to_client(work, tx, who, voice, at).await?),
        // One who lets himself be known less here stays so.
        _ => spoken.map(|spoken| spoken.reporter_id),
    };
    let identity = Identity::of(tx, who, (named.is_some(), row), at).await?;
    let reporter_id = match identity.reporter {
        Some(reporter) => reporter,
        None => reporters::of_person(tx, &work.app, &who.act(work.now()), who.subject).await?,
    };
    Ok(Author {
        reporter_id,
        hash: identity.hash(&work.app.keys, "voice"),
        hashes: identity.hashes(&work.app.keys, "voice"),
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

//! A client authenticates (RFC 6749, 2.3.1) by HTTP Basic or by `client_id` and `client_secret`, and takes a token for
//! itself (4.4).

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{Asked, OWN_CLIENT_ID};
use crate::auth::dto::token::{TokenAnswer, TokenRequest};
use crate::auth::keys::equal_secrets;
use crate::auth::slow_down::Key;
use crate::auth::standing::client_answer;
use crate::auth::store::clients::{self, ClientRow};
use crate::auth::store::sessions::{self, NewFamily, Owner};
use crate::auth::token::ACCESS_SECONDS;
use crate::directory::clients::store::secret_hash;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::events::access_log;

/// Bytes that the header of HTTP Basic may have.
const BASIC_LIMIT: usize = 1024;

/// What a client shows to prove who it is.
#[derive(Debug)]
pub struct Proof {
    client_id: String,
    secret: SecretString,
}

/// What the request proves, if it tries to.
///
/// # Errors
/// 401 `invalid_client` for a header that cannot be read; 400 `invalid_request` where it proves itself in two ways.
pub fn proof(headers: &HeaderMap, body: &TokenRequest) -> ApiResult<Option<Proof>> {
    let twice =
        || ApiError::new(Code::InvalidRequest).with_faults(vec![Fault::new("Authorization", FaultCode::Conflict)]);
    match (basic(headers)?, body.client()) {
        (Some(_), (_, Some(_))) => Err(twice()),
        (Some(proof), (Some(client_id), None)) if proof.client_id != client_id => Err(twice()),
        (Some(proof), _) => Ok(Some(proof)),
        (None, (None, None)) => Ok(None),
        (None, (Some(client_id), None)) if client_id == OWN_CLIENT_ID => Ok(None),
        (None, (Some(client_id), Some(secret))) => Ok(Some(Proof { client_id, secret })),
        (None, _) => Err(ApiError::new(Code::InvalidClient)),
    }
}

/// HTTP Basic, each half encoded as a form's value (RFC 6749, 2.3.1). An empty name with an empty secret, which `/docs`
/// sends where no client was filled in, is none.
fn basic(headers: &HeaderMap) -> ApiResult<Option<Proof>> {
    let refused = || ApiError::new(Code::InvalidClient);
    let Some(header) = headers.get(AUTHORIZATION) else {
        return Ok(None);
    };
    let header = header.to_str().map_err(|_| refused())?;
    let (scheme, encoded) = header.split_once(' ').ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > BASIC_LIMIT {
        return Err(refused());
    }
    let decoded = STANDARD.decode(encoded.trim()).map_err(|_| refused())?;
    let text = String::from_utf8(decoded).map_err(|_| refused())?;
    match text.split_once(':').ok_or_else(refused)? {
        ("", "") => Ok(None),
        (client_id, secret) => Ok(Some(Proof {
            client_id: unescape(client_id).ok_or_else(refused)?,
            secret: SecretString::from(unescape(secret).ok_or_else(refused)?),
        })),
    }
}

/// A form's value, decoded; `None` where it is empty, or more than one value.
fn unescape(text: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(text.as_bytes());
    let (value, _) = pairs.next()?;
    (pairs.next().is_none() && !text.contains('=')).then(|| value.into_owned())
}

/// The client that proves to be one.
///
/// # Errors
/// 401 `invalid_client` for an unknown one, an ended one and a wrong secret alike; 429 after failures.
pub async fn authenticate(asked: &Asked<'_>, proof: &Proof) -> ApiResult<ClientRow> {
    let (app, now) = (asked.app, asked.now());
    let key = Key::of("client", &proof.client_id);
    app.slow_down.check(key, now)?;
    let client = clients::find_by_name(&app.db, &proof.client_id).await?;
    let client = client.filter(|client| client.ended_at.is_none());
    let shown = secret_hash(proof.secret.expose_secret());
    let fits = client
        .iter()
        .flat_map(|client| client.secrets(now))
        .any(|stored| equal_secrets(stored.as_bytes(), shown.as_bytes()));
    match client {
        Some(client) if fits => {
            app.slow_down.forgive(key);
            Ok(client)
        }
        _ => {
            app.slow_down.failed(key, now);
            Err(asked
                .refuse(Code::InvalidClient, None, "client", "invalid_client")
                .await)
        }
    }
}

/// A token for the client itself, without a refresh token (RFC 6749, 4.4.3).
///
/// # Errors
/// 401 `invalid_client` where none authenticated; 400 `invalid_scope` for a scope that it does not have.
pub async fn own_token(asked: &Asked<'_>, scope: Option<&str>) -> ApiResult<TokenAnswer> {
    let app = asked.app;
    let client = asked
        .client
        .as_ref()
        .ok_or_else(|| ApiError::new(Code::InvalidClient))?;
    let scopes = granted(client.scopes(), scope).ok_or_else(|| ApiError::new(Code::InvalidScope))?;
    let family = NewFamily {
        id: app.ids.next(),
        owner: Owner::Client(client.id),
        client: Some(client.id),
        on_behalf_of: None,
        membership: None,
        user_agent: asked.user_agent(),
        now: asked.now(),
        expires_at: asked.now().plus_seconds(ACCESS_SECONDS),
    };
    let mut tx = app.db.begin().await?;
    sessions::open(&mut tx, &family).await?;
    let entry = asked.entry("login", None).on("session_family", family.id);
    let entry = entry.with(json!({ "grant": "client_credentials" }));
    access_log::append(&mut tx, &app.ids, entry).await?;
    tx.commit().await?;
    client_answer(app, client, family.id, &scopes)
}

/// The scopes that are asked for, all where none are; `None` where one of them is not held.
fn granted(held: Vec<String>, asked: Option<&str>) -> Option<Vec<String>> {
    let Some(asked) = asked else { return Some(held) };
    let asked: Vec<String> = asked.split_whitespace().map(ToOwned::to_owned).collect();
    asked.iter().all(|scope| held.contains(scope)).then_some(asked)
}

//! Access tokens in the shape of RFC 9068: made, verified, and remembered while they last.
//!
//! Verification fixes type (`at+jwt`), algorithm (EdDSA), issuer and audience, and then asks `rights.rs` whether the
//! family was ended or the rights have changed since; that last question is asked every time, the signature is checked
//! once per token and process (RFC 8725; 30 s of leeway for clocks that differ).

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::caller::{Caller, TokenMembership};
use super::grants::OWN_CLIENT_ID;
use super::keys::{Keys, sha256};
use super::policy::Role;
use crate::clock::{Ids, Timestamp};
use crate::error::{ApiError, ApiResult, Code};

/// How long an access token lasts, in seconds.
pub const ACCESS_SECONDS: i64 = 15 * 60;
/// How long the token of a receipt lasts, in seconds: nothing refreshes it.
pub const CASE_SECONDS: i64 = 30 * 60;
/// How much two clocks may differ, in seconds.
const LEEWAY_SECONDS: i64 = 30;
/// The type that RFC 9068 gives an access token.
const TYPE: &str = "at+jwt";
/// Verified tokens remembered per process; at about 1.5 KiB each.
const REMEMBERED: usize = 10_000;

/// The claims of our access tokens (RFC 9068, RFC 8693 for `act`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer.
    pub iss: String,
    /// Person or client whose rights are used.
    pub sub: Uuid,
    /// Audience.
    pub aud: String,
    /// Expiry, seconds since the epoch.
    pub exp: i64,
    /// Time of issue.
    pub iat: i64,
    /// The token's own id.
    pub jti: Uuid,
    /// The client that asked for it (`sanfuwu` where none authenticated).
    pub client_id: String,
    /// That client's row, where one authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<Uuid>,
    /// Space-separated scopes of a client.
    pub scope: String,
    /// The distinct roles of the memberships.
    pub roles: Vec<String>,
    /// Every membership.
    pub memberships: Vec<TokenMembership>,
    /// The membership that the caller acts with.
    pub membership: Option<Uuid>,
    /// Number of the rights that the token was made from.
    pub rights: i64,
    /// Session family.
    pub sid: Uuid,
    /// Who acts, under a delegation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Actor>,
    /// The operations that were delegated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegated: Option<Vec<String>>,
    /// A one-time password must be changed before anything else is done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must_change: bool,
    /// The one problem of a receipt's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Uuid>,
}

/// RFC 8693, 4.1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Actor {
    /// The person who acts.
    pub sub: Uuid,
    /// Number of his rights that the token was made from.
    pub rights: i64,
}

/// Makes and verifies tokens for one issuer and audience.
#[derive(Debug)]
pub struct Tokens {
    keys: Arc<Keys>,
    issuer: String,
    audience: String,
    verified: Mutex<HashMap<[u8; 32], Arc<Caller>>>,
}

impl Tokens {
    /// `issuer` is the installation's public URL.
    pub fn new(keys: Arc<Keys>, issuer: String, audience: String) -> Self {
        Self {
            keys,
            issuer,
            audience,
            verified: Mutex::new(HashMap::new()),
        }
    }

    /// What is the same in every token: whose it is, of which session, with these memberships, from a moment on for so
    /// many seconds. The rest says nothing yet.
    pub fn claims(
        &self,
        ids: &Ids,
        (subject, session): (Uuid, Uuid),
        memberships: Vec<TokenMembership>,
        (now, lifetime): (Timestamp, i64),
    ) -> Claims {
        let roles: BTreeSet<Role> = memberships.iter().map(|held| held.role).collect();
        Claims {
            iss: self.issuer.clone(),
            sub: subject,
            aud: self.audience.clone(),
            exp: now.seconds() + lifetime,
            iat: now.seconds(),
            jti: ids.next(),
            client_id: OWN_CLIENT_ID.to_owned(),
            client: None,
            scope: String::new(),
            roles: roles.iter().map(|role| role.as_str().to_owned()).collect(),
            memberships,
            membership: None,
            rights: 0,
            sid: session,
            act: None,
            delegated: None,
            must_change: false,
            case: None,
        }
    }

    /// The issuer that tokens name.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The audience that tokens name.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Signs claims.
    pub fn sign(&self, claims: &Claims) -> ApiResult<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.keys.kid().to_owned());
        encode(&header, claims, self.keys.signing()).map_err(ApiError::internal)
    }

    /// The caller that a bearer token stands for, as far as the token itself tells.
    ///
    /// # Errors
    /// 401 `token_invalid` or `token_expired`.
    pub fn verify(&self, token: &str, now: Timestamp) -> ApiResult<Arc<Caller>> {
        let hash = sha256(token.as_bytes());
        let known = self
            .verified
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&hash)
            .cloned();
        let caller = match known {
            Some(caller) => caller,
            None => {
                let caller = Arc::new(self.verify_afresh(token)?);
                self.remember(hash, &caller, now);
                caller
            }
        };
        if caller.expires < now.seconds() {
            return Err(ApiError::new(Code::TokenExpired));
        }
        Ok(caller)
    }

    fn verify_afresh(&self, token: &str) -> ApiResult<Caller> {
        let invalid = || ApiError::new(Code::TokenInvalid);
        let header = decode_header(token).map_err(|_| invalid())?;
        if !header.typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE)) {
            return Err(invalid());
        }
        let key = header
            .kid
            .as_deref()
            .and_then(|kid| self.keys.verifying(kid))
            .ok_or_else(invalid)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.audience]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Expiry is compared with our own clock, which a test can freeze.
        rules.validate_exp = false;
        let claims = decode::<Claims>(token, key, &rules).map_err(|_| invalid())?.claims;
        Ok(Caller::from(claims))
    }

    fn remember(&self, hash: [u8; 32], caller: &Arc<Caller>, now: Timestamp) {
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if verified.len() >= REMEMBERED {
            verified.retain(|_, caller| caller.expires >= now.seconds());
        }
        if verified.len() >= REMEMBERED {
            verified.clear();
        }
        verified.insert(hash, Arc::clone(caller));
    }
}

impl From<Claims> for Caller {
    fn from(claims: Claims) -> Self {
        // A token that lives shorter than its like ends with a membership, a delegation or a receipt, and that end is
        // exact.
        let whole = if claims.case.is_some() {
            CASE_SECONDS
        } else {
            ACCESS_SECONDS
        };
        let leeway = if claims.exp - claims.iat < whole {
            0
        } else {
            LEEWAY_SECONDS
        };
        Self {
            subject: claims.sub,
            actor: claims.act.as_ref().map(|actor| actor.sub),
            actor_rights: claims.act.as_ref().map(|actor| actor.rights),
            delegated: claims.delegated.map(|names| names.into_iter().collect()),
            must_change: claims.must_change,
            is_client: claims.client == Some(claims.sub),
            case: claims.case,
            client: claims.client,
            acting: claims.membership.unwrap_or_default(),
            memberships: claims.memberships,
            scopes: claims.scope.split_whitespace().map(ToOwned::to_owned).collect(),
            family: claims.sid,
            rights: claims.rights,
            expires: claims.exp.saturating_add(leeway),
        }
    }
}

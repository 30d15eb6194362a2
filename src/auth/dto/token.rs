//! The token request and its answer (RFC 6749, 4.3, 4.4, 5.1 and 6), and the public keys (RFC 7517).

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::me::HeldMembership;
use crate::app::App;
use crate::auth::standing::Choice;
use crate::auth::store::subjects::Membership;
use crate::auth::token::Claims;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};

/// A token request. OAuth has a server ignore parameters that it does not know, so unknown ones are not refused here.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[schema(example = json!({ "grant_type": "password", "username": "officer", "password": "three words of mine" }))]
pub struct TokenRequest {
    /// `password`, `client_credentials` or `refresh_token`.
    #[schema(max_length = 100, example = "password")]
    pub grant_type: String,
    /// The user name, of `password`; its case and width do not matter.
    #[schema(max_length = 200, example = "officer")]
    pub username: Option<String>,
    /// The password, of `password`.
    #[schema(value_type = Option<String>, format = Password, max_length = 1024)]
    pub password: Option<SecretString>,
    /// The refresh token, of `refresh_token`: each is good for one use.
    #[schema(value_type = Option<String>, format = Password, max_length = 1024)]
    pub refresh_token: Option<SecretString>,
    /// What the client calls itself; HTTP Basic will do instead.
    #[schema(max_length = 200)]
    pub client_id: Option<String>,
    /// The client's secret; HTTP Basic will do instead.
    #[schema(value_type = Option<String>, format = Password, max_length = 1024)]
    pub client_secret: Option<SecretString>,
    /// Space-separated scopes that a client asks for, by default all that it has. People's tokens are bound by their
    /// roles alone.
    #[schema(max_length = 2000)]
    pub scope: Option<String>,
    /// The membership to act with; by default the session's, or else the widest: the one that sees furthest, then of
    /// the highest division, then by role.
    pub membership: Option<Uuid>,
    /// The person for whom to act, under a delegation that he has given; one's own id ends that.
    pub act_for: Option<Uuid>,
}

/// What a token request asks for.
#[derive(Debug)]
pub enum Grant {
    /// A person signs in (RFC 6749, 4.3).
    Password {
        /// The user name as typed.
        username: String,
        /// The password.
        password: SecretString,
    },
    /// A client by itself (4.4).
    ClientCredentials {
        /// The scopes that it asks for; `None`: all.
        scope: Option<String>,
    },
    /// A session goes on (6).
    RefreshToken {
        /// The token.
        token: SecretString,
    },
}

impl TokenRequest {
    /// Reads the grant.
    ///
    /// # Errors
    /// 400 `unsupported_grant_type`; 400 `invalid_request` where a parameter of the grant is missing.
    pub fn grant(&self) -> ApiResult<Grant> {
        match self.grant_type.as_str() {
            "password" => match (text(self.username.as_ref()), secret(self.password.as_ref())) {
                (Some(username), Some(password)) => Ok(Grant::Password { username, password }),
                (username, password) => Err(missing(&[
                    ("/username", username.is_none()),
                    ("/password", password.is_none()),
                ])),
            },
            "client_credentials" => Ok(Grant::ClientCredentials {
                scope: text(self.scope.as_ref()),
            }),
            "refresh_token" => match secret(self.refresh_token.as_ref()) {
                Some(token) => Ok(Grant::RefreshToken { token }),
                None => Err(missing(&[("/refresh_token", true)])),
            },
            _ => Err(ApiError::new(Code::UnsupportedGrant)),
        }
    }

    /// What it wishes for.
    pub fn choice(&self) -> Choice {
        Choice {
            act_for: self.act_for,
            membership: self.membership,
        }
    }

    /// The client's name and secret, as far as the body holds them.
    pub fn client(&self) -> (Option<String>, Option<SecretString>) {
        (text(self.client_id.as_ref()), secret(self.client_secret.as_ref()))
    }
}

/// A parameter without a value counts as missing (RFC 6749, 3.2).
fn text(value: Option<&String>) -> Option<String> {
    value.filter(|text| !text.is_empty()).cloned()
}

fn secret(value: Option<&SecretString>) -> Option<SecretString> {
    value.filter(|text| !text.expose_secret().is_empty()).cloned()
}

fn missing(fields: &[(&str, bool)]) -> ApiError {
    let faults = fields.iter().filter(|(_, missing)| *missing);
    let faults = faults.map(|(pointer, _)| Fault::new(*pointer, FaultCode::Required));
    ApiError::new(Code::InvalidRequest).with_faults(faults.collect())
}

/// The answer of a token request.
#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    /// The access token (RFC 9068), for `Authorization: Bearer`.
    access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token ends: 900, less where a membership or a delegation ends before.
    #[schema(minimum = 0, maximum = 900, example = 900)]
    expires_in: i64,
    /// For the next token, once; absent for `client_credentials`, as OAuth wants it (RFC 6749, 4.4.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Space-separated scopes that the token holds.
    #[schema(example = "me problems:read problems:write")]
    scope: String,
    /// The membership that the caller acts with; null for a person who has none.
    #[schema(required)]
    membership: Option<HeldMembership>,
    /// Whether the password must be changed (`change_password`) before anything else; after that, `refresh_token` gives
    /// a token without this limit.
    must_change_password: bool,
}

impl TokenAnswer {
    /// Signs the claims.
    pub fn new(
        app: &App,
        claims: &Claims,
        acting: Option<&Membership>,
        refresh_token: Option<&SecretString>,
    ) -> ApiResult<Self> {
        Ok(Self {
            access_token: app.tokens.sign(claims)?,
            token_type: "Bearer",
            expires_in: claims.exp - claims.iat,
            refresh_token: refresh_token.map(|token| token.expose_secret().to_owned()),
            scope: claims.scope.clone(),
            membership: acting.map(|membership| HeldMembership::of(membership, claims.membership)),
            must_change_password: claims.must_change,
        })
    }
}

/// A set of public keys (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct Jwks {
    /// The keys that tokens may be signed with: the present one first, then the one before it.
    pub keys: Vec<Jwk>,
}

/// A public key (RFC 8037: OKP, Ed25519).
#[derive(Debug, Serialize, ToSchema)]
pub struct Jwk {
    /// `OKP`.
    #[schema(example = "OKP")]
    pub kty: &'static str,
    /// `Ed25519`.
    #[schema(example = "Ed25519")]
    pub crv: &'static str,
    /// The public key, base64url.
    pub x: String,
    /// The key's RFC 7638 thumbprint, as tokens name it.
    pub kid: String,
    /// `sig`.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub purpose: &'static str,
    /// `EdDSA`.
    #[schema(example = "EdDSA")]
    pub alg: &'static str,
}

impl Jwks {
    /// The keys of an installation.
    pub fn of(app: &App) -> Self {
        let keys = app.keys.public_keys().iter().map(|key| Jwk {
            kty: "OKP",
            crv: "Ed25519",
            x: key.x.clone(),
            kid: key.kid.clone(),
            purpose: "sig",
            alg: "EdDSA",
        });
        Self { keys: keys.collect() }
    }
}

//! The grants of the token endpoint, each on a page of its own: a person signs in, a client authenticates, a session
//! goes on.
//!
//! A refusal says the same in the same bytes whatever was wrong (unknown user, wrong password, disabled, used token),
//! and is logged with its reason. Logins and refusals stand in the access log; the attempts that the slow-down refuses
//! unread do not, because a flood of them would fill it.

pub mod client;
pub mod password;
pub mod refresh;

use actix_web::HttpRequest;
use actix_web::http::header::USER_AGENT;
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::keys::{random_secret, sha256};
use super::standing::Choice;
use super::store::clients::ClientRow;
use super::store::sessions;
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::access_log::{self, Entry};

/// What tokens name as their client where none authenticated, and what such a caller may call itself.
pub const OWN_CLIENT_ID: &str = "sanfuwu";

/// A token request in its surroundings.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The application.
    pub app: &'a App,
    /// The request, for address, id and user agent.
    pub request: &'a HttpRequest,
    /// The client that authenticated.
    pub client: Option<ClientRow>,
    /// What is wished for.
    pub choice: Choice,
}

impl Asked<'_> {
    fn now(&self) -> Timestamp {
        self.app.real_clock.now()
    }

    fn client_id(&self) -> Option<Uuid> {
        self.client.as_ref().map(|client| client.id)
    }

    fn user_agent(&self) -> Option<&str> {
        self.request
            .headers()
            .get(USER_AGENT)
            .and_then(|agent| agent.to_str().ok())
    }

    fn entry(&self, kind: &'static str, person: Option<Uuid>) -> Entry {
        let mut entry = Entry::of(kind, self.now()).from(self.request);
        (entry.person, entry.client) = (person, self.client_id());
        entry
    }

    /// Logs a refusal with its reason, which the answer does not tell.
    async fn log_refusal(&self, tx: &mut Tx, person: Option<Uuid>, grant: &str, reason: &str) -> ApiResult<()> {
        let entry = self.entry("login_refused", person);
        let entry = entry.with(json!({ "grant": grant, "reason": reason }));
        Ok(access_log::append(tx, &self.app.ids, entry).await?)
    }

    /// The refusal `code`, once it is logged.
    async fn refuse(&self, code: Code, person: Option<Uuid>, grant: &str, reason: &str) -> ApiError {
        let logged = async {
            let mut tx = self.app.db.begin().await?;
            self.log_refusal(&mut tx, person, grant, reason).await?;
            tx.commit().await.map_err(ApiError::from)
        };
        match logged.await {
            Ok(()) => ApiError::new(code),
            Err(error) => error,
        }
    }

    /// Adds a new refresh token to a family.
    async fn new_refresh_token(&self, tx: &mut Tx, family: Uuid, family_ends: Timestamp) -> ApiResult<SecretString> {
        let token = random_secret().map_err(ApiError::internal)?;
        let expires_at = self.now().plus_seconds(sessions::REFRESH_SECONDS).min(family_ends);
        sessions::add_token(tx, family, &sha256(token.as_bytes()), self.now(), expires_at).await?;
        Ok(SecretString::from(token))
    }
}

//! A person signs in with user name and password (RFC 6749, 4.3).

use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::Asked;
use crate::auth::domain::Username;
use crate::auth::dto::token::TokenAnswer;
use crate::auth::password;
use crate::auth::slow_down::{Key, too_early};
use crate::auth::standing::{Kept, Standing};
use crate::auth::store::credentials;
use crate::auth::store::sessions::{self, FAMILY_SECONDS, NewFamily, Owner};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::access_log;

const GRANT: &str = "password";

/// Opens a session.
///
/// # Errors
/// 400 `invalid_grant` for an unknown user, a wrong password and a disabled person alike; 429 while failures make the
/// next attempt wait.
pub async fn sign_in(asked: &Asked<'_>, username: &str, password: &SecretString) -> ApiResult<TokenAnswer> {
    let app = asked.app;
    let turn = password::turn().await?;
    let name = Username::parse(username);
    let credential = match &name {
        Some(name) => credentials::find_by_name(&app.db, name).await?,
        None => None,
    };
    let nobody = Key::of("user", name.as_ref().map_or(username, Username::as_str));
    match &credential {
        Some(credential) => too_early(credential.next_try_at, asked.now())?,
        None => app.slow_down.check(nobody, asked.now())?,
    }
    let stored = credential
        .as_ref()
        .and_then(|credential| credential.password_hash.clone());
    let fits = turn.verify(password, stored.clone()).await?;
    match (credential, stored) {
        (Some(credential), Some(hash)) if fits => open_session(asked, credential.person_id, &hash).await,
        (Some(credential), _) => {
            let tx = app.db.begin().await?;
            Err(failed(asked, tx, credential.person_id, "wrong_password").await?)
        }
        (None, _) => {
            app.slow_down.failed(nobody, asked.now());
            Err(asked.refuse(Code::InvalidGrant, None, GRANT, "unknown_user").await)
        }
    }
}

async fn open_session(asked: &Asked<'_>, person: Uuid, hash: &str) -> ApiResult<TokenAnswer> {
    let app = asked.app;
    let mut tx = app.db.begin().await?;
    let standing = match Standing::find(&mut tx, person, asked.choice, Kept::default(), app.clock.now()).await {
        // Counted like a wrong password, so that the slow-down tells nothing either.
        Err(error) if error.code() == Code::InvalidGrant => return Err(failed(asked, tx, person, "disabled").await?),
        other => other?,
    };
    if !credentials::succeeded(&mut tx, person, hash).await? {
        return Err(failed(asked, tx, person, "just_changed").await?);
    }
    let family = NewFamily {
        id: app.ids.next(),
        owner: Owner::Person(person),
        client: asked.client_id(),
        on_behalf_of: standing.on_behalf_of(),
        membership: standing.asked,
        user_agent: asked.user_agent(),
        now: asked.now(),
        expires_at: asked.now().plus_seconds(FAMILY_SECONDS),
    };
    sessions::open(&mut tx, &family).await?;
    let refresh = asked.new_refresh_token(&mut tx, family.id, family.expires_at).await?;
    let mut entry = asked.entry("login", Some(person)).on("session_family", family.id);
    entry.on_behalf_of = standing.on_behalf_of();
    access_log::append(&mut tx, &app.ids, entry.with(json!({ "grant": GRANT }))).await?;
    tx.commit().await?;
    standing.answer(app, family.id, asked.client.as_ref(), &refresh)
}

/// Counts and logs a failure; the refusal.
async fn failed(asked: &Asked<'_>, mut tx: Tx, person: Uuid, reason: &str) -> ApiResult<ApiError> {
    credentials::failed(&mut tx, person, asked.now()).await?;
    asked.log_refusal(&mut tx, Some(person), GRANT, reason).await?;
    tx.commit().await?;
    Ok(ApiError::new(Code::InvalidGrant))
}

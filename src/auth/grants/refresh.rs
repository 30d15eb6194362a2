//! A session goes on (RFC 6749, 6; RFC 9700, 4.14.2): each refresh token is used once, and its second use ends the
//! family.
//!
//! Two uses at once are a first and a second one: which of the two callers is the thief cannot be known, so both have
//! to sign in again.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use uuid::Uuid;

use super::Asked;
use crate::auth::dto::token::TokenAnswer;
use crate::auth::keys::sha256;
use crate::auth::standing::{Kept, Standing};
use crate::auth::store::sessions::{self, TokenRow};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::access_log;

const GRANT: &str = "refresh_token";

/// Exchanges a refresh token for new tokens, with the rights that hold now.
///
/// # Errors
/// 400 `invalid_grant` for a token that is unknown, used, expired, of an ended session, or of another client, and for a
/// person who may no longer come in. A request that is refused for its wishes leaves the token good.
pub async fn go_on(asked: &Asked<'_>, token: &SecretString) -> ApiResult<TokenAnswer> {
    let app = asked.app;
    let refuse = |person, reason| asked.refuse(Code::InvalidGrant, person, GRANT, reason);
    let hash = sha256(token.expose_secret().as_bytes());
    let found = sessions::find_token(&app.db, &hash).await?;
    let Some((found, person)) = found.and_then(|row| row.person_id.map(|person| (row, person))) else {
        return Err(refuse(None, "unknown_token").await);
    };
    if found.client_app_id != asked.client_id() {
        return Err(refuse(Some(person), "other_client").await);
    }
    let mut tx = app.db.begin().await?;
    if !sessions::use_token(&mut tx, &hash, asked.now()).await? {
        return Err(end_family(asked, tx, found.family_id, person).await?);
    }
    let kept = Kept {
        on_behalf_of: found.on_behalf_of,
        membership: found.membership_id,
    };
    let standing = match Standing::find(&mut tx, person, asked.choice, kept, app.clock.now()).await {
        Err(error) if error.code() == Code::InvalidGrant => {
            drop(tx);
            return Err(refuse(Some(person), "no_longer_allowed").await);
        }
        other => other?,
    };
    if found.expires_at <= asked.now() || !go_on_with(asked, &mut tx, &found, &standing).await? {
        drop(tx);
        return Err(refuse(Some(person), "ended").await);
    }
    let refresh = asked
        .new_refresh_token(&mut tx, found.family_id, found.family_expires_at)
        .await?;
    tx.commit().await?;
    standing.answer(app, found.family_id, asked.client.as_ref(), &refresh)
}

/// Marks the session as used; false where it has ended. Whoever begins or ends to act for another is logged; that a
/// session merely goes on is not.
async fn go_on_with(asked: &Asked<'_>, tx: &mut Tx, found: &TokenRow, standing: &Standing) -> ApiResult<bool> {
    let whom = standing.on_behalf_of();
    if whom != found.on_behalf_of {
        let entry = asked.entry("login", Some(standing.signed_in()));
        let mut entry = entry.on("session_family", found.family_id);
        entry.on_behalf_of = whom;
        access_log::append(tx, &asked.app.ids, entry.with(json!({ "grant": GRANT }))).await?;
    }
    Ok(sessions::go_on(tx, found.family_id, whom, standing.asked, asked.now()).await?)
}

/// A used token came again: whoever holds the family's tokens is out.
async fn end_family(asked: &Asked<'_>, mut tx: Tx, family: Uuid, person: Uuid) -> ApiResult<ApiError> {
    let ended = sessions::end(&mut tx, family, "reuse", asked.now()).await?;
    asked.log_refusal(&mut tx, Some(person), GRANT, "reuse").await?;
    tx.commit().await?;
    if ended {
        asked.app.rights.family_ended(family, asked.now());
    }
    Ok(ApiError::new(Code::InvalidGrant))
}

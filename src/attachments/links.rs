//! Links to the bytes of attachments: open to whoever holds one, for five minutes of real time.
//!
//! A link names the attachment and when it ends, and is signed with a key of the installation, so any replica tells its
//! own links from others without looking anything up.

use uuid::Uuid;

use super::domain::LINK_SECONDS;
use super::dto::AttachmentLink;
use crate::app::App;
use crate::auth::keys::Keys;
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code};

/// What is signed.
fn text(id: Uuid, expires: i64) -> String {
    format!("attachment\n{id}\n{expires}")
}

/// A new link.
pub fn make(app: &App, id: Uuid) -> AttachmentLink {
    let expires_at = app.real_clock.now().plus_seconds(LINK_SECONDS);
    let expires = expires_at.seconds();
    let signature = app.keys.sign_link(&text(id, expires));
    AttachmentLink {
        url: format!(
            "{}/api/v1/attachments/{id}/content?expires={expires}&signature={signature}",
            app.settings.public_url
        ),
        // To the second, as the link says.
        expires_at: Timestamp::from_micros(expires.saturating_mul(1_000_000)).unwrap_or(expires_at),
    }
}

/// Whether a link is one of ours, for this attachment, and has not ended.
///
/// # Errors
/// 403 `link_invalid` or, of a link that was ours, `link_expired`.
pub fn check(keys: &Keys, id: Uuid, expires: i64, signature: &str, now: Timestamp) -> ApiResult<()> {
    if !keys.has_signed_link(&text(id, expires), signature) {
        return Err(ApiError::new(Code::LinkInvalid));
    }
    if now.seconds() >= expires {
        return Err(ApiError::new(Code::LinkExpired));
    }
    Ok(())
}

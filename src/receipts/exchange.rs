//! A code is exchanged for a token.
//!
//! Nobody guesses 256 bits; the slow-down keeps an address that fails from filling the log. It is forgiven with the
//! first success, as for names, since many people may share one address.

use actix_web::HttpRequest;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use uuid::Uuid;

use super::domain::{OPERATIONS, Refusal};
use super::dto::ReceiptToken;
use super::store::{self, LinkRow};
use crate::app::App;
use crate::auth::case::{self, Case, family_of};
use crate::auth::keys::sha256;
use crate::auth::slow_down::Key;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::access_log::{self, Entry};
use crate::http::address::client_address;
use crate::problems::refs::ProblemRef;

/// The grant, as the access log calls it.
const GRANT: &str = "receipt";

/// Exchanges a code.
///
/// # Errors
/// 400 `invalid_grant` for a code that is unknown, altered, replaced or expired alike; 429 while failures make the
/// address wait.
pub async fn carry_out(app: &App, request: &HttpRequest, code: &SecretString) -> ApiResult<ReceiptToken> {
    let address = client_address(request, &app.settings).map(|address| address.to_string());
    let key = Key::of(GRANT, address.as_deref().unwrap_or_default());
    app.slow_down.check(key, app.real_clock.now())?;
    let hash = sha256(code.expose_secret().trim().as_bytes());
    let link = store::find(&app.db, &hash).await?;
    let refusal = match &link {
        None => Err(Refusal::Unknown),
        Some(link) => link.validity().check(app.clock.now()),
    };
    match (link, refusal) {
        (Some(link), Ok(())) => {
            log(app, request, "login", Some(link.problem_id), None).await?;
            app.slow_down.forgive(key);
            token(app, link, &hash)
        }
        (link, refusal) => {
            app.slow_down.failed(key, app.real_clock.now());
            let problem = link.map(|link| link.problem_id);
            log(app, request, "login_refused", problem, refusal.err()).await?;
            Err(ApiError::new(Code::InvalidGrant))
        }
    }
}

fn token(app: &App, link: LinkRow, hash: &[u8]) -> ApiResult<ReceiptToken> {
    let case = Case {
        problem: link.problem_id,
        reporter: link.reporter_id.unwrap_or(link.problem_id),
        family: family_of(hash),
        ends_at: link.expires_at,
    };
    let (access_token, expires_in) = case::token(app, &case, OPERATIONS)?;
    Ok(ReceiptToken {
        access_token,
        token_type: "Bearer",
        expires_in,
        operations: OPERATIONS.to_vec(),
        problem: ProblemRef {
            id: link.problem_id,
            tracking_no: link.tracking_no,
        },
    })
}

async fn log(
    app: &App,
    request: &HttpRequest,
    kind: &'static str,
    problem: Option<Uuid>,
    refusal: Option<Refusal>,
) -> ApiResult<()> {
    let mut entry = Entry::of(kind, app.real_clock.now()).from(request).with(match refusal {
        None => json!({ "grant": GRANT }),
        Some(refusal) => json!({ "grant": GRANT, "reason": refusal.as_str() }),
    });
    entry.subject = problem.map(|problem| ("problem", problem));
    let mut tx = app.db.begin().await?;
    access_log::append(&mut tx, &app.ids, entry).await?;
    Ok(tx.commit().await?)
}

//! New passwords: by the old one, and by a one-time code.

use actix_web::HttpRequest;
use secrecy::ExposeSecret as _;
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Caller;
use crate::auth::domain::{Username, code_letters};
use crate::auth::dto::me::{ChangePassword, RedeemCode};
use crate::auth::keys::sha256;
use crate::auth::password::{self, is_weak};
use crate::auth::slow_down::{Key, too_early};
use crate::auth::store::credentials::{self, Provided};
use crate::auth::store::sessions;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::events::access_log::{self, Entry};
use crate::events::{Act, NewEvent, store as events};

/// A change that was found good, with the new password's hash.
#[derive(Debug)]
pub struct Change {
    person: Uuid,
    old_hash: String,
    new_hash: String,
}

/// Checks the old password and the new one.
///
/// # Errors
/// 422 with every fault; 429 while failures make the next attempt wait.
pub async fn check_change(app: &App, request: &HttpRequest, person: Uuid, asked: &ChangePassword) -> ApiResult<Change> {
    let turn = password::turn().await?;
    let credential = credentials::find(&app.db, person).await?;
    let next_try_at = credential.as_ref().and_then(|credential| credential.next_try_at);
    too_early(next_try_at, app.real_clock.now())?;
    let (username, old_hash) = match credential {
        Some(credential) => (credential.username, credential.password_hash),
        None => (String::new(), None),
    };
    let mut faults = Vec::new();
    if !turn.verify(&asked.old_password, old_hash.clone()).await? {
        failed(app, request, old_hash.as_ref().map(|_| person), "change_password").await?;
        faults.push(Fault::new("/old_password", FaultCode::NoMatch));
    }
    let unchanged = asked.new_password.expose_secret() == asked.old_password.expose_secret();
    if unchanged || is_weak(asked.new_password.expose_secret(), &username) {
        faults.push(Fault::new("/new_password", FaultCode::WeakPassword));
    }
    match old_hash {
        Some(old_hash) if faults.is_empty() => Ok(Change {
            person,
            old_hash,
            new_hash: turn.hash(&asked.new_password).await?,
        }),
        _ => Err(ApiError::invalid(faults)),
    }
}

/// Sets the new password and ends the person's other sessions; which they were.
///
/// # Errors
/// 422 where the old password was changed by another request in between.
pub async fn change(tx: &mut Tx, app: &App, who: &Caller, change: &Change) -> ApiResult<Vec<Uuid>> {
    let provided = Provided::PasswordIs(&change.old_hash);
    if !credentials::set_password(tx, change.person, &change.new_hash, provided, app.clock.now()).await? {
        return Err(ApiError::invalid_at("/old_password", FaultCode::NoMatch));
    }
    let event = NewEvent::of("person", change.person, "person.password_changed");
    events::append_to(tx, &app.ids, &who.act(app.clock.now()), event).await?;
    let but = Some(who.family);
    Ok(sessions::end_all(tx, change.person, but, "password_changed", app.real_clock.now()).await?)
}

/// A one-time code that was found good, with the new password's hash.
#[derive(Debug)]
pub struct Redemption {
    person: Uuid,
    code_hash: [u8; 32],
    new_hash: String,
    entry: Entry,
}

/// Checks a one-time code and the new password. The password is looked at first, since it tells nothing; it is hashed
/// last, because only a good code is worth the work.
///
/// # Errors
/// 422 `weak_password`; 400 `invalid_grant` for an unknown user, a wrong code and an ended one alike; 429 while
/// failures make the next attempt wait.
pub async fn check_code(app: &App, request: &HttpRequest, asked: &RedeemCode) -> ApiResult<Redemption> {
    let now = app.real_clock.now();
    let name = Username::parse(&asked.username);
    let name_text = name.as_ref().map_or(asked.username.as_str(), Username::as_str);
    if is_weak(asked.new_password.expose_secret(), name_text) {
        return Err(ApiError::invalid_at("/new_password", FaultCode::WeakPassword));
    }
    let credential = match &name {
        Some(name) => credentials::find_by_name(&app.db, name).await?,
        None => None,
    };
    let nobody = Key::of("user", name_text);
    match &credential {
        Some(credential) => too_early(credential.next_try_at, now)?,
        None => app.slow_down.check(nobody, now)?,
    }
    let code_hash = sha256(code_letters(asked.code.expose_secret()).as_bytes());
    match credential {
        Some(credential) if credential.has_code(&code_hash, now) => Ok(Redemption {
            person: credential.person_id,
            code_hash,
            new_hash: password::hash(&asked.new_password).await?,
            entry: Entry::of("password_reset", now).from(request),
        }),
        Some(credential) => {
            failed(app, request, Some(credential.person_id), "reset_code").await?;
            Err(ApiError::new(Code::InvalidGrant))
        }
        None => {
            app.slow_down.failed(nobody, now);
            failed(app, request, None, "reset_code").await?;
            Err(ApiError::new(Code::InvalidGrant))
        }
    }
}

/// Sets the new password, uses the code up and ends every session of the person; which they were.
///
/// # Errors
/// 400 `invalid_grant` where another request has used the code in between.
pub async fn redeem_code(tx: &mut Tx, app: &App, redeemed: &Redemption) -> ApiResult<Vec<Uuid>> {
    let (person, now, real_now) = (redeemed.person, app.clock.now(), app.real_clock.now());
    let provided = Provided::CodeIs(&redeemed.code_hash, real_now);
    if !credentials::set_password(tx, person, &redeemed.new_hash, provided, now).await? {
        return Err(ApiError::new(Code::InvalidGrant));
    }
    let act = Act {
        person: Some(person),
        ..Act::of_the_service(now)
    };
    let event = NewEvent::of("person", person, "person.password_reset");
    events::append_to(tx, &app.ids, &act, event).await?;
    access_log::append(tx, &app.ids, redeemed.entry.clone().by(&act)).await?;
    Ok(sessions::end_all(tx, person, None, "password_reset", real_now).await?)
}

/// Counts and logs a failure: of a person, or of nobody.
async fn failed(app: &App, request: &HttpRequest, person: Option<Uuid>, grant: &str) -> ApiResult<()> {
    let now = app.real_clock.now();
    let mut tx = app.db.begin().await?;
    if let Some(person) = person {
        credentials::failed(&mut tx, person, now).await?;
    }
    let mut entry = Entry::of("login_refused", now).from(request);
    entry.person = person;
    let entry = entry.with(json!({ "grant": grant, "reason": "wrong_secret" }));
    access_log::append(&mut tx, &app.ids, entry).await?;
    Ok(tx.commit().await?)
}

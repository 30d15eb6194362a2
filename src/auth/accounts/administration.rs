//! What an administrator does to the account of a person whom he reaches.

use serde_json::json;
use uuid::Uuid;

use super::open_account;
use crate::app::App;
use crate::auth::Caller;
use crate::auth::domain::{Username, code_letters};
use crate::auth::dto::account::{AccountView, ResetCode};
use crate::auth::keys::{random_code, sha256};
use crate::auth::store::accounts::{self as store, AccountRow};
use crate::auth::store::{credentials, sessions};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, FaultCode};
use crate::events::{Act, NewEvent, store as events};

/// How long a one-time code is good, in seconds.
const CODE_SECONDS: i64 = 24 * 3600;

/// Makes a one-time code, and opens the account where there is none.
///
/// # Errors
/// 422 at `/username` where there is no account and no name to open one with, or another one exists; 409 `duplicate`
/// where the name is taken.
pub async fn make_reset_code(
    tx: &mut Tx,
    app: &App,
    who: &Caller,
    account: &AccountRow,
    username: Option<&str>,
) -> ApiResult<ResetCode> {
    let act = who.act(app.clock.now());
    let fault = |code| ApiError::invalid_at("/username", code);
    let asked = match username {
        Some(text) => Some(Username::parse(text).ok_or_else(|| fault(FaultCode::BadFormat))?),
        None => None,
    };
    match (&account.username, asked) {
        (Some(has), Some(asked)) if asked.as_str() != has => Err(fault(FaultCode::Conflict)),
        (Some(has), _) => new_code(tx, app, &act, account.id, has, CODE_SECONDS).await,
        (None, None) => Err(fault(FaultCode::Required)),
        (None, Some(asked)) => open_account(tx, app, &act, account.id, asked.as_str(), CODE_SECONDS).await,
    }
}

/// A new one-time code for an account, in place of an earlier one.
pub(super) async fn new_code(
    tx: &mut Tx,
    app: &App,
    act: &Act,
    person: Uuid,
    username: &str,
    seconds: i64,
) -> ApiResult<ResetCode> {
    let code = random_code().map_err(ApiError::internal)?;
    let expires_at = app.real_clock.now().plus_seconds(seconds);
    let hash = sha256(code_letters(&code).as_bytes());
    credentials::set_reset_code(tx, person, &hash, expires_at, act).await?;
    let event = NewEvent::of("person", person, "person.reset_code_made");
    events::append_to(tx, &app.ids, act, event).await?;
    Ok(ResetCode {
        username: username.to_owned(),
        code,
        expires_at,
    })
}

/// Lets a person no longer in; what he looks like then, and which sessions that ended.
///
/// # Errors
/// 412 where another has written in between.
pub async fn disable(
    tx: &mut Tx,
    app: &App,
    who: &Caller,
    account: AccountRow,
    reason: String,
) -> ApiResult<(AccountView, Vec<Uuid>)> {
    let event = NewEvent::of("person", account.id, "person.disabled").moving(Some("active"), "disabled");
    let view = set_active(tx, app, who, account, false, event.with_text(Some(reason))).await?;
    let ended = sessions::end_all(tx, view.id, None, "disabled", app.real_clock.now()).await?;
    Ok((view, ended))
}

/// Lets a person in again.
///
/// # Errors
/// 412 where another has written in between.
pub async fn enable(tx: &mut Tx, app: &App, who: &Caller, account: AccountRow) -> ApiResult<AccountView> {
    let event = NewEvent::of("person", account.id, "person.enabled").moving(Some("disabled"), "active");
    set_active(tx, app, who, account, true, event).await
}

async fn set_active(
    tx: &mut Tx,
    app: &App,
    who: &Caller,
    account: AccountRow,
    active: bool,
    event: NewEvent,
) -> ApiResult<AccountView> {
    let now = app.clock.now();
    if !store::set_active(tx, &account, active, who.person(), now, app.real_clock.now()).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let event = event.with(json!({ "rights": account.rights + 1 }));
    events::append_to(tx, &app.ids, &who.act(now), event).await?;
    Ok(AccountView::from(AccountRow {
        active,
        disabled_at: (!active).then_some(now),
        rights: account.rights + 1,
        version: account.version + 1,
        ..account
    }))
}

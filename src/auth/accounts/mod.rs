//! Accounts: opened, given a new password, closed. What other features, the demo and the command line call.
//!
//! A password is hashed before the transaction begins, because SQLite's one writer would wait along; the transaction
//! then makes sure that what was checked still holds. Every change of an account is an event of its person.

mod administration;
mod first_administrator;
pub mod passwords;

pub use administration::{disable, enable, make_reset_code};
pub use first_administrator::{FirstAdministratorError, first_administrator};

pub use super::store::accounts::bump_rights;

use serde_json::json;
use uuid::Uuid;

use super::domain::Username;
use super::dto::account::ResetCode;
use super::store::credentials;
use crate::app::App;
use crate::clock::Ids;
use crate::db::{DbError, Tx};
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::events::{Act, NewEvent, store as events};

/// Opens an account for a person: a user name, and the hash of a password (`password::hash`), or none until a one-time
/// code is redeemed. With `must_change` the password is good for nothing but being changed.
///
/// # Errors
/// 422 at `/username` for what is no user name; 409 `duplicate` at `/username` where it is taken, or the person has an
/// account.
pub async fn create_account(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    person: Uuid,
    username: &str,
    password_hash: Option<&str>,
    must_change: bool,
) -> ApiResult<()> {
    let username = Username::parse(username).ok_or_else(|| ApiError::invalid_at("/username", FaultCode::BadFormat))?;
    let inserted = credentials::insert(tx, person, &username, password_hash, must_change, act).await;
    inserted.map_err(|error| match error {
        DbError::Unique(_) => ApiError::from(error).with_faults(vec![Fault::new("/username", FaultCode::Repeated)]),
        other => other.into(),
    })?;
    let event = NewEvent::of("person", person, "person.account_opened");
    let event = event.with(json!({ "has_password": password_hash.is_some(), "must_change": must_change }));
    events::append_to(tx, ids, act, event).await?;
    Ok(())
}

/// Opens an account without a password, to be entered by a one-time code that is good for so many seconds.
///
/// # Errors
/// As `create_account`.
pub async fn open_account(
    tx: &mut Tx,
    app: &App,
    act: &Act,
    person: Uuid,
    username: &str,
    seconds: i64,
) -> ApiResult<ResetCode> {
    create_account(tx, &app.ids, act, person, username, None, false).await?;
    administration::new_code(tx, app, act, person, username, seconds).await
}

/// Tells this process, after the commit, which sessions were ended in it.
pub fn tell_ended(app: &App, families: Vec<Uuid>) {
    let now = app.real_clock.now();
    for family in families {
        app.rights.family_ended(family, now);
    }
}

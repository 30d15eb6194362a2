//! The first administrator of an installation: made at the first start, so that somebody can make all others.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use uuid::Uuid;

use super::create_account;
use crate::app::App;
use crate::auth::keys::random_code;
use crate::auth::password::{self, is_weak};
use crate::auth::policy::Role;
use crate::clock::Timestamp;
use crate::db::{DbError, On, Tx, sql};
use crate::error::{ApiError, Code};
use crate::events::{Act, NewEvent, store as events};

/// What the organisation of the first administrator is called.
const ORG: &str = "系统管理";
/// What the first administrator is called, until he is given a name.
const PERSON: &str = "系统管理员";

/// Why there is no administrator.
#[derive(Debug, thiserror::Error)]
pub enum FirstAdministratorError {
    /// The configured password would be refused to anybody else, too.
    #[error("admin_password: 10 to 128 characters, at least four different ones, without the user name")]
    Weak,
    /// The configured user name is no name, or that of somebody who is no administrator.
    #[error("admin_username: `{0}` is no user name, or another person's: choose another")]
    Username(String),
    /// No province is in the database.
    #[error("the database has no divisions yet: migrate it first")]
    NoDivision,
    /// The account could not be made.
    #[error("the first administrator's account could not be made: {0}")]
    Failed(#[source] ApiError),
}

impl From<DbError> for FirstAdministratorError {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<ApiError> for FirstAdministratorError {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}

/// Makes the first administrator, of the whole province, where nobody holds that role; with the configured password, or
/// a one-time one that must be changed: that is returned, to be printed once. Replicas that start together make one.
pub async fn first_administrator(app: &App) -> Result<Option<String>, FirstAdministratorError> {
    if has_administrator(&app.db).await? {
        return Ok(None);
    }
    let username = &app.settings.admin_username;
    let (password, one_time) = match &app.settings.admin_password {
        Some(password) if is_weak(password.expose_secret(), username) => return Err(FirstAdministratorError::Weak),
        Some(password) => (password.clone(), None),
        None => {
            let code = random_code().map_err(ApiError::internal)?;
            (SecretString::from(code.clone()), Some(code))
        }
    };
    let hash = password::hash(&password).await?;
    let mut tx = app.db.begin().await?;
    lock(&mut tx).await?;
    if has_administrator(&mut tx).await? {
        return Ok(None);
    }
    let act = Act::of_the_service(app.clock.now());
    let person = person(&mut tx, app, &act).await?;
    create_account(
        &mut tx,
        &app.ids,
        &act,
        person,
        username,
        Some(&hash),
        one_time.is_some(),
    )
    .await
    .map_err(|error| match error.code() {
        Code::Duplicate | Code::Invalid => FirstAdministratorError::Username(username.clone()),
        _ => FirstAdministratorError::Failed(error),
    })?;
    tx.commit().await?;
    Ok(one_time)
}

async fn has_administrator(on: impl Into<On<'_>>) -> Result<bool, DbError> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM membership m JOIN person p ON p.id = m.person_id \
         WHERE m.role = $1 AND m.ended_at IS NULL AND p.active = $2")
    .bind(Role::Admin)
    .bind(true)
    .one(on)
    .await?;
    Ok(count > 0)
}

/// Waits for another replica that does the same. SQLite has one writer, who is waited for already.
async fn lock(tx: &mut Tx) -> Result<(), DbError> {
    let lock = tx.pick("SELECT 1", "SELECT 1 FROM pg_advisory_xact_lock(7302020)");
    let _: Vec<(i32,)> = sql(lock).all(tx).await?;
    Ok(())
}

/// The person and the membership, in an organisation of their own at the province.
async fn person(tx: &mut Tx, app: &App, act: &Act) -> Result<Uuid, FirstAdministratorError> {
    let province: Option<(Uuid,)> = sql("SELECT id FROM division WHERE level = 'province' ORDER BY code LIMIT 1")
        .optional(&mut *tx)
        .await?;
    let (province,) = province.ok_or(FirstAdministratorError::NoDivision)?;
    let org = org(tx, app, act, province).await?;
    let (person, membership) = (app.ids.next(), app.ids.next());
    sql("INSERT INTO person (id, name, org_id, rights_changed_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)")
        .bind(person)
        .bind(PERSON)
        .bind(org)
        .bind(app.real_clock.now())
        .bind(act.at)
        .run(tx)
        .await?;
    sql(
        "INSERT INTO membership (id, person_id, role, org_id, division_id, valid_from, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6, $6)",
    )
    .bind(membership)
    .bind(person)
    .bind(Role::Admin)
    .bind(org)
    .bind(province)
    .bind(act.at)
    .run(tx)
    .await?;
    let created = NewEvent::of("person", person, "person.created").with(json!({ "org": org }));
    events::append_to(tx, &app.ids, act, created).await?;
    let given = json!({ "person": person, "role": Role::Admin, "org": org, "division": province });
    let given = NewEvent::of("membership", membership, "membership.created").with(given);
    events::append_to(tx, &app.ids, act, given).await?;
    Ok(person)
}

async fn org(tx: &mut Tx, app: &App, act: &Act, province: Uuid) -> Result<Uuid, DbError> {
    let there: Option<(Uuid,)> = sql("SELECT id FROM org WHERE name = $1 AND division_id = $2 AND ended_at IS NULL")
        .bind(ORG)
        .bind(province)
        .optional(&mut *tx)
        .await?;
    if let Some((org,)) = there {
        return Ok(org);
    }
    let org = app.ids.next();
    insert_org(tx, org, province, act.at).await?;
    let created = NewEvent::of("org", org, "org.created").with(json!({ "kind": "office", "division": province }));
    events::append_to(tx, &app.ids, act, created).await?;
    Ok(org)
}

async fn insert_org(tx: &mut Tx, org: Uuid, province: Uuid, now: Timestamp) -> Result<(), DbError> {
    sql(
        "INSERT INTO org (id, name, kind, level, division_id, created_at, updated_at) \
         VALUES ($1, $2, 'office', 'province', $3, $4, $4)",
    )
    .bind(org)
    .bind(ORG)
    .bind(province)
    .bind(now)
    .run(tx)
    .await?;
    sql("INSERT INTO org_ancestor (ancestor_id, descendant_id, depth) VALUES ($1, $1, 0)")
        .bind(org)
        .run(tx)
        .await?;
    Ok(())
}

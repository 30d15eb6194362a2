//! The first administrator of an installation: made at the first start, so that somebody can make all others.

use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::create_account;
use crate::app::App;
use crate::auth::keys::random_code;
use crate::auth::password::{self, is_weak};
use crate::auth::policy::Role;
use crate::db::{AdvisoryLock, DbError, Tx, sql};
use crate::directory::memberships::store::{self as memberships, NewRow};
use crate::directory::orgs::domain::OrgKind;
use crate::directory::orgs::dto::NewOrg;
use crate::directory::orgs::store as orgs;
use crate::directory::people::dto::NewPerson;
use crate::directory::people::store as people;
use crate::directory::words::Level;
use crate::error::{ApiError, Code};
use crate::events::Act;

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

/// Makes the first administrator, of the whole province, where nobody can administer; with the configured password, or
/// a one-time one that must be changed: that is returned, to be printed once. Replicas that start together make one.
pub async fn first_administrator(app: &App) -> Result<Option<String>, FirstAdministratorError> {
    if memberships::has_administrator(&app.db, app.clock.now()).await? {
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
    tx.take(AdvisoryLock::Administrators).await?;
    if memberships::has_administrator(&mut tx, app.clock.now()).await? {
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

/// The person and the membership, in an organisation of their own at the province.
async fn person(tx: &mut Tx, app: &App, act: &Act) -> Result<Uuid, FirstAdministratorError> {
    let province: Option<(Uuid, String)> =
        sql("SELECT id, code FROM division WHERE level = 'province' ORDER BY code LIMIT 1")
            .optional(&mut *tx)
            .await?;
    let (province, code) = province.ok_or(FirstAdministratorError::NoDivision)?;
    let org_id = match orgs::find_named(&mut *tx, province, ORG).await? {
        Some(org) => org,
        None => {
            let office = NewOrg {
                name: ORG.to_owned(),
                public_name: None,
                kind: OrgKind::Office,
                level: None,
                division: code,
                parent_id: None,
                leading_body: None,
            };
            orgs::insert(tx, &app.ids, act, &office, (province, Level::Province)).await?
        }
    };
    let administrator = NewPerson {
        name: PERSON.to_owned(),
        org_id,
        title: None,
        username: Some(app.settings.admin_username.clone()),
    };
    let person = people::insert(tx, &app.ids, act, &administrator).await?;
    let membership = NewRow {
        person,
        role: Role::Admin,
        org: org_id,
        division: province,
        valid_from: act.at,
        valid_to: None,
    };
    memberships::insert(tx, &app.ids, act, &membership).await?;
    Ok(person)
}

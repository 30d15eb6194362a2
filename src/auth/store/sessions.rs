//! Session families and their refresh tokens. Times are real time, which tokens keep.
//!
//! A refresh token is used once. Its second use means that somebody else holds it too, so the family ends. Rows that no
//! token can refer to any more are removed in the background (`auth::sweep`); the access log keeps the history.

use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, On, Sql, Tx, sql};
use crate::http::total;

/// How long a session lasts at most, in seconds: 30 days.
pub const FAMILY_SECONDS: i64 = 30 * 24 * 3600;
/// How long it lasts unused, in seconds: 7 days.
pub const REFRESH_SECONDS: i64 = 7 * 24 * 3600;
/// How long a session stays in its owner's list after it has expired, in seconds: 90 days, so that whoever finds that
/// he was robbed sees what was open then. Its row is kept for as long, far longer than any token of it lives or is
/// known.
pub const SHOWN_SECONDS: i64 = 90 * 24 * 3600;

/// Whose a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A person who signed in.
    Person(Uuid),
    /// A client by itself.
    Client(Uuid),
}

impl Owner {
    /// ` AND <the session is his>`; the table must be named or stand alone.
    fn among(self, statement: Sql) -> Sql {
        match self {
            Self::Person(person) => statement.push_bind(" AND session_family.person_id = ", person),
            Self::Client(client) => statement.push_bind(
                " AND session_family.person_id IS NULL AND session_family.client_app_id = ",
                client,
            ),
        }
    }
}

/// A new session family.
#[derive(Debug)]
pub struct NewFamily<'a> {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub owner: Owner,
    /// The client that authenticated.
    pub client: Option<Uuid>,
    /// For whom the person acts.
    pub on_behalf_of: Option<Uuid>,
    /// The membership that was asked for.
    pub membership: Option<Uuid>,
    /// `User-Agent` as sent.
    pub user_agent: Option<&'a str>,
    /// Now.
    pub now: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// Opens a family.
pub async fn open(tx: &mut Tx, family: &NewFamily<'_>) -> Result<(), DbError> {
    let person = match family.owner {
        Owner::Person(person) => Some(person),
        Owner::Client(_) => None,
    };
    let user_agent: Option<String> = family.user_agent.map(|agent| agent.chars().take(200).collect());
    sql(
        "INSERT INTO session_family (id, person_id, client_app_id, on_behalf_of, membership_id, user_agent, created_at, \
         last_used_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
    )
    .bind(family.id)
    .bind(person)
    .bind(family.client)
    .bind(family.on_behalf_of)
    .bind(family.membership)
    .bind(user_agent)
    .bind(family.now)
    .bind(family.expires_at)
    .run(tx)
    .await?;
    Ok(())
}

/// Adds a refresh token, of which only the SHA-256 is kept.
pub async fn add_token(
    tx: &mut Tx,
    family: Uuid,
    hash: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    sql("INSERT INTO refresh_token (hash, family_id, issued_at, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(hash)
        .bind(family)
        .bind(now)
        .bind(expires_at)
        .run(tx)
        .await?;
    Ok(())
}

/// A refresh token with its family.
#[derive(Debug, FromRow)]
pub struct TokenRow {
    /// The family.
    pub family_id: Uuid,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// Who signed in.
    pub person_id: Option<Uuid>,
    /// The client that authenticated then.
    pub client_app_id: Option<Uuid>,
    /// For whom the person acts.
    pub on_behalf_of: Option<Uuid>,
    /// The membership that was asked for.
    pub membership_id: Option<Uuid>,
    /// When the family ends at the latest.
    pub family_expires_at: Timestamp,
}

/// The refresh token with this SHA-256.
pub async fn find_token(on: impl Into<On<'_>>, hash: &[u8]) -> Result<Option<TokenRow>, DbError> {
    sql(
        "SELECT t.family_id, t.expires_at, f.person_id, f.client_app_id, f.on_behalf_of, f.membership_id, \
         f.expires_at AS family_expires_at FROM refresh_token t JOIN session_family f ON f.id = t.family_id \
         WHERE t.hash = $1",
    )
    .bind(hash)
    .optional(on)
    .await
}

/// Uses a token up; false where it was used before. Of two at once exactly one wins: the other waits for the row.
pub async fn use_token(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<bool, DbError> {
    let used = sql("UPDATE refresh_token SET used_at = $2 WHERE hash = $1 AND used_at IS NULL")
        .bind(hash)
        .bind(now)
        .run(tx)
        .await?;
    Ok(used == 1)
}

/// Marks a family as used, with what it is to go on with; false where it has ended.
pub async fn go_on(
    tx: &mut Tx,
    family: Uuid,
    on_behalf_of: Option<Uuid>,
    membership: Option<Uuid>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let alive = sql(
        "UPDATE session_family SET last_used_at = $2, on_behalf_of = $3, membership_id = $4 \
         WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2",
    )
    .bind(family)
    .bind(now)
    .bind(on_behalf_of)
    .bind(membership)
    .run(tx)
    .await?;
    Ok(alive == 1)
}

/// Ends a family; false where it had ended.
pub async fn end(tx: &mut Tx, family: Uuid, reason: &'static str, now: Timestamp) -> Result<bool, DbError> {
    let ended =
        sql("UPDATE session_family SET revoked_at = $2, revoke_reason = $3 WHERE id = $1 AND revoked_at IS NULL")
            .bind(family)
            .bind(now)
            .bind(reason)
            .run(tx)
            .await?;
    Ok(ended == 1)
}

/// Ends a person's families, but for one; which they were.
pub async fn end_all(
    tx: &mut Tx,
    person: Uuid,
    but: Option<Uuid>,
    reason: &'static str,
    now: Timestamp,
) -> Result<Vec<Uuid>, DbError> {
    let ended: Vec<(Uuid,)> = sql(
        "UPDATE session_family SET revoked_at = $2, revoke_reason = $3 WHERE person_id = $1 AND revoked_at IS NULL \
         AND expires_at > $2",
    )
    .bind(person)
    .bind(now)
    .bind(reason)
    .and_opt("id <> ", but)
    .push(" RETURNING id")
    .all(tx)
    .await?;
    Ok(ended.into_iter().map(|(id,)| id).collect())
}

/// A session as its owner sees it.
#[derive(Debug, FromRow)]
pub struct SessionRow {
    /// Family id.
    pub id: Uuid,
    /// The client, where one authenticated.
    pub client_name: Option<String>,
    /// For whom the person acts in it.
    pub on_behalf_of: Option<Uuid>,
    /// That person's name.
    pub on_behalf_of_name: Option<String>,
    /// `User-Agent` at sign-in.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When a token was last taken.
    pub last_used_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub revoked_at: Option<Timestamp>,
    /// Why.
    pub revoke_reason: Option<String>,
}

/// The owner's sessions: those that live at a moment, or all.
fn of(statement: Sql, owner: Owner, alive_at: Option<Timestamp>) -> Sql {
    let of_owner = owner.among(statement);
    match alive_at {
        Some(now) => of_owner
            .push(" AND session_family.revoked_at IS NULL")
            .and("session_family.expires_at > ", now),
        None => of_owner,
    }
}

/// A page of an owner's sessions, newest first.
pub fn list(owner: Owner, alive_at: Option<Timestamp>, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let list = sql(
        "SELECT session_family.id, c.name AS client_name, on_behalf_of, b.name AS on_behalf_of_name, user_agent, \
         session_family.created_at, last_used_at, expires_at, revoked_at, revoke_reason FROM session_family \
         LEFT JOIN client_app c ON c.id = session_family.client_app_id \
         LEFT JOIN person b ON b.id = session_family.on_behalf_of WHERE session_family.id IS NOT NULL",
    );
    let list = of(list, owner, alive_at);
    let list = list.behind(" AND (session_family.created_at, session_family.id) < (", after);
    list.push_bind(
        " ORDER BY session_family.created_at DESC, session_family.id DESC LIMIT ",
        fetch,
    )
}

/// How many there are; counted to one more than lists do.
pub async fn count(on: impl Into<On<'_>>, owner: Owner, alive_at: Option<Timestamp>) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 FROM session_family WHERE id IS NOT NULL");
    total::count(on, of(rows, owner, alive_at)).await
}

/// Whether a session is the owner's.
pub async fn belongs_to(on: impl Into<On<'_>>, family: Uuid, owner: Owner) -> Result<bool, DbError> {
    let row = owner.among(sql("SELECT COUNT(*) FROM session_family WHERE id = $1").bind(family));
    let (count,): (i64,) = row.one(on).await?;
    Ok(count == 1)
}

//! What administering an account reads and writes of a person: whether he may come in, and the number of his rights.

use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, On, Tx, sql};

/// A person's account as an administrator sees it.
#[derive(Clone, Debug, FromRow)]
pub struct AccountRow {
    /// Person id.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The organisation.
    pub org_id: Option<Uuid>,
    /// Its name.
    pub org_name: Option<String>,
    /// Whether the person may come in.
    pub active: bool,
    /// Since when not.
    pub disabled_at: Option<Timestamp>,
    /// The number of his rights.
    pub rights: i64,
    /// The version of the person's row.
    pub version: i64,
    /// The user name, where there is an account.
    pub username: Option<String>,
    /// Whether the password must be changed first.
    pub must_change: Option<bool>,
    /// When an open one-time code ends.
    pub reset_expires_at: Option<Timestamp>,
}

/// The account of a person whom these divisions reach: his organisation lies in one of them (one who has none needs a
/// membership), and so does every membership of his that has not ended. Otherwise whoever administers a county could
/// take over the account of somebody who also works for the province.
pub async fn find(
    on: impl Into<On<'_>>,
    divisions: &[Uuid],
    person: Uuid,
    now: Timestamp,
) -> Result<Option<AccountRow>, DbError> {
    sql(
        "SELECT p.id, p.name, p.org_id, o.name AS org_name, p.active, p.disabled_at, p.rights, p.version, c.username, \
         c.must_change, c.reset_expires_at FROM person p LEFT JOIN org o ON o.id = p.org_id \
         LEFT JOIN credential c ON c.person_id = p.id WHERE p.id = $1 \
         AND ((p.org_id IS NULL AND EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id AND m.ended_at IS NULL \
         AND (m.valid_to IS NULL OR m.valid_to > $2))) OR EXISTS (SELECT 1 FROM division_ancestor a \
         WHERE a.descendant_id = o.division_id AND a.ancestor_id",
    )
    .bind(person)
    .bind(now)
    .in_list(divisions)
    .push(
        ")) AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id AND m.ended_at IS NULL \
         AND (m.valid_to IS NULL OR m.valid_to > $2) AND NOT EXISTS (SELECT 1 FROM division_ancestor a \
         WHERE a.descendant_id = m.division_id AND a.ancestor_id",
    )
    .in_list(divisions)
    .push("))")
    .optional(on)
    .await
}

/// Lets a person in, or no longer; raises the number of his rights. False where another has written in between. `now`
/// is business time, `real_now` what tokens keep.
pub async fn set_active(
    tx: &mut Tx,
    account: &AccountRow,
    active: bool,
    by: Option<Uuid>,
    now: Timestamp,
    real_now: Timestamp,
) -> Result<bool, DbError> {
    let written = sql(
        "UPDATE person SET active = $3, disabled_at = $4, rights = rights + 1, rights_changed_at = $5, \
         version = version + 1, updated_at = $6, updated_by = $7 WHERE id = $1 AND version = $2",
    )
    .bind(account.id)
    .bind(account.version)
    .bind(active)
    .bind((!active).then_some(now))
    .bind(real_now)
    .bind(now)
    .bind(by)
    .run(tx)
    .await?;
    Ok(written == 1)
}

/// Raises the number of a person's rights; what it is now. `real_now` is real time, which tokens keep.
pub async fn bump_rights(tx: &mut Tx, person: Uuid, real_now: Timestamp) -> Result<i64, DbError> {
    let (rights,): (i64,) =
        sql("UPDATE person SET rights = rights + 1, rights_changed_at = $2 WHERE id = $1 RETURNING rights")
            .bind(person)
            .bind(real_now)
            .one(tx)
            .await?;
    Ok(rights)
}

//! Every statement on `enterprise_authorisation`, but for the question who may speak (`reporters::store`).

use sqlx::FromRow;
use uuid::Uuid;

use super::dto::AuthorisationView;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::refs::{ObjectRef, PersonRef};
use crate::error::ApiResult;
use crate::events::Act;
use crate::http::Page;
use crate::http::page::PageRequest;
use crate::http::total;

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    person_name: String,
    enterprise_id: Uuid,
    enterprise_name: String,
    valid_from: Timestamp,
    valid_to: Option<Timestamp>,
    granted_by: Uuid,
    granted_by_name: String,
    ended_at: Option<Timestamp>,
    end_reason: Option<String>,
    version: i64,
}

const COLUMNS: &str = "SELECT a.id, a.person_id, p.name AS person_name, a.enterprise_id, o.name AS enterprise_name, \
     a.valid_from, a.valid_to, a.granted_by, g.name AS granted_by_name, a.ended_at, a.end_reason, a.version";

const TABLES: &str = " FROM enterprise_authorisation a JOIN person p ON p.id = a.person_id \
     JOIN service_object o ON o.id = a.enterprise_id JOIN person g ON g.id = a.granted_by";

/// A page of the authorisations of an enterprise, oldest first.
pub async fn list(
    db: &Db,
    enterprise: Uuid,
    include_ended: bool,
    now: Timestamp,
    page: &PageRequest,
) -> ApiResult<Page<AuthorisationView>> {
    let filtered = |head: &'static str| -> Sql {
        let statement = sql(head)
            .push(TABLES)
            .push_bind(" WHERE a.enterprise_id = ", enterprise);
        if include_ended {
            return statement;
        }
        statement
            .push(" AND a.ended_at IS NULL")
            .push_bind(" AND (a.valid_to IS NULL OR a.valid_to > ", now)
            .push(")")
    };
    let mut statement = filtered(COLUMNS);
    statement = statement.behind(" AND (a.valid_from, a.id) > (", page.after::<Timestamp>()?);
    let rows: Vec<Row> = statement
        .push_bind(" ORDER BY a.valid_from, a.id LIMIT ", page.fetch())
        .all(db)
        .await?;
    let total = page.total(total::count(db, filtered("SELECT 1 AS one"))).await?;
    Ok(page
        .page(rows, |row| (row.valid_from, row.id), Row::view)
        .with_total(total))
}

/// An authorisation of an enterprise in the subtree of one of these divisions, ended or not.
pub async fn find(on: impl Into<On<'_>>, divisions: &[Uuid], id: Uuid) -> Result<Option<AuthorisationView>, DbError> {
    let row: Option<Row> = sql(COLUMNS)
        .push(TABLES)
        .push_bind(" WHERE a.id = ", id)
        .push(" AND EXISTS (SELECT 1 FROM division_ancestor w WHERE w.descendant_id = o.division_id AND w.ancestor_id")
        .in_list(divisions)
        .push(")")
        .optional(on)
        .await?;
    Ok(row.map(Row::view))
}

/// Locks an enterprise until the end of the transaction, so that its authorisations change one by one, and no problem
/// of its is recorded meanwhile: the recording's reporter refers to this row.
pub async fn lock_enterprise(tx: &mut Tx, enterprise: Uuid) -> Result<(), DbError> {
    let row = sql("SELECT id FROM service_object WHERE id = $1 FOR UPDATE");
    tx.hold(row.bind(enterprise)).await
}

/// Whether a person is active, and outside the administration or in the subtree of one of these divisions.
pub async fn reaches_person(on: impl Into<On<'_>>, divisions: &[Uuid], person: Uuid) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql("SELECT p.id FROM person p LEFT JOIN org o ON o.id = p.org_id")
        .push_bind(" WHERE p.id = ", person)
        .and("p.active = ", true)
        .push(" AND (p.org_id IS NULL OR EXISTS (SELECT 1 FROM division_ancestor w")
        .push(" WHERE w.descendant_id = o.division_id AND w.ancestor_id")
        .in_list(divisions)
        .push("))")
        .optional(on)
        .await?;
    Ok(found.is_some())
}

/// Whether a person holds one for an enterprise that has neither ended nor expired.
pub async fn holds(on: impl Into<On<'_>>, person: Uuid, enterprise: Uuid, now: Timestamp) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql("SELECT id FROM enterprise_authorisation WHERE ended_at IS NULL")
        .and("person_id = ", person)
        .and("enterprise_id = ", enterprise)
        .push_bind(" AND (valid_to IS NULL OR valid_to > ", now)
        .push(") LIMIT 1")
        .optional(on)
        .await?;
    Ok(found.is_some())
}

/// An authorisation to be inserted, its references looked up.
#[derive(Debug)]
pub struct Insert {
    /// Row id.
    pub id: Uuid,
    /// Who may speak.
    pub person_id: Uuid,
    /// For which enterprise.
    pub enterprise_id: Uuid,
    /// Since when.
    pub valid_from: Timestamp,
    /// Until when, exclusive.
    pub valid_to: Option<Timestamp>,
    /// Who grants it.
    pub granted_by: Uuid,
}

/// Inserts one.
pub async fn insert(tx: &mut Tx, act: &Act, new: &Insert) -> Result<(), DbError> {
    sql(
        "INSERT INTO enterprise_authorisation (id, person_id, enterprise_id, valid_from, valid_to, granted_by, \
         created_at, created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $8)",
    )
    .bind(new.id)
    .bind(new.person_id)
    .bind(new.enterprise_id)
    .bind(new.valid_from)
    .bind(new.valid_to)
    .bind(new.granted_by)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Ends one; false where it had ended.
pub async fn end(tx: &mut Tx, id: Uuid, act: &Act, reason: &str) -> Result<bool, DbError> {
    let ended = sql(
        "UPDATE enterprise_authorisation SET ended_at = $2, end_reason = $3, version = version + 1, updated_at = $2, \
         updated_by = $4 WHERE id = $1 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(act.at)
    .bind(reason)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(ended == 1)
}

/// Some of those that expired and were not ended yet: id, person, enterprise.
pub async fn expired(db: &Db, now: Timestamp) -> Result<Vec<(Uuid, Uuid, Uuid)>, DbError> {
    sql(
        "SELECT id, person_id, enterprise_id FROM enterprise_authorisation WHERE ended_at IS NULL AND valid_to <= $1 \
         ORDER BY valid_to LIMIT 100",
    )
    .bind(now)
    .all(db)
    .await
}

impl Row {
    fn view(self) -> AuthorisationView {
        AuthorisationView {
            id: self.id,
            person: PersonRef {
                id: self.person_id,
                name: self.person_name,
            },
            enterprise: ObjectRef {
                id: self.enterprise_id,
                name: self.enterprise_name,
            },
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            granted_by: PersonRef {
                id: self.granted_by,
                name: self.granted_by_name,
            },
            ended_at: self.ended_at,
            end_reason: self.end_reason,
            version: self.version,
        }
    }
}

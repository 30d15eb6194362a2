//! Every statement on `person`.

use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::dto::{NewPerson, PersonFilters, PersonPatch, PersonView};
use crate::auth::Role;
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::listing;
use crate::directory::refs::OrgRef;
use crate::error::{ApiResult, OrNotFound as _};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};
use crate::http::Page;
use crate::http::page::PageRequest;
use crate::http::total;

/// What other features need to know of a person that a request names.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct PersonFacts {
    /// Row id.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The organisation; `None`: outside the administration.
    pub org_id: Option<Uuid>,
    /// Whether the person is active.
    pub active: bool,
}

/// A person by id, active or not.
pub async fn find_ref(on: impl Into<On<'_>>, id: Uuid) -> Result<Option<PersonFacts>, DbError> {
    sql("SELECT id, name, org_id, active FROM person WHERE id = $1")
        .bind(id)
        .optional(on)
        .await
}

/// Adds that the person `p` belongs to an organisation in one of these divisions or, belonging to none, holds a right
/// in one of them.
fn within(statement: Sql, scopes: &[Uuid]) -> Sql {
    statement
        .push(
            " AND (EXISTS (SELECT 1 FROM org g JOIN division_ancestor r ON r.descendant_id = g.division_id \
             WHERE g.id = p.org_id AND r.ancestor_id",
        )
        .in_list(scopes)
        .push(
            ") OR (p.org_id IS NULL AND EXISTS (SELECT 1 FROM membership n JOIN division_ancestor r \
             ON r.descendant_id = n.division_id WHERE n.person_id = p.id AND n.ended_at IS NULL AND r.ancestor_id",
        )
        .in_list(scopes)
        .push(")))")
}

/// A person whom the caller administers.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Administered {
    /// The version of the row.
    pub version: i64,
    /// Whether the person is active.
    pub active: bool,
}

/// A person within the caller's reach, to be read.
pub async fn find_within(on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid) -> Result<Option<Administered>, DbError> {
    let statement = sql("SELECT p.version, p.active FROM person p WHERE p.id = $1").bind(id);
    within(statement, scopes).optional(on).await
}

/// A person within the caller's reach, locked until the end of the transaction.
pub async fn lock(tx: &mut Tx, scopes: &[Uuid], id: Uuid) -> Result<Option<Administered>, DbError> {
    let lock = tx.lock_clause(" FOR UPDATE OF p");
    let statement = sql("SELECT p.version, p.active FROM person p WHERE p.id = $1").bind(id);
    within(statement, scopes).push(lock).optional(tx).await
}

/// Locks a person's row until the end of the transaction, so that changes of his rights come one by one.
pub async fn lock_row(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    tx.hold(sql("SELECT id FROM person WHERE id = $1 FOR UPDATE").bind(id))
        .await
}

/// A person as he is read.
#[derive(FromRow)]
struct PersonRow {
    id: Uuid,
    name: String,
    title: Option<String>,
    org_id: Option<Uuid>,
    org_name: Option<String>,
    roles: Option<String>,
    has_account: bool,
    active: bool,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Begins a statement that reads people, with the roles of `now`.
fn columns(on: &On<'_>, now: Timestamp) -> Sql {
    // Each database has its own name for joining the texts of several rows.
    let sqlite = "SELECT p.id, p.name, p.title, p.org_id, o.name AS org_name, \
         (SELECT group_concat(DISTINCT m.role) FROM membership m WHERE m.person_id = p.id AND m.ended_at IS NULL";
    let postgres = "SELECT p.id, p.name, p.title, p.org_id, o.name AS org_name, \
         (SELECT string_agg(DISTINCT m.role, ',') FROM membership m WHERE m.person_id = p.id AND m.ended_at IS NULL";
    let text = match on {
        On::Db(db) => db.pick(sqlite, postgres),
        On::Tx(tx) => tx.pick(sqlite, postgres),
    };
    sql(text)
        .push_bind(" AND m.valid_from <= ", now)
        .push_bind(" AND (m.valid_to IS NULL OR m.valid_to > ", now)
        .push(
            ")) AS roles, EXISTS (SELECT 1 FROM credential c WHERE c.person_id = p.id) AS has_account, p.active, \
             p.version, p.created_at, p.updated_at",
        )
}

const TABLES: &str = " FROM person p LEFT JOIN org o ON o.id = p.org_id";

/// A page of people of the administration, by name.
pub async fn list(db: &Db, filters: &PersonFilters, now: Timestamp, page: &PageRequest) -> ApiResult<Page<PersonView>> {
    let mut statement = filtered(columns(&On::Db(db), now), filters, now);
    statement = statement.behind(" AND (p.name, p.id) > (", page.after::<String>()?);
    let rows: Vec<PersonRow> = statement
        .push_bind(" ORDER BY p.name, p.id LIMIT ", page.fetch())
        .all(db)
        .await?;
    let counted = total::count(db, filtered(sql("SELECT 1 AS one"), filters, now));
    let total = page.total(counted).await?;
    Ok(page
        .page(rows, |row| (row.name.clone(), row.id), PersonRow::view)
        .with_total(total))
}

fn filtered(head: Sql, filters: &PersonFilters, now: Timestamp) -> Sql {
    let mut statement = head.push(TABLES).push(" WHERE p.org_id IS NOT NULL");
    if filters.include_ended != Some(true) {
        statement = statement.and("p.active = ", true);
    }
    if let Some(org) = filters.org {
        statement = statement
            .push_bind(
                " AND p.org_id IN (SELECT a.descendant_id FROM org_ancestor a WHERE a.ancestor_id = ",
                org,
            )
            .push(")");
    }
    if let Some(division) = &filters.division {
        statement = statement
            .push_bind(
                " AND EXISTS (SELECT 1 FROM division_ancestor a JOIN division x ON x.id = a.ancestor_id \
                 WHERE a.descendant_id = o.division_id AND x.code = ",
                division,
            )
            .push(")");
    }
    if let Some(role) = filters.role {
        statement = statement
            .push_bind(
                " AND EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id AND m.ended_at IS NULL AND m.role = ",
                role,
            )
            .push_bind(" AND m.valid_from <= ", now)
            .push_bind(" AND (m.valid_to IS NULL OR m.valid_to > ", now)
            .push("))");
    }
    if let Some(text) = &filters.q {
        statement = statement
            .push_bind(" AND lower(p.name) LIKE ", listing::anywhere(text))
            .push(" ESCAPE '\\'");
    }
    statement
}

/// A person of the administration, or one within `scopes`, active or not.
pub async fn find_view(on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid, now: Timestamp) -> ApiResult<PersonView> {
    let on = on.into();
    let row: Option<PersonRow> = sql_for_one(columns(&on, now), id, scopes).optional(on).await?;
    Ok(row.or_not_found()?.view())
}

fn sql_for_one(head: Sql, id: Uuid, scopes: &[Uuid]) -> Sql {
    let statement = head
        .push(TABLES)
        .push_bind(" WHERE p.id = ", id)
        .push(" AND (p.org_id IS NOT NULL OR (1 = 1");
    within(statement, scopes).push("))")
}

/// Enters a person.
pub async fn insert(tx: &mut Tx, ids: &Ids, act: &Act, body: &NewPerson) -> ApiResult<Uuid> {
    let id = ids.next();
    sql("INSERT INTO person (id, name, org_id, title, rights_changed_at, created_at, created_by, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, $5, $6, $5, $6)")
    .bind(id)
    .bind(&body.name)
    .bind(body.org_id)
    .bind(body.title.as_deref())
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    let payload = json!({ "org_id": body.org_id, "has_account": body.username.is_some() });
    append_to(tx, ids, act, NewEvent::of("person", id, "person.created").with(payload)).await?;
    Ok(id)
}

/// Carries a patch out.
pub async fn update(tx: &mut Tx, ids: &Ids, act: &Act, id: Uuid, patch: &PersonPatch) -> ApiResult<()> {
    sql(
        "UPDATE person SET version = version + 1, updated_at = $2, updated_by = $3, name = coalesce($4, name), \
         org_id = coalesce($5, org_id), title = CASE WHEN $6 THEN $7 ELSE title END WHERE id = $1",
    )
    .bind(id)
    .bind(act.at)
    .bind(act.person)
    .bind(patch.name.as_deref())
    .bind(patch.org_id)
    .bind(patch.title.is_some())
    .bind(patch.title.as_ref().and_then(|title| title.as_deref()))
    .run(tx)
    .await?;
    let changed: Vec<&str> = [
        ("name", patch.name.is_some()),
        ("org_id", patch.org_id.is_some()),
        ("title", patch.title.is_some()),
    ]
    .into_iter()
    .filter_map(|(field, there)| there.then_some(field))
    .collect();
    let payload = json!({ "changed": changed, "org_id": patch.org_id });
    append_to(tx, ids, act, NewEvent::of("person", id, "person.updated").with(payload)).await?;
    Ok(())
}

impl PersonRow {
    fn view(self) -> PersonView {
        let held = self.roles.unwrap_or_default();
        PersonView {
            id: self.id,
            name: self.name,
            title: self.title,
            org: OrgRef::from_parts(self.org_id, self.org_name),
            // In the order of the role table, whatever the database's.
            roles: Role::ALL
                .iter()
                .copied()
                .filter(|role| held.split(',').any(|word| word == role.as_str()))
                .collect(),
            has_account: self.has_account,
            active: self.active,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

//! Every statement on `delegation`.

use serde_json::json;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::dto::{DelegationView, NewDelegation};
use crate::auth::Role;
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::memberships::dto::RightFilters;
use crate::directory::refs::PersonRef;
use crate::error::{ApiResult, OrNotFound as _};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};
use crate::http::Page;
use crate::http::page::PageRequest;
use crate::http::total;

#[derive(FromRow)]
struct DelegationRow {
    id: Uuid,
    from_id: Uuid,
    from_name: String,
    to_id: Uuid,
    to_name: String,
    actions: Json<Vec<String>>,
    valid_from: Timestamp,
    valid_to: Timestamp,
    ended_at: Option<Timestamp>,
    end_reason: Option<String>,
    version: i64,
}

const COLUMNS: &str = "SELECT l.id, f.id AS from_id, f.name AS from_name, t.id AS to_id, t.name AS to_name, l.actions, \
     l.valid_from, l.valid_to, l.ended_at, l.end_reason, l.version";

const TABLES: &str =
    " FROM delegation l JOIN person f ON f.id = l.from_person_id JOIN person t ON t.id = l.to_person_id";

/// A page of the delegations that a person gave or got, oldest first.
pub async fn list(
    db: &Db,
    person: Uuid,
    filters: &RightFilters,
    now: Timestamp,
    page: &PageRequest,
) -> ApiResult<Page<DelegationView>> {
    let filtered = |head: &'static str| -> Sql {
        let statement = sql(head)
            .push(TABLES)
            .push_bind(" WHERE (l.from_person_id = ", person)
            .push_bind(" OR l.to_person_id = ", person)
            .push(")");
        if filters.include_ended == Some(true) {
            return statement;
        }
        statement.push(" AND l.ended_at IS NULL").and("l.valid_to > ", now)
    };
    let mut statement = filtered(COLUMNS);
    statement = statement.behind(" AND (l.valid_from, l.id) > (", page.after::<Timestamp>()?);
    let rows: Vec<DelegationRow> = statement
        .push_bind(" ORDER BY l.valid_from, l.id LIMIT ", page.fetch())
        .all(db)
        .await?;
    let total = page.total(total::count(db, filtered("SELECT 1 AS one"))).await?;
    Ok(page
        .page(rows, |row| (row.valid_from, row.id), DelegationRow::view)
        .with_total(total))
}

/// A delegation, ended or not. Whether the caller may see it is whether he administers who gave it.
pub async fn find_view(on: impl Into<On<'_>>, id: Uuid) -> ApiResult<DelegationView> {
    let row: Option<DelegationRow> = sql(COLUMNS)
        .push(TABLES)
        .push_bind(" WHERE l.id = ", id)
        .optional(on)
        .await?;
    Ok(row.or_not_found()?.view())
}

/// The roles that a person holds now.
pub async fn roles_of(on: impl Into<On<'_>>, person: Uuid, now: Timestamp) -> Result<Vec<Role>, DbError> {
    let rows: Vec<(Role,)> = sql(
        "SELECT DISTINCT role FROM membership WHERE person_id = $1 AND ended_at IS NULL \
         AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)",
    )
    .bind(person)
    .bind(now)
    .all(on)
    .await?;
    Ok(rows.into_iter().map(|(role,)| role).collect())
}

/// Gives a delegation that `domain::Delegation` has found fit.
pub async fn insert(tx: &mut Tx, ids: &Ids, act: &Act, from: Uuid, body: &NewDelegation) -> ApiResult<Uuid> {
    let id = ids.next();
    sql("INSERT INTO delegation (id, from_person_id, to_person_id, actions, valid_from, valid_to, created_at, created_by, \
         updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $8)")
    .bind(id)
    .bind(from)
    .bind(body.to_person_id)
    .bind(json!(body.actions))
    .bind(body.valid_from.unwrap_or(act.at))
    .bind(body.valid_to)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    let payload = json!({
        "delegation_id": id, "to_person_id": body.to_person_id, "actions": body.actions,
        "valid_to": body.valid_to,
    });
    append_to(
        tx,
        ids,
        act,
        NewEvent::of("person", from, "delegation.created").with(payload),
    )
    .await?;
    Ok(id)
}

/// Ends a delegation.
pub async fn end(tx: &mut Tx, ids: &Ids, act: &Act, delegation: &DelegationView, reason: &str) -> ApiResult<()> {
    sql(
        "UPDATE delegation SET ended_at = $2, end_reason = $3, version = version + 1, updated_at = $2, updated_by = $4 \
         WHERE id = $1",
    )
    .bind(delegation.id)
    .bind(act.at)
    .bind(reason)
    .bind(act.person)
    .run(tx)
    .await?;
    let event = NewEvent::of("person", delegation.from.id, "delegation.ended")
        .with(json!({ "delegation_id": delegation.id, "to_person_id": delegation.to.id }))
        .with_text(Some(reason.to_owned()));
    append_to(tx, ids, act, event).await?;
    Ok(())
}

impl DelegationRow {
    fn view(self) -> DelegationView {
        DelegationView {
            id: self.id,
            from: PersonRef {
                id: self.from_id,
                name: self.from_name,
            },
            to: PersonRef {
                id: self.to_id,
                name: self.to_name,
            },
            actions: self.actions.0,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            ended_at: self.ended_at,
            end_reason: self.end_reason,
            version: self.version,
        }
    }
}

//! Reading divisions; what ships is put in by `directory::seed`.

use chrono::NaiveDate;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::dto::{DivisionFilters, DivisionSummary, DivisionView, Succession};
use crate::db::{Db, DbError, On, Sql, sql};
use crate::directory::listing;
use crate::directory::refs::DivisionRef;
use crate::directory::words::Level;
use crate::error::ApiResult;
use crate::http::Page;
use crate::http::page::PageRequest;
use crate::http::total;

/// A division as other features need it: to refer to it and to show it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DivisionRow {
    /// Row id.
    pub id: Uuid,
    /// 6, 9 or 12 digits.
    pub code: String,
    /// Its own name.
    pub name: String,
    /// Its name with those above it.
    pub full_name: String,
    /// Its level.
    pub level: Level,
}

/// The division that a code stood for on a day; `None` where it stood for none.
pub async fn find_by_code(
    on: impl Into<On<'_>>,
    code: &str,
    on_date: NaiveDate,
) -> Result<Option<DivisionRow>, DbError> {
    sql("SELECT id, code, name, full_name, level FROM division WHERE code = $1 \
         AND (valid_from IS NULL OR valid_from <= $2) AND (valid_to IS NULL OR valid_to > $2) \
         ORDER BY valid_from IS NULL, valid_from DESC")
    .bind(code)
    .bind(on_date)
    .optional(on)
    .await
}

/// Whether a division is another one or lies under it.
pub async fn is_within(on: impl Into<On<'_>>, ancestor: Uuid, descendant: Uuid) -> Result<bool, DbError> {
    is_within_any(on, &[ancestor], descendant).await
}

/// Whether a division is one of these or lies under one of them.
pub async fn is_within_any(on: impl Into<On<'_>>, ancestors: &[Uuid], descendant: Uuid) -> Result<bool, DbError> {
    let found: Option<(i64,)> = sql("SELECT depth FROM division_ancestor WHERE descendant_id = $1")
        .bind(descendant)
        .push(" AND ancestor_id")
        .in_list(ancestors)
        .optional(on)
        .await?;
    Ok(found.is_some())
}

#[derive(FromRow)]
struct ListRow {
    id: Uuid,
    code: String,
    name: String,
    full_name: String,
    level: Level,
    parent_code: Option<String>,
    parent_name: Option<String>,
    parent_full_name: Option<String>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    version: i64,
}

#[derive(FromRow)]
struct SingleRow {
    #[sqlx(flatten)]
    row: ListRow,
    successors: Json<Vec<Succession>>,
    predecessors: Json<Vec<Succession>>,
}

/// A page of divisions, by code: so each stands before those that lie in it.
pub async fn list(
    db: &Db,
    filters: &DivisionFilters,
    as_of: NaiveDate,
    page: &PageRequest,
) -> ApiResult<Page<DivisionSummary>> {
    let mut statement = filtered(
        "SELECT d.id, d.code, d.name, d.full_name, d.level, p.code AS parent_code, p.name AS parent_name, \
         p.full_name AS parent_full_name, d.valid_from, d.valid_to, d.version",
        filters,
        as_of,
    );
    statement = statement.behind(" AND (d.code, d.id) > (", page.after::<String>()?);
    let rows: Vec<ListRow> = statement
        .push_bind(" ORDER BY d.code, d.id LIMIT ", page.fetch())
        .all(db)
        .await?;
    let counted = total::count(db, filtered("SELECT 1 AS one", filters, as_of));
    let total = page.total(counted).await?;
    Ok(page
        .page(rows, |row| (row.code.clone(), row.id), ListRow::summary)
        .with_total(total))
}

fn filtered(head: &'static str, filters: &DivisionFilters, as_of: NaiveDate) -> Sql {
    let mut statement = sql(head)
        .push(" FROM division d LEFT JOIN division p ON p.id = d.parent_id")
        .push_bind(" WHERE (d.valid_from IS NULL OR d.valid_from <= ", as_of)
        .push(")")
        .and_opt("d.level = ", filters.level);
    if filters.include_ended != Some(true) {
        statement = statement
            .push_bind(" AND (d.valid_to IS NULL OR d.valid_to > ", as_of)
            .push(")");
    }
    if let Some(parent) = &filters.parent {
        statement = statement
            .push_bind(
                " AND d.parent_id IN (SELECT x.id FROM division x WHERE x.code = ",
                parent,
            )
            .push(")");
    }
    if let Some(within) = &filters.within {
        statement = statement
            .push_bind(
                " AND d.id IN (SELECT a.descendant_id FROM division_ancestor a JOIN division x ON x.id = a.ancestor_id \
                 WHERE x.code = ",
                within,
            )
            .push(")");
    }
    if let Some(text) = &filters.q {
        statement = statement
            .push_bind(" AND (d.full_name LIKE ", listing::anywhere(text))
            .push_bind(" ESCAPE '\\' OR d.code LIKE ", listing::at_the_beginning(text))
            .push(" ESCAPE '\\')");
    }
    statement
}

/// The division of a code as of a day, with those before and after it.
pub async fn find_view(db: &Db, code: &str, as_of: NaiveDate) -> Result<Option<DivisionView>, DbError> {
    // Each database has its own names for making JSON of rows.
    macro_rules! single {
        ($aggregate:literal, $object:literal, $none:literal) => {
            concat!(
                "SELECT d.id, d.code, d.name, d.full_name, d.level, p.code AS parent_code, p.name AS parent_name, \
                 p.full_name AS parent_full_name, d.valid_from, d.valid_to, d.version, \
                 coalesce((SELECT ",
                $aggregate,
                "(",
                $object,
                "('code', n.code, 'name', n.name, 'full_name', \
                 n.full_name, 'share', s.share)) FROM division_successor s JOIN division n ON n.id = s.new_id \
                 WHERE s.old_id = d.id), ",
                $none,
                ") AS successors, \
                 coalesce((SELECT ",
                $aggregate,
                "(",
                $object,
                "('code', n.code, 'name', n.name, 'full_name', \
                 n.full_name, 'share', s.share)) FROM division_successor s JOIN division n ON n.id = s.old_id \
                 WHERE s.new_id = d.id), ",
                $none,
                ") AS predecessors \
                 FROM division d LEFT JOIN division p ON p.id = d.parent_id WHERE d.code = $1 \
                 AND (d.valid_from IS NULL OR d.valid_from <= $2) AND (d.valid_to IS NULL OR d.valid_to > $2) \
                 ORDER BY d.valid_from IS NULL, d.valid_from DESC"
            )
        };
    }
    let statement = db.pick(
        single!("json_group_array", "json_object", "'[]'"),
        single!("json_agg", "json_build_object", "'[]'::json"),
    );
    let row: Option<SingleRow> = sql(statement).bind(code).bind(as_of).optional(db).await?;
    Ok(row.map(|single| {
        let by_code = |mut list: Vec<Succession>| {
            list.sort_by(|left, right| left.code.cmp(&right.code));
            list
        };
        DivisionView {
            division: single.row.summary(),
            successors: by_code(single.successors.0),
            predecessors: by_code(single.predecessors.0),
        }
    }))
}

impl ListRow {
    fn summary(self) -> DivisionSummary {
        DivisionSummary {
            code: self.code,
            name: self.name,
            full_name: self.full_name,
            level: self.level,
            parent: DivisionRef::from_parts(self.parent_code, self.parent_name, self.parent_full_name),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            version: self.version,
        }
    }
}

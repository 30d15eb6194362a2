//! Who holds which role, seen from every division that has organisations.

use uuid::Uuid;

use super::domain::{Decided, Holders, gaps};
use super::dto::{Gap, Unready};
use crate::clock::Timestamp;
use crate::db::{Db, sql};
use crate::directory::refs::DivisionRef;
use crate::error::ApiResult;
use crate::http::Page;
use crate::http::page::PageRequest;

/// Id, code, name, full name; dispatchers here and above, supervisors here and above; whether there is a dispatch
/// office.
type Row = (Uuid, String, String, String, i64, i64, i64, i64, bool);

/// Whether the division `d`, or one above it, has a dispatch office.
macro_rules! has_dispatch_office {
    () => {
        "EXISTS (SELECT 1 FROM division_ancestor x JOIN org k ON k.division_id = x.ancestor_id \
         AND k.kind = 'dispatch_office' AND k.ended_at IS NULL WHERE x.descendant_id = d.id)"
    };
}

/// A page of the divisions under `scopes` in which something cannot be decided the usual way, by code.
pub async fn list(
    db: &Db,
    scopes: &[Uuid],
    now: Timestamp,
    decisions: &[Decided],
    page: &PageRequest,
) -> ApiResult<Page<Unready>> {
    // COUNT over CASE decodes alike on both databases, where SUM would be numeric on one.
    let mut statement = sql(concat!(
        "SELECT d.id, d.code, d.name, d.full_name, COUNT(CASE WHEN m.role = 'dispatcher' AND u.depth = 0 THEN 1 END) AS dh, \
         COUNT(CASE WHEN m.role = 'dispatcher' AND u.depth > 0 THEN 1 END) AS da, \
         COUNT(CASE WHEN m.role = 'supervisor' AND u.depth = 0 THEN 1 END) AS sh, \
         COUNT(CASE WHEN m.role = 'supervisor' AND u.depth > 0 THEN 1 END) AS sa, ",
        has_dispatch_office!(),
        " AS office FROM division d JOIN division_ancestor u ON u.descendant_id = d.id \
         LEFT JOIN membership m ON m.division_id = u.ancestor_id AND m.role IN ('dispatcher', 'supervisor') \
         AND m.ended_at IS NULL",
    ))
    .push_bind(" AND m.valid_from <= ", now)
    .push_bind(" AND (m.valid_to IS NULL OR m.valid_to > ", now)
    .push(
        ") AND EXISTS (SELECT 1 FROM person p WHERE p.id = m.person_id AND p.active) \
         WHERE EXISTS (SELECT 1 FROM org o WHERE o.division_id = d.id AND o.ended_at IS NULL) \
         AND EXISTS (SELECT 1 FROM division_ancestor r WHERE r.descendant_id = d.id AND r.ancestor_id",
    )
    .in_list(scopes)
    .push(")");
    statement = statement.behind(" AND (d.code, d.id) > (", page.after::<String>()?);
    // Ready where somebody above holds each role, and a dispatch office is there; whatever else is a gap.
    let rows: Vec<Row> = statement
        .push(concat!(
            " GROUP BY d.id, d.code, d.name, d.full_name \
             HAVING COUNT(CASE WHEN m.role = 'dispatcher' AND u.depth > 0 THEN 1 END) = 0 \
             OR COUNT(CASE WHEN m.role = 'supervisor' AND u.depth > 0 THEN 1 END) = 0 OR NOT ",
            has_dispatch_office!(),
        ))
        .push_bind(" ORDER BY d.code, d.id LIMIT ", page.fetch())
        .all(db)
        .await?;
    Ok(page.page(rows, |row| (row.1.clone(), row.0), |row| view(row, decisions)))
}

fn view(
    (_, code, name, full_name, dispatchers_here, dispatchers_above, supervisors_here, supervisors_above, office): Row,
    decisions: &[Decided],
) -> Unready {
    let holders = Holders {
        dispatchers_here,
        dispatchers_above,
        supervisors_here,
        supervisors_above,
        has_dispatch_office: office,
    };
    Unready {
        division: DivisionRef { code, name, full_name },
        gaps: gaps(holders, decisions).into_iter().map(Gap::of).collect(),
    }
}

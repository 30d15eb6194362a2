//! What no public text of a problem may hold: read to be compared with, never to be shown.

use sqlx::FromRow;
use uuid::Uuid;

use super::masked_firm;
use crate::db::{DbError, On, sql};
use crate::public_view::domain::guard::{Firm, Guarded};

#[derive(Debug, FromRow)]
struct GuardedRow {
    what: String,
    text: String,
    uscc: Option<String>,
}

/// Everything of these problems; `consented` where their firm may be named now.
pub async fn of(on: impl Into<On<'_>>, problems: &[Uuid], consented: bool) -> Result<Guarded, DbError> {
    let rows: Vec<GuardedRow> = sql(
        "WITH meant AS (SELECT p.id, p.object_id, p.place, p.audience, p.division_id, p.lead_person_id, p.recorded_by \
         FROM problem p WHERE p.id",
    )
    .in_list(problems)
    .push(concat!(
        ") SELECT CASE WHEN r.kind = 'org' THEN 'organisation' WHEN r.kind <> 'enterprise' THEN 'person' \
         WHEN r.anonymity = 'named' AND (r.object_id IS NULL OR r.object_id = p.object_id) THEN 'firm' \
         ELSE 'other_firm' END AS what, r.display_name AS text, NULL AS uscc \
         FROM meant p JOIN problem_reporter x ON x.problem_id = p.id JOIN reporter r ON r.id = x.reporter_id \
         WHERE r.display_name IS NOT NULL \
         UNION ALL SELECT CASE WHEN o.type <> 'enterprise' THEN 'person' WHEN ",
        masked_firm!(),
        " THEN 'other_firm' \
         ELSE 'firm' END, o.name, e.uscc \
         FROM meant p JOIN service_object o ON o.id = p.object_id LEFT JOIN enterprise e ON e.object_id = o.id \
         LEFT JOIN household h ON h.object_id = o.id WHERE o.type = 'enterprise' \
         OR (o.type = 'household' AND h.alias <> o.name) \
         UNION ALL SELECT 'address', o.address, NULL FROM meant p JOIN service_object o ON o.id = p.object_id \
         WHERE o.address IS NOT NULL AND o.type <> 'community' \
         UNION ALL SELECT 'address', p.place, NULL FROM meant p WHERE p.place IS NOT NULL AND p.audience = 'masses' \
         UNION ALL SELECT 'handler', n.name, NULL FROM person n WHERE n.id IN ( \
         SELECT a.person_id FROM meant p JOIN problem_actor a ON a.problem_id = p.id \
         UNION SELECT s.owner_id FROM meant p JOIN plan_step s ON s.problem_id = p.id \
         UNION SELECT q.person_id FROM meant p JOIN assignment q ON q.problem_id = p.id \
         UNION SELECT p.lead_person_id FROM meant p UNION SELECT p.recorded_by FROM meant p) \
         UNION ALL SELECT DISTINCT 'place', d.name, NULL FROM meant p \
         JOIN division_ancestor a ON a.descendant_id = p.division_id JOIN division d ON d.id = a.ancestor_id"
    ))
    .all(on)
    .await?;
    let mut guarded = Guarded::default();
    for row in rows {
        match row.what.as_str() {
            "address" => guarded.addresses.push(row.text),
            "place" => guarded.places.push(row.text),
            "person" => guarded.people.push(row.text),
            "organisation" => guarded.organisations.push(row.text),
            "handler" => guarded.handlers.push(row.text),
            what => guarded.firms.push(Firm {
                name: row.text,
                uscc: row.uscc,
                may_be_named: consented && what == "firm",
                is_hidden: what != "firm",
            }),
        }
    }
    Ok(guarded)
}

/// Those of these problems whose people somebody may not know: who neither calls back there nor, where all reporters
/// are named, belongs there. `speaks` for their primary reporter: he may know it, and no follower.
pub async fn hidden_from(
    on: impl Into<On<'_>>,
    problems: &[Uuid],
    (call_back, inside): (&[Uuid], &[Uuid]),
    speaks: bool,
) -> Result<Vec<Uuid>, DbError> {
    let statement = sql("SELECT p.id FROM problem p WHERE p.id")
        .in_list(problems)
        .push(" AND NOT EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = p.id AND s.scope_id")
        .in_list(call_back)
        .push(") AND NOT EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = p.id AND s.scope_id")
        .in_list(inside)
        .push(
            " AND NOT EXISTS (SELECT 1 FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id \
             WHERE x.problem_id = p.id AND r.anonymity <> 'named'))",
        );
    let statement = if speaks {
        statement
            .push(" AND EXISTS (SELECT 1 FROM problem_reporter x WHERE x.problem_id = p.id AND x.part = 'follower')")
    } else {
        statement
    };
    let rows: Vec<(Uuid,)> = statement.push(" ORDER BY p.id").all(on).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The blind indexes of the telephone numbers of whoever raised or follows these problems.
pub async fn phones(on: impl Into<On<'_>>, problems: &[Uuid]) -> Result<Vec<Vec<u8>>, DbError> {
    let rows: Vec<(Vec<u8>,)> = sql(
        "SELECT r.phone_index FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id \
         WHERE r.phone_index IS NOT NULL AND x.problem_id",
    )
    .in_list(problems)
    .all(on)
    .await?;
    Ok(rows.into_iter().map(|(index,)| index).collect())
}

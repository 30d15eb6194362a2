//! Every statement on `output`.

use uuid::Uuid;

use super::dto::NewOutput;
use crate::clock::Ids;
use crate::db::{DbError, On, Tx, sql};
use crate::events::Act;

/// Enters an output of a problem, with the problem's audience and category; its id.
pub async fn insert(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    new: &NewOutput,
    org: Uuid,
    problem: Uuid,
) -> Result<Uuid, DbError> {
    let id = ids.next();
    sql("INSERT INTO output (id, kind, title, document_no, effective_on, issuing_org_id, summary, audience, category_id, \
         created_at, created_by, updated_at, updated_by) \
         SELECT $1, $2, $3, $4, $5, $6, $7, p.audience, p.category_id, $8, $9, $8, $9 FROM problem p WHERE p.id = $10")
    .bind(id)
    .bind(new.kind)
    .bind(&new.title)
    .bind(new.document_no.clone())
    .bind(new.effective_on)
    .bind(org)
    .bind(&new.summary)
    .bind(act.at)
    .bind(act.person)
    .bind(problem)
    .run(&mut *tx)
    .await?;
    sql("INSERT INTO output_problem (output_id, problem_id) VALUES ($1, $2)")
        .bind(id)
        .bind(problem)
        .run(tx)
        .await?;
    Ok(id)
}

/// Whether a problem has led to an output, by itself or by its theme.
pub async fn has_any(on: impl Into<On<'_>>, problem: Uuid) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql("SELECT o.id FROM output o JOIN output_problem x ON x.output_id = o.id \
         WHERE x.problem_id = $1 AND o.ended_at IS NULL \
         UNION ALL SELECT p.theme_id FROM problem p WHERE p.id = $1 AND p.theme_id IS NOT NULL LIMIT 1")
    .bind(problem)
    .optional(on)
    .await?;
    Ok(found.is_some())
}

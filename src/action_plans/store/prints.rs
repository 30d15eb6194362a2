//! By what plans that read alike are found (S-48): what each says, and the bands made of it.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::db::{DbError, On, Tx, Value, sql};

/// How many rows of other plans that share a band are looked at.
const LOOKED_AT: i64 = 2_000;
/// How many plans that may be copies are compared, those that share most bands first.
const COMPARED: i64 = 20;

/// What each of these plans says, part by part: plan and text.
pub async fn texts(on: impl Into<On<'_>>, plans: &[Uuid]) -> Result<Vec<(Uuid, String)>, DbError> {
    sql("SELECT w.plan, w.text FROM (SELECT p.id AS plan, p.need AS text FROM action_plan p WHERE p.id")
        .in_list(plans)
        .push(" UNION ALL SELECT p.id, p.blockage FROM action_plan p WHERE p.id")
        .in_list(plans)
        .push(" UNION ALL SELECT p.id, p.pain_point FROM action_plan p WHERE p.id")
        .in_list(plans)
        .push(" UNION ALL SELECT m.action_plan_id, m.text FROM measure m WHERE m.ended_at IS NULL AND m.action_plan_id")
        .in_list(plans)
        .push(
            " UNION ALL SELECT s.action_plan_id, s.text FROM plan_step s WHERE s.ended_at IS NULL AND s.action_plan_id",
        )
        .in_list(plans)
        .push(
            " UNION ALL SELECT s.action_plan_id, s.expected_result FROM plan_step s WHERE s.ended_at IS NULL \
             AND s.action_plan_id",
        )
        .in_list(plans)
        .push(") w WHERE w.text IS NOT NULL ORDER BY w.plan, w.text")
        .all(on)
        .await
}

/// The hash of the text that a plan's bands were made of.
pub async fn text_hash(tx: &mut Tx, plan: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    let found: Option<(Vec<u8>,)> = sql("SELECT text_hash FROM plan_print WHERE action_plan_id = $1")
        .bind(plan)
        .optional(tx)
        .await?;
    Ok(found.map(|(hash,)| hash))
}

/// Keeps the bands of a plan, with what it is about: its enterprise, or the object of its problem, or that problem.
pub async fn keep(tx: &mut Tx, plan: Uuid, text_hash: &[u8], bands: &BTreeSet<i64>) -> Result<(), DbError> {
    sql("INSERT INTO plan_print (action_plan_id, subject_id, text_hash) \
         SELECT p.id, COALESCE(p.object_id, (SELECT COALESCE(q.object_id, q.id) FROM action_plan_problem y \
         JOIN problem q ON q.id = y.problem_id WHERE y.action_plan_id = p.id ORDER BY q.id LIMIT 1), p.id), $2 \
         FROM action_plan p WHERE p.id = $1 ON CONFLICT (action_plan_id) DO UPDATE SET text_hash = $2")
    .bind(plan)
    .bind(text_hash)
    .run(&mut *tx)
    .await?;
    sql("DELETE FROM plan_band WHERE action_plan_id = $1")
        .bind(plan)
        .run(&mut *tx)
        .await?;
    if bands.is_empty() {
        return Ok(());
    }
    sql("INSERT INTO plan_band (band, action_plan_id)")
        .values(bands.iter().map(|band| -> [Value; 2] { [(*band).into(), plan.into()] }))
        .run(tx)
        .await?;
    Ok(())
}

/// Forgets what a plan was compared by.
pub async fn forget(tx: &mut Tx, plan: Uuid) -> Result<(), DbError> {
    for statement in [
        "DELETE FROM plan_band WHERE action_plan_id = $1",
        "DELETE FROM plan_print WHERE action_plan_id = $1",
    ] {
        sql(statement).bind(plan).run(&mut *tx).await?;
    }
    Ok(())
}

/// The plans about something else that share a band with this one and were not abandoned, the likeliest first.
pub async fn candidates(on: impl Into<On<'_>>, plan: Uuid) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid, i64)> = sql(
        "SELECT k.action_plan_id, COUNT(*) AS n FROM (SELECT b.action_plan_id FROM plan_band m \
         JOIN plan_band b ON b.band = m.band WHERE m.action_plan_id = $1 AND b.action_plan_id <> $1",
    )
    .bind(plan)
    .push_bind(" LIMIT ", LOOKED_AT)
    .push(
        ") k JOIN plan_print f ON f.action_plan_id = k.action_plan_id JOIN action_plan p ON p.id = k.action_plan_id \
         WHERE p.state <> 'abandoned' AND f.subject_id <> (SELECT o.subject_id FROM plan_print o \
         WHERE o.action_plan_id = $1) GROUP BY k.action_plan_id",
    )
    .push_bind(" ORDER BY n DESC, k.action_plan_id LIMIT ", COMPARED)
    .all(on)
    .await?;
    Ok(rows.into_iter().map(|(plan, _)| plan).collect())
}

/// Which of these plans have a problem in one of these scopes.
pub async fn seen(on: impl Into<On<'_>>, scopes: &[Uuid], plans: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = sql(
        "SELECT DISTINCT y.action_plan_id FROM action_plan_problem y JOIN problem_scope z ON z.problem_id = y.problem_id \
         WHERE y.action_plan_id",
    )
    .in_list(plans)
    .push(" AND z.scope_id")
    .in_list(scopes)
    .all(on)
    .await?;
    Ok(rows.into_iter().map(|(plan,)| plan).collect())
}

//! Every free text about a problem, emptied. Counts, codes, times, points and ids stay.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};
use crate::erasure::domain::ErasedBecause;

/// What empties promises at a moment ($2). One that was made and not settled can be settled no more: it is ended, and
/// not counted so. Figures stay, and what was not said to be kept stays overdue in them.
macro_rules! empty_commitments {
    ($of:literal) => {
        concat!(
            "UPDATE commitment SET text = '', settlement = NULL, end_reason = NULL, version = version + 1, \
             ended_at = CASE WHEN state = 'open' THEN COALESCE(ended_at, $2) ELSE ended_at END WHERE ",
            $of
        )
    };
}
pub(super) use empty_commitments;

/// What empties a table's texts about a problem ($1) at a moment ($2). Where the schema wants a text, it is empty.
const AT_A_MOMENT: &[&str] = &[
    "UPDATE supplement SET text = '', erased_at = $2 WHERE problem_id = $1 AND erased_at IS NULL",
    "UPDATE contact_log SET words = NULL, erased_at = $2, version = version + 1 WHERE problem_id = $1 AND erased_at IS NULL",
    "UPDATE rating SET words = NULL, review = NULL, erased_at = $2 WHERE problem_id = $1 AND erased_at IS NULL",
    empty_commitments!("problem_id = $1"),
    "UPDATE problem_reply SET text = '', erased_at = $2 WHERE problem_id = $1 AND erased_at IS NULL",
    "UPDATE problem_note SET text = '', erased_at = $2 WHERE problem_id = $1 AND erased_at IS NULL",
];

/// The same of tables that do not say when.
const PLAIN: &[&str] = &[
    "UPDATE cycle SET result = NULL WHERE problem_id = $1",
    "UPDATE disposition_org SET agreed = NULL WHERE disposition_id IN (SELECT id FROM disposition WHERE problem_id = $1)",
    "UPDATE disposition SET text = NULL, reason = NULL WHERE problem_id = $1",
    "UPDATE analysis SET findings = '', key_factor = NULL, shortfall = NULL, correction_reason = NULL WHERE problem_id = $1",
    "UPDATE assignment SET duty = CASE WHEN duty IS NULL THEN NULL ELSE '' END, state_reason = NULL, end_reason = NULL \
     WHERE problem_id = $1",
    "UPDATE referral SET question = '', result = NULL, end_reason = NULL WHERE problem_id = $1",
    "UPDATE look_back SET evidence = NULL, end_reason = NULL WHERE problem_id = $1",
    "UPDATE plan_step SET text = '', expected_result = '', result = NULL, waive_reason = NULL, end_reason = NULL \
     WHERE problem_id = $1",
    "UPDATE supervision_order SET text = '', answer = NULL WHERE problem_id = $1",
    "UPDATE inspection_sample_problem SET finding = NULL WHERE problem_id = $1",
    "UPDATE theme_problem SET leave_reason = NULL WHERE problem_id = $1",
    // That a firm consented, and when, stays.
    "UPDATE publication SET title = '', summary = '', result = CASE WHEN result IS NULL THEN NULL ELSE '' END, \
     consent_evidence = CASE WHEN consent_evidence IS NULL THEN NULL ELSE '' END WHERE problem_id = $1",
    "UPDATE task SET note = NULL WHERE problem_id = $1",
    "UPDATE watch SET note = NULL WHERE problem_id = $1",
];

/// Empties all that is written about a problem, but for its plans. Nothing of it is public any more.
pub async fn empty(tx: &mut Tx, problem: Uuid, because: ErasedBecause, at: Timestamp) -> Result<(), DbError> {
    sql(
        "UPDATE problem SET statement = '', summary = NULL, place = NULL, end_reason = NULL, published = $2, \
         erased_at = $3 WHERE id = $1",
    )
    .bind(problem)
    .bind(false)
    .bind(at)
    .run(&mut *tx)
    .await?;
    for statement in AT_A_MOMENT {
        sql(statement).bind(problem).bind(at).run(&mut *tx).await?;
    }
    for statement in PLAIN {
        sql(statement).bind(problem).run(&mut *tx).await?;
    }
    empty_comments(tx, problem, because, at).await?;
    sql(
        "UPDATE request SET reason = NULL, facts = $2, ruling = NULL, erased_at = $3, version = version + 1 \
         WHERE problem_id = $1 AND erased_at IS NULL",
    )
    .bind(problem)
    .bind(json!({}))
    .bind(at)
    .run(&mut *tx)
    .await?;
    sql(
        "UPDATE event_text SET text = NULL, salt = $2, erased_at = $3 WHERE erased_at IS NULL \
         AND event_id IN (SELECT e.id FROM event e WHERE e.problem_id = $1)",
    )
    .bind(problem)
    .bind(&b""[..])
    .bind(at)
    .run(&mut *tx)
    .await?;
    forget_leaving(tx, problem, at).await
}

/// Empties the comments on a problem, the replies to them and why they were hidden; how many. Where its reporter asked,
/// his own alone, by whichever of his rows he wrote them: what others said is not his to take back.
pub async fn empty_comments(tx: &mut Tx, problem: Uuid, because: ErasedBecause, at: Timestamp) -> Result<u64, DbError> {
    let statement = sql(
        "UPDATE comment SET text = '', reporter_id = NULL, author_name = NULL, author_hash = NULL, reply = NULL, \
         hidden_note = NULL, erased_at = $2, version = version + 1 WHERE problem_id = $1 AND erased_at IS NULL",
    )
    .bind(problem)
    .bind(at);
    let statement = match because {
        ErasedBecause::Term => statement,
        ErasedBecause::Asked => statement.push(
            " AND EXISTS (SELECT 1 FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id \
             JOIN reporter o ON o.id = comment.reporter_id WHERE x.problem_id = $1 AND x.part = 'primary' \
             AND (o.id = r.id OR o.person_id = r.person_id OR o.phone_index = r.phone_index))",
        ),
    };
    let emptied = statement.run(&mut *tx).await?;
    sql("UPDATE comment_moderation SET note = '' WHERE comment_id IN \
         (SELECT c.id FROM comment c WHERE c.problem_id = $1 AND c.erased_at IS NOT NULL)")
    .bind(problem)
    .run(tx)
    .await?;
    Ok(emptied)
}

/// Erases why it was taken out of themes from their timelines, where it may have been taken out with others. The row of
/// its membership stays when it leaves, so that names every theme.
async fn forget_leaving(tx: &mut Tx, problem: Uuid, at: Timestamp) -> Result<(), DbError> {
    sql(
        "UPDATE event_text SET text = NULL, salt = $2, erased_at = $3 WHERE erased_at IS NULL AND event_id IN \
         (SELECT e.id FROM event e JOIN theme_problem x ON x.theme_id = e.aggregate_id WHERE x.problem_id = $1 \
         AND e.type = 'theme.problems_removed' AND CAST(e.payload AS text) LIKE $4)",
    )
    .bind(problem)
    .bind(&b""[..])
    .bind(at)
    .bind(format!("%{problem}%"))
    .run(tx)
    .await?;
    Ok(())
}

/// Empties those of its plans that are for no problem any more whose words are kept; which.
pub async fn empty_plans(tx: &mut Tx, problem: Uuid, at: Timestamp) -> Result<Vec<Uuid>, DbError> {
    // Locked before they are judged: two of its problems may be erased at once, and the second sees what the first did.
    let its = "SELECT a.id FROM action_plan a WHERE a.id IN \
         (SELECT l.action_plan_id FROM action_plan_problem l WHERE l.problem_id = $1) ORDER BY a.id FOR UPDATE";
    tx.hold(sql(its).bind(problem)).await?;
    let emptied: Vec<(Uuid,)> = sql(
        "UPDATE action_plan SET title = '', need = NULL, blockage = NULL, pain_point = NULL, \
         discussion_participants = $2, discussion_conclusion = NULL, send_back_reason = NULL, end_reason = NULL, \
         template_unchanged_reason = NULL, erased_at = $3, version = version + 1 WHERE erased_at IS NULL \
         AND id IN (SELECT l.action_plan_id FROM action_plan_problem l WHERE l.problem_id = $1) \
         AND NOT EXISTS (SELECT 1 FROM action_plan_problem m JOIN problem q ON q.id = m.problem_id \
         WHERE m.action_plan_id = action_plan.id AND q.erased_at IS NULL) RETURNING id",
    )
    .bind(problem)
    .bind(json!([]))
    .bind(at)
    .all(&mut *tx)
    .await?;
    let plans: Vec<Uuid> = emptied.into_iter().map(|(id,)| id).collect();
    sql("UPDATE measure SET text = '', end_reason = NULL WHERE action_plan_id")
        .in_list(&plans)
        .run(&mut *tx)
        .await?;
    forget_timelines(tx, &plans, at).await?;
    Ok(plans)
}

/// Erases every text in the timelines of these; each hash stays in its chain.
pub(super) async fn forget_timelines(tx: &mut Tx, aggregates: &[Uuid], at: Timestamp) -> Result<(), DbError> {
    sql(
        "UPDATE event_text SET text = NULL, salt = $1, erased_at = $2 WHERE erased_at IS NULL \
         AND event_id IN (SELECT e.id FROM event e WHERE e.aggregate_id",
    )
    .bind(&b""[..])
    .bind(at)
    .in_list(aggregates)
    .push(")")
    .run(tx)
    .await?;
    Ok(())
}

/// Marks its attachments erased, and those of these plans and of its visit: their hashes stay, for each of which bytes
/// are to be let go.
pub async fn forget_files(
    tx: &mut Tx,
    problem: Uuid,
    (plans, visit): (&[Uuid], Option<Uuid>),
    at: Timestamp,
) -> Result<Vec<Vec<u8>>, DbError> {
    let forgotten: Vec<(Vec<u8>,)> = sql(
        "UPDATE attachment SET erased_at = $2, file_name = '', taken_at = NULL, end_reason = NULL, \
         version = version + 1 WHERE erased_at IS NULL AND (problem_id = $1 OR (owner_kind = 'action_plan' AND owner_id",
    )
    .bind(problem)
    .bind(at)
    .in_list(plans)
    .push_bind(") OR (owner_kind = 'visit' AND owner_id = ", visit)
    .push(")) RETURNING sha256")
    .all(tx)
    .await?;
    Ok(forgotten.into_iter().map(|(hash,)| hash).collect())
}

/// The day of the next look-back that is still to be made in a round.
pub async fn next_look_back(tx: &mut Tx, problem: Uuid, cycle: i64) -> Result<Option<NaiveDate>, DbError> {
    let next: Option<(NaiveDate,)> = sql("SELECT due_on FROM look_back WHERE problem_id = $1 AND cycle_no = $2 \
         AND done_at IS NULL AND ended_at IS NULL ORDER BY due_on LIMIT 1")
    .bind(problem)
    .bind(cycle)
    .optional(tx)
    .await?;
    Ok(next.map(|(day,)| day))
}

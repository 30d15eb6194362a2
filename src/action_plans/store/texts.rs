//! What a plan is found by: what whoever sees it may read. Its steps are not among it: of a plan for several problems
//! each reader sees those of his own.

use uuid::Uuid;

use crate::db::{DbError, Tx, sql};
use crate::full_text::domain::Document;
use crate::full_text::store::{Kind, put};

/// Its texts as they are stored.
pub async fn document(tx: &mut Tx, plan: Uuid) -> Result<Document, DbError> {
    type Texts = (String, Option<String>, Option<String>, Option<String>, Option<String>);
    let found: Option<Texts> =
        sql("SELECT title, need, blockage, pain_point, discussion_conclusion FROM action_plan WHERE id = $1")
            .bind(plan)
            .optional(&mut *tx)
            .await?;
    let Some((title, need, blockage, pain_point, conclusion)) = found else {
        return Ok(Document::default());
    };
    let document = Document::of([
        Some(title.as_str()),
        need.as_deref(),
        blockage.as_deref(),
        pain_point.as_deref(),
        conclusion.as_deref(),
    ]);
    let measures: Vec<(String, Option<String>)> = sql("SELECT text, policy_ref FROM measure \
         WHERE action_plan_id = $1 AND ended_at IS NULL ORDER BY sort_order, id")
    .bind(plan)
    .all(tx)
    .await?;
    let texts = measures.iter().flat_map(|(text, policy)| [Some(text), policy.as_ref()]);
    Ok(texts.flatten().fold(document, |document, text| document.text(text)))
}

/// The plans of a problem, held until the transaction ends: nobody else changes their texts meanwhile.
pub async fn hold(tx: &mut Tx, problem: Uuid) -> Result<Vec<Uuid>, DbError> {
    let lock = tx.lock_clause(" FOR UPDATE");
    let held: Vec<(Uuid,)> = sql("SELECT a.id FROM action_plan a WHERE a.id IN \
         (SELECT l.action_plan_id FROM action_plan_problem l WHERE l.problem_id = $1) ORDER BY a.id")
    .bind(problem)
    .push(lock)
    .all(tx)
    .await?;
    Ok(held.into_iter().map(|(plan,)| plan).collect())
}

/// Indexes it anew, after one of its texts was changed.
pub async fn index(tx: &mut Tx, plan: Uuid) -> Result<(), DbError> {
    let document = document(tx, plan).await?;
    put(tx, Kind::ActionPlan, plan, &document).await
}

//! The tree of organisations (`org_ancestor`) and what follows from it: who sees which problem and visit.
//!
//! An organisation sees what it, or one below it, has a part in. So when a branch is moved, the rows of `problem_scope`
//! and `visit_scope` that the old ancestors had through it go, unless something else gives them, and the new ancestors
//! get theirs.
//!
//! The tree has one lock on PostgreSQL, held until the transaction ends. Whoever changes the tree, the name or the life
//! of an organisation, or who is competent, holds it alone (`hold`). Whoever gives an organisation a part, or works out
//! who sees a problem or a visit, holds it with others (`STEADY`, `steady`). So nobody works on a tree that is being
//! changed, and no organisation ends while it is given work. The lock is taken before the rows of organisations, visits
//! and problems.

use uuid::Uuid;

use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::{AdvisoryLock, DbError, On, Tx, sql};

/// Lets a statement that runs anyway, on PostgreSQL, wait until nobody changes the tree, before it reads any row. What
/// it reads itself may be older than that: what follows from the tree is asked by the statements after it. The number
/// is that of [`AdvisoryLock::Organisations`].
pub const STEADY: &str = " AND (SELECT pg_advisory_xact_lock_shared(7302021)) IS NOT NULL";

/// The same where no statement runs anyway.
pub async fn steady(tx: &mut Tx) -> Result<(), DbError> {
    tx.share(AdvisoryLock::Organisations).await
}

/// Waits until nobody uses the tree, and keeps everybody else from it. To be called before anything else is locked, and
/// never after `steady`.
pub async fn hold(tx: &mut Tx) -> Result<(), DbError> {
    tx.take(AdvisoryLock::Organisations).await
}

/// Enters a new organisation as a leaf.
pub async fn plant(tx: &mut Tx, org: Uuid, parent: Option<Uuid>) -> Result<(), DbError> {
    sql("INSERT INTO org_ancestor (ancestor_id, descendant_id, depth) VALUES ($1, $1, 0)")
        .bind(org)
        .run(tx)
        .await?;
    hang(tx, org, parent).await
}

/// Whether an organisation is another one or stands under it.
pub async fn is_below(on: impl Into<On<'_>>, ancestor: Uuid, descendant: Uuid) -> Result<bool, DbError> {
    let found: Option<(i64,)> = sql("SELECT depth FROM org_ancestor WHERE ancestor_id = $1 AND descendant_id = $2")
        .bind(ancestor)
        .bind(descendant)
        .optional(on)
        .await?;
    Ok(found.is_some())
}

/// Whether the caller handles for an organisation, or heads it or one above it.
pub async fn acts_for(tx: &mut Tx, who: &Caller, org: Uuid) -> Result<bool, DbError> {
    for own in &who.memberships {
        let acts = match own.role {
            Role::Handler => own.org == org,
            Role::Head => is_below(&mut *tx, own.org, org).await?,
            _ => false,
        };
        if acts {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Moves an organisation with all below it under another, or to the top. The new parent must not stand below it.
pub async fn move_under(tx: &mut Tx, org: Uuid, parent: Option<Uuid>) -> Result<(), DbError> {
    sql("UPDATE org SET parent_id = $2 WHERE id = $1")
        .bind(org)
        .bind(parent)
        .run(tx)
        .await?;
    let old: Vec<(Uuid,)> = sql("SELECT ancestor_id FROM org_ancestor WHERE descendant_id = $1 AND depth > 0")
        .bind(org)
        .all(&mut *tx)
        .await?;
    let old: Vec<Uuid> = old.into_iter().map(|(id,)| id).collect();
    sql("DELETE FROM org_ancestor WHERE descendant_id IN (SELECT b.descendant_id FROM org_ancestor b WHERE b.ancestor_id = $1)")
        .bind(org)
        .push(" AND ancestor_id")
        .in_list(&old)
        .run(tx)
        .await?;
    hang(tx, org, parent).await?;
    show_to_ancestors(tx, org).await?;
    hide_from(tx, org, &old).await
}

/// Gives everything in the branch of `org` the ancestors that `parent` has, and `parent` itself.
async fn hang(tx: &mut Tx, org: Uuid, parent: Option<Uuid>) -> Result<(), DbError> {
    sql("INSERT INTO org_ancestor (ancestor_id, descendant_id, depth) \
         SELECT up.ancestor_id, down.descendant_id, up.depth + down.depth + 1 FROM org_ancestor up, org_ancestor down \
         WHERE up.descendant_id = $2 AND down.ancestor_id = $1")
    .bind(org)
    .bind(parent)
    .run(tx)
    .await?;
    Ok(())
}

/// Shows what the branch of `org` has a part in to the branch and to every ancestor.
async fn show_to_ancestors(tx: &mut Tx, org: Uuid) -> Result<(), DbError> {
    sql(
        "INSERT INTO problem_scope (scope_id, problem_id, state, recorded_at, due_key, updated_at, urgency_due_key, \
         response_due_key, last_progress_at) \
         SELECT DISTINCT a.ancestor_id, p.id, p.state, p.recorded_at, p.due_key, p.updated_at, p.urgency_due_key, \
         p.response_due_key, p.last_progress_at \
         FROM org_ancestor b JOIN problem_org x ON x.org_id = b.descendant_id JOIN problem p ON p.id = x.problem_id \
         JOIN org_ancestor a ON a.descendant_id = x.org_id WHERE b.ancestor_id = $1 \
         ON CONFLICT (scope_id, problem_id) DO NOTHING",
    )
    .bind(org)
    .run(tx)
    .await?;
    sql("INSERT INTO visit_scope (scope_id, visit_id, state, planned_at) \
         SELECT DISTINCT a.ancestor_id, v.id, v.state, v.planned_at \
         FROM org_ancestor b JOIN visit v ON v.org_id = b.descendant_id \
         JOIN org_ancestor a ON a.descendant_id = v.org_id WHERE b.ancestor_id = $1 \
         ON CONFLICT (scope_id, visit_id) DO NOTHING")
    .bind(org)
    .run(tx)
    .await?;
    Ok(())
}

/// Hides from these organisations what they saw through the branch of `org` and do not see otherwise.
async fn hide_from(tx: &mut Tx, org: Uuid, from: &[Uuid]) -> Result<(), DbError> {
    sql(UNFOUNDED_PROBLEM_SCOPE)
        .push(" AND scope_id")
        .in_list(from)
        .push_bind(
            " AND problem_id IN (SELECT x.problem_id FROM org_ancestor b JOIN problem_org x ON x.org_id = b.descendant_id \
             WHERE b.ancestor_id = ",
            org,
        )
        .push(")")
        .run(tx)
        .await?;
    sql(UNFOUNDED_VISIT_SCOPE)
        .push(" AND scope_id")
        .in_list(from)
        .push_bind(
            " AND visit_id IN (SELECT v.id FROM org_ancestor b JOIN visit v ON v.org_id = b.descendant_id \
             WHERE b.ancestor_id = ",
            org,
        )
        .push(")")
        .run(tx)
        .await?;
    Ok(())
}

/// Rows of `problem_scope` that no part of an organisation in the problem accounts for.
const UNFOUNDED_PROBLEM_SCOPE: &str = "DELETE FROM problem_scope WHERE NOT EXISTS (SELECT 1 FROM problem_org y \
     JOIN org_ancestor a ON a.descendant_id = y.org_id WHERE y.problem_id = problem_scope.problem_id \
     AND a.ancestor_id = problem_scope.scope_id)";

/// Rows of `visit_scope` that the visiting organisation does not account for.
const UNFOUNDED_VISIT_SCOPE: &str = "DELETE FROM visit_scope WHERE NOT EXISTS (SELECT 1 FROM visit y \
     JOIN org_ancestor a ON a.descendant_id = y.org_id WHERE y.id = visit_scope.visit_id \
     AND a.ancestor_id = visit_scope.scope_id)";

/// Who may see these problems, after parts in them passed from `old` to others.
pub async fn rescope_problems(tx: &mut Tx, old: Uuid, at: Timestamp, problems: &[Uuid]) -> Result<(), DbError> {
    sql(
        "INSERT INTO problem_scope (scope_id, problem_id, state, recorded_at, due_key, updated_at, urgency_due_key, \
         response_due_key, last_progress_at) \
         SELECT DISTINCT a.ancestor_id, p.id, p.state, p.recorded_at, p.due_key, p.updated_at, p.urgency_due_key, \
         p.response_due_key, p.last_progress_at \
         FROM problem p JOIN problem_org x ON x.problem_id = p.id JOIN org_ancestor a ON a.descendant_id = x.org_id \
         WHERE p.id",
    )
    .in_list(problems)
    .push(" ON CONFLICT (scope_id, problem_id) DO NOTHING")
    .run(tx)
    .await?;
    sql(UNFOUNDED_PROBLEM_SCOPE)
        .push_bind(
            " AND scope_id IN (SELECT o.ancestor_id FROM org_ancestor o WHERE o.descendant_id = ",
            old,
        )
        .push(") AND problem_id")
        .in_list(problems)
        .run(tx)
        .await?;
    sql("UPDATE problem_scope SET updated_at = $1 WHERE problem_id")
        .bind(at)
        .in_list(problems)
        .run(tx)
        .await?;
    Ok(())
}

/// Who may see these visits, after they passed from `old` to another organisation.
pub async fn rescope_visits(tx: &mut Tx, old: Uuid, visits: &[Uuid]) -> Result<(), DbError> {
    for batch in visits.chunks(500) {
        sql("INSERT INTO visit_scope (scope_id, visit_id, state, planned_at) \
             SELECT DISTINCT a.ancestor_id, v.id, v.state, v.planned_at FROM visit v \
             JOIN org_ancestor a ON a.descendant_id = v.org_id WHERE v.id")
        .in_list(batch)
        .push(" ON CONFLICT (scope_id, visit_id) DO NOTHING")
        .run(tx)
        .await?;
        sql(UNFOUNDED_VISIT_SCOPE)
            .push_bind(
                " AND scope_id IN (SELECT o.ancestor_id FROM org_ancestor o WHERE o.descendant_id = ",
                old,
            )
            .push(") AND visit_id")
            .in_list(batch)
            .run(tx)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_that_waits_waits_for_the_trees_lock() {
        let lock = format!("pg_advisory_xact_lock_shared({})", AdvisoryLock::Organisations.number());
        assert!(STEADY.contains(&lock));
    }
}

//! Plans that read like another's for something else (S-48): a warning on both, which keeps nobody from anything.
//!
//! The bands are written with every change of the text; which plans are copies is found on reading, so two plans that
//! are worked out at once both say so.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::domain::PlanWarningCode;
use super::domain::likeness::Shingles;
use super::dto::PlanWarning;
use super::store::{prints, texts};
use crate::auth::keys::sha256;
use crate::db::{DbError, On, Tx};

/// Makes anew what the plans of a problem are found and compared by, after texts of theirs were blotted out or erased.
///
/// # Errors
/// Where the database does not answer.
pub async fn texts_changed(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    for plan in texts::hold(tx, problem).await? {
        texts::index(tx, plan).await?;
        keep(tx, plan).await?;
    }
    Ok(())
}

/// Makes the bands of a plan anew where its text has changed; of one that says nothing, none are kept.
///
/// # Errors
/// Where the database does not answer.
pub async fn keep(tx: &mut Tx, plan: Uuid) -> Result<(), DbError> {
    let texts = prints::texts(&mut *tx, &[plan]).await?;
    let mut parts: Vec<&str> = texts.iter().map(|(_, text)| text.as_str()).collect();
    parts.sort_unstable();
    if parts.iter().all(|part| part.is_empty()) {
        return prints::forget(tx, plan).await;
    }
    let hash = sha256(parts.join("\n").as_bytes());
    if prints::text_hash(tx, plan).await?.is_some_and(|kept| kept == hash) {
        return Ok(());
    }
    prints::keep(tx, plan, &hash, &Shingles::of(parts).bands()).await
}

/// What is to be said of a plan to who sees plans in these scopes: others' plans are named as far as he sees them.
///
/// # Errors
/// Where the database does not answer.
pub async fn warnings(on: impl Into<On<'_>>, scopes: &[Uuid], plan: Uuid) -> Result<Vec<PlanWarning>, DbError> {
    let mut on = on.into();
    let candidates = prints::candidates(&mut on, plan).await?;
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let all: Vec<Uuid> = candidates.iter().copied().chain([plan]).collect();
    let mut parts: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for (of, text) in prints::texts(&mut on, &all).await? {
        parts.entry(of).or_default().push(text);
    }
    let shingles = |of: &Uuid| {
        let mut parts: Vec<&str> = parts.get(of).into_iter().flatten().map(String::as_str).collect();
        parts.sort_unstable();
        Shingles::of(parts)
    };
    let own = shingles(&plan);
    let alike = candidates.iter().map(|other| (*other, shingles(other)));
    let copies: Vec<(Uuid, f64)> = alike
        .filter(|(_, other)| own.is_copy_of(other))
        .map(|(id, other)| (id, own.similarity(&other)))
        .collect();
    let ids: Vec<Uuid> = copies.iter().map(|(id, _)| *id).collect();
    let seen = prints::seen(on, scopes, &ids).await?;
    let warning = |(id, similarity)| PlanWarning {
        code: PlanWarningCode::CopiedPlan,
        similarity,
        action_plan_id: Some(id).filter(|id| seen.contains(id)),
    };
    Ok(copies.into_iter().map(warning).collect())
}

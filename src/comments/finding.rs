//! What the caller reaches: what is published as everybody does, the rest within his scopes.

use uuid::Uuid;

use super::store::{self, CommentRow};
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::{Db, On, Tx};
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _, Text};
use crate::http::PathRef;
use crate::problems::store::{ProblemFacts, facts, facts_to_change};
use crate::public_view::store::shown::is_public;
use crate::reporters::domain::Reader;
use crate::reporters::dto::CALL_BACK;
use crate::reporters::store::spoken;
use crate::reporters::voice::Spoken;

/// A problem that the caller may say something about.
#[derive(Debug)]
pub struct Found {
    /// The problem, locked.
    pub facts: ProblemFacts,
    /// Whether everybody reads it.
    pub published: bool,
    /// Whether the caller speaks for its reporter.
    pub spoken: Option<Spoken>,
}

/// Finds and locks a problem to comment on: one that everybody may see, by its id, or one for whose reporter the caller
/// speaks.
///
/// # Errors
/// 404 for what the caller does not reach; 403 for what he reaches, does not speak for, and is not published.
pub async fn to_comment(
    tx: &mut Tx,
    who: &Caller,
    scopes: &[Uuid],
    reference: &PathRef,
    now: Timestamp,
) -> ApiResult<Found> {
    let found = match (facts_to_change(tx, scopes, reference, who, now).await?, reference) {
        // A problem lies in the scope of its own id, so that is as good as no scope.
        (None, PathRef::Id(id)) if is_public(&mut *tx, *id, now).await? => {
            facts_to_change(tx, &[*id], reference, who, now).await?
        }
        (found, _) => found,
    };
    let facts = found.or_not_found()?;
    // Behind the lock.
    let published = is_public(&mut *tx, facts.id, now).await?;
    let spoken = spoken(&mut *tx, who, facts.id, now).await?;
    if !published && spoken.is_none() {
        return Err(ApiError::new(Code::Forbidden).with_detail(Text::new(
            "未公开的问题仅反映人本人可以评论",
            "Before a problem is published, only its reporter comments on it",
        )));
    }
    Ok(Found {
        facts,
        published,
        spoken,
    })
}

/// Finds a comment within the caller's scopes, and locks its problem.
///
/// # Errors
/// 404.
pub async fn to_change(
    tx: &mut Tx,
    who: &Caller,
    scopes: &[Uuid],
    id: Uuid,
    now: Timestamp,
) -> ApiResult<(ProblemFacts, CommentRow)> {
    let row = store::find(&mut *tx, scopes, id).await?.or_not_found()?;
    let reference = PathRef::Id(row.problem_id);
    let facts = facts_to_change(tx, scopes, &reference, who, now)
        .await?
        .or_not_found()?;
    // Read anew behind the lock.
    let row = store::find(tx, scopes, id).await?.or_not_found()?;
    Ok((facts, row))
}

/// A comment on a problem that everybody may see at `now`, or within these scopes.
///
/// # Errors
/// 404.
pub async fn one_to_read(on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid, now: Timestamp) -> ApiResult<CommentRow> {
    let mut on = on.into();
    if let Some(row) = store::find(&mut on, scopes, id).await? {
        return Ok(row);
    }
    let row: CommentRow = store::one(id).optional(&mut on).await?.or_not_found()?;
    is_public(on, row.problem_id, now).await?.then_some(row).or_not_found()
}

/// A problem whose words the caller may read; with its id, in which capacity. `None`: as everybody does.
///
/// # Errors
/// 404.
pub async fn to_read(
    db: &Db,
    who: &Caller,
    scopes: &[Uuid],
    reference: &PathRef,
    now: Timestamp,
) -> ApiResult<(Uuid, Option<Reader>)> {
    if let Some(facts) = facts(db, scopes, reference, who, now).await? {
        return Ok((facts.id, reader(who, &facts)));
    }
    match reference {
        PathRef::Id(id) => Ok((everybody(db, *id, now).await?, None)),
        // The number on a reporter's receipt opens nothing to others.
        PathRef::Name(_) => Err(ApiError::not_found()),
    }
}

/// The id of a problem that everybody may see at `now`.
///
/// # Errors
/// 404.
pub async fn everybody(db: &Db, problem: Uuid, now: Timestamp) -> ApiResult<Uuid> {
    is_public(db, problem, now).await?.then_some(problem).or_not_found()
}

/// In which capacity the caller reads what is said of a problem that lies in his scopes; `None`: as everybody does, as
/// reporters and clients do.
pub fn reader(who: &Caller, facts: &ProblemFacts) -> Option<Reader> {
    if who.is_client {
        return None;
    }
    let roles = facts.roles_of(who);
    if roles.iter().any(|role| CALL_BACK.contains(role)) {
        return Some(Reader::CallsBack);
    }
    let inside = roles.iter().any(|role| *role != Role::Reporter);
    inside.then_some(Reader::Administration)
}

/// Refuses who answers for nothing here: the organisation that leads or studies answers, or a dispatcher.
///
/// # Errors
/// 403.
pub fn must_answer(who: &Caller, facts: &ProblemFacts) -> ApiResult<()> {
    let responsible = facts.lead_org_id.or(facts.study_org_id);
    let works_there = responsible.is_some_and(|org| {
        let mut held = who.memberships.iter().filter(|held| held.org == org);
        held.any(|held| matches!(held.role, Role::Officer | Role::Handler | Role::Head))
    });
    let roles = facts.roles_of(who);
    if works_there || facts.ties.heads || roles.contains(&Role::Dispatcher) {
        return Ok(());
    }
    Err(ApiError::new(Code::Forbidden).with_detail(Text::new(
        "由承办（研究）单位或交办员回复",
        "The organisation that leads or studies it replies, or a dispatcher",
    )))
}

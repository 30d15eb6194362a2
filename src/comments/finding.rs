//! What the caller reaches: what is published as everybody does, the rest within his scopes.

use uuid::Uuid;

use super::dto::CommentView;
use super::store::{self, CommentRow};
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::{On, Tx};
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _, Text};
use crate::http::{Locale, PathRef, Work};
use crate::problems::store::{ProblemFacts, facts, facts_to_change};
use crate::public_view::guarding::Guard;
use crate::public_view::refusing::{Writer, look};
use crate::public_view::store::shown::is_public;
use crate::reporters::domain::Reader;
use crate::reporters::store::spoken;
use crate::reporters::voice::Spoken;

/// A problem that the caller may say something about.
#[derive(Debug)]
pub struct Found {
    /// The problem, locked.
    pub facts: ProblemFacts,
    /// How the caller reads what is said of it.
    pub read: ToRead,
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
    let (facts, read) = match (facts_to_change(tx, scopes, reference, who, now).await?, reference) {
        (Some(facts), _) => {
            let read = ToRead::within(who, &facts);
            (facts, read)
        }
        (None, PathRef::Id(id)) => {
            let read = everybody(&mut *tx, *id, now).await?;
            // A problem lies in the scope of its own id, so that is as good as no scope.
            let facts = facts_to_change(tx, &[*id], reference, who, now).await?;
            (facts.or_not_found()?, read)
        }
        (None, PathRef::Name(_)) => return Err(ApiError::not_found()),
    };
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
        read,
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

/// What the caller may read the words about: a problem within his scopes, or one that everybody may see.
#[derive(Debug)]
pub struct ToRead {
    /// The problem's id.
    pub problem: Uuid,
    capacity: Capacity,
}

#[derive(Debug)]
enum Capacity {
    /// It lies within his scopes; reporters and clients read the words and nothing of who says and moderates them.
    Within(Option<Reader>),
    /// As everybody reads it: what names nobody.
    Everybody(Guard),
}

impl ToRead {
    /// A problem within the caller's scopes.
    pub fn within(who: &Caller, facts: &ProblemFacts) -> Self {
        Self {
            problem: facts.id,
            capacity: Capacity::Within(reader(who, facts)),
        }
    }

    /// In which capacity the caller knows who says and moderates; `None`: as everybody, as reporters and clients do.
    pub const fn reader(&self) -> Option<Reader> {
        match self.capacity {
            Capacity::Within(reader) => reader,
            Capacity::Everybody(_) => None,
        }
    }

    /// A comment as he may see it. The number on a reporter's receipt is told to who reaches the problem otherwise.
    pub fn comment(&self, row: CommentRow, locale: Locale) -> CommentView {
        let guard = self.guard();
        let mut view = row.guarded(guard).view(self.reader(), locale);
        view.problem.tracking_no = view.problem.tracking_no.filter(|_| guard.is_none());
        view
    }

    /// What keeps words from him; `None` where the problem lies within his scopes.
    pub const fn guard(&self) -> Option<&Guard> {
        match &self.capacity {
            Capacity::Within(_) => None,
            Capacity::Everybody(guard) => Some(guard),
        }
    }
}

/// A comment on a problem that everybody may see at `now`, or within these scopes; and how the caller reads it.
///
/// # Errors
/// 404.
pub async fn one_to_read(
    on: impl Into<On<'_>>,
    who: &Caller,
    scopes: &[Uuid],
    id: Uuid,
    now: Timestamp,
) -> ApiResult<(CommentRow, ToRead)> {
    let mut on = on.into();
    let row: CommentRow = store::one(id).optional(&mut on).await?.or_not_found()?;
    let read = to_read(on, who, scopes, &PathRef::Id(row.problem_id), now).await?;
    Ok((row, read))
}

/// A problem whose words the caller may read.
///
/// # Errors
/// 404.
pub async fn to_read(
    on: impl Into<On<'_>>,
    who: &Caller,
    scopes: &[Uuid],
    reference: &PathRef,
    now: Timestamp,
) -> ApiResult<ToRead> {
    let mut on = on.into();
    if let Some(facts) = facts(&mut on, scopes, reference, who, now).await? {
        return Ok(ToRead::within(who, &facts));
    }
    match reference {
        PathRef::Id(id) => everybody(on, *id, now).await,
        // The number on a reporter's receipt opens nothing to others.
        PathRef::Name(_) => Err(ApiError::not_found()),
    }
}

/// A problem that everybody may see at `now`.
///
/// # Errors
/// 404.
pub async fn everybody(on: impl Into<On<'_>>, problem: Uuid, now: Timestamp) -> ApiResult<ToRead> {
    let guard = Guard::of_public(on, problem, now).await?.or_not_found()?;
    Ok(ToRead {
        problem,
        capacity: Capacity::Everybody(guard),
    })
}

/// Refuses words that name somebody, each at its pointer, about a problem that everybody may see: they will read them.
///
/// # Errors
/// 422 with every fault, as far as the writer may be told; 429 `too_many_attempts`.
pub async fn must_name_nobody(
    work: &Work,
    tx: &mut Tx,
    writer: Writer<'_>,
    problem: Uuid,
    texts: &[(&str, Option<&str>)],
) -> ApiResult<()> {
    let Some(guard) = Guard::of_public(&mut *tx, problem, work.now()).await? else {
        return Ok(());
    };
    look(work, tx, writer, (&[problem], &guard), texts)
        .await?
        .refuse(Vec::new())
}

/// In which capacity the caller reads what is said of a problem that lies in his scopes; `None`: as everybody does, as
/// reporters and clients do.
pub fn reader(who: &Caller, facts: &ProblemFacts) -> Option<Reader> {
    if who.is_client {
        return None;
    }
    Reader::inside(&facts.roles_of(who))
}

/// Refuses who answers for nothing here: the organisation that leads or studies answers, or a dispatcher.
///
/// # Errors
/// 403.
pub fn must_answer(who: &Caller, facts: &ProblemFacts) -> ApiResult<()> {
    let responsible = facts.responsible();
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

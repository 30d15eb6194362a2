//! Writing a comment, and supporting one.

use serde_json::json;
use uuid::Uuid;

use super::author::identify;
use super::domain::{COMMENTS_A_DAY, CommentState, REPLY_WORKING_DAYS, must_not_be_merged};
use super::dto::{NewComment, SupportComment};
use super::finding::{Found, must_name_nobody};
use super::store::{self, CommentRow, write};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, FaultCode};
use crate::events::{self, NewEvent};
use crate::http::Work;
use crate::problems::domain::must_not_be_erased;
use crate::problems::separation::{HANDLED, keep_apart};
use crate::problems::store::{acts_of, change};
use crate::public_view::refusing::Writer;
use crate::public_view::store::shown::is_public;
use crate::reporters::store::spoken;
use crate::reporters::voice::nobody;
use crate::tasks::planning;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Writes a comment; its id.
///
/// # Errors
/// 404 and 403 as for the problem, 403 `separation_of_duties` for who handled it, 409 `merged` or `erased`, 409
/// `transition_not_allowed` where the comment replied to is hidden, `duplicate` for what this voice said already, 429
/// for who speaks too often or guesses at names, 422 for words that name somebody where everybody will read them, as
/// for the author and where `parent_id` names no comment of this problem that replies to none.
pub async fn write(work: &Work, tx: &mut Tx, who: &Caller, found: &Found, body: &NewComment) -> ApiResult<Uuid> {
    let (now, problem) = (work.now(), &found.facts);
    must_be_outside(tx, who, problem.id).await?;
    must_not_be_merged(problem.state)?;
    problem.must_not_be_erased()?;
    let parent = match body.parent_id {
        Some(id) => Some(parent(tx, problem.id, id).await?),
        None => None,
    };
    if let Some(parent) = &parent {
        parent.state.must_be(CommentState::Visible)?;
    }
    let author = identify(work, tx, who, found.spoken.as_ref(), body.author.as_ref(), "/author").await?;
    let himself = found.spoken.as_ref().map(|spoken| spoken.reporter_id) == Some(author.reporter_id);
    if found.published {
        let texts = [
            ("/text", Some(body.text.as_str())),
            ("/author_name", body.author_name.as_deref()),
        ];
        let writer = Writer {
            who,
            voice: author.voice(),
            speaks: himself,
        };
        must_name_nobody(work, tx, writer, problem.id, &texts).await?;
    }
    if !found.published && !himself {
        return Err(ApiError::new(Code::Forbidden));
    }
    must_not_flood(tx, (problem.id, &author.hash), &body.text, now).await?;
    // What readers say to each other is theirs.
    let calendar = work.app.calendar();
    let (due, provisional) = calendar.due_at(now.utc(), REPLY_WORKING_DAYS);
    let due = parent.is_none().then_some(due);
    let new = write::Insert {
        id: work.app.ids.next(),
        problem_id: problem.id,
        parent_id: body.parent_id,
        reporter_id: author.reporter_id,
        author_hash: author.hash,
        author_name: body.author_name.as_deref(),
        anonymous: body.anonymous,
        kind: body.kind,
        text: &body.text,
        reply_due_at: due.map(Into::into),
        calendar_version: due.and_then(|_| provisional.then(|| calendar.version())),
        at: now,
    };
    let id = new.id;
    write::insert(tx, new).await?;
    // Whoever handles the problem reads its events, so none names an author.
    let event = NewEvent::of("problem", problem.id, "problem.commented")
        .public()
        .with(json!({ "comment": id, "kind": body.kind, "parent": body.parent_id }));
    let act = nobody(who.act(now));
    change::note(tx, &work.app.ids, &act, problem, event).await?;
    planning::replan(tx, &work.app.ids, &work.app.calendar(), &act, problem.id).await?;
    Ok(id)
}

/// One voice says a thing once, and speaks of one problem a few times a day. The problem is locked.
///
/// # Errors
/// 409 `duplicate`; 429 `rate_limited` with `Retry-After`.
async fn must_not_flood(tx: &mut Tx, by: (Uuid, &[u8]), text: &str, now: Timestamp) -> ApiResult<()> {
    if write::has_said(tx, by.0, by.1, text).await? {
        return Err(ApiError::new(Code::Duplicate));
    }
    let since = now.plus_seconds(-DAY_SECONDS);
    let Some(first) = write::spoke_often(tx, by, since, COMMENTS_A_DAY).await? else {
        return Ok(());
    };
    let seconds = (first.seconds() + DAY_SECONDS - now.seconds()).max(1);
    Err(ApiError::new(Code::RateLimited).with_header("Retry-After", seconds.to_string()))
}

async fn parent(tx: &mut Tx, problem: Uuid, id: Uuid) -> ApiResult<CommentRow> {
    let row: Option<CommentRow> = store::one(id).optional(tx).await?;
    row.filter(|row| row.problem_id == problem && row.parent_id.is_none())
        .ok_or_else(|| ApiError::invalid_at("/parent_id", FaultCode::UnknownReference))
}

/// Supports a comment; its id.
///
/// # Errors
/// 404; 403 `separation_of_duties` for who handled the problem; 409 `transition_not_allowed` where it is hidden,
/// `duplicate` where this voice counts already; 422 as for the author.
pub async fn support(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    row: &CommentRow,
    body: &SupportComment,
) -> ApiResult<Uuid> {
    let now = work.now();
    must_be_outside(tx, who, row.problem_id).await?;
    must_not_be_merged(row.problem_state)?;
    must_not_be_erased(row.problem_erased_at)?;
    row.state.must_be(CommentState::Visible)?;
    let spoken = spoken(&mut *tx, who, row.problem_id, now).await?;
    let author = identify(work, tx, who, spoken.as_ref(), body.supporter.as_ref(), "/supporter").await?;
    if row
        .author_hash
        .as_ref()
        .is_some_and(|hash| author.hashes.contains(hash))
    {
        return Err(ApiError::new(Code::Duplicate));
    }
    let himself = spoken.map(|spoken| spoken.reporter_id) == Some(author.reporter_id);
    if !himself && !is_public(&mut *tx, row.problem_id, now).await? {
        return Err(ApiError::new(Code::Forbidden));
    }
    // Counted first: that locks the comment, so that its events come one after the other.
    let supporters = write::count_supporter(tx, row.id).await?;
    let hidden = || ApiError::new(Code::TransitionNotAllowed).with_member("state", CommentState::Hidden.as_str());
    let supporters = supporters.ok_or_else(hidden)?;
    if !write::support(tx, row.id, &author, now).await? {
        return Err(ApiError::new(Code::Duplicate));
    }
    let event = NewEvent::of("comment", row.id, "comment.supported").with(json!({ "supporters": supporters }));
    events::store::append_to(tx, &work.app.ids, &nobody(who.act(now)), event).await?;
    Ok(row.id)
}

/// Refuses whoever handled the problem: he does not speak of his own work as one of the people.
///
/// # Errors
/// 403 `separation_of_duties`.
async fn must_be_outside(tx: &mut Tx, who: &Caller, problem: Uuid) -> ApiResult<()> {
    keep_apart(&acts_of(tx, problem, who).await?, HANDLED)
}

//! Many transitions in one request (批量操作), in the order in which they are sent.
//!
//! Each by itself: an item is a transaction, and its answer what the operation by itself would have answered; one that
//! is refused takes nothing from the others. The answer for the idempotency key is kept with the last of them. Where
//! the process dies in between (or the database goes away, 503), what is done stays done and no answer is kept: the
//! request may be sent again with its key, and every item that was done is then refused by the version that it names,
//! with 412, or with 409 where the new state does not allow the action. So nothing is done twice.
//!
//! Or all or nothing (`atomic`): one transaction. The first refusal undoes everything and is the answer to the request,
//! with the `index` of its item and pointers into the request's body; faults of shape are told of all items at once.
//!
//! Lock order of an atomic request: all its problems by their ids, merge targets among them, then the roll-ups as a
//! whole, since it comes back to them after each item. Others who change problems wait for its end.

pub mod dto;
mod reading;

use actix_web::HttpResponse;

use self::dto::{BulkAction, BulkActions, BulkAnswer, BulkAnswers, BulkItem};
use self::reading::command;
use super::command::Command;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::http::{IfMatch, PathRef, Work};
use crate::metrics::rollup;
use crate::problems::dto::ProblemView;
use crate::problems::store;
use crate::problems::view::stored;

/// An item beside its command.
struct Item {
    id: String,
    action: BulkAction,
    at: IfMatch,
}

impl Item {
    fn read(work: &Work, who: &Caller, sent: BulkItem) -> (Self, ApiResult<Command>) {
        let body = sent.body.unwrap_or_default();
        let command = command(&work.app.operations, who, sent.action, body);
        let item = Self {
            id: sent.id,
            action: sent.action,
            at: IfMatch::Versions(vec![sent.version]),
        };
        (item, command)
    }

    async fn carry_out(&self, work: &Work, tx: &mut Tx, who: &Caller, command: &Command) -> ApiResult<ProblemView> {
        let reference = PathRef::of(&self.id).or_not_found()?;
        let id = command.carry_out(work, tx, who, &reference, Some(&self.at), "").await?;
        stored(work, tx, who, id).await
    }

    fn done(self, problem: ProblemView) -> BulkAnswer {
        BulkAnswer {
            id: self.id,
            status: 200,
            item: Some(problem),
            error: None,
        }
    }

    fn refused(self, work: &Work, error: &ApiError) -> BulkAnswer {
        // The path of the operation by itself.
        let path = format!("/api/v1/problems/{}/{}", self.id, self.action);
        BulkAnswer {
            id: self.id,
            status: error.code().status(),
            item: None,
            error: Some(work.refusal(error, &path)),
        }
    }
}

/// Carries them out.
///
/// # Errors
/// `atomic`: the first refusal. Otherwise only what concerns no single item: 409 `in_progress`, 503.
pub async fn carry_out(work: &Work, who: &Caller, asked: BulkActions) -> ApiResult<HttpResponse> {
    let items = asked.items.into_iter().map(|item| Item::read(work, who, item));
    if asked.atomic {
        together(work, who, items.collect()).await
    } else {
        one_by_one(work, who, items.collect()).await
    }
}

async fn one_by_one(work: &Work, who: &Caller, items: Vec<(Item, ApiResult<Command>)>) -> ApiResult<HttpResponse> {
    let (mut answers, mut last) = (Vec::with_capacity(items.len()), None);
    let mut items = items.into_iter().peekable();
    while let Some((item, command)) = items.next() {
        let done = match command {
            Ok(command) => alone(work, who, &item, &command).await?,
            Err(error) => Err(error),
        };
        let done = match done {
            Ok((tx, problem)) if items.peek().is_none() => {
                last = Some(tx);
                Ok(problem)
            }
            Ok((tx, problem)) => work.part(tx).await.map(|()| problem),
            Err(error) => Err(error),
        };
        answers.push(match done {
            Ok(problem) => item.done(problem),
            Err(error) => item.refused(work, &error),
        });
    }
    // Where the last item was refused, the answer is kept by itself.
    let tx = match last {
        Some(tx) => tx,
        None => work.begin().await?,
    };
    work.ok(tx, &BulkAnswers { items: answers }).await
}

/// One item in a transaction of its own, not yet committed; or why it was refused, undone.
///
/// # Errors
/// Where no transaction can begin: that is the whole request's affair.
async fn alone(work: &Work, who: &Caller, item: &Item, command: &Command) -> ApiResult<ApiResult<(Tx, ProblemView)>> {
    let mut tx = work.begin().await?;
    Ok(match item.carry_out(work, &mut tx, who, command).await {
        Ok(problem) => Ok((tx, problem)),
        Err(error) => {
            // The next item must find the lock of the key free.
            tx.undo().await;
            Err(error)
        }
    })
}

async fn together(work: &Work, who: &Caller, items: Vec<(Item, ApiResult<Command>)>) -> ApiResult<HttpResponse> {
    let items = well_formed(items)?;
    let mut tx = work.begin().await?;
    let mut references: Vec<PathRef> = items.iter().filter_map(|(item, _)| PathRef::of(&item.id)).collect();
    references.extend(items.iter().filter_map(|(_, command)| match command {
        Command::Merge(body) => Some(PathRef::Id(body.target_id)),
        _ => None,
    }));
    store::lock_all(&mut tx, &references).await?;
    rollup::lock_all(&mut tx).await?;
    let mut answers = Vec::with_capacity(items.len());
    for (index, (item, command)) in items.into_iter().enumerate() {
        let done = item.carry_out(work, &mut tx, who, &command).await;
        answers.push(item.done(done.map_err(|error| at(error, index))?));
    }
    work.ok(tx, &BulkAnswers { items: answers }).await
}

/// Every item with its command.
///
/// # Errors
/// The first refusal; where its body has faults, with those of all others.
fn well_formed(items: Vec<(Item, ApiResult<Command>)>) -> ApiResult<Vec<(Item, Command)>> {
    let mut commands = Vec::with_capacity(items.len());
    let mut refused: Option<ApiError> = None;
    for (index, (item, command)) in items.into_iter().enumerate() {
        match (command, refused.take()) {
            (Ok(command), None) => commands.push((item, command)),
            (Ok(_), first) => refused = first,
            (Err(error), None) => refused = Some(at(error, index)),
            (Err(error), Some(first)) if [error.code(), first.code()] == [Code::Invalid; 2] => {
                refused = Some(first.with_faults(at(error, index).faults().to_vec()));
            }
            (Err(_), first) => refused = first,
        }
    }
    refused.map_or(Ok(commands), Err)
}

/// A refusal as the whole request's.
fn at(error: ApiError, index: usize) -> ApiError {
    error.under(&format!("/items/{index}/body")).with_member("index", index)
}

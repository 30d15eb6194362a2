//! A transition with what it carries: one place from which requests, bulk requests and recordings carry them out.

use uuid::Uuid;

use super::dto::{
    Accept, Answer, AskReporter, Assign, Claim, CloseUnanswered, Complete, Conclude, Confirm, HandOver, LookBack,
    Merge, Redispose, RejectResult, Reopen, Supply, Transfer, Urge, Withdraw,
};
use super::step::Step;
use super::workflow::Action;
use super::workflow::asking::rule_of;
use super::{
    accept, answer, ask_reporter, assign, claim, close_unanswered, complete, conclude, confirm, dispose, hand_over,
    look_back, merge, open, redispose, reject_result, reopen, resume, start, supply, transfer, urge, withdraw,
};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::http::{IfMatch, PathRef, Work};
use crate::problems::dto::Dispose;
use crate::problems::store::lock_both;
use crate::requests::asking;
use crate::requests::dto::NewRequest;

/// A transition and its body.
#[derive(Clone, Debug)]
pub enum Command {
    /// Disposes of it.
    Dispose(Dispose),
    /// Opens it.
    Open,
    /// Claims it.
    Claim(Claim),
    /// Assigns it.
    Assign(Assign),
    /// Answers it.
    Answer(Answer),
    /// Accepts it.
    Accept(Accept),
    /// Concludes its study.
    Conclude(Conclude),
    /// Starts work.
    Start,
    /// Asks its reporter.
    AskReporter(AskReporter),
    /// Answers for the reporter.
    Supply(Supply),
    /// Resumes it.
    Resume,
    /// Transfers it.
    Transfer(Transfer),
    /// Hands it over.
    HandOver(HandOver),
    /// Reports it done.
    Complete(Complete),
    /// Confirms it.
    Confirm(Confirm),
    /// Rejects its result.
    RejectResult(RejectResult),
    /// Closes it without an answer.
    CloseUnanswered(CloseUnanswered),
    /// Looks back at it.
    LookBack(LookBack),
    /// Reopens it.
    Reopen(Reopen),
    /// Merges it.
    Merge(Merge),
    /// Withdraws it.
    Withdraw(Withdraw),
    /// Disposes of it anew.
    Redispose(Redispose),
    /// Asks for a decision about it.
    Ask(NewRequest),
    /// Urges it.
    Urge(Urge),
}

impl Command {
    /// Which action it is.
    pub const fn action(&self) -> Action {
        match self {
            Self::Dispose(body) => Action::disposing(body.disposition),
            Self::Open => Action::Open,
            Self::Claim(_) => Action::Claim,
            Self::Assign(_) => Action::Assign,
            Self::Answer(_) => Action::Answer,
            Self::Accept(_) => Action::Accept,
            Self::Conclude(_) => Action::Conclude,
            Self::Start => Action::Start,
            Self::AskReporter(_) => Action::AskReporter,
            Self::Supply(_) => Action::Supply,
            Self::Resume => Action::Resume,
            Self::Transfer(_) => Action::Transfer,
            Self::HandOver(_) => Action::HandOver,
            Self::Complete(_) => Action::Complete,
            Self::Confirm(_) => Action::Confirm,
            Self::RejectResult(_) => Action::RejectResult,
            Self::CloseUnanswered(_) => Action::CloseUnanswered,
            Self::LookBack(_) => Action::LookBack,
            Self::Reopen(_) => Action::Reopen,
            Self::Merge(_) => Action::Merge,
            Self::Withdraw(_) => Action::Withdraw,
            Self::Redispose(_) => Action::Redispose,
            Self::Ask(body) => rule_of(body.kind).action,
            Self::Urge(_) => Action::Urge,
        }
    }

    /// Carries it out at a version or (`None`) within the recording itself; the problem's id. `prefix` is where the
    /// body stands in the request's.
    ///
    /// # Errors
    /// 404, 403, 409, 412/428, 422: in this order.
    pub async fn carry_out(
        &self,
        work: &Work,
        tx: &mut Tx,
        who: &Caller,
        reference: &PathRef,
        at: Option<&IfMatch>,
        prefix: &str,
    ) -> ApiResult<Uuid> {
        if let Self::Merge(body) = self {
            lock_both(tx, reference, body.target_id).await?;
        }
        let mut step = Step::take(work, tx, who, reference, self.action(), at).await?;
        let step = &mut step;
        match self {
            Self::Dispose(body) => dispose::carry_out(step, body, prefix).await,
            Self::Open => open::carry_out(step).await,
            Self::Claim(body) => claim::carry_out(step, body).await,
            Self::Assign(body) => assign::carry_out(step, body).await,
            Self::Answer(body) => answer::carry_out(step, body).await,
            Self::Accept(body) => accept::carry_out(step, body).await,
            Self::Conclude(body) => conclude::carry_out(step, body).await,
            Self::Start => start::carry_out(step).await,
            Self::AskReporter(body) => ask_reporter::carry_out(step, body).await,
            Self::Supply(body) => supply::carry_out(step, body).await,
            Self::Resume => resume::carry_out(step).await,
            Self::Transfer(body) => transfer::carry_out(step, body).await,
            Self::HandOver(body) => hand_over::carry_out(step, body).await,
            Self::Complete(body) => complete::carry_out(step, body).await,
            Self::Confirm(body) => confirm::carry_out(step, body).await,
            Self::RejectResult(body) => reject_result::carry_out(step, body).await,
            Self::CloseUnanswered(body) => close_unanswered::carry_out(step, body).await,
            Self::LookBack(body) => look_back::carry_out(step, body).await,
            Self::Reopen(body) => reopen::carry_out(step, body).await,
            Self::Merge(body) => merge::carry_out(step, body).await,
            Self::Withdraw(body) => withdraw::carry_out(step, body).await,
            Self::Redispose(body) => redispose::carry_out(step, body).await,
            Self::Ask(body) => asking::carry_out(step, body).await,
            Self::Urge(body) => urge::carry_out(step, body).await,
        }?;
        Ok(step.facts.id)
    }
}

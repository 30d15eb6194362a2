//! What the administration does about a comment: it replies, hides for law and privacy, and shows again.

use serde_json::json;
use uuid::Uuid;

use super::domain::{CommentState, HIDE, must_not_be_merged};
use super::dto::{HideComment, ReplyToComment, UnhideComment};
use super::finding::{must_answer, must_name_nobody, to_change};
use super::judging::must_not_be_criticised;
use super::store::{CommentRow, moderation, write};
use crate::auth::{Caller, Role};
use crate::db::Tx;
use crate::directory::terms;
use crate::error::{ApiError, ApiResult, Code, FaultCode};
use crate::events::{Act, NewEvent};
use crate::http::{IfMatch, Work};
use crate::notices::telling;
use crate::problems::domain::ProblemAct;
use crate::problems::store::{ProblemFacts, change, cycle, write as problems};
use crate::public_view::refusing::Writer;
use crate::tasks::planning;

/// Who hides: where every dispatcher of an office had a hand in the problem, somebody is left who had none.
const MODERATES: [Role; 2] = [Role::Dispatcher, Role::Supervisor];

/// A comment that something is done about, with its problem, which is locked.
#[derive(Debug)]
pub struct Moderated {
    facts: ProblemFacts,
    row: CommentRow,
    act: Act,
    person: Uuid,
}

impl Moderated {
    /// Finds it within the caller's scopes.
    ///
    /// # Errors
    /// 404; 403 for a client.
    pub async fn find(work: &Work, tx: &mut Tx, who: &Caller, scopes: &[Uuid], id: Uuid) -> ApiResult<Self> {
        let now = work.now();
        let (facts, row) = to_change(tx, who, scopes, id, now).await?;
        let person = who.person().ok_or_else(|| ApiError::new(Code::Forbidden))?;
        Ok(Self {
            facts,
            row,
            act: who.act(now),
            person,
        })
    }

    /// The administration's one reply. Where it answers the problem's reporter, it may be the first response to him.
    ///
    /// # Errors
    /// 403 for who neither leads nor dispatches; 409 `merged`, `erased`, `duplicate` where it was replied to already,
    /// `transition_not_allowed` while it is hidden; 412, 428; 422 for words that name somebody where everybody reads
    /// them; 429 for who guesses at names.
    pub async fn reply(
        self,
        work: &Work,
        tx: &mut Tx,
        who: &Caller,
        at: &IfMatch,
        body: &ReplyToComment,
    ) -> ApiResult<Uuid> {
        must_answer(who, &self.facts)?;
        must_not_be_merged(self.facts.state)?;
        self.facts.must_not_be_erased()?;
        if self.row.replied_at.is_some() {
            return Err(ApiError::new(Code::Duplicate));
        }
        self.row.state.must_be(CommentState::Visible)?;
        at.check(self.row.version)?;
        must_name_nobody(work, tx, Writer::of(who), self.facts.id, &[("/text", Some(&body.text))]).await?;
        write::reply(tx, &self.act, self.row.id, &body.text).await?;
        let to_reporter = self.row.reporter_id.is_some() && self.row.reporter_id == self.facts.reporter_id;
        if to_reporter && !self.facts.state.has_ended() {
            cycle::responded(tx, &self.facts, self.act.at).await?;
        }
        self.note(work, tx, ProblemAct::ReplyComment, "problem.comment_replied", json!({}))
            .await
    }

    /// Hides it, for a reason of law or privacy.
    ///
    /// # Errors
    /// 403 for who is neither dispatcher nor supervisor here, 403 `separation_of_duties` for who is criticised; 409
    /// `transition_not_allowed` where it is hidden, `erased`; 412, 428; 422 at `/reason`.
    pub async fn hide(
        self,
        work: &Work,
        tx: &mut Tx,
        who: &Caller,
        at: &IfMatch,
        body: &HideComment,
    ) -> ApiResult<Uuid> {
        self.must_moderate(tx, who).await?;
        self.row.state.must_be(CommentState::Visible)?;
        at.check(self.row.version)?;
        let today = self.act.at.shanghai_date();
        match terms::store::find_below(&mut *tx, "reason", HIDE, &body.reason).await? {
            None => return Err(ApiError::invalid_at("/reason", FaultCode::UnknownReference)),
            Some(term) if !term.is_valid_on(today) => {
                return Err(ApiError::invalid_at("/reason", FaultCode::RetiredTerm));
            }
            Some(_) => {}
        }
        write::hide(tx, &self.act, self.row.id, &body.reason, &body.note).await?;
        let ids = &work.app.ids;
        moderation::log(tx, ids, &self.act, self.row.id, Some(&body.reason), &body.note).await?;
        let payload = json!({ "reason": body.reason });
        self.note(work, tx, ProblemAct::HideComment, "problem.comment_hidden", payload)
            .await
    }

    /// Shows it again.
    ///
    /// # Errors
    /// As [`Moderated::hide`].
    pub async fn unhide(
        self,
        work: &Work,
        tx: &mut Tx,
        who: &Caller,
        at: &IfMatch,
        body: &UnhideComment,
    ) -> ApiResult<Uuid> {
        self.must_moderate(tx, who).await?;
        self.row.state.must_be(CommentState::Hidden)?;
        at.check(self.row.version)?;
        write::unhide(tx, self.row.id).await?;
        moderation::log(tx, &work.app.ids, &self.act, self.row.id, None, &body.note).await?;
        self.note(
            work,
            tx,
            ProblemAct::UnhideComment,
            "problem.comment_unhidden",
            json!({}),
        )
        .await
    }

    /// The act, the event, and the author's notice; the comment's id.
    async fn note(
        self,
        work: &Work,
        tx: &mut Tx,
        act: ProblemAct,
        kind: &'static str,
        mut payload: serde_json::Value,
    ) -> ApiResult<Uuid> {
        let (ids, problem) = (&work.app.ids, self.facts.id);
        problems::actor(tx, ids, problem, self.person, &self.act, act).await?;
        payload["comment"] = json!(self.row.id);
        let event = NewEvent::of("problem", problem, kind).public().with(payload);
        change::note(tx, ids, &self.act, &self.facts, event).await?;
        if let Some(reporter) = self.row.reporter_id {
            let author = (reporter, self.row.anonymous);
            telling::tell_author(tx, ids, &self.act, problem, kind, author).await?;
        }
        planning::replan(tx, ids, &work.app.calendar(), &self.act, problem).await?;
        Ok(self.row.id)
    }

    async fn must_moderate(&self, tx: &mut Tx, who: &Caller) -> ApiResult<()> {
        let roles = self.facts.roles_of(who);
        if !MODERATES.iter().any(|role| roles.contains(role)) {
            return Err(ApiError::new(Code::Forbidden));
        }
        must_not_be_criticised(tx, who, self.facts.id).await
    }
}

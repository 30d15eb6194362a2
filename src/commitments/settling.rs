//! What came of a promise: kept, broken, or ended because it was entered in error.

use serde_json::json;
use uuid::Uuid;

use super::domain::{CommitmentAction, CommitmentState};
use super::noting;
use super::store::{self, CommitmentKey, CommitmentRow};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::events::{Act, NewEvent};
use crate::http::{IfMatch, PathRef, Work};
use crate::problems::store::{change, facts_to_change};
use crate::tasks::planning;
use crate::visits::store as visits;

/// Does this with a commitment; the row as it then stands.
///
/// # Errors
/// 404; 403; 409 `transition_not_allowed`, `too_late`; 412/428: in this order.
pub async fn settle(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    scopes: &[Uuid],
    id: Uuid,
    (action, at): (CommitmentAction, &IfMatch),
    text: &str,
) -> ApiResult<CommitmentRow> {
    let (now, text) = (work.now(), text.trim());
    let found = store::find(&mut *tx, (who, now), scopes, id).await?.or_not_found()?;
    let chain = Chain::lock(tx, who, &found, now).await?;
    let row = store::one(tx, (who, now), id).await?;
    let standing = row.standing(now.shanghai_date());
    standing.check(action)?;
    at.check(row.version)?;
    let act = who.act(now);
    let stored = match action {
        CommitmentAction::Keep => store::settle(tx, &act, &row, CommitmentState::Kept, text).await?,
        CommitmentAction::Break => store::settle(tx, &act, &row, CommitmentState::Broken, text).await?,
        CommitmentAction::End => store::end(tx, &act, &row, text).await?,
    };
    if !stored {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let visit = chain.note(work, tx, &act, &row, action, text).await?;
    let key = CommitmentKey {
        campaign_year_id: visit.campaign_year_id,
        day: visit.started_at.unwrap_or(visit.planned_at).shanghai_date(),
        division_id: visit.division_id,
        leading_body: visit.leading_body,
        due_on: row.due_on,
    };
    store::count(tx, &key, standing.outcome(action), now.shanghai_date()).await?;
    Ok(store::one(tx, (who, now), id).await?)
}

/// The chain that its events stand in, locked: that of its problem, else of its visit. Whoever may settle it need see
/// neither.
struct Chain {
    problem: Option<crate::problems::store::ProblemFacts>,
    visit: visits::VisitRow,
}

impl Chain {
    async fn lock(tx: &mut Tx, who: &Caller, row: &CommitmentRow, now: Timestamp) -> ApiResult<Self> {
        let problem = match row.problem_id {
            // A problem lies in the scope of its own id.
            Some(id) => facts_to_change(tx, &[id], &PathRef::Id(id), who, now).await?,
            None => None,
        };
        let visit = visits::find_anywhere_to_change(tx, row.visit_id)
            .await?
            .or_not_found()?;
        Ok(Self { problem, visit })
    }

    async fn note(
        self,
        work: &Work,
        tx: &mut Tx,
        act: &Act,
        row: &CommitmentRow,
        action: CommitmentAction,
        text: &str,
    ) -> ApiResult<visits::VisitRow> {
        let kind = match action {
            CommitmentAction::Keep => "commitment.kept",
            CommitmentAction::Break => "commitment.broken",
            CommitmentAction::End => "commitment.ended",
        };
        let fill = |event: NewEvent| {
            event
                .with_text(Some(text.to_owned()))
                .with(json!({ "commitment": row.id, "org": row.org_id, "made_by": row.made_by, "due_on": row.due_on }))
        };
        match &self.problem {
            Some(facts) => {
                let event = fill(NewEvent::of("problem", facts.id, kind)).public();
                change::note(tx, &work.app.ids, act, facts, event).await?;
                planning::replan(tx, &work.app.ids, &work.app.calendar(), act, facts.id).await?;
            }
            None => {
                let event = fill(NewEvent::of("visit", self.visit.id, kind));
                noting::note_at_visit(work, tx, act, &self.visit, event).await?;
            }
        }
        Ok(self.visit)
    }
}

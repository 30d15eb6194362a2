//! Reviewing a low rating: by whom, and what follows.

use serde_json::json;
use uuid::Uuid;

use super::domain::can_be_reviewed;
use super::dto::NewReview;
use super::store::read::{self, RatingRow};
use super::store::reviews;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _, Text};
use crate::events::NewEvent;
use crate::http::{PathRef, Work};
use crate::problems::domain::ProblemAct;
use crate::problems::separation::{HANDLED, keep_apart};
use crate::problems::store::{acts_of, change, facts_to_change, write};
use crate::tasks::planning;

/// Keeps what the review of a rating found; the rating as it then stands.
///
/// # Errors
/// 404 outside the scopes; 403 `separation_of_duties` for who handled the problem, 403 `forbidden` for who belongs to
/// the criticised; 409 where no review is open, and `erased`.
pub async fn carry_out(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    scopes: &[Uuid],
    id: Uuid,
    body: &NewReview,
) -> ApiResult<RatingRow> {
    let (now, ids) = (work.now(), &work.app.ids);
    let problem = read::find(&mut *tx, who, scopes, id).await?.or_not_found()?.problem_id;
    // The problem is locked first; then the rating is read as it stands under that lock.
    let facts = facts_to_change(tx, scopes, &PathRef::Id(problem), who, now)
        .await?
        .or_not_found()?;
    let row = read::find(&mut *tx, who, scopes, id).await?.or_not_found()?;
    who.person().ok_or_else(|| ApiError::new(Code::Forbidden))?;
    keep_apart(&acts_of(&mut *tx, problem, who).await?, HANDLED)?;
    if !row.may_be_reviewed() {
        return Err(ApiError::new(Code::Forbidden).with_detail(Text::new(
            "差评由未参与办理的单位复核",
            "A low rating is reviewed by an organisation that it does not criticise",
        )));
    }
    can_be_reviewed(row.review_state())?;
    let act = who.act(now);
    if !reviews::review(tx, &act, id, body.outcome, body.text.trim()).await? {
        return Err(ApiError::new(Code::TransitionNotAllowed));
    }
    write::acted(tx, ids, problem, &act, ProblemAct::ReviewRating).await?;
    let event = NewEvent::of("problem", problem, "problem.rating_reviewed")
        .public()
        .with(json!({ "rating": id, "cycle": row.cycle_no, "outcome": body.outcome }));
    change::note(tx, ids, &act, &facts, event).await?;
    planning::replan(tx, ids, &work.app.calendar(), &act, problem).await?;
    read::find(tx, who, scopes, id).await?.or_not_found()
}

//! Giving a rating: by whom, when, and what it moves.

use serde_json::json;
use uuid::Uuid;

use super::domain::{ALSO_FORBIDDEN, can_be_rated};
use super::dto::NewRating;
use super::store::{self, Insert};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, Text};
use crate::events::NewEvent;
use crate::http::Work;
use crate::problems::domain::ProblemAct;
use crate::problems::separation::{HANDLED, keep_apart};
use crate::problems::store::{ProblemFacts, acts_of, change, write};
use crate::reporters;
use crate::reporters::voice::{Spoken, nobody};
use crate::tasks::planning;

/// Gives a rating of the present round of handling; its id. The problem is locked (`facts_to_change`).
///
/// # Errors
/// 403 `separation_of_duties` for who handled the problem or recorded it for another, 403 `forbidden` for who does not
/// speak for the reporter, 409 where it is not said to be done, 409 `duplicate` where the reporter has rated this
/// round.
pub async fn carry_out(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    facts: &ProblemFacts,
    body: &NewRating,
) -> ApiResult<Uuid> {
    let spoken = check(tx, who, facts, work.now()).await?;
    let act = spoken.act(who, work.now());
    let act = if body.anonymous { nobody(act) } else { act };
    let new = Insert {
        id: work.app.ids.next(),
        problem_id: facts.id,
        cycle_no: facts.cycle_no,
        reporter_id: spoken.reporter_id,
        voice: spoken.voice,
    };
    store::insert(tx, &act, &new, body).await?;
    write::acted(tx, &work.app.ids, facts.id, &act, ProblemAct::Rate).await?;
    let event = NewEvent::of("problem", facts.id, "problem.rated")
        .public()
        .with(json!({ "rating": new.id, "cycle": facts.cycle_no, "via": spoken.voice, "result": body.result }));
    change::note(tx, &work.app.ids, &act, facts, event).await?;
    planning::replan(tx, &work.app.ids, &work.app.calendar(), &act, facts.id).await?;
    store::count(tx, &new, body.result, act.at).await?;
    Ok(new.id)
}

async fn check(tx: &mut Tx, who: &Caller, facts: &ProblemFacts, now: Timestamp) -> ApiResult<Spoken> {
    let acts = acts_of(&mut *tx, facts.id, who).await?;
    keep_apart(&acts, &[HANDLED, ALSO_FORBIDDEN].concat())?;
    let spoken = reporters::store::spoken(&mut *tx, who, facts.id, now).await?;
    let spoken = spoken.ok_or_else(|| {
        ApiError::new(Code::Forbidden).with_detail(Text::new(
            "评价只能由反映人本人或其授权的人作出",
            "Only the reporter rates, or who may speak for him",
        ))
    })?;
    can_be_rated(facts.state)?;
    facts.must_not_be_erased()?;
    Ok(spoken)
}

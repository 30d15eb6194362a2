//! Looking back at what was closed (回头看, S-75), by somebody who did not handle it: a relapse begins the next cycle.

use super::closing;
use super::dto::{LookBack, LookBackResult};
use super::step::Step;
use crate::error::ApiResult;
use crate::feedback::look_backs;
use crate::problems::domain::State;
use crate::problems::store::change::{Closing, Move};

/// Looks back.
pub async fn carry_out(step: &mut Step<'_>, body: &LookBack) -> ApiResult<()> {
    let (ids, now) = (step.ids(), step.now());
    let look_back = look_backs::done(step.tx, ids, &step.act, &step.facts, body).await?;
    let event = step.event("problem.looked_back").with(serde_json::json!({
        "look_back": look_back, "result": body.result, "method": body.method, "cycle": step.facts.cycle_no,
    }));
    if body.result == LookBackResult::Relapsed {
        let matter = step.facts.matter;
        return closing::begin_anew(step, "relapsed", matter, event).await;
    }
    let change = Move {
        closing: Closing {
            looked_back_at: step.facts.looked_back_at.or(Some(now)),
            ..Closing::of(&step.facts)
        },
        ..Move::of(&step.facts, State::Closed, event)
    };
    step.apply(change).await
}

//! Disposing anew of what is assigned or studied: by whoever may dispose of it so, with the reason. History keeps both.

use super::dispose;
use super::dto::Redispose;
use super::step::Step;
use super::workflow::{Action, Need, transition};
use crate::assignments::store as assignments;
use crate::error::{ApiError, ApiResult, Code};
use crate::problems::domain::Disposition;
use crate::problems::store::{change, write};

/// Disposes of it anew. The clock goes on: the new due date is within the rule's from where the cycle began.
///
/// # Errors
/// 403 where the caller may not dispose of it as this class; 409 `already_disposed` as the same class (that is a
/// transfer), or on site outside a visit; 422 with every fault.
pub async fn carry_out(step: &mut Step<'_>, body: &Redispose) -> ApiResult<()> {
    let class = body.disposition.disposition;
    let row = transition(Action::disposing(class));
    if row.is_none_or(|row| !step.situation.may(row)) {
        return Err(ApiError::new(Code::Forbidden));
    }
    let on_site = row.is_some_and(|row| row.needs.contains(&Need::OfAVisit));
    if step.facts.disposition == Some(class) || on_site && !step.situation.of_a_visit {
        return Err(ApiError::new(Code::AlreadyDisposed)
            .with_member("disposition", step.facts.disposition.map(Disposition::as_str)));
    }
    change::end_disposition(step.tx, step.facts.id, step.act.at).await?;
    assignments::end_all(step.tx, &step.act, step.facts.id).await?;
    write::no_lead(step.tx, step.facts.id, step.act.at).await?;
    // Nobody leads until the new disposition says who.
    (
        step.facts.lead_org_id,
        step.facts.lead_person_id,
        step.facts.study_org_id,
    ) = (None, None, None);
    dispose::as_said(step, &body.disposition, Some(&body.reason), "/disposition").await?;
    // Who resolves it on site by disposing of it anew handled it no less than who does so at first.
    step.note_act(Action::disposing(class).act()).await
}

//! Deciding: by whom the request waits for, once, with a ruling in words.

use actix_web::HttpResponse;
use serde_json::json;
use uuid::Uuid;

use super::consequences::{self, Ruled};
use super::domain::{RequestDecision, RequestKind, hold_ends};
use super::dto::Decide;
use super::presenting::{May, Presenter};
use super::store::{self, Outside, RequestRow};
use crate::attachments;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{IfMatch, PathRef, Work};
use crate::lifecycle::step::Step;
use crate::lifecycle::workflow::asking::rule_of;
use crate::problems::domain::ProblemAct;
use crate::problems::separation::keep_apart;
use crate::problems::store as problems;
use crate::reporters;

/// Decides a request.
///
/// # Errors
/// 404; 403 `separation_of_duties`, `forbidden`; 409 `already_decided`, `too_late`; 412, 428; 422: in this order.
pub async fn decide(
    work: &Work,
    who: &Caller,
    scopes: &[Uuid],
    id: Uuid,
    at: &IfMatch,
    body: &Decide,
) -> ApiResult<HttpResponse> {
    let (mut tx, now) = (work.begin().await?, work.now());
    let found = store::find(&mut tx, scopes, id).await?.or_not_found()?;
    // The problem is locked first, as every change of it locks it; then the request is read again.
    let problem = PathRef::Id(found.problem_id);
    let facts = problems::facts_to_change(&mut tx, scopes, &problem, who, now)
        .await?
        .or_not_found()?;
    let row: RequestRow = store::one(id).one(&mut tx).await?;
    let presenter = Presenter::of(&mut tx, who, work.locale, now, std::slice::from_ref(&row)).await?;
    not_the_reporter(&mut tx, who, work, &row).await?;
    let may = may(&presenter, &row)?;
    if row.kind == RequestKind::Hold && body.decision == RequestDecision::Granted {
        let lasts = row.until_on.is_some_and(|until| hold_ends(now.shanghai_date(), until));
        if !lasts {
            return Err(ApiError::new(Code::TooLate).with_member("until", json!(row.until_on)));
        }
    }
    at.check(row.version)?;
    let mut step = Step::ruling(work, &mut tx, who, facts, rule_of(row.kind).action);
    let outside = outside(&mut step, may, body).await?;
    let ruled = consequences::ruled(&mut step, &row, body).await?;
    step.refuse_faults()?;
    carry_out(&mut step, &row, body, outside, ruled).await?;
    let row: RequestRow = store::one(id).one(&mut tx).await?;
    let presenter = Presenter::of(&mut tx, who, work.locale, now, std::slice::from_ref(&row)).await?;
    let view = presenter.view(row, true);
    work.ok(tx, &view).await
}

/// In which way the caller may decide it. Once it is decided nobody may, and whoever asked or had no part is still told
/// so first.
fn may(presenter: &Presenter<'_>, row: &RequestRow) -> ApiResult<May> {
    let may = presenter.may(row);
    match (may, Presenter::must_be_open(row)) {
        (Ok(may), open) => open.map(|()| may),
        (Err(refused), _) => Err(refused),
    }
}

/// Nobody decides his own appeal, whatever else he is.
async fn not_the_reporter(tx: &mut Tx, who: &Caller, work: &Work, row: &RequestRow) -> ApiResult<()> {
    if row.reporter_id.is_some()
        && reporters::store::spoken(tx, who, row.problem_id, work.now())
            .await?
            .is_some()
    {
        return keep_apart(&[(ProblemAct::Appeal, row.asked_at)], &[ProblemAct::Appeal]);
    }
    Ok(())
}

/// What was decided outside: said exactly where nobody here decides.
async fn outside(step: &mut Step<'_>, may: May, body: &Decide) -> ApiResult<Option<Outside>> {
    let said = match (may, &body.outside) {
        (May::Decide, None) => return Ok(None),
        (May::Decide, Some(_)) => {
            step.faults.push(Fault::new("/outside", FaultCode::Conflict));
            return Ok(None);
        }
        (May::Enter, None) => {
            step.faults.push(Fault::new("/outside", FaultCode::Required));
            return Ok(None);
        }
        (May::Enter, Some(said)) => said,
    };
    if said.decided_on > step.now().shanghai_date() {
        step.faults
            .push(Fault::new("/outside/decided_on", FaultCode::NotWithin));
    }
    if let Some(attachment) = said.attachment_id
        && !attachments::store::read::is_of_problem(&mut *step.tx, attachment, step.facts.id).await?
    {
        step.faults
            .push(Fault::new("/outside/attachment_id", FaultCode::UnknownReference));
    }
    Ok(Some(Outside {
        body: said.body.clone(),
        document_no: said.document_no.clone(),
        decided_on: said.decided_on,
        attachment_id: said.attachment_id,
    }))
}

async fn carry_out(
    step: &mut Step<'_>,
    row: &RequestRow,
    body: &Decide,
    outside: Option<Outside>,
    ruled: Ruled,
) -> ApiResult<()> {
    let decided = store::Decided {
        decision: body.decision,
        ruling: body.ruling.clone(),
        ruled_org_id: ruled.org(),
        until_on: ruled.extended_to(),
        outside,
    };
    if !store::decide(step.tx, &step.act, row, &decided).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let mut event = NewEvent::of("request", row.id, "request.decided")
        .moving(Some("open"), body.decision.as_str())
        .with_text(Some(body.ruling.clone()))
        .with(json!({
            "kind": row.kind, "decision": body.decision, "org": decided.ruled_org_id,
            "outside": decided.outside.is_some(), "asked_by": row.asked_by.filter(|_| row.reporter_id.is_none()),
        }));
    event.problem_id = Some(row.problem_id);
    event.public = row.kind == RequestKind::Appeal;
    store::note(step.tx, step.ids(), &step.act, row, event).await?;
    consequences::carry_out(step, row, body, ruled).await
}

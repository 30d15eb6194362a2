//! Signing an analysis: who may, what it must carry, and what follows from it.

use serde_json::json;
use uuid::Uuid;

use super::domain::{Nature, Said, dimension_faults, must_be_worked_at};
use super::dto::NewAnalysis;
use super::store::{self, CurrentAnalysis, Insert};
use crate::auth::Can;
use crate::auth::policy::{AnalyseProblem, Permission as _};
use crate::clock_rules;
use crate::clock_rules::domain::Term;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _, Text};
use crate::events::NewEvent;
use crate::http::{IfMatch, PathRef, Work};
use crate::problems::domain::{ProblemAct, resolution_days};
use crate::problems::record;
use crate::problems::responsible::acting_for;
use crate::problems::store::lengthen::lengthen;
use crate::problems::store::responsible::ties;
use crate::problems::store::{self as problems, ProblemFacts, change, write};

/// Signs an analysis; the problem's id and the analysis's number.
///
/// # Errors
/// 404; 403 for who is neither handler nor head of the leading or studying organisation; 409 in a state in which nobody
/// works at the problem; 412, 428; 422 with every fault.
pub async fn sign(
    work: &Work,
    tx: &mut Tx,
    who: &Can<AnalyseProblem>,
    reference: &PathRef,
    at: &IfMatch,
    body: NewAnalysis,
) -> ApiResult<(Uuid, i64)> {
    let facts = problems::facts_to_change(tx, &who.scope_ids(), reference, who, work.now())
        .await?
        .or_not_found()?;
    let ties = ties(&mut *tx, facts.id).await?;
    let org = acting_for(who, &ties, AnalyseProblem::RULE.roles).ok_or_else(forbidden)?;
    who.person().ok_or_else(forbidden)?;
    let act = who.act(work.now());
    must_be_worked_at(facts.state)?;
    let current = store::current(&mut *tx, facts.id).await?;
    check_number(at, current.as_ref())?;
    check_facts(tx, work, &facts, current.as_ref(), &body).await?;
    let institutional = body.nature == Nature::Institutional;
    // A secretary signs for whoever delegated it.
    let new = insert(work, &facts, current.as_ref(), (who.subject, org), body);
    store::insert(tx, &act, &new).await?;
    write::acted(tx, &work.app.ids, facts.id, &act, ProblemAct::Analyse).await?;
    let event = NewEvent::of("problem", facts.id, "problem.analysed").with(json!({
        "number": new.number, "horizon": new.horizon, "nature": new.nature, "causes": new.causes,
        "correction": new.correction_reason.is_some(),
    }));
    change::note(tx, &work.app.ids, &act, &facts, event).await?;
    if institutional {
        // Read again: the note has moved the end of the problem's chain.
        let facts = problems::facts_to_change(tx, &who.scope_ids(), &PathRef::Id(facts.id), who, work.now()).await?;
        let facts = facts.or_not_found()?;
        let terms = clock_rules::store::terms(&mut *tx, facts.division_id, work.now().shanghai_date()).await?;
        let days = resolution_days(&terms, Term::Institutional, facts.urgency);
        lengthen(tx, &work.app.ids, &work.app.calendar(), &act, &facts, days).await?;
    }
    Ok((new.problem_id, new.number))
}

fn forbidden() -> ApiError {
    ApiError::new(Code::Forbidden).with_detail(Text::new(
        "此操作只能由主办单位或研究单位的承办人、负责人进行",
        "This is for a handler or head of the organisation that leads or studies the problem",
    ))
}

/// A correction names the number that it corrects; the first analysis names none.
fn check_number(at: &IfMatch, current: Option<&CurrentAnalysis>) -> ApiResult<()> {
    match (current, at) {
        (Some(current), _) => at.check(current.number),
        (None, IfMatch::Missing) => Ok(()),
        (None, IfMatch::Any | IfMatch::Versions(_)) => Err(ApiError::new(Code::PreconditionFailed)),
    }
}

async fn check_facts(
    tx: &mut Tx,
    work: &Work,
    facts: &ProblemFacts,
    current: Option<&CurrentAnalysis>,
    body: &NewAnalysis,
) -> ApiResult<()> {
    let said = Said {
        key_factor: body.key_factor.is_some(),
        dimensions: body.dimensions.len(),
        shortfall: body.shortfall.is_some(),
    };
    let mut faults = dimension_faults(facts.audience, said);
    record::term_ids(tx, "cause", "/causes", &body.causes, work.now(), &mut faults).await?;
    match (current.is_some(), body.correction_reason.is_some()) {
        (true, false) => faults.push(Fault::new("/correction_reason", FaultCode::Required)),
        (false, true) => faults.push(Fault::new("/correction_reason", FaultCode::Conflict)),
        (true, true) | (false, false) => {}
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid(faults))
    }
}

fn insert(
    work: &Work,
    facts: &ProblemFacts,
    current: Option<&CurrentAnalysis>,
    (signed_by, signed_org_id): (Uuid, Uuid),
    body: NewAnalysis,
) -> Insert {
    Insert {
        id: work.app.ids.next(),
        problem_id: facts.id,
        number: current.map_or(0, |current| current.number) + 1,
        cycle_no: facts.cycle_no,
        horizon: body.horizon,
        nature: body.nature,
        key_factor: body.key_factor,
        dimensions: body.dimensions,
        shortfall: body.shortfall,
        causes: body.causes,
        findings: body.findings,
        signed_by,
        signed_org_id,
        correction_reason: body.correction_reason,
    }
}

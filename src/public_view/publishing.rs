//! Publishing a problem with words of their own, and withdrawing them.

use serde_json::json;

use super::domain::{NOTICE_DAYS, PublicationKind};
use super::dto::{PublicationView, PublishProblem, UnpublishProblem};
use super::guarding::Guard;
use super::store::publications::{self, NewPublication, PublicationRow};
use super::store::shown;
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::events::NewEvent;
use crate::http::{IfMatch, Work};
use crate::problems::domain::State;
use crate::problems::store::{ProblemFacts, change};
use crate::reporters::domain::Anonymity;

/// Publishes a problem that the transaction has locked, in the place of an earlier edition.
///
/// # Errors
/// 409 `merged`, `ended` or `erased` for what was merged, withdrawn or erased, 409 `transition_not_allowed` for the
/// result of what is not done; 412, 428; 422 with every fault of every text.
pub async fn publish(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    facts: &ProblemFacts,
    at: &IfMatch,
    body: PublishProblem,
) -> ApiResult<PublicationView> {
    let kind = body.kind.unwrap_or(PublicationKind::Problem);
    may_be_public(facts, kind)?;
    at.check(facts.version)?;
    let consented = body.enterprise_consent.is_some() && facts.state == State::Closed;
    let guard = Guard::of(&mut *tx, facts.id, consented).await?;
    let mut faults = faults(work, &guard, facts, kind, &body);
    if body.with_plan_texts {
        faults.extend(faults_of_plan(work, tx, &guard, facts).await?);
    }
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let texts = [Some(&body.title), Some(&body.summary), body.result.as_ref()];
    let names_firm = texts.into_iter().flatten().any(|text| guard.names_a_firm(text));
    let new = NewPublication {
        id: work.app.ids.next(),
        kind,
        names_firm,
        with_plan_texts: body.with_plan_texts,
        title: body.title,
        summary: body.summary,
        result: body.result,
        consent: body
            .enterprise_consent
            .map(|consent| (consent.given_on, consent.evidence)),
        until: (kind == PublicationKind::ResultNotice).then(|| end_of_notice(work)),
    };
    let (act, ids) = (who.act(work.now()), &work.app.ids);
    publications::publish(tx, &act, facts.id, &new).await?;
    let event = NewEvent::of("problem", facts.id, "problem.published")
        .public()
        .with_text(Some(body.reason))
        .with(json!({
            "publication": new.id, "kind": kind, "names_firm": new.names_firm, "consent": new.consent.is_some(),
            "with_plan_texts": new.with_plan_texts,
        }));
    change::note(tx, ids, &act, facts, event).await?;
    let row: PublicationRow = publications::one(new.id).one(&mut *tx).await?;
    Ok(PublicationView::of(row, facts.version, true))
}

/// Withdraws what is published of a problem that the transaction has locked, in whatever state it is.
///
/// # Errors
/// 409 `ended` where nothing is published; 412, 428.
pub async fn unpublish(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    facts: &ProblemFacts,
    at: &IfMatch,
    body: UnpublishProblem,
) -> ApiResult<()> {
    if !publications::is_current(&mut *tx, facts.id).await? {
        return Err(ApiError::new(Code::Ended));
    }
    at.check(facts.version)?;
    let (act, ids) = (who.act(work.now()), &work.app.ids);
    publications::withdraw(tx, &act, facts.id).await?;
    let event = NewEvent::of("problem", facts.id, "problem.unpublished")
        .public()
        .with_text(Some(body.reason));
    change::note(tx, ids, &act, facts, event).await
}

fn may_be_public(facts: &ProblemFacts, kind: PublicationKind) -> ApiResult<()> {
    facts.must_not_be_erased()?;
    match facts.state {
        State::Merged => Err(ApiError::new(Code::Merged)),
        State::Withdrawn => Err(ApiError::new(Code::Ended)),
        state if kind == PublicationKind::ResultNotice && !is_done(state) => {
            Err(ApiError::new(Code::TransitionNotAllowed).with_member("state", state.as_str()))
        }
        _ => Ok(()),
    }
}

/// Whether there is a result to speak of.
const fn is_done(state: State) -> bool {
    matches!(state, State::PendingConfirmation | State::Closed | State::Declined)
}

fn faults(
    work: &Work,
    guard: &Guard,
    facts: &ProblemFacts,
    kind: PublicationKind,
    body: &PublishProblem,
) -> Vec<Fault> {
    let evidence = body
        .enterprise_consent
        .as_ref()
        .map(|consent| consent.evidence.as_str());
    let texts = [
        ("/title", Some(body.title.as_str())),
        ("/summary", Some(body.summary.as_str())),
        ("/result", body.result.as_deref()),
    ];
    let mut faults = guard.faults_at(&work.app, &texts);
    // These two are not for everybody; an identity number is for nobody.
    for (pointer, text) in [
        ("/reason", Some(body.reason.as_str())),
        ("/enterprise_consent/evidence", evidence),
    ] {
        if text.is_some_and(|text| crate::privacy::find_id_number(text).is_some()) {
            faults.push(Fault::new(pointer, FaultCode::IdNumber));
        }
    }
    let known = facts
        .reporter_anonymity
        .is_some_and(|anonymity| anonymity != Anonymity::Unknown);
    let has_firm = guard.knows_a_firm();
    let future = body
        .enterprise_consent
        .as_ref()
        .is_some_and(|consent| consent.given_on > work.now().shanghai_date());
    let notice = kind == PublicationKind::ResultNotice;
    let rules = [
        (notice && body.result.is_none(), "/result", FaultCode::Required),
        (notice && known, "/kind", FaultCode::Conflict),
        (
            body.result.is_some() && !is_done(facts.state),
            "/result",
            FaultCode::Conflict,
        ),
        (
            body.enterprise_consent.is_some() && !has_firm,
            "/enterprise_consent",
            FaultCode::Conflict,
        ),
        (future, "/enterprise_consent/given_on", FaultCode::NotWithin),
    ];
    let broken = rules.into_iter().filter(|(is_broken, ..)| *is_broken);
    faults.extend(broken.map(|(_, pointer, code)| Fault::new(pointer, code)));
    faults
}

/// What keeps the words of the plan from everybody, each kind once.
async fn faults_of_plan(work: &Work, tx: &mut Tx, guard: &Guard, facts: &ProblemFacts) -> ApiResult<Vec<Fault>> {
    let measures = shown::measures(&mut *tx, facts.id).await?;
    let steps = shown::steps(&mut *tx, facts.id, facts.cycle_no).await?;
    let of_measures = measures.iter().map(|row| row.text.as_str());
    let of_steps = steps.iter().map(|row| row.expected_result.as_str());
    let mut codes = Vec::new();
    for code in of_measures
        .chain(of_steps)
        .flat_map(|text| guard.faults(&work.app, text))
    {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    let faults = codes.into_iter().map(|code| Fault::new("/with_plan_texts", code));
    Ok(faults.collect())
}

/// When a notice of now ends: at the close of its last working day.
fn end_of_notice(work: &Work) -> Timestamp {
    work.app.calendar().due_at(work.now().utc(), NOTICE_DAYS).0.into()
}

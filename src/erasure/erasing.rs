//! Erasing: by itself when the term is over, or because the reporter asked.

use serde_json::json;
use uuid::Uuid;

use super::domain::ErasedBecause;
use super::dto::EraseProblem;
use super::store::{people, served, texts};
use crate::action_plans::likeness;
use crate::attachments::store::contents;
use crate::auth::Caller;
use crate::auth::case::family_of;
use crate::clock::Timestamp;
use crate::comments::judging::must_not_be_criticised;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};
use crate::full_text;
use crate::http::{PathRef, Work, idempotency};
use crate::problems::domain::{ProblemAct, State};
use crate::problems::store::{ProblemFacts, change, course, facts_to_change, texts as problem_texts, write};
use crate::public_view::guarding::Guard;
use crate::public_view::store::publications;
use crate::service_objects::store as service_objects;
use crate::tasks::planning;
use crate::visits::store as visits;

/// Erases a problem whose term is over; false where there is nothing to erase: it was revived, or erased before.
///
/// # Errors
/// Where the database refuses.
pub async fn by_term(work: &Work, tx: &mut Tx, problem: Uuid, now: Timestamp) -> ApiResult<bool> {
    // A problem lies in the scope of its own id.
    let nobody = Caller::nobody();
    let Some(facts) = facts_to_change(tx, &[problem], &PathRef::Id(problem), &nobody, now).await? else {
        return Ok(false);
    };
    if !facts.state.has_ended() {
        return Ok(false);
    }
    // What was merged is kept as long as what it was merged into, which may have been revived meanwhile.
    if facts.state == State::Merged && planning::kept_until(tx, problem).await?.is_none_or(|until| now < until) {
        return Ok(false);
    }
    let act = Act::of_the_service(now);
    if facts.erased_at.is_some() {
        return of_others(work, tx, &act, &facts).await;
    }
    carry_out(work, tx, &act, &facts, ErasedBecause::Term, None).await?;
    Ok(true)
}

/// Erases what others said of a problem that was erased before because its reporter asked; false where they said
/// nothing.
async fn of_others(work: &Work, tx: &mut Tx, act: &Act, facts: &ProblemFacts) -> ApiResult<bool> {
    let (problem, at) = (facts.id, act.at);
    let people = people::hold_people(tx, problem).await?;
    let comments = texts::empty_comments(tx, problem, ErasedBecause::Term, at).await?;
    if comments == 0 {
        return Ok(false);
    }
    let reporters = people::forget_reporters(tx, &work.app.ids, problem, &people, at).await?;
    let because = ErasedBecause::Term;
    let event = NewEvent::of("problem", problem, "problem.erased")
        .public()
        .with(json!({ "because": because, "reporters": reporters, "comments": comments }));
    // Of what is erased nothing is said any more, but that.
    change::note_behind(tx, &work.app.ids, act, problem, &facts.head(), event).await?;
    planning::replan(tx, &work.app.ids, &work.app.calendar(), act, problem).await?;
    Ok(true)
}

/// Whether a problem's words may be erased because its reporter asked, by this caller.
///
/// # Errors
/// 403 `separation_of_duties` for whoever is criticised by what is said of it; 409 while it has not ended
/// (`transition_not_allowed`), while a look-back is still to be made (`too_early`), and once it is erased.
pub async fn may_be_asked(tx: &mut Tx, who: &Caller, facts: &ProblemFacts) -> ApiResult<()> {
    must_not_be_criticised(tx, who, facts.id).await?;
    facts.must_not_be_erased()?;
    if !facts.state.has_ended() {
        return Err(ApiError::new(Code::TransitionNotAllowed).with_member("state", facts.state.as_str()));
    }
    match texts::next_look_back(tx, facts.id, facts.cycle_no).await? {
        Some(due_on) => Err(ApiError::new(Code::TooEarly).with_member("look_back_due_on", due_on.to_string())),
        None => Ok(()),
    }
}

/// Erases because the reporter asked; the families of the tokens that have to end once that is committed. What others
/// commented stays until the term.
///
/// # Errors
/// 422 at `/reason` where it names somebody: it would tell what is erased.
pub async fn on_request(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    facts: &ProblemFacts,
    body: &EraseProblem,
) -> ApiResult<Vec<Uuid>> {
    let guard = Guard::of(&mut *tx, facts.id, false).await?;
    let faults = guard.faults_at(&work.app, &[("/reason", Some(&body.reason))]);
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let act = who.act(work.now());
    write::acted(tx, &work.app.ids, facts.id, &act, ProblemAct::Erase).await?;
    let reason = Some(body.reason.trim().to_owned());
    carry_out(work, tx, &act, facts, ErasedBecause::Asked, reason).await
}

/// Empties every text about the problem, ends its receipts, forgets its files and, where nothing else of theirs is
/// kept, its visit's texts, whoever raised it or spoke about it, and its households. The problem is locked.
async fn carry_out(
    work: &Work,
    tx: &mut Tx,
    act: &Act,
    facts: &ProblemFacts,
    because: ErasedBecause,
    reason: Option<String>,
) -> ApiResult<Vec<Uuid>> {
    let (problem, at) = (facts.id, act.at);
    let households = served::hold_households(tx, problem).await?;
    let people = people::hold_people(tx, problem).await?;
    publications::withdraw(tx, act, problem).await?;
    texts::empty(tx, problem, because, at).await?;
    let plans = texts::empty_plans(tx, problem, at).await?;
    let visit = served::empty_visit(tx, problem, at).await?;
    for sha256 in texts::forget_files(tx, problem, (&plans, visit), at).await? {
        contents::release(tx, &sha256, work.app.real_clock.now()).await?;
    }
    let reporters = people::forget_reporters(tx, &work.app.ids, problem, &people, at).await?;
    let households = served::forget_households(tx, &households, at).await?;
    let codes = people::end_receipts(tx, problem, at).await?;
    let event = NewEvent::of("problem", problem, "problem.erased")
        .public()
        .with_text(reason)
        .with(json!({ "because": because, "reporters": reporters, "plans": plans.len() }));
    after_text_changed(work, tx, act, facts, event).await?;
    tell_around(work, tx, act, visit, &households).await?;
    Ok(codes.iter().map(|hash| family_of(hash)).collect())
}

/// Lets the chains of a visit and of households tell that they were erased along with a problem; the visit is found by
/// nothing any more.
async fn tell_around(work: &Work, tx: &mut Tx, act: &Act, visit: Option<Uuid>, households: &[Uuid]) -> ApiResult<()> {
    let ids = &work.app.ids;
    let around: Vec<Uuid> = visit.iter().chain(households).copied().collect();
    idempotency::forget(tx, &around, work.app.real_clock.now()).await?;
    if let Some(visit) = visit {
        full_text::store::forget(tx, full_text::store::Kind::Visit, visit).await?;
        let row = visits::find_anywhere_to_change(tx, visit).await?.or_not_found()?;
        visits::write::note(tx, ids, act, &row, NewEvent::of("visit", visit, "visit.erased")).await?;
        planning::replan_promises(tx, ids, &work.app.calendar(), act, visit).await?;
    }
    for household in households {
        let event = NewEvent::of(service_objects::KIND, *household, "service_object.erased");
        append_to(tx, ids, act, event).await?;
    }
    Ok(())
}

/// What follows every change of a problem's texts, of a redaction and of an erasure alike: its version grows, its chain
/// gets the event, its scopes and tasks follow. Whatever keeps the same words elsewhere is told here too: what it, its
/// publication and its plans are found by, what plans are compared by, and answers that are kept.
///
/// # Errors
/// Where the database refuses.
pub async fn after_text_changed(
    work: &Work,
    tx: &mut Tx,
    act: &Act,
    facts: &ProblemFacts,
    event: NewEvent,
) -> ApiResult<()> {
    problem_texts::index(tx, facts.id).await?;
    publications::index(tx, facts.id).await?;
    likeness::texts_changed(tx, facts.id).await?;
    idempotency::forget(tx, &[facts.id], work.app.real_clock.now()).await?;
    course::note_participants(tx, &work.app.ids, &work.app.calendar(), act, facts, event).await
}

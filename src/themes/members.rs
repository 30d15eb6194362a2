//! Which problems a theme has: they come in and leave, all that a request names or none.

use serde_json::json;
use uuid::Uuid;

use super::changing::{save, texts};
use super::domain::{MOST, ThemeAction};
use super::store::{self, ThemeChange, ThemeRow};
use crate::auth::policy::KeepThemes;
use crate::auth::{Caller, Can};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::directory::divisions;
use crate::directory::words::Audience;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{IfMatch, PathRef, Work};
use crate::outputs::{self, Source, names_nobody};
use crate::problems::domain::{Matter, State};
use crate::problems::store::theme::set_theme;
use crate::problems::store::{self as problems, ProblemFacts, change};

/// The problems within the caller's scope, locked in the order of their ids, as every transaction locks them; or the
/// ids of those that are not there for him.
pub async fn find(
    tx: &mut Tx,
    who: &Can<KeepThemes>,
    ids: &[Uuid],
    now: Timestamp,
) -> ApiResult<Result<Vec<ProblemFacts>, Vec<Uuid>>> {
    let (mut ordered, scopes) = (ids.to_vec(), who.scope_ids());
    ordered.sort_unstable();
    ordered.dedup();
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for id in ordered {
        match problems::facts_to_change(tx, &scopes, &PathRef::Id(id), who, now).await? {
            Some(facts) => found.push(facts),
            None => missing.push(id),
        }
    }
    Ok(if missing.is_empty() { Ok(found) } else { Err(missing) })
}

/// A fault at each of these ids.
pub fn unknown(named: &[Uuid], missing: &[Uuid]) -> Vec<Fault> {
    faults_at(named, |id| missing.contains(id).then_some(FaultCode::UnknownReference))
}

fn faults_at(named: &[Uuid], fault: impl Fn(&Uuid) -> Option<FaultCode>) -> Vec<Fault> {
    let at = |(index, id)| Some(Fault::new(format!("/problem_ids/{index}"), fault(id)?));
    named.iter().enumerate().filter_map(at).collect()
}

/// Whether locked problems may come into a theme of this division and audience.
///
/// # Errors
/// 409 `duplicate` with problem and theme for one that stands in a theme; 422 for what was merged, withdrawn or erased,
/// lies elsewhere or concerns others.
pub async fn fit(
    tx: &mut Tx,
    (division, audience): (Uuid, Option<Audience>),
    found: &[ProblemFacts],
    named: &[Uuid],
) -> ApiResult<()> {
    let ids: Vec<Uuid> = found.iter().map(|facts| facts.id).collect();
    if let Some((problem, theme)) = store::themes_of(&mut *tx, &ids).await?.first() {
        return Err(ApiError::new(Code::Duplicate)
            .with_member("problem", problem.to_string())
            .with_member("theme", theme.to_string()));
    }
    let mut misfits = Vec::new();
    for facts in found {
        let code = match () {
            () if facts.erased_at.is_some() || matches!(facts.state, State::Merged | State::Withdrawn) => {
                FaultCode::EndedReference
            }
            () if audience.is_some_and(|audience| audience != facts.audience) => FaultCode::OtherAudience,
            () if !divisions::is_within(&mut *tx, division, facts.division_id).await? => FaultCode::Conflict,
            () => continue,
        };
        misfits.push((facts.id, code));
    }
    let mut faults = faults_at(named, |id| {
        misfits.iter().find(|(misfit, _)| misfit == id).map(|(_, code)| *code)
    });
    if ids.len() < named.len() {
        faults.push(Fault::new("/problem_ids", FaultCode::Repeated));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid(faults))
    }
}

/// Lets locked problems into a theme: the member's row, the problem's own, and an event in the problem's chain.
pub async fn enter(work: &Work, tx: &mut Tx, who: &Caller, theme: Uuid, found: &[ProblemFacts]) -> ApiResult<()> {
    let act = who.act(work.now());
    for facts in found {
        store::join(tx, &act, theme, facts.id).await?;
        set_theme(tx, facts.id, Some(theme)).await?;
        let event = NewEvent::of("problem", facts.id, "problem.theme_joined").with(json!({ "theme": theme }));
        change::note(tx, &work.app.ids, &act, facts, event).await?;
    }
    Ok(())
}

/// Adds problems to an open theme.
///
/// # Errors
/// 404 for the theme, and with a fault at each for problems that are not there for the caller; 403; 409
/// `transition_not_allowed`, `duplicate`; 422 with every fault, and with `outputs` where one that is published names
/// somebody: in this order.
pub async fn add(work: &Work, tx: &mut Tx, who: &Can<KeepThemes>, id: Uuid, named: &[Uuid]) -> ApiResult<()> {
    let (found, row) = take(work, tx, who, id, named, (ThemeAction::AddProblems, None)).await?;
    fit(tx, (row.division_id, row.audience), &found, named).await?;
    let after = i64::try_from(found.len()).unwrap_or(MOST).saturating_add(row.members());
    if after > MOST {
        return Err(ApiError::invalid_at("/problem_ids", FaultCode::TooLong));
    }
    // Its words were written when these were not of it.
    let source = Source {
        problems: &ids_of(&found),
        theme: None,
    };
    let texts = texts("/problem_ids", &row.title, "/problem_ids", row.description.as_deref());
    names_nobody(work, tx, who, source, &texts).await?.refuse(Vec::new())?;
    must_not_be_named(work, tx, who, id, (&found, named)).await?;
    enter(work, tx, who, id, &found).await?;
    let event = NewEvent::of("theme", id, "theme.problems_added").with(json!({ "problems": ids_of(&found) }));
    save(work, tx, who, &row, &ThemeChange::of(&row), event).await
}

/// Refuses problems whose reporter, object or people are named by what is published of the theme: everybody reads that.
async fn must_not_be_named(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    theme: Uuid,
    (found, named): (&[ProblemFacts], &[Uuid]),
) -> ApiResult<()> {
    let problems = ids_of(found);
    let told = outputs::named_in_published(&work.app, tx, theme, &problems).await?;
    if told.problems.is_empty() {
        return Ok(());
    }
    // Whoever may not know who is behind a problem learns here no more than where he writes about it.
    let source = Source {
        problems: &problems,
        theme: None,
    };
    let texts: Vec<(&str, &str)> = told.texts.iter().map(|text| ("/problem_ids", text.as_str())).collect();
    let coarse = names_nobody(work, tx, who, source, &texts).await?;
    if !coarse.traces.is_empty() {
        return coarse.refuse(Vec::new());
    }
    let place = |problem: &Uuid| named.iter().position(|id| id == problem).unwrap_or_default();
    let faults = told.problems.iter();
    let faults = faults.map(|(problem, code)| Fault::new(format!("/problem_ids/{}", place(problem)), *code));
    let outputs: Vec<String> = told.outputs.iter().map(ToString::to_string).collect();
    Err(ApiError::invalid(faults.collect()).with_member("outputs", outputs))
}

/// Takes problems out of an open theme.
///
/// # Errors
/// As adding, and 412/428; a problem that is not of the theme is 404 like one that is not there; 409 `output_missing`
/// for an institutional one that was reported done and has no output of its own.
pub async fn remove(
    work: &Work,
    tx: &mut Tx,
    who: &Can<KeepThemes>,
    id: Uuid,
    at: &IfMatch,
    named: &[Uuid],
    reason: &str,
) -> ApiResult<()> {
    let (found, row) = take(work, tx, who, id, named, (ThemeAction::RemoveProblems, Some(at))).await?;
    let of = store::themes_of(&mut *tx, &ids_of(&found)).await?;
    let others = faults_at(named, |problem| {
        (!of.contains(&(*problem, id))).then_some(FaultCode::UnknownReference)
    });
    if !others.is_empty() {
        return Err(ApiError::not_found().with_faults(others));
    }
    must_not_need_it(tx, &found, named).await?;
    let act = who.act(work.now());
    for facts in &found {
        let said = Some(reason).filter(|_| facts.erased_at.is_none());
        store::leave(tx, &act, id, facts.id, said).await?;
        set_theme(tx, facts.id, None).await?;
        let event = NewEvent::of("problem", facts.id, "problem.theme_left")
            .with_text(said.map(ToOwned::to_owned))
            .with(json!({ "theme": id }));
        // Not `note`, which refuses what is erased: this says nothing about it.
        change::note_behind(tx, &work.app.ids, &act, facts.id, &facts.head(), event).await?;
    }
    let is_said = found.iter().any(|facts| facts.erased_at.is_none());
    let event = NewEvent::of("theme", id, "theme.problems_removed")
        .with_text(is_said.then(|| reason.to_owned()))
        .with(json!({ "problems": ids_of(&found) }));
    save(work, tx, who, &row, &ThemeChange::of(&row), event).await
}

/// Refuses to take out what was reported done because it stands in the theme: an institutional problem that has no
/// output of its own (S-47).
async fn must_not_need_it(tx: &mut Tx, found: &[ProblemFacts], named: &[Uuid]) -> ApiResult<()> {
    let done = found.iter().filter(|facts| {
        facts.matter == Matter::Institutional && matches!(facts.state, State::PendingConfirmation | State::Closed)
    });
    let done: Vec<Uuid> = done.map(|facts| facts.id).collect();
    if done.is_empty() {
        return Ok(());
    }
    let bare = outputs::store::without_own(tx, &done).await?;
    if bare.is_empty() {
        return Ok(());
    }
    let at = faults_at(named, |problem| bare.contains(problem).then_some(FaultCode::Conflict));
    Err(ApiError::new(Code::OutputMissing).with_faults(at))
}

/// The theme with which the caller may do this, and the problems: these locked first, then the outputs with which they
/// are to be compared, then the theme, then asked again.
async fn take(
    work: &Work,
    tx: &mut Tx,
    who: &Can<KeepThemes>,
    id: Uuid,
    named: &[Uuid],
    (action, at): (ThemeAction, Option<&IfMatch>),
) -> ApiResult<(Vec<ProblemFacts>, ThemeRow)> {
    let seen = store::find(&mut *tx, who, &who.scope_ids(), id).await?.or_not_found()?;
    seen.standing().check(action)?;
    let found = find(tx, who, named, work.now()).await?;
    let found = found.map_err(|missing| ApiError::not_found().with_faults(unknown(named, &missing)))?;
    if action == ThemeAction::AddProblems {
        outputs::store::hold_of_theme(tx, id).await?;
    }
    let row = store::lock(tx, who, id).await?;
    row.standing().check(action)?;
    if let Some(at) = at {
        at.check(row.version)?;
    }
    Ok((found, row))
}

fn ids_of(found: &[ProblemFacts]) -> Vec<Uuid> {
    found.iter().map(|facts| facts.id).collect()
}

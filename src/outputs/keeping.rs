//! Entering an output by itself, changing it, showing it to the public, ending it.

use serde_json::json;
use uuid::Uuid;

use super::depersonalised::{Source, names_nobody};
use super::domain::{OutputAction, Said};
use super::dto::{EnterOutput, UpdateOutput};
use super::store::{self, Changed, NewRow, OutputRow, Subject, subject_of};
use crate::auth::policy::{KeepOutputs, Permission, ReadProblems, ReadThemes};
use crate::auth::{Caller, Can, Role, Scope};
use crate::db::Tx;
use crate::directory::words::Audience;
use crate::directory::{divisions, orgs, terms};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{IfMatch, PathRef, Work};
use crate::problems::domain::State;
use crate::problems::store::{self as problems, ProblemFacts, change};
use crate::public_view::refusing::Named;
use crate::themes;

/// Enters an output; its id. Its problems' timelines tell of it.
///
/// # Errors
/// 422 with every fault.
pub async fn enter(work: &Work, tx: &mut Tx, who: &Can<KeepOutputs>, body: EnterOutput) -> ApiResult<Uuid> {
    let (act, said) = (who.act(work.now()), body.said());
    let mut faults = Vec::new();
    let found = find_problems(work, tx, who, &body.problem_ids, &mut faults).await?;
    let org = issuing_org(tx, who, body.issuing_org_id, &mut faults).await?;
    let theme = theme(tx, who, body.theme_id, &mut faults).await?;
    let category = category(work, tx, body.category.as_deref(), &mut faults).await?;
    let ids: Vec<Uuid> = found.iter().map(|facts| facts.id).collect();
    let of_it = subject_of(
        tx,
        theme,
        body.problem_ids.first().copied().filter(|id| ids.contains(id)),
    )
    .await?;
    let audience = body
        .audience
        .or_else(|| category.and_then(|(_, of)| of))
        .or(of_it.audience);
    faults.extend(of_other(category, audience));
    let texts = [("/title", said.title.as_str()), ("/summary", said.summary.as_str())];
    let source = Source { problems: &ids, theme };
    let named = names_nobody(work, tx, who, source, &texts).await?;
    named.refuse(std::mem::take(&mut faults))?;
    let org = org.or_not_found()?;
    let new = NewRow {
        said: &said,
        org,
        theme,
        problems: &ids,
        subject: Subject {
            audience,
            category_id: category.map(|(id, _)| id).or(of_it.category_id),
        },
    };
    let id = store::enter(tx, &work.app.ids, &act, &new).await?;
    for facts in &found {
        let event = NewEvent::of("problem", facts.id, "problem.output_entered").with(json!({ "output": id }));
        change::note(tx, &work.app.ids, &act, facts, event).await?;
    }
    Ok(id)
}

/// The problems within the caller's scope, locked in the order of their ids; what was merged, withdrawn or erased leads
/// to nothing.
async fn find_problems(
    work: &Work,
    tx: &mut Tx,
    who: &Can<KeepOutputs>,
    named: &[Uuid],
    faults: &mut Vec<Fault>,
) -> ApiResult<Vec<ProblemFacts>> {
    let (mut ordered, scopes) = (named.to_vec(), scopes_for::<ReadProblems>(who));
    ordered.sort_unstable();
    ordered.dedup();
    if ordered.len() < named.len() {
        faults.push(Fault::new("/problem_ids", FaultCode::Repeated));
    }
    let mut found = Vec::new();
    for id in ordered {
        let facts = problems::facts_to_change(tx, &scopes, &PathRef::Id(id), who, work.now()).await?;
        let code = match &facts {
            None => Some(FaultCode::UnknownReference),
            Some(facts) if facts.erased_at.is_some() || matches!(facts.state, State::Merged | State::Withdrawn) => {
                Some(FaultCode::EndedReference)
            }
            Some(_) => None,
        };
        if let (Some(code), Some(index)) = (code, named.iter().position(|named| *named == id)) {
            faults.push(Fault::new(format!("/problem_ids/{index}"), code));
        } else {
            found.extend(facts);
        }
    }
    Ok(found)
}

fn scopes_for<P: Permission>(who: &Caller) -> Vec<Uuid> {
    who.scopes_for(P::RULE).iter().map(Scope::id).collect()
}

/// The organisation that issues it: a dispatcher names any of his division, a head his own or one below, a handler his
/// own.
async fn issuing_org(
    tx: &mut Tx,
    who: &Caller,
    named: Option<Uuid>,
    faults: &mut Vec<Fault>,
) -> ApiResult<Option<Uuid>> {
    let Some(org) = named else { return Ok(Some(who.org()?)) };
    let dispatched: Vec<Uuid> = who
        .memberships
        .iter()
        .filter(|own| own.role == Role::Dispatcher)
        .map(|own| own.division)
        .collect();
    let found = orgs::find_ref(&mut *tx, org).await?.filter(|org| !org.ended);
    let may = match &found {
        Some(found) => {
            divisions::is_within_any(&mut *tx, &dispatched, found.division_id).await?
                || orgs::acts_for(&mut *tx, who, org).await?
        }
        None => false,
    };
    if !may {
        faults.push(Fault::new("/issuing_org_id", FaultCode::UnknownReference));
    }
    Ok(Some(org).filter(|_| may))
}

/// A theme that the caller sees and that has not ended.
async fn theme(tx: &mut Tx, who: &Caller, named: Option<Uuid>, faults: &mut Vec<Fault>) -> ApiResult<Option<Uuid>> {
    let Some(id) = named else { return Ok(None) };
    if themes::store::is_living(&mut *tx, &scopes_for::<ReadThemes>(who), id).await? {
        return Ok(Some(id));
    }
    faults.push(Fault::new("/theme_id", FaultCode::UnknownReference));
    Ok(None)
}

async fn category(
    work: &Work,
    tx: &mut Tx,
    code: Option<&str>,
    faults: &mut Vec<Fault>,
) -> ApiResult<Option<(Uuid, Option<Audience>)>> {
    let Some(code) = code else { return Ok(None) };
    match terms::find(&mut *tx, "category", code).await? {
        Some(term) if !term.is_valid_on(work.now().shanghai_date()) => {
            faults.push(Fault::new("/category", FaultCode::RetiredTerm));
        }
        Some(term) => return Ok(Some((term.id, term.audience))),
        None => faults.push(Fault::new("/category", FaultCode::UnknownReference)),
    }
    Ok(None)
}

fn of_other(category: Option<(Uuid, Option<Audience>)>, audience: Option<Audience>) -> Option<Fault> {
    let of = category.and_then(|(_, of)| of)?;
    (audience? != of).then(|| Fault::new("/category", FaultCode::OtherAudience))
}

/// An output with which the caller may do this at this version, locked.
///
/// # Errors
/// 404, 403, 409, 412/428: in this order.
pub async fn take(tx: &mut Tx, who: &Caller, id: Uuid, action: OutputAction, at: &IfMatch) -> ApiResult<OutputRow> {
    let row = store::find_to_change(tx, who, id).await?.or_not_found()?;
    row.standing().check(action)?;
    at.check(row.version)?;
    Ok(row)
}

/// Applies a patch. One that changes nothing writes nothing.
///
/// # Errors
/// 422 with every fault.
pub async fn update(work: &Work, tx: &mut Tx, who: &Caller, row: &OutputRow, patch: UpdateOutput) -> ApiResult<()> {
    let before = Changed::of(row);
    let mut after = before.clone();
    after.title = patch.title.unwrap_or(after.title);
    after.document_no = patch.document_no.unwrap_or(after.document_no);
    after.effective_on = patch.effective_on.unwrap_or(after.effective_on);
    after.summary = patch.summary.unwrap_or(after.summary);
    after.audience = patch.audience.unwrap_or(after.audience);
    let mut faults = Vec::new();
    if let Some(named) = patch.theme_id {
        after.theme_id = theme(tx, who, named, &mut faults).await?;
    }
    let named = faults_of(work, tx, who, row.id, &after).await?;
    if let Some(code) = patch.category {
        let found = category(work, tx, code.as_deref(), &mut faults).await?;
        faults.extend(of_other(found, after.audience));
        after.category_id = found.map(|(id, _)| id);
    }
    named.refuse(faults)?;
    if after == before {
        return Ok(());
    }
    if after.theme_id != before.theme_id {
        is_not_the_last(tx, row).await?;
    }
    let event = NewEvent::of("output", row.id, "output.updated").with(json!({ "fields": fields(&before, &after) }));
    save(work, tx, who, row, &after, event).await
}

async fn faults_of(work: &Work, tx: &mut Tx, who: &Caller, id: Uuid, after: &Changed) -> ApiResult<Named> {
    let said = Said {
        kind: after.kind,
        document_no: after.document_no.as_deref(),
        effective_on: after.effective_on,
        title: &after.title,
        summary: &after.summary,
    };
    let faults = said.faults().into_iter();
    let mut faults: Vec<Fault> = faults.map(|(pointer, code)| Fault::new(pointer, code)).collect();
    let problems = store::problems_of(tx, id).await?;
    let source = Source {
        problems: &problems,
        theme: after.theme_id,
    };
    let texts = [("/title", after.title.as_str()), ("/summary", after.summary.as_str())];
    let named = names_nobody(work, tx, who, source, &texts).await?;
    for fault in named.faults {
        // Telephone numbers are refused by both.
        let told = |told: &Fault| told.pointer == fault.pointer && told.code == fault.code;
        if !faults.iter().any(told) {
            faults.push(fault);
        }
    }
    Ok(Named { faults, ..named })
}

fn fields(before: &Changed, after: &Changed) -> Vec<&'static str> {
    let fields = [
        ("title", before.title != after.title),
        ("document_no", before.document_no != after.document_no),
        ("effective_on", before.effective_on != after.effective_on),
        ("summary", before.summary != after.summary),
        ("theme", before.theme_id != after.theme_id),
        ("audience", before.audience != after.audience),
        ("category", before.category_id != after.category_id),
    ];
    let changed = fields.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(field, _)| field).collect()
}

/// Shows an output to the public, or no longer.
///
/// # Errors
/// 412 where another writer was faster; 422 where it names somebody.
pub async fn publish(work: &Work, tx: &mut Tx, who: &Caller, row: &OutputRow, published: bool) -> ApiResult<()> {
    let kind = if published {
        "output.published"
    } else {
        "output.unpublished"
    };
    let changed = Changed {
        published,
        ..Changed::of(row)
    };
    // Its theme may have gathered others since it was entered.
    if published {
        let named = faults_of(work, tx, who, row.id, &changed).await?;
        named.refuse(Vec::new())?;
    }
    save(work, tx, who, row, &changed, NewEvent::of("output", row.id, kind)).await
}

/// Ends an output: nothing rests on it any more, and the public sees it no longer.
///
/// # Errors
/// 409 `output_missing` for the last one of a closed theme.
pub async fn end(work: &Work, tx: &mut Tx, who: &Caller, row: &OutputRow, reason: String) -> ApiResult<()> {
    is_not_the_last(tx, row).await?;
    let event = NewEvent::of("output", row.id, "output.ended").with_text(Some(reason.clone()));
    let changed = Changed {
        published: false,
        ended_at: Some(work.now()),
        end_reason: Some(reason),
        ..Changed::of(row)
    };
    save(work, tx, who, row, &changed, event).await
}

/// A closed theme keeps an output; whoever wants to end its last one reopens it first.
async fn is_not_the_last(tx: &mut Tx, row: &OutputRow) -> ApiResult<()> {
    let Some(theme) = row.theme_id else { return Ok(()) };
    if themes::store::is_closed(&mut *tx, theme).await? && store::others_of_theme(tx, theme, row.id).await? == 0 {
        return Err(ApiError::new(Code::OutputMissing).with_member("theme", theme.to_string()));
    }
    Ok(())
}

async fn save(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    row: &OutputRow,
    changed: &Changed,
    event: NewEvent,
) -> ApiResult<()> {
    if store::save(tx, &work.app.ids, &who.act(work.now()), row, changed, event).await? {
        Ok(())
    } else {
        Err(ApiError::new(Code::PreconditionFailed))
    }
}

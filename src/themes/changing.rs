//! Opening a theme, changing, closing, reopening and ending it.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::domain::{ThemeAction, ThemeState, may_close};
use super::dto::{NewTheme, UpdateTheme};
use super::members;
use super::store::{self, NewRow, ThemeChange, ThemeRow};
use crate::auth::policy::{KeepThemes, Permission};
use crate::auth::{Caller, Can, Role};
use crate::db::Tx;
use crate::directory::{divisions, orgs, terms};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{IfMatch, Work};
use crate::outputs::{Source, names_nobody};

/// Opens a theme; its id.
///
/// # Errors
/// 409 `duplicate` for a problem that stands in a theme; 422 with every fault; 429 for who guesses at names.
pub async fn open(work: &Work, tx: &mut Tx, who: &Can<KeepThemes>, body: NewTheme) -> ApiResult<Uuid> {
    let (now, today, ids) = (work.now(), work.now().shanghai_date(), &work.app.ids);
    let mut faults = Vec::new();
    let division = division(tx, who, body.division.as_deref(), today, &mut faults).await?;
    let org = studying_org(tx, who, body.org_id, &mut faults).await?;
    let category = category(tx, body.category.as_deref(), today, &mut faults).await?;
    if let Some((_, Some(of))) = category
        && body.audience.is_some_and(|audience| audience != of)
    {
        faults.push(Fault::new("/category", FaultCode::OtherAudience));
    }
    let found = members::find(tx, who, &body.problem_ids, now).await?;
    if let Err(missing) = &found {
        faults.extend(members::unknown(&body.problem_ids, missing));
    }
    let (Some(division), Some(org), Ok(found), []) = (division, org, found, faults.as_slice()) else {
        return Err(ApiError::invalid(faults));
    };
    members::fit(tx, (division, body.audience), &found, &body.problem_ids).await?;
    let source = Source {
        problems: &body.problem_ids,
        theme: None,
    };
    let texts = texts("/title", &body.title, "/description", body.description.as_deref());
    names_nobody(work, tx, who, source, &texts).await?.refuse(Vec::new())?;
    let new = NewRow {
        id: ids.next(),
        title: &body.title,
        description: body.description.as_deref(),
        division_id: division,
        org_id: org,
        audience: body.audience,
        category_id: category.map(|(id, _)| id),
    };
    let event = NewEvent::of("theme", new.id, "theme.opened")
        .moving(None, ThemeState::Open.as_str())
        .with(json!({ "org": org, "division": division, "problems": body.problem_ids }));
    store::insert(tx, ids, &who.act(now), &new, event).await?;
    members::enter(work, tx, who, new.id, &found).await?;
    Ok(new.id)
}

/// The division named, within the caller's as a dispatcher, or his organisation's; else his own.
async fn division(
    tx: &mut Tx,
    who: &Caller,
    code: Option<&str>,
    today: NaiveDate,
    faults: &mut Vec<Fault>,
) -> ApiResult<Option<Uuid>> {
    let keeps = |role: Role| KeepThemes::RULE.roles.contains(&role);
    let own: Vec<Uuid> = who
        .memberships
        .iter()
        .filter(|own| keeps(own.role))
        .map(|own| own.division)
        .collect();
    let Some(code) = code else {
        let acting = who.acting()?;
        return Ok(Some(acting.division)
            .filter(|_| keeps(acting.role))
            .or(own.first().copied()));
    };
    let found = divisions::find_by_code(&mut *tx, code, today).await?;
    let found = match found {
        Some(found) if divisions::is_within_any(&mut *tx, &own, found.id).await? => Some(found.id),
        _ => None,
    };
    if found.is_none() {
        faults.push(Fault::new("/division", FaultCode::UnknownReference));
    }
    Ok(found)
}

/// The organisation that studies it: a dispatcher names any, a head his own or one below, a handler his own.
async fn studying_org(
    tx: &mut Tx,
    who: &Caller,
    named: Option<Uuid>,
    faults: &mut Vec<Fault>,
) -> ApiResult<Option<Uuid>> {
    let studies = |role: Role| matches!(role, Role::Handler | Role::Head);
    let Some(org) = named else {
        let acting = who.acting()?;
        let own = who.memberships.iter().find(|own| studies(own.role)).map(|own| own.org);
        let own = Some(acting.org).filter(|_| studies(acting.role)).or(own);
        if own.is_none() {
            faults.push(Fault::new("/org_id", FaultCode::Required));
        }
        return Ok(own);
    };
    let found = orgs::find_ref(&mut *tx, org).await?.filter(|org| !org.ended);
    let may = who.has(Role::Dispatcher) || orgs::acts_for(&mut *tx, who, org).await?;
    if found.is_none() || !may {
        faults.push(Fault::new("/org_id", FaultCode::UnknownReference));
        return Ok(None);
    }
    Ok(Some(org))
}

async fn category(
    tx: &mut Tx,
    code: Option<&str>,
    today: NaiveDate,
    faults: &mut Vec<Fault>,
) -> ApiResult<Option<(Uuid, Option<crate::directory::words::Audience>)>> {
    let Some(code) = code else { return Ok(None) };
    match terms::find(&mut *tx, "category", code).await? {
        Some(term) if !term.is_valid_on(today) => faults.push(Fault::new("/category", FaultCode::RetiredTerm)),
        Some(term) => return Ok(Some((term.id, term.audience))),
        None => faults.push(Fault::new("/category", FaultCode::UnknownReference)),
    }
    Ok(None)
}

/// A theme that the caller may do this with at this version, locked.
///
/// # Errors
/// 404, 403, 409, 412/428: in this order.
pub async fn take<P: Permission>(
    tx: &mut Tx,
    who: &Can<P>,
    id: Uuid,
    action: ThemeAction,
    at: &IfMatch,
) -> ApiResult<ThemeRow> {
    store::find(&mut *tx, who, &who.scope_ids(), id).await?.or_not_found()?;
    let row = store::lock(tx, who, id).await?;
    row.standing().check(action)?;
    at.check(row.version)?;
    Ok(row)
}

/// Stores a changed theme with its event.
///
/// # Errors
/// 412 where another writer was faster.
pub async fn save(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    row: &ThemeRow,
    change: &ThemeChange,
    event: NewEvent,
) -> ApiResult<()> {
    if store::save(tx, &work.app.ids, &who.act(work.now()), row, change, event).await? {
        Ok(())
    } else {
        Err(ApiError::new(Code::PreconditionFailed))
    }
}

/// What every official reads of a theme, each at its pointer.
pub fn texts<'t>(
    title_at: &'t str,
    title: &'t str,
    description_at: &'t str,
    description: Option<&'t str>,
) -> Vec<(&'t str, &'t str)> {
    let description = description.map(|text| (description_at, text));
    [Some((title_at, title)), description].into_iter().flatten().collect()
}

/// Applies a patch. One that changes nothing writes nothing.
///
/// # Errors
/// 422 for a category that is none, and for words that name somebody behind its problems.
pub async fn update(work: &Work, tx: &mut Tx, who: &Caller, row: &ThemeRow, patch: UpdateTheme) -> ApiResult<()> {
    let before = ThemeChange::of(row);
    let mut after = before.clone();
    after.title = patch.title.unwrap_or(after.title);
    after.description = patch.description.unwrap_or(after.description);
    if let Some(code) = patch.category {
        let mut faults = Vec::new();
        let found = category(tx, code.as_deref(), work.now().shanghai_date(), &mut faults).await?;
        if found.is_some_and(|(_, of)| of.is_some() && row.audience.is_some() && of != row.audience) {
            faults.push(Fault::new("/category", FaultCode::OtherAudience));
        }
        if !faults.is_empty() {
            return Err(ApiError::invalid(faults));
        }
        after.category_id = found.map(|(id, _)| id);
    }
    if after == before {
        return Ok(());
    }
    if (&after.title, &after.description) != (&before.title, &before.description) {
        let source = Source {
            problems: &[],
            theme: Some(row.id),
        };
        let texts = texts("/title", &after.title, "/description", after.description.as_deref());
        names_nobody(work, tx, who, source, &texts).await?.refuse(Vec::new())?;
    }
    let fields = [
        ("title", after.title != before.title),
        ("description", after.description != before.description),
        ("category", after.category_id != before.category_id),
    ];
    let fields: Vec<&str> = fields
        .iter()
        .filter(|(_, differs)| *differs)
        .map(|(field, _)| *field)
        .collect();
    let event = NewEvent::of("theme", row.id, "theme.updated").with(json!({ "fields": fields }));
    save(work, tx, who, row, &after, event).await
}

/// Closes a theme: moves none of its problems, and says in its event where each of them stands.
///
/// # Errors
/// 409 `members_missing`, `output_missing`.
pub async fn close(work: &Work, tx: &mut Tx, who: &Caller, row: &ThemeRow, note: String) -> ApiResult<()> {
    let counts = row.counts();
    may_close(counts.problems, counts.outputs)?;
    let states: serde_json::Map<String, serde_json::Value> = row
        .member_states
        .iter()
        .flat_map(|states| states.0.iter())
        .map(|of| (of.state.as_str().to_owned(), of.n.into()))
        .collect();
    let members = store::standing_of(tx, row.id).await?;
    let event = NewEvent::of("theme", row.id, store::CLOSED)
        .moving(Some(row.state.as_str()), ThemeState::Closed.as_str())
        .with_text(Some(note.clone()))
        .with(json!({ "member_states": states, "members": members, "outputs": counts.outputs }));
    let change = ThemeChange {
        state: ThemeState::Closed,
        closed_at: Some(work.now()),
        closing_note: Some(note),
        ..ThemeChange::of(row)
    };
    save(work, tx, who, row, &change, event).await
}

/// Takes a closed theme up again.
///
/// # Errors
/// 412 where another writer was faster.
pub async fn reopen(work: &Work, tx: &mut Tx, who: &Caller, row: &ThemeRow, reason: String) -> ApiResult<()> {
    let event = NewEvent::of("theme", row.id, "theme.reopened")
        .moving(Some(row.state.as_str()), ThemeState::Open.as_str())
        .with_text(Some(reason));
    let change = ThemeChange {
        state: ThemeState::Open,
        closed_at: None,
        closing_note: None,
        ..ThemeChange::of(row)
    };
    save(work, tx, who, row, &change, event).await
}

/// Ends a theme that is none.
///
/// # Errors
/// 409 `has_open_work` while it has members.
pub async fn end(work: &Work, tx: &mut Tx, who: &Caller, row: &ThemeRow, reason: String) -> ApiResult<()> {
    if row.members() > 0 {
        return Err(ApiError::new(Code::HasOpenWork).with_member("problems", row.members()));
    }
    let event = NewEvent::of("theme", row.id, "theme.ended")
        .moving(Some(row.state.as_str()), ThemeState::Ended.as_str())
        .with_text(Some(reason.clone()));
    let change = ThemeChange {
        ended_at: Some(work.now()),
        end_reason: Some(reason),
        ..ThemeChange::of(row)
    };
    save(work, tx, who, row, &change, event).await
}

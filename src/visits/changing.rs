//! Changing a visit: a merge patch applied to what is stored.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::domain::{Member, VisitAction, VisitState, team};
use super::dto::{UpdateVisit, VisitView, lacks_note};
use super::references::{References, planner, reader};
use super::store::VisitRow;
use super::store::view::{Dialect, view};
use super::store::write::{self, Stamp};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, FaultCode, OrNotFound as _};
use crate::events::{NewEvent, store as events};
use crate::http::{IfMatch, Work};
use crate::problems::domain::must_not_be_erased;
use crate::problems::store::visit_team;

/// Applies a patch to a visit that the transaction has locked. A patch that changes nothing writes nothing.
///
/// # Errors
/// 409 `transition_not_allowed` once the visit has ended, `erased` once its texts were, `immutable` for what a visit
/// under way no longer changes; 412, 428; 422 with every reference that leads nowhere.
pub async fn change(
    tx: &mut Tx,
    work: &Work,
    who: &Caller,
    visit: VisitRow,
    patch: UpdateVisit,
    at: &IfMatch,
) -> ApiResult<()> {
    visit.state.after(VisitAction::Update)?;
    must_not_be_erased(visit.erased_at)?;
    refuse_late_changes(visit.state, &patch)?;
    at.check(visit.version)?;
    let before = Parts {
        team: write::team(&mut *tx, visit.id).await?,
        objects: write::objects(&mut *tx, visit.id).await?,
    };
    let (changed, parts) = resolve(tx, who, &visit, &before, patch).await?;
    let mut fields = changed_fields(&visit, &changed);
    if parts.team != before.team {
        fields.push("members");
        write::replace_team(tx, visit.id, &parts.team).await?;
    }
    if parts.objects != before.objects {
        fields.push("object_ids");
        write::replace_objects(tx, visit.id, &parts.objects).await?;
    }
    if fields.is_empty() {
        return Ok(());
    }
    let event = NewEvent::of("visit", visit.id, "visit.updated").with(json!({ "fields": fields }));
    store(tx, work, who, &changed, event).await?;
    if parts.team != before.team {
        let stays = |person: Uuid| parts.team.iter().any(|member| member.person_id == person);
        let left = before.team.iter().map(|member| member.person_id);
        let left: Vec<Uuid> = left.filter(|person| !stays(*person)).collect();
        visit_team::rescope_of_visit(tx, visit.id, &left).await?;
    }
    Ok(())
}

/// Stores a changed visit with its event, and who may see it.
///
/// # Errors
/// 412 where another writer was faster.
pub async fn store(tx: &mut Tx, work: &Work, who: &Caller, visit: &VisitRow, event: NewEvent) -> ApiResult<()> {
    let stamp = Stamp {
        person: who.person(),
        at: work.now(),
    };
    let head = events::append(tx, &work.app.ids, &who.act(work.now()), &visit.head(), event).await?;
    if !write::save(tx, visit, &head, stamp).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    Ok(write::rescope(tx, visit.id).await?)
}

/// What the caller has just written, as it is stored.
///
/// # Errors
/// 404 where there is none.
pub async fn written(tx: &mut Tx, work: &Work, who: &Caller, id: Uuid) -> ApiResult<VisitView> {
    let dialect = Dialect::of_tx(tx);
    let row = view(tx, dialect, None, &reader(who, work.now()), id)
        .await?
        .or_not_found()?;
    Ok(VisitView::new(row, who, work.locale))
}

struct Parts {
    team: Vec<Member>,
    objects: Vec<Uuid>,
}

/// Where a visit goes, when, and who leads it are settled when it begins.
fn refuse_late_changes(state: VisitState, patch: &UpdateVisit) -> ApiResult<()> {
    if state == VisitState::Planned {
        return Ok(());
    }
    let late = [
        ("division", patch.division.is_some()),
        ("planned_at", patch.planned_at.is_some()),
        ("leader_id", patch.leader_id.is_some()),
        ("leading_body", patch.leading_body.is_some()),
    ];
    let late: Vec<&str> = late
        .iter()
        .filter(|(_, named)| *named)
        .map(|(field, _)| *field)
        .collect();
    if late.is_empty() {
        Ok(())
    } else {
        Err(ApiError::new(Code::Immutable).with_member("fields", late))
    }
}

async fn resolve(
    tx: &mut Tx,
    who: &Caller,
    visit: &VisitRow,
    before: &Parts,
    patch: UpdateVisit,
) -> ApiResult<(VisitRow, Parts)> {
    let mut changed = VisitRow {
        mode: patch.mode.unwrap_or_else(|| visit.mode.clone()),
        mode_note: patch.mode_note.unwrap_or_else(|| visit.mode_note.clone()),
        origin: patch.origin.unwrap_or(visit.origin),
        place_kind: patch.place_kind.unwrap_or_else(|| visit.place_kind.clone()),
        place_note: patch.place_note.unwrap_or_else(|| visit.place_note.clone()),
        planned_at: patch.planned_at.unwrap_or(visit.planned_at),
        leader_id: patch.leader_id.unwrap_or(visit.leader_id),
        observations: patch.observations.unwrap_or_else(|| visit.observations.clone()),
        heard: patch.heard.unwrap_or_else(|| visit.heard.clone()),
        ..visit.clone()
    };
    let day = changed.started_at.unwrap_or(changed.planned_at).shanghai_date();
    let named: Option<Vec<Member>> = patch
        .members
        .map(|members| members.into_iter().map(Member::from).collect());
    let mut references = References::new(tx, planner(who)?.division);
    if lacks_note(&changed.mode, changed.mode_note.as_deref()) {
        references.fault("/mode_note", FaultCode::Required);
    }
    terms(&mut references, visit, &changed, day).await?;
    if let Some(code) = &patch.division
        && let Some(division) = references.division(code, day).await?
    {
        changed.division_id = division;
    }
    place_in_time(&mut references, visit, &mut changed, day, patch.leading_body).await?;
    if let Some(named) = &named {
        references.people(named, &before.team).await?;
    }
    if let Some(objects) = &patch.object_ids {
        references.objects(objects, &before.objects).await?;
    }
    references.finish()?;
    let parts = Parts {
        team: new_team(visit, &changed, before, named),
        objects: sorted(patch.object_ids.unwrap_or_else(|| before.objects.clone())),
    };
    Ok((changed, parts))
}

/// Terms that stay are not asked again: they may have been retired since.
async fn terms(references: &mut References<'_>, visit: &VisitRow, changed: &VisitRow, day: NaiveDate) -> ApiResult<()> {
    if changed.mode != visit.mode {
        references.term("visit_mode", &changed.mode, day, "/mode").await?;
    }
    if changed.place_kind != visit.place_kind {
        references
            .term("place_kind", &changed.place_kind, day, "/place_kind")
            .await?;
    }
    Ok(())
}

/// Another day may lie in another campaign-year; another day, place or leader asks again whether the leader leads
/// there.
async fn place_in_time(
    references: &mut References<'_>,
    visit: &VisitRow,
    changed: &mut VisitRow,
    day: NaiveDate,
    leading_body: Option<crate::directory::words::LeadingBody>,
) -> ApiResult<()> {
    if changed.planned_at != visit.planned_at
        && let Some(year) = references
            .campaign_year(Some(&visit.campaign_slug), day, "/planned_at")
            .await?
    {
        changed.campaign_year_id = year.id;
    }
    let another_leader = changed.leader_id != visit.leader_id;
    if another_leader || changed.planned_at != visit.planned_at || changed.division_id != visit.division_id {
        let leadership = references.leader(changed.leader_id, changed.division_id, day).await?;
        if another_leader && let Some(body) = references.leading_body(leading_body, leadership) {
            changed.leading_body = body;
        }
    }
    if let Some(body) = leading_body {
        changed.leading_body = body;
    }
    Ok(())
}

/// The team after the change; a leader who no longer leads leaves it unless he is named.
fn new_team(visit: &VisitRow, changed: &VisitRow, before: &Parts, named: Option<Vec<Member>>) -> Vec<Member> {
    let gone = |member: &Member| member.person_id == visit.leader_id && changed.leader_id != visit.leader_id;
    let kept = || before.team.iter().copied().filter(|member| !gone(member)).collect();
    let mut members = team(changed.leader_id, named.unwrap_or_else(kept));
    members.sort_by_key(|member| member.person_id);
    members
}

fn sorted(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.sort_unstable();
    ids
}

fn changed_fields(old: &VisitRow, new: &VisitRow) -> Vec<&'static str> {
    let fields = [
        ("mode", old.mode != new.mode),
        ("mode_note", old.mode_note != new.mode_note),
        ("origin", old.origin != new.origin),
        ("place_kind", old.place_kind != new.place_kind),
        ("place_note", old.place_note != new.place_note),
        ("division", old.division_id != new.division_id),
        ("planned_at", old.planned_at != new.planned_at),
        ("leader_id", old.leader_id != new.leader_id),
        ("leading_body", old.leading_body != new.leading_body),
        ("observations", old.observations != new.observations),
        ("heard", old.heard != new.heard),
    ];
    fields
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(field, _)| field)
        .collect()
}

//! Entering a visit.

use serde_json::json;
use uuid::Uuid;

use super::domain::{Member, Times, team};
use super::dto::{NewVisit, day_pointer};
use super::references::{References, planner};
use super::store::VisitRow;
use super::store::write::{self, Stamp};
use crate::auth::Caller;
use crate::db::Tx;
use crate::directory::orgs::tree;
use crate::error::{ApiError, ApiResult, Code, FaultCode};
use crate::events::{Head, NewEvent, store as events};
use crate::http::Work;

/// What became of a visit that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// It is new.
    New(Uuid),
    /// The same person had sent it through the same client before.
    Before(Uuid),
}

/// Enters a visit.
///
/// # Errors
/// 409 `duplicate` where another person has used the client's reference; 422 with every reference that leads nowhere.
pub async fn enter(tx: &mut Tx, work: &Work, who: &Caller, new: NewVisit) -> ApiResult<Entered> {
    if let Some(before) = before(tx, who, new.client_ref).await? {
        return Ok(before);
    }
    tree::steady(tx).await?;
    let (client_ref, objects) = (new.client_ref, new.object_ids.clone());
    let (visit, members) = resolve(tx, work, who, new).await?;
    let stamp = Stamp {
        person: who.person(),
        at: work.now(),
    };
    if !write::insert(tx, &visit, client_ref, stamp).await? {
        // The same reference came through another connection at this moment.
        let before = before(tx, who, client_ref).await?;
        return before.ok_or_else(|| ApiError::new(Code::Duplicate));
    }
    write::replace_team(tx, visit.id, &members).await?;
    write::replace_objects(tx, visit.id, &objects).await?;
    write::rescope(tx, visit.id).await?;
    let event = NewEvent::of("visit", visit.id, "visit.planned")
        .moving(None, visit.state.as_str())
        .with(json!({
            "mode": visit.mode, "origin": visit.origin, "place_kind": visit.place_kind,
            "division_id": visit.division_id, "leader_id": visit.leader_id, "leading_body": visit.leading_body,
            "org_id": visit.org_id, "planned_at": visit.planned_at,
            "members": members.iter().map(|member| member.person_id).collect::<Vec<_>>(), "objects": objects,
        }));
    let head = events::append(tx, &work.app.ids, &who.act(work.now()), &Head::default(), event).await?;
    write::keep_head(tx, visit.id, &head).await?;
    Ok(Entered::New(visit.id))
}

/// What this client sent under the reference before; never another person's.
async fn before(tx: &mut Tx, who: &Caller, client_ref: Option<Uuid>) -> ApiResult<Option<Entered>> {
    let Some(client_ref) = client_ref else { return Ok(None) };
    match write::find_by_client_ref(tx, who.client, client_ref).await? {
        None => Ok(None),
        Some((id, recorded_by)) if recorded_by == who.person() => Ok(Some(Entered::Before(id))),
        Some(_) => Err(ApiError::new(Code::Duplicate)),
    }
}

async fn resolve(tx: &mut Tx, work: &Work, who: &Caller, new: NewVisit) -> ApiResult<(VisitRow, Vec<Member>)> {
    let planner = planner(who)?;
    let times = new.times().ok_or_else(|| ApiError::new(Code::Invalid))?;
    let day = times.started_at.unwrap_or(times.planned_at).shanghai_date();
    let named: Vec<Member> = new.members.iter().copied().map(Member::from).collect();
    let mut references = References::new(tx, planner.division);
    refuse_the_future(&mut references, times, work);
    let year = references
        .campaign_year(new.campaign.as_deref(), day, day_pointer(&new))
        .await?;
    references.term("visit_mode", &new.mode, day, "/mode").await?;
    references
        .term("place_kind", &new.place_kind, day, "/place_kind")
        .await?;
    let division = references.division(&new.division, day).await?;
    let leadership = match division {
        Some(division) => references.leader(new.leader_id, division, day).await?,
        None => None,
    };
    let leading_body = references.leading_body(new.leading_body, leadership);
    references.people(&named, &[]).await?;
    references.objects(&new.object_ids, &[]).await?;
    references.finish()?;
    let (Some(year), Some(division_id), Some(leading_body)) = (year, division, leading_body) else {
        return Err(ApiError::internal("a reference is missing that was named as no fault"));
    };
    let visit = VisitRow {
        id: work.app.ids.next(),
        campaign_year_id: year.id,
        campaign_slug: year.slug,
        client_app_id: who.client,
        mode: new.mode,
        mode_note: new.mode_note,
        origin: new.origin,
        place_kind: new.place_kind,
        place_note: new.place_note,
        division_id,
        planned_at: times.planned_at,
        started_at: times.started_at,
        ended_at: times.ended_at,
        leader_id: new.leader_id,
        leading_body,
        org_id: planner.org,
        recorded_by: who.person(),
        observations: new.observations,
        heard: new.heard,
        state: times.state(),
        erased_at: None,
        event_seq: 0,
        event_hash: None,
        version: 1,
    };
    Ok((visit, team(new.leader_id, named)))
}

/// What has happened lies in the past.
fn refuse_the_future(references: &mut References<'_>, times: Times, work: &Work) {
    let now = work.now();
    for (named, pointer) in [(times.started_at, "/started_at"), (times.ended_at, "/ended_at")] {
        if named.is_some_and(|at| at > now) {
            references.fault(pointer, FaultCode::NotWithin);
        }
    }
}

//! The moves of a visit: it begins, it is completed and counts from then on, or it is called off.

use serde_json::json;
use uuid::Uuid;

use super::changing;
use super::domain::{Member, ProblemCounts, VisitAction, beginning, end, somebody_attended};
use super::dto::{Attendance, CancelVisit, CompleteVisit, StartVisit};
use super::references::References;
use super::store::VisitRow;
use super::store::{references as reached_by, write};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::events::NewEvent;
use crate::http::{IfMatch, Work};
use crate::metrics::rollup::{self, VisitFact, VisitKey};
use crate::problems::store as problems;
use crate::service_objects::store as service_objects;

/// Starts a planned visit. It belongs to the year of its campaign in which it begins.
///
/// # Errors
/// 409 where it is not planned; 412, 428; 422 for a beginning in the future, or outside every open year.
pub async fn start(
    tx: &mut Tx,
    work: &Work,
    who: &Caller,
    visit: VisitRow,
    body: StartVisit,
    at: &IfMatch,
) -> ApiResult<()> {
    let to = visit.state.after(VisitAction::Start)?;
    at.check(visit.version)?;
    let started = beginning(body.started_at, work.now())?;
    let mut references = References::new(&mut *tx, visit.division_id);
    let year = references
        .campaign_year(Some(&visit.campaign_slug), started.shanghai_date(), "/started_at")
        .await?;
    references.finish()?;
    let event = NewEvent::of("visit", visit.id, "visit.started")
        .moving(Some(visit.state.as_str()), to.as_str())
        .with(json!({ "started_at": started }));
    let begun = VisitRow {
        campaign_year_id: year.map_or(visit.campaign_year_id, |year| year.id),
        started_at: Some(started),
        state: to,
        ..visit
    };
    changing::store(tx, work, who, &begun, event).await
}

/// Calls off a planned visit.
///
/// # Errors
/// 409 where it is not planned, or a problem was recorded in it; 412, 428.
pub async fn cancel(
    tx: &mut Tx,
    work: &Work,
    who: &Caller,
    visit: VisitRow,
    body: CancelVisit,
    at: &IfMatch,
) -> ApiResult<()> {
    let to = visit.state.after(VisitAction::Cancel)?;
    let counts = ProblemCounts {
        problems: problems::count_of_visit(&mut *tx, visit.id).await?,
        undisposed: 0,
    };
    if VisitAction::Cancel.is_hindered_by(counts) {
        return Err(ApiError::new(Code::HasOpenWork).with_member("problems", counts.problems));
    }
    at.check(visit.version)?;
    let event = NewEvent::of("visit", visit.id, "visit.cancelled")
        .moving(Some(visit.state.as_str()), to.as_str())
        .with_text(Some(body.reason.clone()));
    let cancelled = VisitRow { state: to, ..visit };
    changing::store(tx, work, who, &cancelled, event).await?;
    Ok(write::close(tx, cancelled.id, Some(&body.reason), None).await?)
}

/// Completes a visit under way.
///
/// # Errors
/// 409 where it is not under way, or a problem of it has no disposition; 412, 428; 422 for an end that is none, for
/// attendance of who is not on the team, and where nobody attended.
pub async fn complete(
    tx: &mut Tx,
    work: &Work,
    who: &Caller,
    visit: VisitRow,
    body: CompleteVisit,
    at: &IfMatch,
) -> ApiResult<()> {
    let to = visit.state.after(VisitAction::Complete)?;
    refuse_over_undisposed(&mut *tx, visit.id).await?;
    at.check(visit.version)?;
    let started = visit.started_at.unwrap_or(visit.planned_at);
    let ended = end(started, visit.ended_at, body.ended_at, work.now())?;
    let mut team = write::team(&mut *tx, visit.id).await?;
    mark(&mut team, &body.attended)?;
    somebody_attended(&team)?;
    if !body.attended.is_empty() {
        write::replace_team(tx, visit.id, &team).await?;
    }
    let completed = VisitRow {
        ended_at: Some(ended),
        observations: body.observations.or_else(|| visit.observations.clone()),
        heard: body.heard.or_else(|| visit.heard.clone()),
        state: to,
        ..visit.clone()
    };
    let attended: Vec<Uuid> = team
        .iter()
        .filter(|member| member.attended)
        .map(|member| member.person_id)
        .collect();
    let event = NewEvent::of("visit", visit.id, "visit.completed")
        .moving(Some(visit.state.as_str()), to.as_str())
        .with(json!({ "started_at": started, "ended_at": ended, "attended": attended }));
    changing::store(tx, work, who, &completed, event).await?;
    write::close(tx, visit.id, None, Some(work.now())).await?;
    count(tx, &completed, started).await
}

/// Nothing that was heard is lost (S-42).
async fn refuse_over_undisposed(tx: &mut Tx, visit: Uuid) -> ApiResult<()> {
    let undisposed = problems::undisposed_of_visit(tx, visit).await?;
    if undisposed.is_empty() {
        return Ok(());
    }
    let named: Vec<_> = undisposed
        .into_iter()
        .map(|(id, tracking_no)| json!({ "id": id, "tracking_no": tracking_no }))
        .collect();
    Err(ApiError::new(Code::Undisposed).with_member("problems", named))
}

fn mark(team: &mut [Member], attendance: &[Attendance]) -> ApiResult<()> {
    let mut faults = Vec::new();
    for (index, one) in attendance.iter().enumerate() {
        match team.iter_mut().find(|member| member.person_id == one.person_id) {
            Some(member) => member.attended = one.attended,
            None => faults.push(Fault::new(
                format!("/attended/{index}/person_id"),
                FaultCode::UnknownReference,
            )),
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid(faults))
    }
}

/// Only completed visits count: one in the roll-up, one fact for each object (S-24), and the objects remember the day.
async fn count(tx: &mut Tx, visit: &VisitRow, started: Timestamp) -> ApiResult<()> {
    let reached = reached_by::reached(&mut *tx, visit.id).await?;
    let ids: Vec<Uuid> = reached.iter().map(|object| object.id).collect();
    if !ids.is_empty() {
        service_objects::visited(tx, &ids, started).await?;
    }
    let day = started.shanghai_date();
    let facts: Vec<VisitFact> = reached
        .iter()
        .map(|object| VisitFact {
            visit_id: visit.id,
            object_id: object.id,
            object_type: object.r#type.as_str(),
            division_id: object.division_id,
            day,
            campaign_year_id: visit.campaign_year_id,
            org_id: visit.org_id,
        })
        .collect();
    rollup::visit_fact(tx, &facts).await?;
    let key = VisitKey {
        campaign_year_id: visit.campaign_year_id,
        day,
        division_id: visit.division_id,
        leading_body: visit.leading_body,
        mode: visit.mode.clone(),
        origin: visit.origin.as_str(),
        place_kind: visit.place_kind.clone(),
    };
    Ok(rollup::visit(tx, &key, 1).await?)
}

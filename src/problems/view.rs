//! From rows to what this caller may see.

use uuid::Uuid;

use super::domain::{ClockStatus, Disposition, clock_status};
use super::dto::{
    ClockView, ClosureView, DispositionOrgView, DispositionView, MergeTarget, ProblemCounts, ProblemSummary,
    ProblemTheme, ProblemView, VisitRef,
};
use super::store::read::{self, DisposedColumns, ProblemRow};
use super::store::target;
use crate::auth::{Caller, policy};
use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::db::{On, Tx};
use crate::directory::refs::{DivisionRef, ObjectRef, OrgRef, PersonRef, TermColumn, TermRef};
use crate::error::ApiResult;
use crate::http::{AllowedAction, Locale, Work};
use crate::lifecycle::situation::Situation;
use crate::lifecycle::workflow::Action;
use crate::public_view::domain::PublicState;
use crate::public_view::guarding::Guard;
use crate::reporters::domain::{Anonymity, Reader};
use crate::reporters::dto::ReporterView;

/// For whom, in which language and at what time a view is made.
#[derive(Debug)]
pub struct Viewer<'a> {
    /// Who reads.
    pub caller: &'a Caller,
    /// In which language.
    pub locale: Locale,
    /// Business time.
    pub now: Timestamp,
    /// The working days.
    pub calendar: &'a Calendar,
}

impl Viewer<'_> {
    /// A reporter sees no names below the department.
    fn is_inside(&self, row: &ProblemRow) -> bool {
        row.ties.are_inside(self.caller)
    }

    fn situation(&self, row: &ProblemRow) -> Situation {
        let speaks = self.speaks(row) && self.caller.actor.is_none();
        Situation::of(self.caller, row, speaks)
    }

    /// Whether he speaks for the reporter, or somebody does for him.
    fn speaks(&self, row: &ProblemRow) -> bool {
        self.caller.case.map_or_else(
            || row.reporter.reporter_person_id == Some(self.caller.subject) || row.ties.authorised,
            |case| case == row.id,
        )
    }

    /// Whether what it is about, and where, tells him no name that he may not know (`hiding.rs`).
    fn sees_object(&self, row: &ProblemRow) -> bool {
        let named = row
            .reporter
            .reporter_anonymity
            .is_none_or(|known| known == Anonymity::Named);
        named
            || !row.object_is_reporters
            || self.speaks(row)
            || matches!(self.reader(row), Reader::Himself | Reader::CallsBack)
    }

    /// In which capacity the caller reads who raised it: that of the memberships which reach the problem.
    fn reader(&self, row: &ProblemRow) -> Reader {
        if row.reporter.reporter_person_id == Some(self.caller.subject) {
            return Reader::Himself;
        }
        Reader::inside(&row.ties.roles_of(self.caller)).unwrap_or(Reader::Follower)
    }

    /// What the caller may do now; under a delegation only what it names.
    fn allowed_actions(&self, row: &ProblemRow) -> Vec<AllowedAction> {
        let resource = format!("/api/v1/problems/{}", row.id);
        let mut actions = self.situation(row).allowed_actions(&resource, self.locale);
        actions.retain(|allowed| {
            let operation = Action::parse(allowed.action).map_or("", Action::operation);
            policy::rule_of(operation).is_some_and(|rule| self.caller.may_call(rule, operation))
        });
        actions
    }

    /// A problem as an item of a list.
    pub fn summary(&self, row: &ProblemRow) -> ProblemSummary {
        let inside = self.is_inside(row);
        let lead_org_name = called(inside, row.lead_org_name.clone(), row.lead_org_public_name.clone());
        ProblemSummary {
            id: row.id,
            tracking_no: row.tracking_no.clone(),
            version: row.version,
            state: row.state,
            disposition: row.disposition,
            channel: row.channel,
            audience: row.audience,
            category: TermRef::new(
                row.category_code.clone(),
                row.category_zh.clone(),
                row.category_en.clone(),
                self.locale,
            ),
            causes: TermColumn::all(row.causes.as_ref(), self.locale),
            goals: TermColumn::all(row.goals.as_ref(), self.locale),
            summary: row.summary.clone(),
            urgency: row.urgency,
            matter: row.matter,
            division: DivisionRef {
                code: row.division_code.clone(),
                name: row.division_name.clone(),
                full_name: row.division_full_name.clone(),
            },
            object: ObjectRef::from_parts(row.object_id, row.object_name.clone()).filter(|_| self.sees_object(row)),
            campaign: row.campaign_slug.clone(),
            visit: row
                .visit_id
                .filter(|_| inside)
                .zip(row.visit_leader_id)
                .zip(row.visit_leader_name.clone())
                .map(|((id, leader), name)| VisitRef {
                    id,
                    leader: PersonRef { id: leader, name },
                }),
            lead_org: OrgRef::from_parts(row.lead_org_id, lead_org_name),
            lead_person: PersonRef::from_parts(row.lead_person_id, row.lead_person_name.clone()).filter(|_| inside),
            theme: row
                .theme_id
                .filter(|_| inside)
                .zip(row.theme_title.clone())
                .map(|(id, title)| ProblemTheme { id, title }),
            cycle_no: row.cycle_no,
            unrouted: row.unrouted,
            observed_at: row.observed_at,
            recorded_at: row.recorded_at,
            updated_at: row.updated_at,
            clock: self.clock(row),
            counts: ProblemCounts {
                supplements: row.supplements,
                reporter_trips: row.reporter_trips,
                info_requests: row.info_requests,
                urges: if inside { row.urges } else { row.urges_of_reporter },
            },
            allowed_actions: self.allowed_actions(row),
        }
    }

    /// A problem as a single read; of a merged one [`with_target`] tells more.
    pub fn whole(&self, row: ProblemRow) -> ProblemView {
        let inside = self.is_inside(&row);
        let reader = self.reader(&row);
        let assigned = row.lead_org_id.is_some();
        let sees_place = self.sees_object(&row);
        ProblemView {
            summary: self.summary(&row),
            statement: Some(row.statement).filter(|_| row.erased_at.is_none()),
            erased_at: row.erased_at,
            place: row.place.filter(|_| sees_place),
            reporter: row
                .reporter
                .reporter()
                .map(|reporter| ReporterView::for_reader(reporter, reader)),
            recorded_by: PersonRef::from_parts(row.recorded_by, row.recorded_by_name).filter(|_| inside),
            recorder_org: OrgRef::from_parts(row.recorder_org_id, row.recorder_org_name).filter(|_| inside),
            disposed: row
                .disposition
                .and_then(|class| disposed(class, row.disposed, inside, assigned)),
            merged_into: row.merged_into,
            target: None,
            result: row.result,
            closure: row.closed_at.map(|closed_at| ClosureView {
                closed_at,
                confirmed_via: row.confirmed_via,
                unconfirmed: row.unconfirmed,
            }),
        }
    }

    fn clock(&self, row: &ProblemRow) -> ClockView {
        let calendar = self.calendar;
        let paused = row.pause_began.is_some();
        let status = clock_status(calendar, row.due_at, paused, row.resolution_at, self.now);
        let overdue = match (status, row.due_at) {
            (Some(ClockStatus::Overdue), Some(due)) => {
                calendar.overdue_working_days(due.utc(), row.resolution_at.unwrap_or(self.now).utc())
            }
            _ => 0,
        };
        ClockView {
            due_at: row.due_at.filter(|_| !paused),
            status,
            overdue_working_days: overdue,
            first_response_due: row.first_response_due,
            first_response_at: row.first_response_at,
            provisional: row.provisional,
        }
    }
}

fn disposed(class: Disposition, row: DisposedColumns, inside: bool, assigned: bool) -> Option<DispositionView> {
    Some(DispositionView {
        class,
        on_site_kind: row.on_site_kind,
        text: row.disposed_text,
        policy_ref: row.policy_ref,
        resolved_at: row.resolved_at,
        // A proposal is internal until it is an assignment.
        lead_org: OrgRef::from_parts(
            row.proposed_lead_id,
            called(inside, row.proposed_lead_name, row.proposed_lead_public_name),
        )
        .filter(|_| inside || assigned),
        study_org: OrgRef::from_parts(
            row.study_org_id,
            called(inside, row.study_org_name, row.study_org_public_name),
        ),
        due_on: row.due_on,
        organisations: row
            .disposed_orgs
            .filter(|_| inside || class == Disposition::ResolvedOnSite)
            .map(|orgs| orgs.0)
            .unwrap_or_default()
            .into_iter()
            .map(|org| DispositionOrgView {
                id: org.org_id,
                name: if inside {
                    org.name
                } else {
                    org.public_name.unwrap_or(org.name)
                },
                agreed: org.agreed,
            })
            .collect(),
        decided_by: PersonRef::from_parts(row.decided_by, row.decided_by_name).filter(|_| inside),
        decided_at: row.decided_at?,
    })
}

/// What an organisation is called: inside by its name, outside by what the public calls it, where that differs (S-59).
fn called(inside: bool, name: Option<String>, public_name: Option<String>) -> Option<String> {
    if inside { name } else { public_name.or(name) }
}

/// The problem as it now stands, for the answer to the change that was just made to it.
pub async fn stored(work: &Work, tx: &mut Tx, who: &Caller, id: Uuid) -> ApiResult<ProblemView> {
    let row = read::stored(tx, id, who, work.now()).one(&mut *tx).await?;
    let calendar = work.app.calendar();
    let viewer = Viewer {
        caller: who,
        locale: work.locale,
        now: work.now(),
        calendar: &calendar,
    };
    with_target(tx, viewer.whole(row)).await
}

/// Adds how the problem goes on that this one was merged into: what its reporter may see in the place of what is no
/// more.
///
/// # Errors
/// Where the database does not answer.
pub async fn with_target(on: impl Into<On<'_>>, view: ProblemView) -> ApiResult<ProblemView> {
    let Some(merged_into) = view.merged_into else {
        return Ok(view);
    };
    let mut on = on.into();
    let found = target::last_of(&mut on, merged_into).await?;
    // The words were written for another reporter.
    let result = match found.result {
        Some(result) => Guard::of(on, found.id, false).await?.shown(result),
        None => None,
    };
    let target = Some(MergeTarget {
        id: found.id,
        state: PublicState::of(found.state),
        result,
        closed_at: found.closed_at,
    });
    Ok(ProblemView { target, ..view })
}

//! From rows to what this caller may see of them, and may do.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

use super::domain::{RequestDecision, RequestKind, RequestState};
use super::dto::{DecisionView, Impact, OutsideDecision, RequestView, WaitsFor};
use super::store::{self, RequestRow};
use crate::auth::policy::{DecideRequest, Permission as _};
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::{DbError, On};
use crate::directory::one_level_up::domain::{Deciders, Matter, Way};
use crate::directory::one_level_up::store::{Held, holders};
use crate::directory::refs::{OrgRef, PersonRef, TermRef};
use crate::error::{ApiError, ApiResult, Code};
use crate::http::{AllowedAction, Locale};
use crate::lifecycle::workflow::asking::rule_of;
use crate::problems::domain::ProblemAct;
use crate::problems::refs::ProblemRef;
use crate::problems::separation::keep_apart;

/// The operation that decides.
const DECIDE: &str = "decide_request";

/// In which way a caller may decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// By his role.
    Decide,
    /// By entering what was decided outside.
    Enter,
}

/// What is needed to judge and show requests, read for all of them at once.
#[derive(Debug)]
pub struct Presenter<'a> {
    who: &'a Caller,
    locale: Locale,
    now: Timestamp,
    held: Held,
    /// Problem, request, who decided it, when.
    decided: Vec<(Uuid, Uuid, Uuid, Timestamp)>,
}

impl<'a> Presenter<'a> {
    /// Reads what rows need: two statements, however many rows.
    pub async fn of(
        on: impl Into<On<'_>>,
        who: &'a Caller,
        locale: Locale,
        now: Timestamp,
        rows: &[RequestRow],
    ) -> Result<Self, DbError> {
        let mut on = on.into();
        // Of decided ones too: who had no part in deciding is told so before he is told that it is done.
        let divisions: BTreeSet<Uuid> = rows.iter().map(|row| row.from_division_id).collect();
        let divisions: Vec<Uuid> = divisions.into_iter().collect();
        let appealed = rows.iter().filter(|row| rule_of(row.kind).never_twice);
        let problems: Vec<Uuid> = appealed.map(|row| row.problem_id).collect();
        let held = if divisions.is_empty() {
            Held::default()
        } else {
            holders(&mut on, &divisions, now).await?
        };
        let decided = if problems.is_empty() {
            Vec::new()
        } else {
            store::decided(on, &problems).await?
        };
        Ok(Self {
            who,
            locale,
            now,
            held,
            decided,
        })
    }

    fn is_overdue(&self, row: &RequestRow) -> bool {
        row.decide_by < self.now
    }

    /// Who decided about the problem before.
    fn decided_before<'s>(&'s self, row: &'s RequestRow) -> impl Iterator<Item = (Uuid, Timestamp)> + 's {
        let never_twice = rule_of(row.kind).never_twice;
        self.decided
            .iter()
            .filter(move |(problem, request, ..)| never_twice && *problem == row.problem_id && *request != row.id)
            .map(|(_, _, person, at)| (*person, *at))
    }

    /// Who decides it now.
    pub fn deciders(&self, row: &RequestRow) -> Deciders {
        let rule = rule_of(row.kind);
        let before = self.decided_before(row).map(|(person, _)| person);
        let never_by: Vec<Uuid> = row.askers().chain(before).collect();
        let matter = Matter {
            roles: rule.decided_by,
            one_level_up: rule.one_level_up,
            overdue: self.is_overdue(row),
            never_by: &never_by,
            never_of: row.asked_org_id.filter(|_| rule.never_the_own_org),
            asked_by: row.asked_org_id,
        };
        matter.deciders(self.held.above(row.from_division_id))
    }

    /// In which way the caller may decide a request.
    ///
    /// # Errors
    /// 403 `separation_of_duties` for who asked, or decided about the problem before; 403 `forbidden` with whom it
    /// waits for.
    pub fn may(&self, row: &RequestRow) -> ApiResult<May> {
        let persons = [self.who.person(), Some(self.who.subject)];
        let is_caller = |person: Uuid| persons.contains(&Some(person));
        let asked = row.askers().any(is_caller).then(|| (asked_as(row), row.asked_at));
        let decided = self.decided_before(row).find(|(person, _)| is_caller(*person));
        let earlier: Vec<(ProblemAct, Timestamp)> = asked
            .into_iter()
            .chain(decided.map(|(_, at)| (ProblemAct::Decide, at)))
            .collect();
        let acts: Vec<ProblemAct> = earlier.iter().map(|(act, _)| *act).collect();
        keep_apart(&earlier, &acts)?;
        let deciders = self.deciders(row);
        if deciders.way == Way::Outside {
            return Ok(May::Enter);
        }
        let never_of = row.asked_org_id.filter(|_| rule_of(row.kind).never_the_own_org);
        let sits = self.who.memberships.iter().any(|held| {
            let seated = deciders
                .seats
                .iter()
                .any(|seat| seat.division == held.division && seat.roles.contains(&held.role));
            seated && never_of != Some(held.org)
        });
        if sits {
            return Ok(May::Decide);
        }
        let waits_for = serde_json::to_value(self.waits_for(&deciders)).map_err(ApiError::internal)?;
        Err(ApiError::new(Code::Forbidden).with_member("waits_for", waits_for))
    }

    /// Whether the caller may decide it now.
    pub fn may_now(&self, row: &RequestRow) -> bool {
        row.state == RequestState::Open && self.who.may_call(DecideRequest::RULE, DECIDE) && self.may(row).is_ok()
    }

    /// Refuses what waits for nobody any more.
    ///
    /// # Errors
    /// 409 `already_decided` with the decision.
    pub fn must_be_open(row: &RequestRow) -> ApiResult<()> {
        if row.state == RequestState::Open {
            return Ok(());
        }
        let decision = json!({
            "state": row.state, "decided_at": row.decided_at, "ruling": row.ruling,
            "decided_by": row.decided_by.zip(row.decided_by_name.as_ref()).map(|(id, name)| json!({ "id": id, "name": name })),
        });
        Err(ApiError::new(Code::AlreadyDecided).with_member("decision", decision))
    }

    fn waits_for(&self, deciders: &Deciders) -> WaitsFor {
        let mut roles: Vec<Role> = deciders.seats.iter().flat_map(|seat| seat.roles.clone()).collect();
        roles.sort_unstable();
        roles.dedup();
        let divisions = deciders.seats.iter().filter_map(|seat| self.held.called(seat.division));
        WaitsFor {
            roles,
            divisions: divisions.cloned().collect(),
            outside: deciders.way == Way::Outside,
        }
    }

    /// A request as the caller sees it: from inside, or as a reporter.
    pub fn view(&self, row: RequestRow, inside: bool) -> RequestView {
        let list = |name: &str| -> Vec<String> {
            serde_json::from_value(row.facts[name].clone())
                .ok()
                .filter(|_| inside)
                .unwrap_or_default()
        };
        let said = |name: &str| row.facts[name].as_str().map(ToOwned::to_owned);
        let by_reporter = row.reporter_id.is_some();
        let waits = row.state == RequestState::Open && inside;
        let resource = format!("/api/v1/requests/{}", row.id);
        let decide = AllowedAction {
            action: "decide",
            label: match self.locale {
                Locale::Zh => "裁定",
                Locale::En => "decide",
            },
            href: format!("{resource}/decide"),
        };
        RequestView {
            version: row.version,
            problem: ProblemRef {
                id: row.problem_id,
                tracking_no: row.tracking_no.clone(),
            },
            cycle_no: row.cycle_no,
            kind: row.kind,
            state: row.state,
            asked_at: row.asked_at,
            asked_by: PersonRef::from_parts(row.asked_by, row.asked_by_name.clone()).filter(|_| inside && !by_reporter),
            asked_org: OrgRef::from_parts(row.asked_org_id, row.asked_org_name.clone()),
            by_reporter,
            reason_code: self.reason(&row),
            proposed_org: OrgRef::from_parts(row.proposed_org_id, row.proposed_org_name.clone()).filter(|_| inside),
            alternatives: list("alternatives"),
            tried: list("tried"),
            authority_gap: said("authority_gap").filter(|_| inside),
            impact: serde_json::from_value::<Impact>(row.facts["impact"].clone())
                .ok()
                .filter(|_| inside),
            explanation: said("explanation"),
            until: row.until_on.filter(|_| row.kind == RequestKind::Hold),
            due_on: row.until_on.filter(|_| row.kind == RequestKind::Extend),
            decide_by: row.decide_by,
            overdue: row.state == RequestState::Open && self.is_overdue(&row),
            waits_for: waits.then(|| self.waits_for(&self.deciders(&row))),
            decision: decision(&row, inside),
            allowed_actions: if inside && self.may_now(&row) {
                vec![decide]
            } else {
                Vec::new()
            },
            id: row.id,
            // Of a refusal to act the reporter reads the explanation; the reason is for who decides.
            reason: row.reason.filter(|_| inside || row.kind != RequestKind::Decline),
        }
    }

    fn reason(&self, row: &RequestRow) -> Option<TermRef> {
        let (code, zh, en) = (row.reason_code.clone()?, row.reason_zh.clone()?, row.reason_en.clone()?);
        Some(TermRef::new(code, zh, en, self.locale))
    }
}

/// As which act asking counts.
fn asked_as(row: &RequestRow) -> ProblemAct {
    match row.asked_by {
        Some(_) => rule_of(row.kind).action.act(),
        None => ProblemAct::Transfer,
    }
}

fn decision(row: &RequestRow, inside: bool) -> Option<DecisionView> {
    let decision = match row.state {
        RequestState::Granted => RequestDecision::Granted,
        RequestState::Refused => RequestDecision::Refused,
        RequestState::Open | RequestState::Lapsed => return None,
    };
    let outside = || {
        Some(OutsideDecision {
            body: row.outside_body.clone()?,
            document_no: row.outside_document_no.clone()?,
            decided_on: row.outside_decided_on?,
            attachment_id: row.outside_attachment_id.filter(|_| inside),
        })
    };
    Some(DecisionView {
        decision,
        decided_at: row.decided_at?,
        decided_by: PersonRef::from_parts(row.decided_by, row.decided_by_name.clone()).filter(|_| inside),
        decided_org: OrgRef::from_parts(row.decided_org_id, row.decided_org_name.clone()),
        ruling: row.ruling.clone().filter(|_| inside || row.kind == RequestKind::Appeal),
        org: OrgRef::from_parts(row.ruled_org_id, row.ruled_org_name.clone()),
        outside: outside(),
    })
}

//! Somebody decides what waits: what must come of it, and whether it does.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Run;
use super::ask::Sent;
use super::expected::{Expected, Org, Refusal};
use super::foresee::INVALID;
use super::help;
use super::invariants;
use super::people::Persona;
use crate::auth::Role;
use crate::auth::policy::{DecideRequest, Permission as _};
use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::db::sql;
use crate::demo::script::random::Random;
use crate::lifecycle::workflow::asking::rule_of;
use crate::problems::domain::{Matter, State};
use crate::requests::domain::{RequestKind, RequestState};
use crate::test_support::seed;

/// A decision that somebody sends.
#[derive(Clone, Debug)]
pub struct Decided {
    granted: bool,
    org: Option<Org>,
    org_exists: bool,
    outside: bool,
    sent: Sent,
}

impl Decided {
    fn draw(random: &mut Random, problem: &Expected, enters: bool) -> Self {
        let asked = problem.asked.as_ref().expect("a request");
        let granted = random.chance(60);
        let names = rule_of(asked.kind).names_org && granted;
        Self {
            granted,
            org: (names && !random.chance(4) || random.chance(3))
                .then(|| *random.pick(&["yiwu-hr", "yiwu-finance", "yiwu-finance", "province-hr"])),
            org_exists: !random.chance(4),
            outside: enters != random.chance(4),
            sent: match random.below(20) {
                0 => Sent::Stale,
                1 => Sent::Missing,
                _ => Sent::Right,
            },
        }
    }

    fn body(&self, problem: Uuid, now: Timestamp) -> Value {
        let org = self
            .org
            .map(|org| if self.org_exists { seed::org(org) } else { problem });
        let outside = self.outside.then(|| {
            json!({ "body": "省政府", "document_no": "示例1号", "decided_on": now.shanghai_date(), "attachment_id": null })
        });
        let decision = if self.granted { "granted" } else { "refused" };
        json!({ "decision": decision, "ruling": "如下。", "org_id": org, "outside": outside })
    }
}

impl Expected {
    /// How it stands after a decision.
    fn foresee_decision(&self, who: &Persona, decided: &Decided, now: Timestamp) -> Result<Self, Refusal> {
        if !DecideRequest::RULE.roles.contains(&who.role) {
            return Err((403, "forbidden"));
        }
        if !who.sees(self) {
            return Err((404, "not_found"));
        }
        let asked = self.asked.clone().expect("a request");
        let enters = self.may_decide(who, now)?;
        if asked.kind == RequestKind::Hold
            && decided.granted
            && asked.until.is_none_or(|day| day <= now.shanghai_date())
        {
            return Err((409, "too_late"));
        }
        match decided.sent {
            Sent::Missing => return Err((428, "precondition_required")),
            Sent::Stale => return Err((412, "precondition_failed")),
            Sent::Right => {}
        }
        let responsible = self.lead.or(self.study);
        let names = rule_of(asked.kind).names_org && decided.granted;
        let named = match decided.org {
            Some(org) => names && decided.org_exists && responsible != Some(org),
            None => !names,
        };
        if enters != decided.outside || !named {
            return Err(INVALID);
        }
        let mut next = Self {
            version: self.version + 1,
            now,
            ..self.clone()
        };
        let state = if decided.granted {
            RequestState::Granted
        } else {
            RequestState::Refused
        };
        next.past_asked(state, who.person);
        next.acts.extend(who.person.map(|person| (person, "decide")));
        if asked.kind == RequestKind::Hold {
            next.held_until = asked.until;
        }
        next.follow(asked.kind, decided, asked.from, asked.days);
        Ok(next)
    }

    fn follow(&mut self, kind: RequestKind, decided: &Decided, from: State, days: u32) {
        let now = self.now;
        match (kind, decided.granted) {
            (RequestKind::Return, _) | (RequestKind::Escalate, true) => {
                let org = decided.org.or(self.lead).or(self.study).expect("an organisation");
                self.due = self.due.or(Some(self.rule(self.disposition, Some(org), self.began)));
                self.lead_by(org);
                self.is_final = true;
                self.ruled.insert(self.cycle);
                self.enter(State::Assigned);
            }
            (RequestKind::Escalate, false) => self.enter(from),
            (RequestKind::Hold, true) => {
                (self.paused_due, self.paused_at) = (self.due.take(), Some(now));
                let back = self.state;
                self.enter(State::OnHold);
                self.back_to = Some(back);
            }
            (RequestKind::Extend, true) => {
                let calendar = Calendar::shipped();
                // After a pause it may be due at any time of the day, and stays so.
                let later = |due: Timestamp| {
                    let day = due.shanghai_date();
                    due.plus_seconds((calendar.add_working_days(day, days).date - day).num_seconds())
                };
                (self.due, self.paused_due) = (self.due.map(later), self.paused_due.map(later));
            }
            (RequestKind::Decline, true) => {
                self.duties.clear();
                self.resolved_at = Some(now);
                self.enter(State::Declined);
            }
            (RequestKind::Appeal, true) => {
                let matter = if self.matter == Matter::Simple {
                    Matter::Complex
                } else {
                    self.matter
                };
                self.begin_anew(now, matter);
            }
            (RequestKind::Appeal, false) if self.back_to == Some(State::Declined) => self.enter(State::Declined),
            (RequestKind::Appeal, false) => self.close(now),
            (RequestKind::Hold | RequestKind::Extend | RequestKind::Decline, false) => self.version -= 1,
        }
    }
}

impl Run {
    /// Somebody decides what waits about a problem: mostly who may.
    pub(super) async fn decide(&mut self, index: usize, context: &str) {
        let now = self.world.app.clock.now();
        let problem = &self.problems[index];
        let judges = |who: &&Persona| DecideRequest::RULE.roles.contains(&who.role) && who.sees(problem);
        let may: Vec<Persona> = self
            .people
            .iter()
            .filter(|who| judges(who) && problem.may_decide(who, now).is_ok())
            .cloned()
            .collect();
        assert!(!may.is_empty(), "nothing waits for nobody: {context}: {problem:?}");
        let who = if self.random.chance(20) {
            self.random.pick(&self.people).clone()
        } else {
            self.random.pick(&may).clone()
        };
        let enters = judges(&&who) && problem.may_decide(&who, now) == Ok(true);
        let decided = Decided::draw(&mut self.random, problem, enters);
        let (id, version): (Uuid, i64) =
            sql("SELECT id, version FROM request WHERE problem_id = $1 AND state = 'open'")
                .bind(problem.id)
                .one(&self.world.app.db)
                .await
                .expect("one open request");
        let context = format!(
            "{context}: on {} in {}: {} ({:?}) decides {:?}: {decided:?}",
            problem.number, problem.state, who.name, who.role, problem.asked
        );
        let version = match decided.sent {
            Sent::Right => Some(version),
            Sent::Stale => Some(version - 1),
            Sent::Missing => None,
        };
        let foreseen = problem.foresee_decision(&who, &decided, now);
        let before = invariants::fingerprint(&self.world).await;
        let body = decided.body(problem.id, now);
        let answer = help::call(&self.world, &who, &format!("/requests/{id}/decide"), version, body).await;
        match foreseen {
            Ok(next) => {
                let kind = self.problems[index]
                    .asked
                    .as_ref()
                    .map(|asked| asked.kind)
                    .expect("a request");
                let seen = answer.expect(200);
                let state = if decided.granted { "granted" } else { "refused" };
                assert_eq!(
                    (&seen["state"], &seen["version"]),
                    (&json!(state), &json!(2)),
                    "{context}"
                );
                self.problems[index] = next;
                *self.decided.entry((kind, decided.granted)).or_default() += 1;
                self.look(index, &context).await;
            }
            Err(refusal) => {
                let body = answer.json();
                assert_eq!(
                    (answer.status, body["code"].as_str()),
                    (refusal.0, Some(refusal.1)),
                    "{body}: {context}"
                );
                let after = invariants::fingerprint(&self.world).await;
                assert_eq!(after, before, "a refusal writes nothing: {context}");
            }
        }
    }

    /// Whether a role exists that sees and may decide what waits; asked after every step.
    pub(super) fn waits_for_somebody(&self, index: usize) -> bool {
        let (problem, now) = (&self.problems[index], self.world.app.clock.now());
        problem.asked.is_none()
            || self.people.iter().any(|who| {
                who.role != Role::Reporter
                    && DecideRequest::RULE.roles.contains(&who.role)
                    && who.sees(problem)
                    && problem.may_decide(who, now).is_ok()
            })
    }
}

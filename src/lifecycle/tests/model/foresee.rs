//! What must come of a request, by the rules of the domain model: how the problem stands afterwards, or the refusal.

use super::ask::{Said, Sent};
use super::asking::Asked;
use super::expected::{Expected, Org, Raised, Refusal};
use super::people::{Persona, members};
use crate::auth::{Role, policy};
use crate::calendar::{CLOSE_OF_BUSINESS, Calendar, START_OF_BUSINESS, shanghai_time};
use crate::clock::Timestamp;
use crate::lifecycle::dto::LookBackResult;
use crate::lifecycle::workflow::asking::asked_by;
use crate::lifecycle::workflow::{Action, transition};
use crate::problems::domain::{Disposition, State};
use crate::receipts::domain::OPERATIONS;
use crate::requests::domain::RequestKind;

/// A request, with what the model does not keep itself.
pub struct Ask<'a> {
    pub who: &'a Persona,
    pub action: Action,
    pub said: &'a Said,
    pub sent: Sent,
    pub now: Timestamp,
    /// Every problem of the episode.
    pub others: &'a [Expected],
    pub ready: Ready,
}

/// How far the problem is planned, as the tables say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ready {
    pub analysed: bool,
    pub planned: bool,
    pub steps: i64,
    pub open_steps: i64,
}

pub(super) const INVALID: Refusal = (422, "invalid");

impl Expected {
    /// How it stands after a request.
    ///
    /// # Errors
    /// The refusal.
    pub fn foresee(&self, ask: &Ask<'_>) -> Result<Self, Refusal> {
        let operation = ask.action.operation();
        let rule = policy::rule_of(operation).expect("every operation has a rule");
        if !rule.roles.contains(&ask.who.role) || ask.who.case.is_some() && !OPERATIONS.contains(&operation) {
            return Err((403, "forbidden"));
        }
        if ask.said.is_misshapen && !matches!(ask.action, Action::Open | Action::Start | Action::Resume) {
            return Err(INVALID);
        }
        self.ask_table(ask.who, ask.action)?;
        match ask.sent {
            // Urging changes nothing that a version tells.
            Sent::Missing if ask.action == Action::Urge => {}
            Sent::Missing => return Err((428, "precondition_required")),
            Sent::Stale => return Err((412, "precondition_failed")),
            Sent::Right => {}
        }
        let mut next = Self {
            version: self.version + i64::from(ask.action != Action::Urge),
            now: ask.now,
            ..self.clone()
        };
        next.carry_out(ask)?;
        if let (Some(person), false) = (ask.who.person, self.speaks_in(ask)) {
            next.acts.insert((person, ask.action.as_str()));
        }
        Ok(next)
    }

    /// Whether he speaks for the reporter in this action: then the act is the reporter's.
    fn speaks_in(&self, ask: &Ask<'_>) -> bool {
        let row = transition(ask.action).expect("every action has a row");
        let asked = row
            .who
            .iter()
            .any(|(role, tie)| *role == ask.who.role && *tie == crate::lifecycle::workflow::Tie::Speaks);
        asked && self.speaks(ask.who)
    }

    fn carry_out(&mut self, ask: &Ask<'_>) -> Result<(), Refusal> {
        let (said, now) = (ask.said, ask.now);
        match ask.action {
            Action::DisposeResolvedOnSite | Action::DisposeFollowUp | Action::DisposeTypical => self.dispose(ask)?,
            Action::Redispose => self.redispose(ask)?,
            Action::Open => self.enter(State::Open),
            Action::Claim => {
                let person = responsible(said, ask.who)?;
                self.due = self
                    .due
                    .or(Some(self.rule(self.disposition, Some(ask.who.org), self.began)));
                self.follow_up(ask.who.org);
                self.lead_by(ask.who.org);
                self.help_as_proposed(ask.who.org);
                self.answer_for(person);
                self.enter(State::Accepted);
            }
            Action::Assign => {
                let due = named(self, ask)?;
                self.follow_up(said.org);
                self.lead_by(said.org);
                self.help_as_proposed(said.org);
                self.due = Some(due);
                self.enter(State::Assigned);
            }
            Action::Answer => {
                let org = self.lead.unwrap_or(ask.who.org);
                self.due = self.due.or(Some(self.rule(self.disposition, Some(org), self.began)));
                self.follow_up(org);
                if self.lead.is_none() {
                    self.lead_by(org);
                    self.person = ask.who.person;
                    self.acts.extend(ask.who.person.map(|person| (person, "responsible")));
                }
                self.person = self.person.or(ask.who.person);
                self.reported_done(now);
            }
            Action::Accept => {
                let person = responsible(said, ask.who)?;
                self.answer_for(person);
                self.enter(State::Accepted);
            }
            Action::Conclude if said.with_output => {
                self.outputs = true;
                self.reported_done(now);
            }
            Action::Transfer => self.transfer(ask)?,
            Action::AskReturn
            | Action::AskEscalate
            | Action::AskHold
            | Action::AskExtend
            | Action::AskDecline
            | Action::Appeal => self.ask(ask, asked_by(ask.action).expect("it asks"))?,
            Action::Conclude => {
                let due = named(self, ask)?;
                self.lead_by(said.org);
                self.due = Some(due);
                self.enter(State::Assigned);
            }
            Action::Start if ask.ready.analysed && ask.ready.planned && ask.ready.steps > 0 => {
                self.enter(State::InProgress);
            }
            Action::Start => return Err((409, "not_ready")),
            Action::AskReporter if self.raised == Raised::ByNobody => return Err((409, "no_contact")),
            Action::AskReporter => {
                self.asked_at = Some(now);
                (self.paused_due, self.paused_at) = (self.due.take(), Some(now));
                let back = self.state;
                self.enter(State::AwaitingReporter);
                self.back_to = Some(back);
            }
            Action::Supply | Action::Resume => self.go_on(now),
            Action::HandOver => {
                let (person, belongs) = said.person.ok_or(INVALID)?;
                if !belongs || !members(self.lead.or(self.study).expect("who leads")).contains(&person) {
                    return Err(INVALID);
                }
                self.answer_for(person);
            }
            Action::Complete => self.complete(ask)?,
            Action::Confirm => self.confirm(ask)?,
            Action::RejectResult => self.reject(ask)?,
            Action::CloseUnanswered => self.close_unanswered(now)?,
            Action::LookBack if said.found == LookBackResult::Relapsed => self.begin_anew(now, self.matter),
            Action::LookBack => {}
            Action::Reopen if self.is_too_old(now) => return Err((409, "too_late")),
            Action::Reopen if self.speaks_in(ask) && self.was_refused_finally() => return Err((409, "adjudicated")),
            Action::Reopen => self.begin_anew(now, self.matter),
            Action::Merge => self.merge(ask)?,
            Action::Withdraw => self.withdraw(ask)?,
            Action::Urge => self.urge(ask)?,
        }
        Ok(())
    }

    fn dispose(&mut self, ask: &Ask<'_>) -> Result<(), Refusal> {
        let said = ask.said;
        if said.assign && !self.may_assign(ask.who) {
            return Err((403, "forbidden"));
        }
        let on_site = said.class == Disposition::ResolvedOnSite;
        let due = if on_site { None } else { Some(named(self, ask)?) };
        let support = said.support.filter(|_| said.class != Disposition::Typical);
        if said.class == Disposition::FollowUp && support == Some(said.org) && said.org_exists {
            return Err(INVALID);
        }
        self.disposition = Some(said.class);
        self.due = due;
        (self.proposed, self.study, self.person) = (None, None, None);
        self.proposed_support = support.filter(|_| said.class == Disposition::FollowUp && !said.assign);
        (self.disposed_at, self.is_final) = (Some(self.now), false);
        if let Some(org) = support {
            self.show(org);
            if on_site || said.assign {
                self.parts.insert(org);
            }
        }
        match said.class {
            Disposition::ResolvedOnSite => self.reported_done(ask.now),
            Disposition::FollowUp => {
                self.proposed = Some(said.org);
                self.show(said.org);
                if said.assign {
                    self.lead_by(said.org);
                    self.duties.extend(support);
                    self.enter(State::Assigned);
                } else {
                    self.enter(State::Open);
                }
            }
            Disposition::Typical => {
                self.study = Some(said.org);
                self.led.insert(said.org);
                self.parts.insert(said.org);
                self.show(said.org);
                self.enter(State::Studying);
            }
        }
        Ok(())
    }

    fn redispose(&mut self, ask: &Ask<'_>) -> Result<(), Refusal> {
        let class = ask.said.class;
        let row = transition(Action::disposing(class)).expect("a row");
        if !self.may(ask.who, row) {
            return Err((403, "forbidden"));
        }
        let on_site = class == Disposition::ResolvedOnSite;
        if self.disposition == Some(class) || on_site && self.raised != Raised::InVisit {
            return Err((409, "already_disposed"));
        }
        self.duties.clear();
        self.lead = None;
        self.dispose(ask)?;
        self.acts
            .extend(ask.who.person.map(|person| (person, Action::disposing(class).as_str())));
        Ok(())
    }

    pub(super) fn follow_up(&mut self, org: Org) {
        if self.disposition.is_none() {
            self.disposition = Some(Disposition::FollowUp);
            self.proposed = Some(org);
        }
    }

    /// A transfer that goes back to whoever led before is ruled on, unless it was before.
    fn transfer(&mut self, ask: &Ask<'_>) -> Result<(), Refusal> {
        let (org, conflict) = (ask.said.org, self.lead == Some(ask.said.org));
        let due = named(self, ask)?;
        if conflict {
            return Err(INVALID);
        }
        let elsewhere = self.lead.or(self.study) != Some(org);
        let back = elsewhere && !self.ruled.contains(&self.cycle) && self.led.contains(org);
        if back {
            self.lapse(State::InDispute);
            self.asked = Some(Asked {
                kind: RequestKind::Return,
                askers: ask.who.person.into_iter().collect(),
                org: Some(org),
                by_itself: true,
                from: self.state,
                decide_by: Calendar::shipped().due_at(ask.now.utc(), 1).0.into(),
                days: 0,
                until: None,
            });
        }
        self.lead_by(org);
        (self.due, self.paused_due) = (Some(due), None);
        self.enter(if back { State::InDispute } else { State::Assigned });
        self.back_to = back.then_some(State::Assigned);
        Ok(())
    }

    pub(super) fn lead_by(&mut self, org: Org) {
        (self.lead, self.last_lead, self.person) = (Some(org), Some(org), None);
        (self.led_since, self.is_final) = (Some(self.now), false);
        self.led.insert(org);
        self.duties.remove(org);
        self.parts.insert(org);
        self.show(org);
    }

    /// Now that somebody leads, who was proposed to support has its duty.
    pub(super) fn help_as_proposed(&mut self, lead: Org) {
        if let Some(org) = self.proposed_support.filter(|org| *org != lead) {
            self.duties.insert(org);
            self.parts.insert(org);
        }
    }

    fn answer_for(&mut self, person: uuid::Uuid) {
        self.person = Some(person);
        self.acts.insert((person, "responsible"));
    }

    pub(super) fn reported_done(&mut self, now: Timestamp) {
        self.resolved_at = Some(now);
        self.enter(State::PendingConfirmation);
    }

    fn merge(&mut self, ask: &Ask<'_>) -> Result<(), Refusal> {
        let target = &ask.others[ask.said.target];
        let fits = target.id != self.id
            && ask.who.sees(target)
            && target.audience == self.audience
            && !target.state.has_ended();
        if !fits {
            return Err(INVALID);
        }
        self.merged_into = Some(target.id);
        self.duties.clear();
        self.due = None;
        self.enter(State::Merged);
        Ok(())
    }

    fn urge(&mut self, ask: &Ask<'_>) -> Result<(), Refusal> {
        let by = ask.who.person.filter(|_| !self.speaks_in(ask));
        let since =
            |at: &Timestamp| Calendar::shipped().working_days_between(at.shanghai_date(), ask.now.shanghai_date());
        if self.urged.iter().any(|(who, at)| *who == by && since(at) < 5) {
            return Err((409, "too_early"));
        }
        self.urged.push((by, ask.now));
        Ok(())
    }

    fn withdraw(&mut self, ask: &Ask<'_>) -> Result<(), Refusal> {
        if !self.speaks(ask.who) || ask.who.role != Role::Reporter && ask.who.role != Role::Integrator {
            let (until, _) = Calendar::shipped().due_at(self.recorded_at.utc(), 1);
            let touched = self.acts.iter().any(|(person, _)| Some(*person) != ask.who.person);
            if touched || ask.now.utc() > until {
                return Err((409, "too_late"));
            }
        }
        self.duties.clear();
        self.due = None;
        self.enter(State::Withdrawn);
        Ok(())
    }
}

/// The person who is to be responsible: the one named, or whoever asks.
fn responsible(said: &Said, who: &Persona) -> Result<uuid::Uuid, Refusal> {
    match said.person {
        Some((person, true)) => Ok(person),
        Some((_, false)) => Err(INVALID),
        None => who.person.ok_or(INVALID),
    }
}

/// The due time that is named together with an organisation.
fn named(problem: &Expected, ask: &Ask<'_>) -> Result<Timestamp, Refusal> {
    let latest = problem.latest(ask.action, ask.said);
    let earliest = latest.min(ask.now.shanghai_date());
    if !ask.said.org_exists || ask.said.due_on < earliest || ask.said.due_on > latest {
        return Err(INVALID);
    }
    Ok(Expected::end_of(ask.said.due_on))
}

/// A due time moved by the working minutes of a pause, counted one by one.
pub fn later(due: Timestamp, asked: Timestamp, now: Timestamp) -> Timestamp {
    let calendar = Calendar::shipped();
    let works = |minute: Timestamp| {
        let day = minute.shanghai_date();
        let hours = shanghai_time(day, START_OF_BUSINESS).into()..shanghai_time(day, CLOSE_OF_BUSINESS).into();
        calendar.is_working_day(day).working && hours.contains(&minute)
    };
    let (mut paused, mut at) = (0, asked);
    while at.plus_seconds(60) <= now {
        paused += i64::from(works(at));
        at = at.plus_seconds(60);
    }
    let mut later = due;
    while paused > 0 {
        paused -= i64::from(works(later));
        later = later.plus_seconds(60);
    }
    later
}

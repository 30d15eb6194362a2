//! What the model knows of a problem, and what of it answers whether somebody may do something.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

use super::ask::Said;
use super::asking::{Asked, Past};
use super::people::{Persona, above};
use crate::auth::Role;
use crate::calendar::{CLOSE_OF_BUSINESS, Calendar, shanghai_time};
use crate::clock::Timestamp;
use crate::lifecycle::workflow::asking::asked_by;
use crate::lifecycle::workflow::{Action, Need, TRANSITIONS, Tie, Transition, transition};
use crate::problems::domain::{Disposition, Matter, State};
use crate::receipts::domain::OPERATIONS;
use crate::test_support::seed;

/// An organisation of the world.
pub type Org = &'static str;

/// How a problem was raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raised {
    /// The officer recorded it for an enterprise.
    ByOfficer,
    /// The officer recorded it for somebody whom nobody knows.
    ByNobody,
    /// The officer recorded it in a visit.
    InVisit,
    /// The reporter recorded it with his account.
    ByAccount,
    /// A portal recorded it for a reporter of its own.
    ByPortal,
}

/// A problem as it must stand.
#[derive(Clone, Debug)]
pub struct Expected {
    pub id: Uuid,
    pub number: String,
    pub receipt: String,
    pub raised: Raised,
    pub audience: &'static str,
    pub competent: Org,
    pub is_critical: bool,
    pub recorded_at: Timestamp,
    /// When it was last opened, or proposed to somebody while open.
    pub opened_at: Timestamp,
    pub version: i64,
    pub state: State,
    pub matter: Matter,
    pub disposition: Option<Disposition>,
    pub cycle: i64,
    pub began: Timestamp,
    pub due: Option<Timestamp>,
    /// When it was due as the pause began.
    pub paused_due: Option<Timestamp>,
    pub asked_at: Option<Timestamp>,
    pub lead: Option<Org>,
    pub person: Option<Uuid>,
    /// The lead that the present disposition names, and who studies it by that.
    pub proposed: Option<Org>,
    pub study: Option<Org>,
    /// Who is to support by that, once somebody leads.
    pub proposed_support: Option<Org>,
    pub last_lead: Option<Org>,
    pub back_to: Option<State>,
    pub resolved_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub confirmed: bool,
    pub rejections: i64,
    pub merged_into: Option<Uuid>,
    /// Supporting organisations whose part is open.
    pub duties: BTreeSet<Org>,
    /// Organisations that ever had a part in handling.
    pub parts: BTreeSet<Org>,
    /// Scopes in which it lies.
    pub seen: BTreeSet<Uuid>,
    /// Who did what.
    pub acts: BTreeSet<(Uuid, &'static str)>,
    pub met: bool,
    /// When nobody was reached, in this cycle.
    pub attempts: Vec<Timestamp>,
    /// Until when its result is shown to a reporter whom nobody knows.
    pub notice: Option<Timestamp>,
    pub rated: bool,
    pub outputs: bool,
    /// When the model looks at it.
    pub now: Timestamp,
    /// Since when its clock stands still.
    pub paused_at: Option<Timestamp>,
    /// The end of its last hold.
    pub held_until: Option<NaiveDate>,
    /// Since when somebody leads it, and since when its disposition stands.
    pub led_since: Option<Timestamp>,
    pub disposed_at: Option<Timestamp>,
    /// Who has led it.
    pub led: BTreeSet<Org>,
    /// The cycles in which somebody was ruled to lead it, and whether that is who leads it now.
    pub ruled: BTreeSet<i64>,
    pub is_final: bool,
    /// What waits for a decision, and what does no more.
    pub asked: Option<Asked>,
    pub past: Vec<Past>,
    /// Who urged, and when; `None` is the reporter.
    pub urged: Vec<(Option<Uuid>, Timestamp)>,
}

/// Why somebody is refused.
pub type Refusal = (u16, &'static str);

impl Expected {
    /// Who recorded it, and for which organisation.
    pub fn recorder(&self) -> (Option<Uuid>, Option<Org>) {
        let of = |key| Some(seed::member(key).person);
        match self.raised {
            Raised::ByOfficer | Raised::ByNobody | Raised::InVisit => (of("officer"), Some("yiwu-government")),
            Raised::ByAccount => (of("reporter"), None),
            Raised::ByPortal => (None, Some("yiwu-hr")),
        }
    }

    /// Puts it into the scopes of an organisation.
    pub fn show(&mut self, org: Org) {
        self.seen.insert(seed::org(org));
        self.seen.extend(above(org).map(seed::org));
    }

    /// Moves it, and lets who is competent see what is open.
    pub fn enter(&mut self, state: State) {
        self.lapse(state);
        self.state = state;
        self.back_to = None;
        if state == State::Open {
            self.opened_at = self.now;
            self.show(self.competent);
        }
    }

    /// Whether anything can still happen to it.
    pub fn is_alive(&self) -> bool {
        !matches!(self.state, State::Merged | State::Withdrawn)
    }

    /// Whether anything but a transition can.
    pub fn is_worked_at(&self) -> bool {
        self.is_alive() && self.state != State::Declined
    }

    /// Whether somebody speaks for its reporter.
    pub fn speaks(&self, who: &Persona) -> bool {
        match (who.case, who.role) {
            (Some(case), _) => case == self.id,
            (None, Role::Reporter) => self.raised == Raised::ByAccount,
            (None, Role::Integrator) => self.raised == Raised::ByPortal,
            (None, _) => false,
        }
    }

    fn is_tied(&self, who: &Persona, tie: Tie) -> bool {
        let is = |key| who.person == Some(seed::member(key).person);
        let in_visit = self.raised == Raised::InVisit;
        let recorded = who.person.is_some() && who.person == self.recorder().0;
        let handles = self.lead.or(self.study) == Some(who.org);
        let competent = who.is_doer() && (self.proposed == Some(who.org) || self.competent == who.org);
        match tie {
            Tie::None | Tie::CallsBack => true,
            Tie::ItsVisit => in_visit && (is("leader") || is("officer")),
            Tie::LedOrRecorded => in_visit && is("leader") || recorded,
            Tie::Recorded => recorded,
            Tie::Competent => self.state != State::Open || competent,
            Tie::Handles => handles,
            Tie::Answers => handles || self.state == State::Open && competent,
            Tie::Heads => who.role == Role::Head && self.lead.or(self.study) == Some(who.org),
            Tie::Speaks => self.speaks(who),
            Tie::Unruled => !self.ruled.contains(&self.cycle),
            Tie::Ruled => self.ruled.contains(&self.cycle),
            Tie::Elsewhere => self.state != State::Closed || !self.parts.contains(who.org),
            // Nobody here watches.
            Tie::Watches => false,
        }
    }

    /// Whether the table lets him, whatever the state.
    pub fn may(&self, who: &Persona, row: &Transition) -> bool {
        who.sees(self)
            && row
                .who
                .iter()
                .any(|(role, tie)| *role == who.role && self.is_tied(who, *tie))
    }

    fn holds(&self, need: Need) -> bool {
        match need {
            Need::OfAVisit => self.raised == Raised::InVisit,
            Need::Undisposed => self.disposition.is_none(),
            Need::SimpleMatter => self.matter == Matter::Simple,
            Need::NotAsked => self.asked_at.is_none(),
            Need::NothingAsked => self.asked.is_none(),
            Need::Returnable => !self.is_final,
            Need::Unconfirmed => !self.confirmed,
        }
    }

    fn stands_for(&self, row: &Transition) -> bool {
        row.from.contains(&self.state) && row.needs.iter().all(|need| self.holds(*need))
    }

    fn is_kept_apart(&self, who: &Persona, row: &Transition) -> bool {
        let forbidden: Vec<&str> = row.apart.concat().iter().map(|act| act.as_str()).collect();
        let did = |person: Uuid| {
            self.acts
                .iter()
                .any(|(by, act)| *by == person && forbidden.contains(act))
        };
        !self.speaks(who) && who.person.is_some_and(did)
    }

    /// What he may do now, as the problem must say.
    pub fn allowed(&self, who: &Persona) -> Vec<&'static str> {
        let rows = TRANSITIONS.iter().filter(|row| {
            self.stands_for(row)
                && self.may(who, row)
                && !self.is_kept_apart(who, row)
                && (who.case.is_none() || OPERATIONS.contains(&row.action.operation()))
        });
        rows.map(|row| row.action.as_str()).collect()
    }

    /// Refuses whom the table refuses, in the order of evaluation up to the state.
    pub fn ask_table(&self, who: &Persona, action: Action) -> Result<(), Refusal> {
        let row = transition(action).expect("every action has a row");
        match () {
            () if !who.sees(self) => Err((404, "not_found")),
            () if !self.may(who, row) => Err((403, "forbidden")),
            () if self.is_kept_apart(who, row) => Err((403, "separation_of_duties")),
            () if asked_by(action).is_some() && self.asked.is_some() => Err((409, "request_open")),
            () if action == Action::Claim && self.is_taken() => Err((409, "already_claimed")),
            () if self.state == State::Merged => Err((409, "merged")),
            () if row.needs.contains(&Need::Undisposed) && self.disposition.is_some() => Err((409, "already_disposed")),
            () if action == Action::AskReturn && self.is_final && row.from.contains(&self.state) => {
                Err((409, "adjudicated"))
            }
            () if !self.stands_for(row) => Err((409, "transition_not_allowed")),
            () => Ok(()),
        }
    }

    fn is_taken(&self) -> bool {
        self.lead.is_some() && self.state != State::Open && !self.state.has_ended()
    }

    /// Whether he may assign at once where others propose.
    pub fn may_assign(&self, who: &Persona) -> bool {
        who.role == Role::Dispatcher || who.role == Role::Leader
    }

    /// The rule's working days (domain model, Clocks).
    fn days(&self, class: Option<Disposition>, org: Option<Org>) -> u32 {
        if self.matter == Matter::Simple && org.is_some() && org == self.recorder().1 {
            return 1;
        }
        let days: u32 = match (self.matter, class) {
            (Matter::Institutional, _) | (_, Some(Disposition::Typical)) => 30,
            (Matter::Complex, _) => 7,
            (Matter::Simple, _) => 3,
        };
        if self.is_critical { days.div_ceil(2) } else { days }
    }

    /// The rule's time for the resolution of the cycle that began at `began`.
    pub fn rule(&self, class: Option<Disposition>, org: Option<Org>, began: Timestamp) -> Timestamp {
        Calendar::shipped().due_at(began.utc(), self.days(class, org)).0.into()
    }

    /// The last day that may be named in an action that names one.
    pub fn latest(&self, action: Action, said: &Said) -> NaiveDate {
        let rule = |class, org| self.rule(class, org, self.began).shanghai_date();
        match action {
            Action::Redispose | Action::DisposeFollowUp | Action::DisposeTypical | Action::DisposeResolvedOnSite => {
                rule(
                    Some(said.class),
                    (said.class == Disposition::FollowUp).then_some(said.org),
                )
            }
            Action::Transfer | Action::Conclude | Action::Assign => self
                .running()
                .map_or_else(|| rule(self.disposition, Some(said.org)), Timestamp::shanghai_date),
            _ => rule(self.disposition, Some(said.org)),
        }
    }

    /// When it is due, or will be as a transfer ends its hold.
    pub fn running(&self) -> Option<Timestamp> {
        if self.state == State::OnHold {
            self.resumed(self.now)
        } else {
            self.due
        }
    }

    /// The end of business of a day.
    pub fn end_of(day: NaiveDate) -> Timestamp {
        shanghai_time(day, CLOSE_OF_BUSINESS).into()
    }

    /// Asserts that what a dispatcher reads of it is what must be.
    pub fn agree(&self, seen: &Value, context: &str) {
        let due = seen["clock"]["due_at"]
            .as_str()
            .map(|at| at.parse::<Timestamp>().expect("an instant"));
        assert_eq!(
            seen["tracking_no"],
            self.number.as_str(),
            "the number never changes: {context}"
        );
        assert_eq!(
            (&seen["state"], &seen["version"], &seen["cycle_no"], &seen["matter"]),
            (
                &self.state.as_str().into(),
                &self.version.into(),
                &self.cycle.into(),
                &self.matter.as_str().into()
            ),
            "{context}"
        );
        assert_eq!(
            seen["disposition"].as_str(),
            self.disposition.map(Disposition::as_str),
            "{context}"
        );
        assert_eq!(
            seen["lead_org"]["id"],
            serde_json::json!(self.lead.map(seed::org)),
            "the lead: {context}"
        );
        assert_eq!(
            seen["lead_person"]["id"],
            serde_json::json!(self.person),
            "the person responsible: {context}"
        );
        assert_eq!(due, self.due, "the due time: {context}");
        assert_eq!(seen["merged_into"], serde_json::json!(self.merged_into), "{context}");
        let closed = seen["closure"]["closed_at"]
            .as_str()
            .map(|at| at.parse::<Timestamp>().expect("an instant"));
        assert_eq!(closed, self.closed_at, "when it was closed: {context}");
        assert_eq!(
            seen["closure"]["unconfirmed"].as_bool(),
            self.closed_at.map(|_| !self.confirmed),
            "{context}"
        );
    }
}

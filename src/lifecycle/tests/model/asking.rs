//! How the model lets somebody ask, and who decides by it.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::expected::{Expected, Org, Refusal};
use super::foresee::{Ask, INVALID, later};
use super::people::Persona;
use crate::auth::Role;
use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::lifecycle::workflow::asking::{RequestRule, rule_of};
use crate::problems::domain::State;
use crate::requests::domain::{RequestKind, RequestState};
use crate::test_support::seed;

/// A request that waits.
#[derive(Clone, Debug)]
pub struct Asked {
    pub kind: RequestKind,
    /// Who asked, or caused it.
    pub askers: BTreeSet<Uuid>,
    /// For which organisation.
    pub org: Option<Org>,
    pub by_itself: bool,
    pub from: State,
    pub decide_by: Timestamp,
    /// An extension's working days.
    pub days: u32,
    /// A hold's end.
    pub until: Option<chrono::NaiveDate>,
}

/// A request that waits no more.
#[derive(Clone, Debug)]
pub struct Past {
    pub kind: RequestKind,
    pub state: RequestState,
    pub cycle: i64,
    pub by_itself: bool,
    pub days: u32,
    pub decided_by: Option<Uuid>,
}

/// Who decides, in the world of the tests: 义乌 has a dispatcher and a supervisor, the province a dispatcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decides {
    /// Who holds a role in one of these divisions.
    In(Vec<(&'static str, &'static [Role])>),
    /// Nobody: it is entered.
    Outside,
}

const BOTH: &[Role] = &[Role::Dispatcher, Role::Supervisor];
const DISPATCHER: &[Role] = &[Role::Dispatcher];
const SUPERVISOR: &[Role] = &[Role::Supervisor];
const PROVINCE: &str = "330000";

impl Expected {
    /// Ends what waits where it cannot wait any more.
    pub fn lapse(&mut self, to: State) {
        if self
            .asked
            .as_ref()
            .is_some_and(|asked| !rule_of(asked.kind).waits_in(to))
        {
            self.past_asked(RequestState::Lapsed, None);
        }
    }

    /// What waited is decided, or lapsed.
    pub fn past_asked(&mut self, state: RequestState, decided_by: Option<Uuid>) {
        let asked = self.asked.take().expect("a request");
        self.past.push(Past {
            kind: asked.kind,
            state,
            cycle: self.cycle,
            by_itself: asked.by_itself,
            days: asked.days,
            decided_by,
        });
    }

    fn counted(&self, kind: RequestKind) -> impl Iterator<Item = &Past> {
        self.past
            .iter()
            .filter(move |past| past.kind == kind && past.state != RequestState::Lapsed && !past.by_itself)
    }

    /// Whether an appeal was decided before.
    pub fn was_appealed(&self) -> bool {
        self.counted(RequestKind::Appeal).count() > 0
    }

    /// Whether an appeal was refused in this cycle.
    pub fn was_refused_finally(&self) -> bool {
        self.counted(RequestKind::Appeal)
            .any(|past| past.state == RequestState::Refused && past.cycle == self.cycle)
    }

    /// Asks, where the limits and what is said allow it.
    pub(super) fn ask(&mut self, ask: &Ask<'_>, rule: &RequestRule) -> Result<(), Refusal> {
        let kind = rule.kind;
        let of_cycle = self.counted(kind).filter(|past| past.cycle == self.cycle).count();
        match kind {
            RequestKind::Return if self.counted(kind).count() >= 2 => return Err((409, "adjudicated")),
            RequestKind::Appeal if self.was_appealed() => return Err((409, "adjudicated")),
            RequestKind::Escalate if self.counted(kind).any(|past| past.state == RequestState::Refused) => {
                return Err((409, "adjudicated"));
            }
            RequestKind::Extend if of_cycle >= 2 => return Err((409, "limit_reached")),
            _ => {}
        }
        let (today, calendar) = (ask.now.shanghai_date(), Calendar::shipped());
        let late = match kind {
            RequestKind::Return => {
                let since = if self.lead.is_some() {
                    self.led_since
                } else {
                    self.disposed_at
                };
                ask.now.utc() > calendar.due_at(since.expect("assigned").utc(), 1).0
            }
            RequestKind::Extend => self
                .due
                .is_some_and(|due| calendar.working_days_between(today, due.shanghai_date()) == 0),
            _ => false,
        };
        if late {
            return Err((409, "too_late"));
        }
        let days = self.said_rightly(ask, kind)?;
        let speaks = self.speaks(ask.who) && kind == RequestKind::Appeal;
        let handling = ask.who.is_doer() && self.lead.or(self.study) == Some(ask.who.org)
            || ask.who.role == Role::Head && self.lead.or(self.study) == Some(ask.who.org);
        self.asked = Some(Asked {
            kind,
            askers: ask.who.person.filter(|_| !speaks).into_iter().collect(),
            org: if speaks {
                None
            } else if handling {
                self.lead.or(self.study)
            } else {
                Some(ask.who.org)
            },
            by_itself: false,
            from: self.state,
            decide_by: calendar.due_at(ask.now.utc(), rule.within_days).0.into(),
            days,
            until: (kind == RequestKind::Hold).then_some(ask.said.due_on),
        });
        match rule.meanwhile {
            Some(meanwhile) => {
                let back = self.state;
                self.enter(meanwhile);
                self.back_to = Some(back);
            }
            None => self.version -= 1,
        }
        Ok(())
    }

    /// Whether what a request names can be; the working days of an extension.
    fn said_rightly(&self, ask: &Ask<'_>, kind: RequestKind) -> Result<u32, Refusal> {
        let (said, today, calendar) = (ask.said, ask.now.shanghai_date(), Calendar::shipped());
        let own = said.org_exists && self.lead.or(self.study) == Some(said.org);
        match kind {
            RequestKind::Return if !said.org_exists || own => Err(INVALID),
            RequestKind::Hold if said.due_on <= today || (said.due_on - today).num_days() > 365 => Err(INVALID),
            RequestKind::Extend => {
                let due = self.due.or(self.paused_due).expect("due").shanghai_date();
                let granted: u32 = self
                    .counted(kind)
                    .filter(|past| past.cycle == self.cycle && past.state == RequestState::Granted)
                    .map(|past| past.days)
                    .sum();
                let days = calendar.working_days_between(due, said.due_on);
                let fits = said.due_on > due && days >= 1 && days + granted <= 30;
                if fits && calendar.is_working_day(said.due_on).working {
                    Ok(days)
                } else {
                    Err(INVALID)
                }
            }
            _ => Ok(0),
        }
    }

    /// The division from which one level up is counted.
    fn is_of_the_province(&self) -> bool {
        let org = self.asked.as_ref().and_then(|asked| asked.org);
        org.is_some_and(|org| org.starts_with("province"))
    }

    /// Who decides what waits, at a moment.
    pub fn decides(&self, now: Timestamp) -> Decides {
        let asked = self.asked.as_ref().expect("a request");
        let (high, overdue) = (self.is_of_the_province(), asked.decide_by < now);
        let is_asker = |key| asked.askers.contains(&seed::member(key).person);
        let above = if is_asker("province-dispatcher") {
            Vec::new()
        } else {
            vec![PROVINCE]
        };
        let mut levels: Vec<&'static str> = Vec::new();
        let roles = match asked.kind {
            RequestKind::Return => BOTH,
            RequestKind::Hold | RequestKind::Appeal => SUPERVISOR,
            _ => DISPATCHER,
        };
        match asked.kind {
            RequestKind::Return | RequestKind::Extend => {
                let here =
                    !high && (!is_asker("dispatcher") || asked.kind == RequestKind::Return && !is_asker("supervisor"));
                levels.extend(here.then_some(seed::YIWU));
                levels.extend(above);
            }
            RequestKind::Escalate | RequestKind::Decline if !high => levels.extend(above),
            RequestKind::Hold if !high && !is_asker("supervisor") => levels.push(seed::YIWU),
            RequestKind::Appeal if !self.has_decided("supervisor") => levels.push(seed::YIWU),
            _ => {}
        }
        // A supervisor of another organisation decides where nobody above does.
        if levels.is_empty()
            && !high
            && matches!(asked.kind, RequestKind::Escalate | RequestKind::Decline)
            && !is_asker("supervisor")
        {
            return Decides::In(vec![(seed::YIWU, SUPERVISOR)]);
        }
        if levels.is_empty() {
            return Decides::Outside;
        }
        let seats = levels.into_iter().take(1 + usize::from(overdue));
        Decides::In(seats.map(|division| (division, roles)).collect())
    }

    fn has_decided(&self, key: &str) -> bool {
        self.past
            .iter()
            .any(|past| past.decided_by == Some(seed::member(key).person))
    }

    /// Whether he may decide what waits: `false` by his role, `true` by entering it.
    ///
    /// # Errors
    /// The refusal.
    pub fn may_decide(&self, who: &Persona, now: Timestamp) -> Result<bool, Refusal> {
        let asked = self.asked.as_ref().expect("a request");
        let person = who.person.expect("a person");
        let decided = asked.kind == RequestKind::Appeal && self.past.iter().any(|past| past.decided_by == Some(person));
        if asked.askers.contains(&person) || decided {
            return Err((403, "separation_of_duties"));
        }
        match self.decides(now) {
            Decides::Outside => Ok(true),
            Decides::In(seats) => {
                let own = asked.kind == RequestKind::Decline && asked.org == Some(who.org);
                let sits = seats
                    .iter()
                    .any(|(division, roles)| who.is_of(division) && roles.contains(&who.role));
                if sits && !own {
                    Ok(false)
                } else {
                    Err((403, "forbidden"))
                }
            }
        }
    }

    /// It goes back to where it stood, and its clock goes on.
    pub fn go_on(&mut self, now: Timestamp) {
        let back = self.back_to.expect("a state to return to");
        self.due = self.resumed(now);
        self.paused_due = None;
        self.enter(back);
    }

    /// When a clock that stood still since it was paused runs out, from now on.
    pub fn resumed(&self, now: Timestamp) -> Option<Timestamp> {
        self.paused_due
            .map(|due| later(due, self.paused_at.expect("paused"), now))
    }
}

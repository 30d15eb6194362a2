//! What every transition has in common: find the problem and lock it, ask the table, compare the version; then write the
//! acts and the move. Each transition's own file decides what lies between.

use chrono::NaiveDate;
use uuid::Uuid;

use super::claim;
use super::situation::Situation;
use super::workflow::{Action, Tie, transition};
use crate::action_plans;
use crate::auth::policy::{self, Rule};
use crate::auth::{Caller, Scope};
use crate::calendar::{CLOSE_OF_BUSINESS, Calendar, shanghai_time};
use crate::clock::{Ids, Timestamp};
use crate::db::Tx;
use crate::directory::{memberships, orgs};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _, Text};
use crate::events::{Act, NewEvent};
use crate::http::{IfMatch, PathRef, Work};
use crate::problems::domain::{Disposition, Matter, resolution_days};
use crate::problems::separation::keep_apart;
use crate::problems::store::change::{self, Move};
use crate::problems::store::cycle::Chosen;
use crate::problems::store::{self, ProblemFacts, write};
use crate::referrals;
use crate::reporters::store::spoken;
use crate::reporters::voice::Spoken;

/// A transition that the table allows, under way.
#[derive(Debug)]
pub struct Step<'a> {
    /// The request.
    pub work: &'a Work,
    /// Its transaction.
    pub tx: &'a mut Tx,
    /// Who asks.
    pub who: &'a Caller,
    /// The problem as it stands, locked.
    pub facts: ProblemFacts,
    /// How the caller stands to it.
    pub situation: Situation,
    /// What he does, for the events.
    pub act: Act,
    /// By which way he speaks for the reporter, if he does.
    pub spoken: Option<Spoken>,
    /// Which action.
    pub action: Action,
    /// The faults of its facts so far.
    pub faults: Vec<Fault>,
}

impl<'a> Step<'a> {
    /// Finds and locks the problem, asks the table, and compares the version (`None`: within the recording itself).
    ///
    /// # Errors
    /// 404; 403 `forbidden`, `separation_of_duties`; 409; 412 and 428: in this order.
    pub async fn take(
        work: &'a Work,
        tx: &'a mut Tx,
        who: &'a Caller,
        reference: &PathRef,
        action: Action,
        at: Option<&IfMatch>,
    ) -> ApiResult<Self> {
        let rule = permit(who, action.operation())?;
        let scopes: Vec<Uuid> = who.scopes_for(rule).iter().map(Scope::id).collect();
        let now = work.now();
        let facts = store::facts_to_change(tx, &scopes, reference, who, now)
            .await?
            .or_not_found()?;
        let row = transition(action).map_or(&[][..], |row| row.who);
        let spoken = if row.iter().any(|(role, tie)| *tie == Tie::Speaks && who.has(*role)) {
            spoken(&mut *tx, who, facts.id, now).await?
        } else {
            None
        };
        let situation = Situation::of(who, &facts, spoken.is_some());
        situation.check_caller(action)?;
        if let (Some(person), false) = (who.person(), situation.speaks)
            && let Some(row) = transition(action)
            && !row.apart.is_empty()
        {
            let acts = store::acts_of(&mut *tx, facts.id, person).await?;
            keep_apart(&acts, &row.apart.concat())?;
        }
        if action == Action::Claim {
            claim::not_taken(&mut *tx, &facts).await?;
        }
        situation.check_state(action)?;
        if let Some(at) = at {
            at.check(facts.version)?;
        }
        let act = spoken.map_or_else(|| who.act(now), |spoken| spoken.act(who, now));
        Ok(Self {
            work,
            tx,
            who,
            facts,
            situation,
            act,
            spoken,
            action,
            faults: Vec::new(),
        })
    }

    /// Business time.
    pub fn now(&self) -> Timestamp {
        self.act.at
    }

    /// Where ids come from.
    pub fn ids(&self) -> &'a Ids {
        &self.work.app.ids
    }

    /// An event of the problem, which its reporter sees.
    pub fn event(&self, kind: &'static str) -> NewEvent {
        NewEvent::of("problem", self.facts.id, kind).public()
    }

    /// Refuses with every fault that was found.
    ///
    /// # Errors
    /// 422.
    pub fn refuse_faults(&mut self) -> ApiResult<()> {
        match std::mem::take(&mut self.faults) {
            faults if faults.is_empty() => Ok(()),
            faults => Err(ApiError::invalid(faults)),
        }
    }

    /// An organisation that a body names must exist and not have ended.
    pub async fn expect_org(&mut self, pointer: &str, org: Uuid) -> ApiResult<()> {
        if orgs::find_ref(&mut *self.tx, org).await?.is_none_or(|org| org.ended) {
            self.faults.push(Fault::new(pointer, FaultCode::UnknownReference));
        }
        Ok(())
    }

    /// The person responsible in an organisation: the one named, who must belong to it, or the caller.
    pub async fn responsible(&mut self, named: Option<Uuid>, org: Uuid) -> ApiResult<Uuid> {
        let Some(person) = named.or(self.who.person()) else {
            self.faults.push(Fault::new("/person_id", FaultCode::Required));
            return Ok(Uuid::nil());
        };
        let now = self.now();
        if !memberships::store::belongs(&mut *self.tx, person, org, now).await? {
            self.faults.push(Fault::new("/person_id", FaultCode::UnknownReference));
        }
        Ok(person)
    }

    /// The rule's time for the resolution of the present cycle: to the end of business of its last working day.
    pub fn rule(&self, matter: Matter, class: Option<Disposition>, org: Option<Uuid>) -> Chosen {
        time_allowed(&self.facts, matter, class, org, self.facts.cycle_began)
    }

    /// The time that a body names: never later than the rule's, and from today, unless the rule's own day has passed,
    /// which is then the only one: overdue at once, and nothing sets the clock back.
    pub fn named(&mut self, pointer: &str, due_on: NaiveDate, latest: NaiveDate) -> Chosen {
        if due_on < self.now().shanghai_date().min(latest) || due_on > latest {
            let detail = Text::new(
                format!("须在今日至 {latest} 之间"),
                format!("must be from today to {latest}"),
            );
            self.faults.push(Fault::because(pointer, FaultCode::NotWithin, detail));
        }
        let calendar = Calendar::shipped();
        Chosen {
            days: calendar.working_days_between(self.facts.cycle_began.shanghai_date(), due_on),
            due_at: shanghai_time(due_on, CLOSE_OF_BUSINESS).into(),
            provisional: !calendar.is_working_day(due_on).known,
        }
    }

    /// Notes what a person did, for the rules of separation; a reporter's act binds nobody.
    pub async fn note_act(&mut self, person: Option<Uuid>, deed: &'static str) -> ApiResult<()> {
        let ids = self.ids();
        if let Some(person) = person.filter(|_| self.spoken.is_none()) {
            write::actor(self.tx, ids, self.facts.id, person, &self.act, deed).await?;
        }
        Ok(())
    }

    /// Stores the move, with the caller's act.
    ///
    /// # Errors
    /// 412 where another writer was faster.
    pub async fn apply(&mut self, change: Move) -> ApiResult<()> {
        let ids = self.ids();
        if change.to.has_ended() || self.facts.state.has_ended() {
            action_plans::store::hold(self.tx, self.facts.id).await?;
        }
        if change.to.has_ended() {
            referrals::store::lapse(self.tx, &self.act, self.facts.id).await?;
        }
        self.note_act(self.who.person(), self.action.as_str()).await?;
        change::apply(self.tx, ids, &self.act, &self.facts, change).await
    }
}

/// The rule of an operation that carries a transition out, where the caller may call it. The gate has asked this of the
/// operation called; a recording or a bulk request carries out another.
///
/// # Errors
/// 403 `forbidden` with the permission.
pub fn permit(who: &Caller, operation: &'static str) -> ApiResult<&'static Rule> {
    let Some(rule) = policy::rule_of(operation) else {
        return Err(ApiError::internal(format!("no rule for {operation}")));
    };
    if who.may_call(rule, operation) {
        Ok(rule)
    } else {
        Err(ApiError::new(Code::Forbidden).with_member("permission", rule.permission))
    }
}

/// The rule's time for a resolution that begins at `began`: an organisation that answers what it recorded itself has one
/// working day for a simple matter.
pub fn time_allowed(
    facts: &ProblemFacts,
    matter: Matter,
    class: Option<Disposition>,
    org: Option<Uuid>,
    began: Timestamp,
) -> Chosen {
    let own = matter == Matter::Simple && org.is_some() && org == facts.recorder_org_id;
    let days = if own {
        1
    } else {
        resolution_days(matter, class, facts.urgency)
    };
    let calendar = Calendar::shipped();
    let (due_at, provisional) = calendar.due_at(began.utc(), days);
    Chosen {
        days,
        due_at: due_at.into(),
        provisional,
    }
}

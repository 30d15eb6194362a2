//! What every transition has in common: find the problem and lock it, ask the table, compare the version; then write
//! the acts and the move. Each transition's own file decides what lies between.

use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::claim;
use super::situation::Situation;
use super::workflow::asking::asked_by;
use super::workflow::{Action, Tie, transition};
use crate::action_plans;
use crate::assignments::domain::AssignmentOrigin;
use crate::auth::policy::{self, Rule};
use crate::auth::{Caller, Scope};
use crate::calendar::{CLOSE_OF_BUSINESS, Calendar, shanghai_time};
use crate::clock::{Ids, Timestamp};
use crate::clock_rules::domain::Terms;
use crate::clock_rules::store as clock_rules;
use crate::db::Tx;
use crate::directory::{memberships, orgs};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _, Text};
use crate::events::{Act, NewEvent};
use crate::http::{IfMatch, PathRef, Work};
use crate::outputs;
use crate::outputs::dto::NewOutput;
use crate::problems::domain::{Disposition, Matter, ProblemAct, resolution_days, resolution_term};
use crate::problems::separation::keep_apart;
use crate::problems::store::change::{self, FirstLead, Move};
use crate::problems::store::cycle::Chosen;
use crate::problems::store::{self, ProblemFacts, write};
use crate::referrals;
use crate::reporters::store::spoken;
use crate::reporters::voice::Spoken;
use crate::requests::asking::nothing_waits;
use crate::requests::lapsing::lapse;

/// Who asks for what happens by itself.
static NOBODY: Caller = Caller::nobody();

/// A transition that the table allows, under way.
#[derive(Debug)]
pub struct Step<'a> {
    /// The request.
    pub work: &'a Work,
    /// Its transaction.
    pub tx: &'a mut Tx,
    /// Who asks; nobody where it happens by itself.
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
    /// As which act it counts for the rules of separation.
    pub counts_as: ProblemAct,
    /// The faults of its facts so far.
    pub faults: Vec<Fault>,
    /// How the problem came to its first lead, where it comes to one now.
    first_lead: Option<FirstLead>,
    terms: Option<Terms>,
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
        if !situation.speaks
            && let Some(row) = transition(action)
            && !row.apart.is_empty()
        {
            let acts = store::acts_of(&mut *tx, facts.id, who).await?;
            keep_apart(&acts, &row.apart.concat())?;
        }
        if asked_by(action).is_some() && facts.ties.waits {
            nothing_waits(&mut *tx, facts.id).await?;
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
            counts_as: action.act(),
            faults: Vec::new(),
            first_lead: None,
            terms: None,
        })
    }

    /// The same of what happens by itself at a moment: nobody asks, so nobody is let in, kept apart or asked for a
    /// version; whether it may be, and in which state, the same table says.
    ///
    /// # Errors
    /// 404; 409 where the state does not allow it any more.
    pub async fn take_by_itself(
        work: &'a Work,
        tx: &'a mut Tx,
        problem: Uuid,
        action: Action,
        now: Timestamp,
    ) -> ApiResult<Self> {
        Situation::check_by_itself(action)?;
        // A problem lies in the scope of its own id.
        let reference = PathRef::Id(problem);
        let facts = store::facts_to_change(tx, &[problem], &reference, &NOBODY, now)
            .await?
            .or_not_found()?;
        let situation = Situation::of(&NOBODY, &facts, false);
        situation.check_state(action)?;
        Ok(Self {
            work,
            tx,
            who: &NOBODY,
            facts,
            situation,
            act: Act::of_the_service(now),
            spoken: None,
            action,
            counts_as: action.act(),
            faults: Vec::new(),
            first_lead: None,
            terms: None,
        })
    }

    /// The decision about a request of a problem that is found and locked: the table of requests was asked.
    pub fn ruling(work: &'a Work, tx: &'a mut Tx, who: &'a Caller, facts: ProblemFacts, action: Action) -> Self {
        Self {
            situation: Situation::of(who, &facts, false),
            act: who.act(work.now()),
            work,
            tx,
            who,
            facts,
            spoken: None,
            action,
            counts_as: ProblemAct::Decide,
            faults: Vec::new(),
            first_lead: None,
            terms: None,
        }
    }

    /// Business time.
    pub fn now(&self) -> Timestamp {
        self.act.at
    }

    /// What working days are counted by.
    pub fn calendar(&self) -> Arc<Calendar> {
        self.work.app.calendar()
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

    /// An output names nobody whom the problem concerns: every official may read it.
    ///
    /// # Errors
    /// 422 with every fault.
    pub async fn names_nobody(&mut self, output: &NewOutput) -> ApiResult<()> {
        let texts = [
            ("/output/title", output.title.as_str()),
            ("/output/summary", output.summary.as_str()),
        ];
        let source = outputs::Source {
            problems: &[self.facts.id],
            theme: None,
        };
        let named = outputs::names_nobody(self.work, self.tx, self.who, source, &texts).await?;
        named.refuse(std::mem::take(&mut self.faults))
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

    /// The working days of every term where the problem is, today: read once, by the transitions that choose a time.
    pub async fn terms(&mut self) -> ApiResult<Terms> {
        if let Some(terms) = self.terms {
            return Ok(terms);
        }
        let today = self.now().shanghai_date();
        let terms = clock_rules::terms(&mut *self.tx, self.facts.division_id, today).await?;
        self.terms = Some(terms);
        Ok(terms)
    }

    /// The rule's time for the resolution of the present cycle: to the end of business of its last working day.
    pub async fn rule(&mut self, matter: Matter, class: Option<Disposition>, org: Option<Uuid>) -> ApiResult<Chosen> {
        self.time_allowed(matter, class, org, self.facts.cycle_began).await
    }

    /// The rule's time for a resolution that begins at `began`: an organisation that answers what it recorded itself
    /// has a term of its own for a simple matter.
    pub async fn time_allowed(
        &mut self,
        matter: Matter,
        class: Option<Disposition>,
        org: Option<Uuid>,
        began: Timestamp,
    ) -> ApiResult<Chosen> {
        let own = org.is_some() && org == self.facts.recorder_org_id;
        let term = resolution_term(matter, class, own);
        let days = resolution_days(&self.terms().await?, term, self.facts.urgency);
        Ok(Chosen::of(&self.calendar(), began, days))
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
        let calendar = self.calendar();
        Chosen {
            days: calendar.working_days_between(self.facts.cycle_began.shanghai_date(), due_on),
            due_at: shanghai_time(due_on, CLOSE_OF_BUSINESS).into(),
            provisional: !calendar.is_working_day(due_on).known,
            calendar: calendar.at(),
        }
    }

    /// Notes what the caller did, for the rules of separation; a reporter's act binds nobody.
    pub async fn note_act(&mut self, act: ProblemAct) -> ApiResult<()> {
        let ids = self.ids();
        if self.spoken.is_none() {
            write::acted(self.tx, ids, self.facts.id, &self.act, act).await?;
        }
        Ok(())
    }

    /// Notes who is responsible from now on: to handle it binds him as if he had done it himself.
    pub async fn note_responsible(&mut self, person: Option<Uuid>) -> ApiResult<()> {
        let ids = self.ids();
        if let Some(person) = person {
            write::actor(self.tx, ids, self.facts.id, person, &self.act, ProblemAct::Responsible).await?;
        }
        Ok(())
    }

    /// Somebody leads from now on: the first who does counts for how the problem came to a lead.
    pub fn led(&mut self, origin: AssignmentOrigin) {
        let at = self.now();
        self.first_lead = self.facts.first_lead().or(Some(FirstLead { origin, at }));
    }

    /// Stores the move, with the caller's act.
    ///
    /// # Errors
    /// 412 where another writer was faster.
    pub async fn apply(&mut self, mut change: Move) -> ApiResult<()> {
        change.first_lead = change.first_lead.or(self.first_lead);
        let ids = self.ids();
        if change.to.has_ended() || self.facts.state.has_ended() {
            action_plans::store::hold(self.tx, self.facts.id).await?;
        }
        if change.to.has_ended() {
            referrals::store::lapse(self.tx, &self.act, self.facts.id).await?;
        }
        self.note_act(self.counts_as).await?;
        lapse(self.tx, ids, &self.act, self.facts.id, change.to).await?;
        change::apply(self.tx, ids, &self.calendar(), &self.act, &self.facts, change).await
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

//! How a caller stands to a problem, and what the table allows him in it.

use uuid::Uuid;

use super::workflow::{Action, Need, TRANSITIONS, Tie, Transition, transition};
use crate::auth::{Caller, Role};
use crate::error::{ApiError, ApiResult, Code, Text};
use crate::http::{AllowedAction, Locale};
use crate::problems::domain::{Disposition, Matter, ProblemAct, State};
use crate::problems::store::ProblemFacts;
use crate::problems::store::read::ProblemRow;
use crate::problems::store::ties::Ties;

/// What of a problem and its caller decides which actions are allowed.
#[derive(Clone, Debug)]
pub struct Situation {
    /// Where the problem stands.
    pub state: State,
    /// Its disposition.
    pub disposition: Option<Disposition>,
    /// How difficult the matter is.
    pub matter: Matter,
    /// Whether it belongs to a visit.
    pub of_a_visit: bool,
    /// Whether the reporter was asked in this cycle.
    pub asked: bool,
    /// Whether this cycle was confirmed.
    pub confirmed: bool,
    /// Whether a request waits for a decision.
    pub waits: bool,
    /// Whether somebody was ruled to lead it in this cycle.
    pub ruled: bool,
    /// Whether that is who leads it now.
    pub is_final: bool,
    /// The caller's roles here.
    pub roles: Vec<Role>,
    /// Whether the caller leads the visit.
    pub leads_visit: bool,
    /// Whether the caller took part in the visit.
    pub in_visit: bool,
    /// Whether the caller recorded the problem.
    pub recorded_it: bool,
    /// Whether an organisation of his may claim it.
    pub competent: bool,
    /// His roles in the organisation that leads or studies.
    pub roles_there: Vec<Role>,
    /// Whether he heads the organisation that leads or studies.
    pub heads: bool,
    /// Whether he speaks for the reporter.
    pub speaks: bool,
    /// Whether an organisation of his had a part in handling.
    pub took_part: bool,
    /// Whether he watches it.
    pub watches: bool,
    /// What he did to it before, while pending confirmation or closed.
    pub acts: Vec<ProblemAct>,
    /// Whether its words and personal data are erased.
    pub erased: bool,
}

/// The part of a problem that a situation is made of. What is read to be changed and what is read to be shown both have
/// it, so that no view allows what the transition refuses.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'p> {
    state: State,
    disposition: Option<Disposition>,
    matter: Matter,
    visit_id: Option<Uuid>,
    visit_leader_id: Option<Uuid>,
    recorded_by: Option<Uuid>,
    responsible: Option<Uuid>,
    is_asked: bool,
    is_confirmed: bool,
    is_erased: bool,
    ties: &'p Ties,
}

impl<'p> From<&'p ProblemFacts> for Standing<'p> {
    fn from(facts: &'p ProblemFacts) -> Self {
        Self {
            state: facts.state,
            disposition: facts.disposition,
            matter: facts.matter,
            visit_id: facts.visit_id,
            visit_leader_id: facts.visit_leader_id,
            recorded_by: facts.recorded_by,
            responsible: facts.responsible(),
            is_asked: facts.asked_at.is_some(),
            is_confirmed: facts.confirmed_via.is_some(),
            is_erased: facts.erased_at.is_some(),
            ties: &facts.ties,
        }
    }
}

impl<'p> From<&'p ProblemRow> for Standing<'p> {
    fn from(row: &'p ProblemRow) -> Self {
        Self {
            state: row.state,
            disposition: row.disposition,
            matter: row.matter,
            visit_id: row.visit_id,
            visit_leader_id: row.visit_leader_id,
            recorded_by: row.recorded_by,
            responsible: row.responsible(),
            is_asked: row.asked_at.is_some(),
            is_confirmed: row.confirmed_via.is_some(),
            is_erased: row.erased_at.is_some(),
            ties: &row.ties,
        }
    }
}

impl Situation {
    /// The caller's situation at a problem. Whether he speaks for the reporter is asked apart.
    pub fn of<'p>(who: &Caller, problem: impl Into<Standing<'p>>, speaks: bool) -> Self {
        let problem = problem.into();
        let ties = problem.ties;
        Self {
            state: problem.state,
            disposition: problem.disposition,
            matter: problem.matter,
            of_a_visit: problem.visit_id.is_some(),
            asked: problem.is_asked,
            confirmed: problem.is_confirmed,
            waits: ties.waits,
            ruled: ties.ruled,
            is_final: ties.is_final,
            roles: ties.roles_of(who),
            leads_visit: problem.visit_leader_id == Some(who.subject),
            in_visit: ties.caller_in_visit,
            recorded_it: problem.recorded_by.is_some() && problem.recorded_by == who.person(),
            competent: ties.competent,
            roles_there: problem.responsible.map(|org| who.roles_in(org)).unwrap_or_default(),
            heads: ties.heads,
            speaks,
            took_part: ties.took_part,
            watches: ties.watches,
            acts: ties.acts().collect(),
            erased: problem.is_erased,
        }
    }

    /// Whether he works for the organisation that leads or studies.
    pub fn handles(&self) -> bool {
        [Role::Officer, Role::Handler]
            .iter()
            .any(|role| self.roles_there.contains(role))
    }

    /// A tie to an organisation counts with the role that he has there: an officer of the lead who is a handler
    /// elsewhere does not handle it.
    fn is_tied(&self, role: Role, tie: Tie) -> bool {
        match tie {
            Tie::None | Tie::CallsBack => true,
            Tie::ItsVisit => self.leads_visit || self.in_visit,
            Tie::LedOrRecorded => self.leads_visit || self.recorded_it,
            Tie::Recorded => self.recorded_it,
            Tie::Competent => self.competent,
            Tie::Handles => self.roles_there.contains(&role),
            Tie::Answers => self.roles_there.contains(&role) || self.state == State::Open && self.competent,
            Tie::Heads => self.heads,
            Tie::Speaks => self.speaks,
            Tie::Elsewhere => !self.took_part,
            Tie::Unruled => !self.ruled,
            Tie::Ruled => self.ruled,
            Tie::Watches => self.watches,
        }
    }

    /// Whether the table lets the caller, whatever the state.
    pub fn may(&self, row: &Transition) -> bool {
        row.who
            .iter()
            .any(|(role, tie)| self.roles.contains(role) && self.is_tied(*role, *tie))
    }

    fn holds(&self, need: Need) -> bool {
        match need {
            Need::OfAVisit => self.of_a_visit,
            Need::Undisposed => self.disposition.is_none(),
            Need::SimpleMatter => self.matter == Matter::Simple,
            Need::NotAsked => !self.asked,
            Need::NothingAsked => !self.waits,
            Need::Returnable => !self.is_final,
            Need::Unconfirmed => !self.confirmed,
        }
    }

    fn stands_for(&self, row: &Transition) -> bool {
        !self.erased && row.from.contains(&self.state) && row.needs.iter().all(|need| self.holds(*need))
    }

    /// The caller's earlier act that forbids this one. Who speaks for the reporter is bound by none.
    fn forbidding(&self, row: &Transition) -> Option<ProblemAct> {
        if self.speaks {
            return None;
        }
        let forbids = |act: &ProblemAct| row.apart.iter().any(|acts| acts.contains(act));
        self.acts.iter().copied().find(forbids)
    }

    /// The actions that the caller may carry out now, in the order of the table. What an action must carry (an approved
    /// plan, duties done) is looked at when it is carried out, and its refusal says what is missing.
    pub fn allowed(&self) -> impl Iterator<Item = Action> + '_ {
        TRANSITIONS
            .iter()
            .filter(|row| self.stands_for(row) && self.may(row) && self.forbidding(row).is_none())
            .map(|row| row.action)
    }

    /// The same as the API sends them.
    pub fn allowed_actions(&self, resource: &str, locale: Locale) -> Vec<AllowedAction> {
        self.allowed()
            .map(|action| AllowedAction {
                action: action.as_str(),
                label: action.label(locale),
                href: format!("{resource}/{}", action.path()),
            })
            .collect()
    }

    /// Allows the caller, or says why not.
    ///
    /// # Errors
    /// 403 `forbidden`.
    pub fn check_caller(&self, action: Action) -> ApiResult<()> {
        if self.may(row_of(action)?) {
            return Ok(());
        }
        Err(ApiError::new(Code::Forbidden).with_detail(Text::new(
            "您与该问题的关系不允许此操作；可由谁进行见 /meta/state-machine",
            "You are not connected with this problem as the action demands; see /meta/state-machine for who may",
        )))
    }

    /// Allows what happens by itself: nobody asks for it, so nobody is let in.
    ///
    /// # Errors
    /// An internal one where the table knows the action by somebody's asking alone.
    pub fn check_by_itself(action: Action) -> ApiResult<()> {
        match row_of(action)?.by_itself {
            Some(_) => Ok(()),
            None => Err(ApiError::internal(format!("{action} never happens by itself"))),
        }
    }

    /// Allows the action in this state, or says why not.
    ///
    /// # Errors
    /// 409 `merged`, `already_disposed`, `erased`, or `transition_not_allowed` with `allowed`.
    pub fn check_state(&self, action: Action) -> ApiResult<()> {
        let row = row_of(action)?;
        if self.state == State::Merged {
            return Err(ApiError::new(Code::Merged));
        }
        if row.needs.contains(&Need::Undisposed) && self.disposition.is_some() {
            return Err(ApiError::new(Code::AlreadyDisposed)
                .with_member("disposition", self.disposition.map(Disposition::as_str)));
        }
        if row.needs.contains(&Need::Returnable) && self.is_final && row.from.contains(&self.state) {
            return Err(ApiError::new(Code::Adjudicated));
        }
        if self.stands_for(row) {
            return Ok(());
        }
        if self.erased && row.from.contains(&self.state) {
            return Err(ApiError::new(Code::Erased));
        }
        let allowed: Vec<&str> = self.allowed().map(Action::as_str).collect();
        let unmet: Vec<&str> = row
            .needs
            .iter()
            .filter(|need| !self.holds(**need))
            .map(|need| need.as_str())
            .collect();
        Err(ApiError::new(Code::TransitionNotAllowed)
            .with_member("state", self.state.as_str())
            .with_member("allowed", allowed)
            .with_member("unmet", unmet))
    }
}

fn row_of(action: Action) -> ApiResult<&'static Transition> {
    transition(action).ok_or_else(|| ApiError::internal(format!("no transition {action}")))
}

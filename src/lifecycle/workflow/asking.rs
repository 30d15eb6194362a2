//! The table of requests: what one side asks and another decides. The rows of asking in the table of transitions are
//! made of these, so that neither can have what the other lacks.

use State::{
    Accepted, Assigned, AwaitingReporter, Closed, Declined, Escalated, InDispute, InProgress, OnHold, Recorded,
    Studying,
};

use super::{Action, Need, SPEAKS, SPEAKS_BY_PORTAL, Tie, Transition};
use crate::auth::Role;
use crate::problems::domain::State;
use crate::requests::domain::RequestKind;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct RequestRule {
    /// What is asked for.
    pub kind: RequestKind,
    /// The action by which it is asked.
    pub action: Action,
    /// From which states it may be asked.
    pub from: &'static [State],
    /// Who asks, and how he must be connected.
    pub who: &'static [(Role, Tie)],
    /// What else must hold.
    pub needs: &'static [Need],
    /// What must be said: members of the body.
    pub carries: &'static [&'static str],
    /// What may be said besides.
    pub may_carry: &'static [&'static str],
    /// Where the problem stands until it is decided; `None`: where it stood.
    pub meanwhile: Option<State>,
    /// Who decides.
    pub decided_by: &'static [Role],
    /// Whether one level above whoever asks, or at its level.
    pub one_level_up: bool,
    /// Whether the organisation that asks never decides.
    pub never_the_own_org: bool,
    /// Whether nobody decides who decided about the problem before.
    pub never_twice: bool,
    /// Working days within which it is decided; past them it is decided one level up too.
    pub within_days: u32,
    /// Whether granting names an organisation, to which the problem then goes.
    pub names_org: bool,
    /// Where granting leads; empty: nowhere.
    pub granted: &'static [State],
    /// Where refusing leads; empty: nowhere.
    pub refused: &'static [State],
    /// Whether the ruling is final for whoever gets the problem, or for whoever asked.
    pub is_final: bool,
}

const NONE: &[Need] = &[Need::NothingAsked];

/// 退回.
pub const RETURN: RequestRule = RequestRule {
    kind: RequestKind::Return,
    action: Action::AskReturn,
    from: &[Assigned, Studying],
    who: &[(Role::Handler, Tie::Handles)],
    needs: &[Need::NothingAsked, Need::Returnable],
    carries: &["reason_code", "reason", "proposed_org_id", "alternatives"],
    may_carry: &[],
    meanwhile: Some(InDispute),
    decided_by: &[Role::Dispatcher, Role::Supervisor],
    one_level_up: false,
    never_the_own_org: false,
    never_twice: false,
    within_days: 1,
    names_org: true,
    granted: &[Assigned],
    refused: &[Assigned],
    is_final: true,
};

/// 提级.
pub const ESCALATE: RequestRule = RequestRule {
    kind: RequestKind::Escalate,
    action: Action::AskEscalate,
    from: &[Accepted, InProgress],
    who: &[(Role::Head, Tie::Heads)],
    needs: NONE,
    carries: &["tried", "authority_gap"],
    may_carry: &["reason", "proposed_org_id"],
    meanwhile: Some(Escalated),
    decided_by: &[Role::Dispatcher],
    one_level_up: true,
    never_the_own_org: false,
    never_twice: false,
    within_days: 3,
    names_org: true,
    granted: &[Assigned],
    refused: &[Accepted, InProgress],
    is_final: true,
};

/// 挂起.
pub const HOLD: RequestRule = RequestRule {
    kind: RequestKind::Hold,
    action: Action::AskHold,
    from: &[Accepted, InProgress, Studying],
    who: &[(Role::Head, Tie::Heads)],
    needs: NONE,
    carries: &["reason_code", "reason", "until", "alternatives"],
    may_carry: &[],
    meanwhile: None,
    decided_by: &[Role::Supervisor],
    one_level_up: true,
    never_the_own_org: false,
    never_twice: false,
    within_days: 3,
    names_org: false,
    granted: &[OnHold],
    refused: &[],
    is_final: false,
};

/// 延期.
pub const EXTEND: RequestRule = RequestRule {
    kind: RequestKind::Extend,
    action: Action::AskExtend,
    from: &[Accepted, InProgress, Studying, AwaitingReporter],
    who: &[(Role::Head, Tie::Heads)],
    needs: NONE,
    carries: &["reason", "due_on"],
    may_carry: &[],
    meanwhile: None,
    decided_by: &[Role::Dispatcher],
    one_level_up: false,
    never_the_own_org: false,
    never_twice: false,
    within_days: 3,
    names_org: false,
    granted: &[],
    refused: &[],
    is_final: false,
};

/// 不予办理.
pub const DECLINE: RequestRule = RequestRule {
    kind: RequestKind::Decline,
    action: Action::AskDecline,
    from: &[Recorded, State::Open, Accepted, Studying, InProgress],
    who: &[(Role::Dispatcher, Tie::None), (Role::Head, Tie::Heads)],
    needs: NONE,
    carries: &["reason_code", "impact", "alternatives", "explanation"],
    may_carry: &["reason"],
    meanwhile: None,
    decided_by: &[Role::Dispatcher],
    one_level_up: true,
    never_the_own_org: true,
    never_twice: false,
    within_days: 3,
    names_org: false,
    granted: &[Declined],
    refused: &[],
    is_final: false,
};

/// 申诉. The third rejected result is one too, by itself.
pub const APPEAL: RequestRule = RequestRule {
    kind: RequestKind::Appeal,
    action: Action::Appeal,
    from: &[Declined],
    who: &[SPEAKS, SPEAKS_BY_PORTAL],
    needs: NONE,
    carries: &["reason"],
    may_carry: &[],
    meanwhile: Some(InDispute),
    decided_by: &[Role::Supervisor],
    one_level_up: false,
    never_the_own_org: false,
    never_twice: true,
    within_days: 3,
    names_org: false,
    granted: &[Assigned, State::Open],
    refused: &[Declined, Closed],
    is_final: true,
};

/// Every kind of request.
pub const RULES: &[RequestRule] = &[RETURN, ESCALATE, HOLD, EXTEND, DECLINE, APPEAL];

impl RequestRule {
    /// The row of asking in the table of transitions.
    pub const fn row(&self) -> Transition {
        Transition {
            action: self.action,
            from: self.from,
            to: self.leads_to(),
            who: self.who,
            needs: self.needs,
            carries: self.carries,
            apart: &[],
            by_itself: None,
        }
    }

    /// Where asking leads: where the problem waits meanwhile, or where it stood.
    const fn leads_to(&self) -> &'static [State] {
        match self.meanwhile {
            Some(InDispute) => &[InDispute],
            Some(Escalated) => &[Escalated],
            _ => self.from,
        }
    }

    /// Whether a request that waits goes on waiting where the problem stands.
    pub fn waits_in(&self, state: State) -> bool {
        match self.meanwhile {
            Some(meanwhile) => meanwhile == state,
            None => self.from.contains(&state),
        }
    }

    /// From which states a decision leads on.
    pub fn decided_in(&self) -> Vec<State> {
        self.meanwhile.map_or_else(|| self.from.to_vec(), |state| vec![state])
    }
}

/// The row of a kind.
pub const fn rule_of(kind: RequestKind) -> &'static RequestRule {
    match kind {
        RequestKind::Return => &RETURN,
        RequestKind::Escalate => &ESCALATE,
        RequestKind::Hold => &HOLD,
        RequestKind::Extend => &EXTEND,
        RequestKind::Decline => &DECLINE,
        RequestKind::Appeal => &APPEAL,
    }
}

/// The row that is asked by an action; `None` for those that ask nothing.
pub fn asked_by(action: Action) -> Option<&'static RequestRule> {
    RULES.iter().find(|rule| rule.action == action)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::workflow::transition;

    #[test]
    fn every_kind_has_one_row_here_and_one_of_asking() {
        for kind in RequestKind::ALL {
            let rule = rule_of(*kind);
            assert_eq!(rule.kind, *kind);
            assert_eq!(RULES.iter().filter(|row| row.kind == *kind).count(), 1, "{kind}");
            let row = transition(rule.action).expect("a row of asking");
            assert_eq!((row.from, row.carries), (rule.from, rule.carries), "{kind}");
            assert!(
                rule.from.iter().chain(row.to).any(|state| rule.waits_in(*state)),
                "{kind}"
            );
        }
    }
}

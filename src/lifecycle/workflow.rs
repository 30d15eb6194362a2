//! The transitions of a problem, as one table.

use crate::auth::Role;
use crate::error::{ApiError, ApiResult, Code, Text};
use crate::http::{AllowedAction, Locale};
use crate::problems::domain::{Disposition, State};
use crate::text_enum;

text_enum! {
    /// What can be done to a problem.
    pub enum Action {
        DisposeResolvedOnSite = "dispose_resolved_on_site" / "现场解决" / "resolve on site",
        DisposeFollowUp = "dispose_follow_up" / "明确后续落实" / "follow up",
        DisposeTypical = "dispose_typical" / "带回典型" / "take along as typical",
        Open = "open" / "转为待认领" / "open to be claimed",
    }
}

impl Action {
    /// The action by which a problem is disposed of as this class.
    pub const fn disposing(class: Disposition) -> Self {
        match class {
            Disposition::ResolvedOnSite => Self::DisposeResolvedOnSite,
            Disposition::FollowUp => Self::DisposeFollowUp,
            Disposition::Typical => Self::DisposeTypical,
        }
    }

    /// The operation that carries it out.
    pub const fn operation(self) -> &'static str {
        match self {
            Self::DisposeResolvedOnSite | Self::DisposeFollowUp | Self::DisposeTypical => "dispose_problem",
            Self::Open => "open_problem",
        }
    }

    /// The last segment of the path that carries it out.
    pub const fn path(self) -> &'static str {
        match self {
            Self::DisposeResolvedOnSite | Self::DisposeFollowUp | Self::DisposeTypical => "dispose",
            Self::Open => "open",
        }
    }
}

/// How the caller must be connected with the problem, beyond holding the role in its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// Not at all.
    None,
    /// Leads its visit, or took part in it.
    ItsVisit,
    /// Leads its visit, or recorded it there.
    LedOrRecorded,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Transition {
    /// What is done.
    pub action: Action,
    /// The states from which it may be.
    pub from: &'static [State],
    /// The states to which it may lead.
    pub to: &'static [State],
    /// Who may, and how he must be connected.
    pub who: &'static [(Role, Tie)],
    /// Whether the problem must belong to a visit.
    pub of_a_visit: bool,
    /// Whether the problem must have no disposition yet.
    pub undisposed: bool,
    /// What must be said.
    pub carries: &'static [&'static str],
}

/// Every transition that there is.
pub const TRANSITIONS: &[Transition] = &[
    Transition {
        action: Action::DisposeResolvedOnSite,
        from: &[State::Recorded, State::Open],
        to: &[State::PendingConfirmation],
        who: &[(Role::Leader, Tie::ItsVisit), (Role::Officer, Tie::ItsVisit)],
        of_a_visit: true,
        undisposed: true,
        carries: &["on_site_kind", "text"],
    },
    Transition {
        action: Action::DisposeFollowUp,
        from: &[State::Recorded, State::Open],
        to: &[State::Open, State::Assigned],
        who: &[
            (Role::Leader, Tie::LedOrRecorded),
            (Role::Officer, Tie::LedOrRecorded),
            (Role::Dispatcher, Tie::None),
        ],
        of_a_visit: false,
        undisposed: true,
        carries: &["lead_org_id", "due_on"],
    },
    Transition {
        action: Action::DisposeTypical,
        from: &[State::Recorded, State::Open],
        to: &[State::Studying],
        who: &[(Role::Leader, Tie::None)],
        of_a_visit: false,
        undisposed: true,
        carries: &["study_org_id", "due_on"],
    },
    Transition {
        action: Action::Open,
        from: &[State::Recorded],
        to: &[State::Open],
        who: &[(Role::Dispatcher, Tie::None)],
        of_a_visit: false,
        undisposed: true,
        carries: &[],
    },
];

/// What of a problem and its caller decides which actions are allowed.
#[derive(Clone, Debug)]
pub struct Situation {
    /// Where the problem stands.
    pub state: State,
    /// Its disposition.
    pub disposition: Option<Disposition>,
    /// Whether it belongs to a visit.
    pub of_a_visit: bool,
    /// The caller's roles.
    pub roles: Vec<Role>,
    /// Whether the caller leads the visit.
    pub leads_visit: bool,
    /// Whether the caller took part in the visit.
    pub in_visit: bool,
    /// Whether the caller recorded the problem.
    pub recorded_it: bool,
}

impl Situation {
    fn is_tied(&self, tie: Tie) -> bool {
        match tie {
            Tie::None => true,
            Tie::ItsVisit => self.leads_visit || self.in_visit,
            Tie::LedOrRecorded => self.leads_visit || self.recorded_it,
        }
    }

    fn may(&self, row: &Transition) -> bool {
        row.who
            .iter()
            .any(|(role, tie)| self.roles.contains(role) && self.is_tied(*tie))
    }

    fn stands_for(&self, row: &Transition) -> bool {
        row.from.contains(&self.state)
            && (!row.of_a_visit || self.of_a_visit)
            && (!row.undisposed || self.disposition.is_none())
    }

    /// The actions that the caller may carry out now, in the order of the table.
    pub fn allowed(&self) -> impl Iterator<Item = Action> + '_ {
        TRANSITIONS
            .iter()
            .filter(|row| self.stands_for(row) && self.may(row))
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

    /// Allows an action or says why not: first who (403), then the state (409).
    ///
    /// # Errors
    /// 403 `forbidden`; 409 `already_disposed`; 409 `transition_not_allowed` with `allowed`.
    pub fn check(&self, action: Action) -> ApiResult<&'static Transition> {
        let Some(row) = TRANSITIONS.iter().find(|row| row.action == action) else {
            return Err(ApiError::internal(format!("no transition {action}")));
        };
        if !self.may(row) {
            return Err(ApiError::new(Code::Forbidden).with_detail(Text::new(
                "此操作只能由该走访的带队领导、随行干部或记录人，或有权的交办员进行",
                "This is for the visit's leader, its members or the recorder, or for a dispatcher who may",
            )));
        }
        if row.undisposed && self.disposition.is_some() {
            return Err(ApiError::new(Code::AlreadyDisposed)
                .with_member("disposition", self.disposition.map(Disposition::as_str)));
        }
        if !self.stands_for(row) {
            let allowed: Vec<&str> = self.allowed().map(Action::as_str).collect();
            return Err(ApiError::new(Code::TransitionNotAllowed)
                .with_member("state", self.state.as_str())
                .with_member("allowed", allowed));
        }
        Ok(row)
    }
}

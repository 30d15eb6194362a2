//! The table itself, to be read by clients.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::policy::SignedIn;
use crate::auth::{Can, Role};
use crate::error::ApiResult;
use crate::http::{Locale, Versioned, View};
use crate::lifecycle::workflow::asking::{RULES, RequestRule};
use crate::lifecycle::workflow::{Action, ByItself, Need, TRANSITIONS, Tie};
use crate::problems::domain::State;
use crate::requests::domain::RequestKind;

/// The state machine of problems.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateMachine {
    /// Every state.
    pub states: Vec<StateView>,
    /// Every transition that this version carries out.
    pub transitions: Vec<TransitionView>,
    /// What one side asks and another decides; asking is a transition too.
    pub requests: Vec<RequestRuleView>,
}

impl Versioned for StateMachine {}

/// A state.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateView {
    /// Its code.
    pub state: State,
    /// In the caller's language.
    #[schema(value_type = String)]
    pub label: &'static str,
    /// Whether handling is over.
    pub ended: bool,
}

/// A transition.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransitionView {
    /// What is done.
    pub action: Action,
    /// In the caller's language.
    #[schema(value_type = String)]
    pub label: &'static str,
    /// The last segment of the path to POST to.
    #[schema(value_type = String)]
    pub path: &'static str,
    /// From which states.
    #[schema(value_type = Vec<State>)]
    pub from: &'static [State],
    /// To which states.
    #[schema(value_type = Vec<State>)]
    pub to: &'static [State],
    /// Who may.
    pub who: Vec<WhoView>,
    /// What else must hold of the problem.
    #[schema(value_type = Vec<Need>)]
    pub needs: &'static [Need],
    /// What must be said.
    #[schema(value_type = Vec<String>)]
    pub carries: &'static [&'static str],
    /// The caller's earlier acts that forbid it, unless he speaks for the reporter.
    pub apart: Vec<&'static str>,
    /// When it happens by itself, if nobody did anything by then; null: never.
    #[schema(required)]
    pub by_itself: Option<ByItself>,
}

/// Who may carry out a transition.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhoView {
    /// With which role.
    pub role: Role,
    /// Connected with the problem how.
    pub tie: Tie,
}

/// A kind of request.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestRuleView {
    /// What is asked for.
    pub kind: RequestKind,
    /// In the caller's language.
    #[schema(value_type = String)]
    pub label: &'static str,
    /// The transition by which it is asked.
    pub action: Action,
    /// What must be said: members of the body.
    #[schema(value_type = Vec<String>)]
    pub carries: &'static [&'static str],
    /// What may be said besides.
    #[schema(value_type = Vec<String>)]
    pub may_carry: &'static [&'static str],
    /// Where the problem stands until it is decided; null: where it stood.
    #[schema(required)]
    pub meanwhile: Option<State>,
    /// The roles of which one decides.
    #[schema(value_type = Vec<Role>)]
    pub decided_by: &'static [Role],
    /// Whether one level above whoever asks.
    pub one_level_up: bool,
    /// Whether the organisation that asks never decides.
    pub never_the_own_org: bool,
    /// Whether nobody decides who decided about the problem before.
    pub never_twice: bool,
    /// Working days within which it is decided; past them the next level decides too.
    #[schema(minimum = 1)]
    pub within_days: u32,
    /// Whether granting it names the organisation to which the problem goes.
    pub names_org: bool,
    /// Where granting leads; empty: the problem stays where it stands.
    #[schema(value_type = Vec<State>)]
    pub granted: &'static [State],
    /// Where refusing leads; empty: the problem stays where it stands.
    #[schema(value_type = Vec<State>)]
    pub refused: &'static [State],
    /// Whether the ruling is final.
    pub is_final: bool,
}

/// The state machine of problems
///
/// The same tables that transitions and decisions themselves consult.
#[utoipa::path(operation_id = "get_state_machine", tag = "meta",
    responses((status = 200, description = "States and transitions", body = StateMachine)))]
#[get("/meta/state-machine")]
pub async fn get_state_machine(_who: Can<SignedIn>, locale: Locale) -> ApiResult<View<StateMachine>> {
    let states = State::ALL.iter().map(|state| StateView {
        state: *state,
        label: state.label(locale),
        ended: state.has_ended(),
    });
    let transitions = TRANSITIONS.iter().map(|row| TransitionView {
        action: row.action,
        label: row.action.label(locale),
        path: row.action.path(),
        from: row.from,
        to: row.to,
        who: row
            .who
            .iter()
            .map(|(role, how)| WhoView { role: *role, tie: *how })
            .collect(),
        needs: row.needs,
        carries: row.carries,
        apart: row.apart.concat().iter().map(|act| act.as_str()).collect(),
        by_itself: row.by_itself,
    });
    Ok(View(StateMachine {
        states: states.collect(),
        transitions: transitions.collect(),
        requests: RULES.iter().map(|rule| request(rule, locale)).collect(),
    }))
}

fn request(rule: &RequestRule, locale: Locale) -> RequestRuleView {
    RequestRuleView {
        kind: rule.kind,
        label: rule.kind.label(locale),
        action: rule.action,
        carries: rule.carries,
        may_carry: rule.may_carry,
        meanwhile: rule.meanwhile,
        decided_by: rule.decided_by,
        one_level_up: rule.one_level_up,
        never_the_own_org: rule.never_the_own_org,
        never_twice: rule.never_twice,
        within_days: rule.within_days,
        names_org: rule.names_org,
        granted: rule.granted,
        refused: rule.refused,
        is_final: rule.is_final,
    }
}

//! The table itself, to be read by clients.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Can;
use crate::auth::policy::SignedIn;
use crate::error::ApiResult;
use crate::http::{Locale, Versioned, View};
use crate::lifecycle::workflow::{Action, ByItself, Need, TRANSITIONS, Tie};
use crate::problems::domain::State;

/// The state machine of problems.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateMachine {
    /// Every state.
    pub states: Vec<StateView>,
    /// Every transition that this version carries out.
    pub transitions: Vec<TransitionView>,
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
    pub role: crate::auth::Role,
    /// Connected with the problem how.
    pub tie: Tie,
}

/// The state machine of problems
///
/// The same table that the transitions themselves consult.
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
        apart: row.apart.concat(),
        by_itself: row.by_itself,
    });
    Ok(View(StateMachine {
        states: states.collect(),
        transitions: transitions.collect(),
    }))
}

//! The transitions as operations.

use actix_web::{HttpResponse, get, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::workflow::{Action, TRANSITIONS, Tie};
use super::{dispose, open};
use crate::auth::Can;
use crate::auth::policy::{DisposeProblem, OpenProblem, SignedIn};
use crate::error::ApiResult;
use crate::http::{IfMatch, Locale, PathRef, ValidJson, Versioned, View, Work};
use crate::problems::domain::State;
use crate::problems::dto::{Dispose, ProblemView};
use crate::problems::view::stored;

/// Dispose of a problem
///
/// The three classes of the speech (S-05): `resolved_on_site` by the visit's leader or members, with what was answered
/// or coordinated (S-06, S-40, S-41); `follow_up` with a lead organisation and a due date (S-07), proposed, or assigned
/// at once by the visit's leader or a dispatcher; `typical` by a leader, with the organisation that is to study it. A
/// second disposition is 409 `already_disposed`.
#[utoipa::path(operation_id = "dispose_problem", tag = "problems", request_body = Dispose,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Disposed of", body = ProblemView)),
    extensions(("x-error-codes" = json!(["already_disposed", "transition_not_allowed"]))))]
#[post("/problems/{id}/dispose")]
pub async fn dispose_problem(
    who: Can<DisposeProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Dispose>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let id = dispose::carry_out(&work, &mut tx, &who, &id, Some(&at), &body.0, "").await?;
    let view = stored(&work, &mut tx, &who, id).await?;
    work.ok(tx, &view).await
}

/// Open a recorded problem
///
/// A dispatcher opens it so that competent organisations can claim it.
#[utoipa::path(operation_id = "open_problem", tag = "problems",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Open", body = ProblemView)),
    extensions(("x-error-codes" = json!(["already_disposed", "transition_not_allowed"]))))]
#[post("/problems/{id}/open")]
pub async fn open_problem(who: Can<OpenProblem>, work: Work, id: PathRef, at: IfMatch) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let id = open::carry_out(&work, &mut tx, &who, &who.scope_ids(), &id, &at).await?;
    let view = stored(&work, &mut tx, &who, id).await?;
    work.ok(tx, &view).await
}

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
    /// What must be said.
    #[schema(value_type = Vec<String>)]
    pub carries: &'static [&'static str],
}

/// Who may carry out a transition.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhoView {
    /// With which role.
    pub role: crate::auth::Role,
    /// Connected with the problem how: `none`, `its_visit`, `led_or_recorded`.
    #[schema(value_type = String)]
    pub tie: &'static str,
}

/// The state machine of problems
///
/// The same table that the transitions themselves consult.
#[utoipa::path(operation_id = "get_state_machine", tag = "meta",
    responses((status = 200, description = "States and transitions", body = StateMachine)))]
#[get("/meta/state-machine")]
pub async fn get_state_machine(_who: Can<SignedIn>, locale: Locale) -> ApiResult<View<StateMachine>> {
    let tie = |tie: Tie| match tie {
        Tie::None => "none",
        Tie::ItsVisit => "its_visit",
        Tie::LedOrRecorded => "led_or_recorded",
    };
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
            .map(|(role, how)| WhoView {
                role: *role,
                tie: tie(*how),
            })
            .collect(),
        carries: row.carries,
    });
    Ok(View(StateMachine {
        states: states.collect(),
        transitions: transitions.collect(),
    }))
}

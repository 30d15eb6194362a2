//! What an analysis finds, and which of it belongs to which audience. Pure.

use crate::directory::words::Audience;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::problems::domain::State;
use crate::text_enum;

text_enum! {
    /// How long the problem will be with us (S-45).
    pub enum Horizon {
        Long = "long" / "长期" / "long-term",
        Short = "short" / "短期" / "short-term",
    }
}

text_enum! {
    /// What it lies in (S-45): the rules, or what is done under them.
    pub enum Nature {
        Institutional = "institutional" / "制度性" / "institutional",
        Operational = "operational" / "业务性" / "operational",
    }
}

text_enum! {
    /// Which of the people's three senses it holds back (S-44).
    pub enum Dimension {
        Gain = "gain" / "获得感" / "sense of gain",
        Happiness = "happiness" / "幸福感" / "sense of happiness",
        Security = "security" / "安全感" / "sense of security",
    }
}

/// What is said in the dimension of an audience.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    /// Whether a key factor is named.
    pub key_factor: bool,
    /// How many dimensions are named.
    pub dimensions: usize,
    /// Whether a shortfall is named.
    pub shortfall: bool,
}

/// Every fault of the dimension: that of the audience is required, those of others are refused.
pub fn dimension_faults(audience: Audience, said: Said) -> Vec<Fault> {
    let fields = [
        ("/key_factor", Audience::Enterprise, said.key_factor),
        ("/dimensions", Audience::Masses, said.dimensions > 0),
        ("/shortfall", Audience::Grassroots, said.shortfall),
    ];
    let fault = |(pointer, of, given): (&'static str, Audience, bool)| match (of == audience, given) {
        (true, false) => Some(Fault::new(pointer, FaultCode::Required)),
        (false, true) => Some(Fault::new(pointer, FaultCode::OtherAudience)),
        (true, true) | (false, false) => None,
    };
    fields.into_iter().filter_map(fault).collect()
}

/// The states in which a problem is being worked at, so that it may be analysed and planned.
pub const WORKED_AT: &[State] = &[
    State::Assigned,
    State::Accepted,
    State::Studying,
    State::InProgress,
    State::AwaitingReporter,
    State::OnHold,
];

/// Refuses work on a problem that nobody works at.
///
/// # Errors
/// 409 `transition_not_allowed` with the state and those in which it is allowed.
pub fn must_be_worked_at(state: State) -> ApiResult<()> {
    if WORKED_AT.contains(&state) {
        return Ok(());
    }
    let states: Vec<&str> = WORKED_AT.iter().map(|state| state.as_str()).collect();
    Err(ApiError::new(Code::TransitionNotAllowed)
        .with_member("state", state.as_str())
        .with_member("allowed_states", states))
}

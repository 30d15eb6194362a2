//! What was done about a problem after it was put on record, as the requests that somebody sent.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// One act of a problem's life.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// When; each act of a problem is later than the one before.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Doer,
    /// What.
    pub deed: Deed,
    /// What was said; null where the deed says nothing. A text `@people/handler` stands for the id of that key; so does
    /// one with another kind of row.
    pub said: Value,
}

/// A request to enter or to move something, as somebody sent it.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Doer,
    /// Where to, below `/api/v1`; `@visits/` and a key stand for the id of that key, and so on.
    pub path: &'static str,
    /// Whether it names the version of what it moves: of its path less the last word.
    pub moves: bool,
    /// Kind and key of what it makes, as `themes/talent`: later requests name it so.
    pub makes: Option<&'static str>,
    /// What was said, as in an act.
    pub said: Value,
}

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doer {
    /// Key of a person with a membership.
    Person(String),
    /// Whoever holds the receipt of a problem: its reporter, without an account. The problem's key.
    Receipt(String),
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A transition of the problem, by the last segment of its path.
    Transition(&'static str),
    /// A decision is asked for.
    Ask,
    /// What was asked is decided.
    Decide,
    /// An analysis is signed.
    Analyse,
    /// A contact is logged.
    Contact,
    /// An organisation gets a part beside the lead; the key of its assignment.
    GivePart(String),
    /// A part is accepted, done, refused or waived; the key of its assignment.
    MovePart(String, &'static str),
    /// A plan is worked out; its key.
    Plan(String),
    /// A plan is submitted, approved, sent back or abandoned; its key.
    MovePlan(String, &'static str),
    /// A plan gets a further step; the plan's key.
    AddStep(String),
    /// The first open step of a plan is done; the plan's key.
    StepDone(String),
}

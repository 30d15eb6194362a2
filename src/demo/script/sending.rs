//! How a request is written down: who sends it at which moment of January, where to, and what is said.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::model::{Doer, Request};
use super::time::{at, clock, day};

/// Day of January, hour and minute.
pub(super) type Moment = (u64, i64, i64);

/// Somebody at a moment.
pub(super) struct Sender {
    at: DateTime<Utc>,
    by: Doer,
}

/// A person with a membership.
pub(super) fn person(who: &str, moment: Moment) -> Sender {
    Sender::new(Doer::Person(who.to_owned()), moment)
}

/// Whoever holds the receipt of a problem.
pub(super) fn receipt(problem: &str, moment: Moment) -> Sender {
    Sender::new(Doer::Receipt(problem.to_owned()), moment)
}

impl Sender {
    fn new(by: Doer, (january, hour, minute): Moment) -> Self {
        Self {
            at: at(day(january), clock(hour, minute)),
            by,
        }
    }

    /// Enters something.
    pub(super) fn enters(self, path: &'static str, said: Value) -> Request {
        Request {
            at: self.at,
            by: self.by,
            path,
            moves: false,
            makes: None,
            said,
        }
    }

    /// Moves something, as it stands.
    pub(super) fn moves(self, path: &'static str, said: Value) -> Request {
        Request {
            moves: true,
            ..self.enters(path, said)
        }
    }
}

impl Request {
    /// By which kind and key later requests name what it makes.
    pub(super) fn making(self, made: &'static str) -> Self {
        let makes = Some(made);
        Self { makes, ..self }
    }
}

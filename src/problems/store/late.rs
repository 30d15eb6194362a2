//! What is late or stands still: each a range of an index over what is being handled, so that a page of it costs the
//! same however many problems there are (S-19, S-34). What is closed, or waits for its reporter's confirmation, is
//! never late.

use super::super::dto::{Breach, ProblemFilters, ProblemSort};
use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::db::{Sql, Value};

/// Working days without a step, a plan or a transition after which a problem stands still (S-34).
pub const STALLED_DAYS: u32 = 10;

/// What is being handled and has the key of an order, in the words of the indexes (migration 0025): a partial index
/// serves a statement that says the same.
macro_rules! being_handled {
    ($key:literal) => {
        concat!(
            " AND s.state IN ('recorded', 'open', 'assigned', 'accepted', 'studying', 'in_progress', 'awaiting_reporter', \
             'on_hold', 'in_dispute', 'escalated')",
            $key
        )
    };
}

/// The same for an order: of `due_at` where it is asked for by what is overdue.
pub(super) const fn being_handled(sort: ProblemSort) -> &'static str {
    match sort {
        ProblemSort::Due => being_handled!(" AND s.due_key < 253402214400000000"),
        ProblemSort::ResponseDue => being_handled!(" AND s.response_due_key < 253402214400000000"),
        _ => being_handled!(""),
    }
}

/// A reason to look at a problem, told by one key of its scope row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// Its resolution is overdue.
    Resolution,
    /// Nobody has responded to its reporter in time.
    FirstResponse,
    /// Nothing has moved it.
    Stalled,
}

impl Late {
    /// The reasons that a list is filtered by.
    pub fn asked(filters: &ProblemFilters) -> Vec<Self> {
        let resolution = filters.overdue == Some(true) || filters.breached == Some(Breach::Resolution);
        [
            (Self::Stalled, filters.stalled == Some(true)),
            (Self::FirstResponse, filters.breached == Some(Breach::FirstResponse)),
            (Self::Resolution, resolution),
        ]
        .into_iter()
        .filter_map(|(late, asked)| asked.then_some(late))
        .collect()
    }

    /// The order along which its range lies.
    pub const fn order(self) -> ProblemSort {
        match self {
            Self::Resolution => ProblemSort::Due,
            Self::FirstResponse => ProblemSort::ResponseDue,
            Self::Stalled => ProblemSort::Progress,
        }
    }

    /// The key, compared with where the range ends.
    pub(super) const fn condition(self) -> &'static str {
        match self {
            Self::Resolution => "s.due_key < ",
            Self::FirstResponse => "s.response_due_key < ",
            Self::Stalled => "s.last_progress_at < ",
        }
    }

    /// The same of the problem's own row.
    const fn of_problem(self) -> &'static str {
        match self {
            Self::Resolution => "p.due_key < ",
            Self::FirstResponse => "p.response_due_key < ",
            Self::Stalled => "p.last_progress_at < ",
        }
    }
}

/// Where the ranges end, at the moment of asking.
#[derive(Clone, Copy, Debug)]
pub struct LateAt {
    now: Timestamp,
    stalled_before: Timestamp,
}

impl LateAt {
    /// At a moment, by the working days.
    pub fn new(calendar: &Calendar, now: Timestamp) -> Self {
        Self {
            now,
            stalled_before: calendar.began_before(now.utc(), STALLED_DAYS).into(),
        }
    }

    pub(super) fn value(&self, late: Late) -> Value {
        match late {
            Late::Resolution | Late::FirstResponse => self.now.micros().into(),
            Late::Stalled => self.stalled_before.into(),
        }
    }

    /// Adds what the order's own range does not say: other reasons, and those that are not to be there.
    pub(super) fn filtered(&self, statement: Sql, filters: &ProblemFilters, sort: ProblemSort) -> Sql {
        let mut statement = statement;
        for late in Late::asked(filters) {
            if late.order() != sort {
                statement = statement
                    .push(" AND p.state NOT IN ('pending_confirmation', 'closed', 'declined', 'merged', 'withdrawn')")
                    .push(" AND ")
                    .push_bind(late.of_problem(), self.value(late));
            }
        }
        let not = [(Late::Resolution, filters.overdue), (Late::Stalled, filters.stalled)];
        for (late, asked) in not {
            if asked == Some(false) {
                statement = statement
                    .push(" AND (p.state IN ('pending_confirmation', 'closed', 'declined', 'merged', 'withdrawn') OR NOT ")
                    .push_bind(late.of_problem(), self.value(late))
                    .push(")");
            }
        }
        statement
    }
}

/// Whether a filter is left that the order's own range does not say.
pub(super) fn is_left(filters: &ProblemFilters, sort: ProblemSort) -> bool {
    filters.overdue == Some(false)
        || filters.stalled == Some(false)
        || Late::asked(filters).into_iter().any(|late| late.order() != sort)
}

/// Whether the range lies among what is being handled.
pub(super) fn is_of_handled(filters: &ProblemFilters, sort: ProblemSort) -> bool {
    matches!(sort, ProblemSort::ResponseDue | ProblemSort::Progress)
        || Late::asked(filters).into_iter().any(|late| late.order() == sort)
}

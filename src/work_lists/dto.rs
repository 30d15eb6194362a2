//! Working lists on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::domain::{CountBy, Why};
use super::store::CountRow;
use crate::http::total::Total;
use crate::http::{Locale, Versioned};
use crate::problems::domain::{ClockStatus, Disposition, State, Urgency};
use crate::problems::dto::ProblemSummary;
use crate::problems::store::counts::CountedGroup;

/// A problem that waits for the caller.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkItem {
    /// Why it does; the first of several reasons.
    pub why: Why,
    /// The problem.
    #[serde(flatten)]
    pub problem: ProblemSummary,
}

/// A number that is exact up to a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Badge {
    /// How many.
    #[schema(minimum = 0, maximum = 1000)]
    pub count: i64,
    /// Whether there may be more: no more rows than 1,000 were read.
    pub at_least: bool,
}

/// How many problems wait for one reason.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct WorkCount {
    /// Why they wait.
    pub why: Why,
    /// How many; a problem that waits for several reasons counts for the first.
    pub problems: Badge,
}

/// The badges of a caller's work.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkSummary {
    /// By reason, where the caller's roles know it, also where nothing waits.
    pub work: Vec<WorkCount>,
    /// How many of all these are overdue.
    pub overdue: Badge,
    /// How many are due within a working day.
    pub due_soon: Badge,
    /// How many requests the caller may decide now, of the 500 in his scope whose time to decide comes first (`GET
    /// /requests`); none for who is neither dispatcher nor supervisor.
    pub requests_to_decide: Badge,
    /// How many to-dos are his own or his organisations' (`GET /tasks?mine=true`).
    pub to_dos: Badge,
    /// How many notices the caller has not read.
    pub unread_notices: Badge,
}

/// What waits beside problems: how many, and whether that is all.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// Requests that the caller may decide.
    pub requests: Total,
    /// To-dos of his own.
    pub to_dos: Total,
    /// Notices that he has not read.
    pub unread: i64,
}

impl Versioned for WorkSummary {}

impl WorkSummary {
    /// Puts the badges together, of the reasons that there are; none goes beyond `most`.
    pub fn of(reasons: &[Why], rows: &[CountRow], beside: Beside, most: i64) -> Self {
        let badge = |count: i64, more: bool| Badge {
            count: count.min(most),
            at_least: more || count > most,
        };
        let of = |total: Total| match total {
            Total::Exactly(count) => badge(count, false),
            Total::AtLeast(count) => badge(count, true),
        };
        let more = |why: Option<Why>| {
            let mut rows = rows.iter().filter(|row| row.more);
            rows.any(|row| why.is_none_or(|why| row.rank == why.rank()))
        };
        let sum = |of: fn(&CountRow) -> i64| rows.iter().map(of).sum();
        let known = Why::ALL.iter().filter(|why| reasons.contains(why));
        let work = known.map(|why| {
            let count = rows.iter().filter(|row| row.rank == why.rank()).map(|row| row.problems);
            WorkCount {
                why: *why,
                problems: badge(count.sum(), more(Some(*why))),
            }
        });
        Self {
            work: work.collect(),
            overdue: badge(sum(|row| row.overdue), more(None)),
            due_soon: badge(sum(|row| row.due_soon), more(None)),
            requests_to_decide: of(beside.requests),
            to_dos: of(beside.to_dos),
            unread_notices: badge(beside.unread, false),
        }
    }
}

/// What problems are counted by; they are filtered as a list of them is.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CountParams {
    /// By what.
    #[param(inline)]
    pub group_by: CountBy,
}

/// How many problems bear one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountedProblems {
    /// What they bear: a word, a code, or an organisation's id; null where they bear none.
    #[schema(required, example = "assigned")]
    pub key: Option<String>,
    /// What it is called, in the caller's language.
    #[schema(required, example = "已交办")]
    pub label: Option<String>,
    /// How many.
    #[schema(minimum = 1)]
    pub problems: i64,
}

/// Problems of one scope, counted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CountsView {
    /// By what.
    pub group_by: CountBy,
    /// The groups that are not empty, the largest first; they sum to `total`.
    pub groups: Vec<CountedProblems>,
    /// How many there are in all.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Whether that is all. Where more than 50,000 rows would have had to be looked at, there are at least so many.
    pub complete: bool,
}

impl Versioned for CountsView {}

impl CountsView {
    /// As it is sent.
    pub fn of(group_by: CountBy, (groups, complete): (Vec<CountedGroup>, bool), locale: Locale) -> Self {
        let total = groups.iter().map(|group| group.n).sum();
        let mut groups: Vec<CountedProblems> = groups
            .into_iter()
            .map(|group| counted(group_by, group, locale))
            .collect();
        groups.sort_by(|one, other| (other.problems, &one.key).cmp(&(one.problems, &other.key)));
        Self {
            group_by,
            groups,
            total,
            complete,
        }
    }
}

fn counted(by: CountBy, group: CountedGroup, locale: Locale) -> CountedProblems {
    let word = group.key.as_deref();
    let of_data = match locale {
        Locale::Zh => group.zh,
        Locale::En => group.en,
    };
    let label = match by {
        CountBy::State => word.and_then(State::parse).map(|word| word.label(locale)),
        CountBy::Disposition => match word.and_then(Disposition::parse) {
            Some(word) => Some(word.label(locale)),
            None => Some(match locale {
                Locale::Zh => "未处置",
                Locale::En => "not yet disposed of",
            }),
        },
        CountBy::Audience => word
            .and_then(crate::directory::words::Audience::parse)
            .map(|word| word.label(locale)),
        CountBy::Urgency => word.and_then(Urgency::parse).map(|word| word.label(locale)),
        CountBy::Status => word.and_then(ClockStatus::parse).map(|word| word.label(locale)),
        CountBy::Category | CountBy::Division | CountBy::LeadOrg => None,
    };
    let key = match by {
        CountBy::LeadOrg => word
            .and_then(|id| uuid::Uuid::try_parse(id).ok())
            .map(|id| id.to_string()),
        _ => group.key,
    };
    CountedProblems {
        key,
        label: label.map(ToOwned::to_owned).or(of_data),
        problems: group.n,
    }
}

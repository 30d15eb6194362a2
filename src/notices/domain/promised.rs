//! The rows of what was promised on site.

use super::Circle::{Org, Person, Supervisors};
use super::Reporters::{No, Yes};
use super::{Told, row};

/// Every event of a commitment.
pub(super) const PROMISED: &[Told] = &[
    row(
        "commitment.made",
        "现场作出承诺",
        "a promise was made on site",
        &[Org("org")],
        Yes,
    ),
    row(
        "commitment.kept",
        "承诺已兑现",
        "a promise was kept",
        &[Person("made_by")],
        Yes,
    ),
    row(
        "commitment.broken",
        "承诺未兑现",
        "a promise was broken",
        &[Person("made_by"), Supervisors],
        Yes,
    ),
    row(
        "commitment.due_soon",
        "承诺即将到期",
        "a promise is due soon",
        &[Org("org"), Person("made_by")],
        No,
    ),
    row(
        "commitment.ended",
        "承诺已终止",
        "a promise was ended",
        &[Person("made_by"), Org("org")],
        Yes,
    ),
];

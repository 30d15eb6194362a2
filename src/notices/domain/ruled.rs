//! The rows of what was ruled about a problem, and of what changes whose it is or when it is due by itself.

use super::Circle::{DispatchersOfTheUnled, Lead, Org, Responsible, Supporting, Watchers};
use super::Reporters::{No, Yes};
use super::{Told, row};

/// Every event by which a ruling takes effect that is told. That it was decided is told by `request.decided`, to who
/// asked, who handles it and who watches it, as it stood before; so these rows name only whom that does not reach: the
/// reporter, who supports, and who leads from now on. A refused escalation leaves everything as it was, and has none.
pub(super) const RULED: &[Told] = &[
    row(
        "problem.return_ruled",
        "退回已裁定，请签收",
        "a return is ruled on, to be accepted",
        &[Lead],
        No,
    ),
    row(
        "problem.escalated",
        "已提级，请签收",
        "escalated, to be accepted",
        &[Lead],
        No,
    ),
    row("problem.put_on_hold", "已挂起", "put on hold", &[Supporting], Yes),
    row("problem.extended", "办理期限已延期", "due later", &[Supporting], Yes),
    row(
        "problem.declined",
        "不予办理，请看说明",
        "declined, with an explanation",
        &[],
        Yes,
    ),
    row(
        "problem.appeal_granted",
        "申诉成立，重新办理",
        "an appeal is granted, handled anew",
        &[Lead, DispatchersOfTheUnled],
        Yes,
    ),
    row("problem.appeal_refused", "申诉不成立", "an appeal is refused", &[], Yes),
    // It was for him to answer.
    row(
        "problem.reporter_silent",
        "反映人未答复，已恢复办理",
        "the reporter did not answer, it goes on",
        &[Responsible, Watchers],
        No,
    ),
    // A calendar moves many at once: the reporter reads it, and nobody has to telephone each for it.
    row(
        "problem.due_recomputed",
        "办理期限已按新日历重算",
        "due at another time by the new calendar",
        &[Responsible, Lead, Watchers],
        No,
    ),
    row(
        "problem.organisation_succeeded",
        "机构改革，由本单位接办",
        "passed on to the organisation that takes over",
        &[Responsible, Org("to_org_id"), Watchers],
        No,
    ),
];

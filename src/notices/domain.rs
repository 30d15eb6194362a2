//! Which event is told to whom: one table. Pure.

mod promised;
mod ruled;
mod said;
mod words;

pub use words::{Circle, NoticeState, Reporters, Told};

use Circle::{
    Dispatchers, DispatchersOf, DispatchersOfTheUnled, Lead, LeadHeads, Org, Person, ProposedLead, Recorder,
    Responsible, SupervisorsOf, SupervisorsOfTheDisputed, SupervisorsOfTheLowlyRated, Supporting, Watchers,
};
use Reporters::{No, UnlessHimself, Yes};

const fn row(
    kind: &'static str,
    zh: &'static str,
    en: &'static str,
    people: &'static [Circle],
    reporters: Reporters,
) -> Told {
    Told {
        kind,
        label: [zh, en],
        people,
        reporters,
    }
}

/// Every event that is told.
pub const TOLD: &[Told] = &[
    row("problem.recorded", "问题已受理", "recorded", &[], UnlessHimself),
    row(
        "problem.resolved_on_site",
        "已现场解决，请反映人确认",
        "resolved on site, to be confirmed",
        &[Watchers],
        Yes,
    ),
    row(
        "problem.follow_up_proposed",
        "建议由本单位承办",
        "proposed to be led",
        &[ProposedLead, Watchers],
        No,
    ),
    row(
        "problem.taken_along",
        "交由研究",
        "to be studied",
        &[Lead, Watchers],
        No,
    ),
    row(
        "problem.claimed",
        "已认领",
        "claimed",
        &[LeadHeads, Supporting, Recorder, Watchers],
        No,
    ),
    row(
        "problem.assigned",
        "已交办，请签收",
        "assigned, to be accepted",
        &[Lead, Supporting, Watchers],
        No,
    ),
    row("problem.accepted", "已签收", "accepted", &[Watchers], No),
    row(
        "problem.transferred",
        "已转办",
        "transferred",
        &[Lead, Org("from_org"), Watchers],
        No,
    ),
    row(
        "problem.handed_over",
        "已移交承办人",
        "handed over",
        &[Responsible, Person("from"), Watchers],
        No,
    ),
    row(
        "problem.started",
        "开始办理",
        "begun",
        &[Responsible, Supporting, Watchers],
        No,
    ),
    row(
        "problem.reporter_asked",
        "请反映人补充材料",
        "the reporter is asked",
        &[Watchers],
        Yes,
    ),
    row(
        "problem.supplied",
        "反映人已补充材料",
        "the reporter has answered",
        &[Responsible, Watchers],
        No,
    ),
    row(
        "problem.supplemented",
        "有新的补充",
        "supplemented",
        &[Responsible, Watchers],
        No,
    ),
    row(
        "problem.answered",
        "已答复，请反映人确认",
        "answered, to be confirmed",
        &[Watchers],
        Yes,
    ),
    row(
        "problem.concluded",
        "研究已办结",
        "the study is concluded",
        &[Lead, Watchers],
        Yes,
    ),
    row(
        "problem.completed",
        "已办结，请反映人确认",
        "reported done, to be confirmed",
        &[Supporting, Watchers],
        Yes,
    ),
    row(
        "problem.confirmed",
        "反映人已确认",
        "confirmed",
        &[Responsible, LeadHeads, Watchers],
        No,
    ),
    row(
        "problem.confirmed_by_call_back",
        "经回访确认",
        "confirmed by a call back",
        &[Responsible, LeadHeads, Watchers],
        No,
    ),
    row(
        "problem.result_rejected",
        "反映人不认可结果",
        "the result is rejected",
        &[Responsible, Lead, SupervisorsOfTheDisputed, Watchers],
        No,
    ),
    row(
        "problem.closed_unanswered",
        "未获回应，已销号",
        "closed without an answer",
        &[Responsible, Watchers],
        Yes,
    ),
    row(
        "problem.looked_back",
        "已回头看",
        "looked back at",
        &[Responsible, LeadHeads, Watchers],
        No,
    ),
    row(
        "problem.reopened",
        "重新办理",
        "reopened",
        &[Lead, Watchers],
        UnlessHimself,
    ),
    row(
        "problem.merged",
        "已并案",
        "merged",
        &[Responsible, Recorder, Watchers],
        Yes,
    ),
    row(
        "problem.absorbed",
        "另一问题已并入",
        "another was merged into it",
        &[Responsible, Watchers],
        No,
    ),
    row(
        "problem.withdrawn",
        "已撤回",
        "withdrawn",
        &[Responsible, LeadHeads, Watchers],
        UnlessHimself,
    ),
    row(
        "problem.urged",
        "催办",
        "urged",
        &[Responsible, Lead, ProposedLead, DispatchersOfTheUnled],
        No,
    ),
    row(
        "problem.lengthened",
        "办理期限已延长",
        "given more time",
        &[Responsible, Watchers],
        Yes,
    ),
    row(
        "problem.analysed",
        "已作成因分析",
        "analysed",
        &[LeadHeads, Watchers],
        No,
    ),
    row(
        "problem.rated",
        "反映人已评价",
        "rated",
        &[Responsible, LeadHeads, SupervisorsOfTheLowlyRated],
        No,
    ),
    row(
        "problem.rating_reviewed",
        "评价已复核",
        "a rating is reviewed",
        &[Responsible, LeadHeads],
        Yes,
    ),
    row(
        "problem.due_soon",
        "即将到期",
        "due soon",
        &[Responsible, LeadHeads],
        No,
    ),
    row(
        "problem.overdue",
        "已超期",
        "overdue",
        &[Responsible, LeadHeads, Dispatchers, Watchers],
        No,
    ),
    row(
        "problem.resumed",
        "恢复办理",
        "resumed",
        &[Responsible, Lead, Watchers],
        Yes,
    ),
    row(
        "assignment.given",
        "请协办",
        "asked to support",
        &[Org("org"), Watchers],
        No,
    ),
    row(
        "assignment.accepted",
        "协办单位已签收",
        "a part is accepted",
        &[Responsible],
        No,
    ),
    row(
        "assignment.done",
        "协办事项已完成",
        "a part is done",
        &[Responsible, LeadHeads],
        No,
    ),
    row(
        "assignment.refused",
        "协办单位已退回",
        "a part is refused",
        &[LeadHeads, Dispatchers],
        No,
    ),
    row(
        "assignment.waived",
        "免除协办",
        "relieved of its part",
        &[Org("org")],
        No,
    ),
    row(
        "referral.made",
        "请研究并书面答复",
        "asked to study a question",
        &[Org("org")],
        No,
    ),
    row(
        "referral.answered",
        "研究已答复",
        "a question is answered",
        &[Person("referred_by"), Responsible, LeadHeads],
        No,
    ),
    row(
        "referral.ended",
        "不再需要研究",
        "a question is withdrawn",
        &[Org("org")],
        No,
    ),
    row(
        "request.asked",
        "有申请待裁定",
        "a request waits for a decision",
        &[
            DispatchersOf("dispatchers_of"),
            SupervisorsOf("supervisors_of"),
            Org("entered_by"),
            Watchers,
        ],
        No,
    ),
    row(
        "request.decided",
        "申请已裁定",
        "a request is decided",
        &[Person("asked_by"), Responsible, Lead, Watchers],
        No,
    ),
];

/// Every row, of whatever part of the table.
fn every() -> impl Iterator<Item = &'static Told> {
    TOLD.iter()
        .chain(promised::PROMISED)
        .chain(ruled::RULED)
        .chain(said::SAID)
}

/// The events with which the reporter is invited to confirm and to rate: whoever tells him hands him a link.
pub const INVITING: &[&str] = &[
    "problem.resolved_on_site",
    "problem.answered",
    "problem.concluded",
    "problem.completed",
];

/// The row of an event.
pub fn told(kind: &str) -> Option<&'static Told> {
    every().find(|row| row.kind == kind)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::every;

    #[test]
    fn a_kind_stands_once_and_tells_somebody() {
        let kinds: BTreeSet<&str> = every().map(|row| row.kind).collect();
        assert_eq!(kinds.len(), every().count());
        for row in every() {
            let tells = !row.people.is_empty() || row.reporters != super::Reporters::No;
            assert!(tells, "{}", row.kind);
            assert!(row.label.iter().all(|label| !label.is_empty()));
        }
    }

    #[test]
    fn watchers_are_told_after_everybody_who_has_to_do_with_it() {
        for row in every() {
            let watchers = row.people.iter().position(|circle| *circle == super::Circle::Watchers);
            assert!(watchers.is_none_or(|at| at + 1 == row.people.len()), "{}", row.kind);
        }
    }
}

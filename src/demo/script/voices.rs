//! Layer two, what is said about it: promises made at visits, public replies and notes, comments, surveys, a low
//! rating.
//!
//! Fixed texts that draw nothing, so that whatever the seed writes stays as it is; hence they fit whatever a problem of
//! its category says, and, as everybody reads them, name nobody. Only the problems of 义乌市's county layer are touched.

use serde_json::{Value, json};

use super::model::Request;
use super::sending::{Moment, person, receipt};

/// What is worth a look, by what it shows.
pub(super) const SHOWN: [(&str, &str); 8] = [
    ("commitment_kept", "commitments/kept"),
    ("commitment_broken", "commitments/broken"),
    ("commitment_due", "commitments/due"),
    ("comment_replied", "comments/replied"),
    ("comment_hidden", "comments/hidden"),
    ("comment_waiting", "comments/waiting"),
    ("rating_low", "ratings/low"),
    ("survey_answer", "answers/after"),
];

/// The surveys that ship.
const ENTERPRISE: &str = "019fb0c5-3f8e-7000-8000-000000003001";
const MASSES: &str = "019fb0c5-3f8e-7000-8000-000000003002";
const GRASSROOTS: &str = "019fb0c5-3f8e-7000-8000-000000003003";

/// Everything.
pub(super) fn requests() -> Vec<Request> {
    [commitments(), told(), comments(), surveys(), vec![low_rating()]].concat()
}

/// One kept, one broken, one that the demo's head or handler is to keep and the account `reporter` reads.
fn commitments() -> Vec<Request> {
    let completed = "/visits/@visits/county-visit-completed/commitments";
    let in_progress = "/visits/@visits/county-visit-in-progress/commitments";
    vec![
        person("officer-330782", (8, 11, 0))
            .enters(
                completed,
                json!({
                    "text": "三个工作日内由市“三服务”办公室上门说明办理安排和完成时间。", "due_on": "2019-01-11",
                    "problem_id": "@problems/county-visit-completed-problem-2",
                }),
            )
            .making("commitments/kept"),
        person("dispatcher", (10, 15, 0)).moves(
            "/commitments/@commitments/kept/keep",
            json!({ "settlement": "1月10日上午已会同主办单位上门说明，完成时间已书面告知。" }),
        ),
        person("officer-330782", (8, 11, 10))
            .enters(
                completed,
                json!({ "text": "次日把惠农政策汇编送到村里，每组一份。", "due_on": "2019-01-09" }),
            )
            .making("commitments/broken"),
        person("dispatcher", (10, 15, 10)).moves(
            "/commitments/@commitments/broken/break",
            json!({ "settlement": "汇编尚在印制，未能按日送达，已向村里致歉，先送电子版。" }),
        ),
        person("leader", (14, 15, 0))
            .enters(
                in_progress,
                json!({
                    "text": "督促有关部门把应发的补贴发放到位，并向企业反馈。", "due_on": "2019-01-18",
                    "org_id": "@orgs/330782.human_resources", "problem_id": "@problems/life-own",
                }),
            )
            .making("commitments/due"),
    ]
}

/// What the handling side tells the reporter, and what it writes down for itself.
fn told() -> Vec<Request> {
    let say = |who: &str, moment: Moment, path: &'static str, text: &str| {
        person(who, moment).enters(path, json!({ "text": text }))
    };
    let (replies, notes) = (
        "/problems/@problems/life-working/replies",
        "/problems/@problems/life-working/notes",
    );
    vec![
        say(
            "handler",
            (8, 9, 30),
            "/problems/@problems/life-own/replies",
            "已受理并指定专人负责，本周内上门核对需要办理的人员和事项。",
        ),
        say(
            "handler",
            (10, 14, 30),
            replies,
            "办理清单已与企业核对确认，市级和省级部门已参与协办，下一步逐人办理。",
        ),
        say(
            "handler",
            (10, 15, 30),
            notes,
            "省级口径已口头答复，待书面函复后再告知企业。",
        ),
        say("head", (11, 9, 0), notes, "教育部门尚未确认，周一上午由我当面对接。"),
    ]
}

/// On published problems: supported and replied to, hidden for privacy, and two that wait for a reply, of which one
/// where nothing else is to be done.
fn comments() -> Vec<Request> {
    let (confirmed, working) = (
        "/problems/@problems/life-confirmed/comments",
        "/problems/@problems/life-working/comments",
    );
    let support = "/comments/@comments/replied/support";
    let suggestion = json!({
        "kind": "suggestion", "text": "建议把办理流程和材料清单公布在网上，别的企业也能照着准备。", "author_name": "一位企业负责人",
    });
    let thread = json!({
        "kind": "comment", "text": "我们就是照着窗口给的清单准备的，一次就办成了。", "parent_id": "@comments/replied",
    });
    let private = json!({
        "kind": "comment", "text": "我们楼上那家单位的会计常年看病请假，也照样领补贴，你们查一查。", "anonymous": true,
    });
    let question = json!({ "kind": "suggestion", "text": "能否再印一份英文的告知单？引进的外籍专家也用得上。" });
    let criticism = json!({ "kind": "criticism", "text": "希望每周公布一次进展，不要等到办结了才说。" });
    vec![
        person("reporter", (10, 9, 30))
            .enters(confirmed, suggestion)
            .making("comments/replied"),
        receipt("life-answered", (10, 10, 0)).enters(support, Value::Null),
        receipt("life-called-back", (10, 10, 10)).enters(support, Value::Null),
        receipt("life-confirmed", (10, 10, 30)).enters(confirmed, thread),
        person("handler", (10, 14, 0)).moves(
            "/comments/@comments/replied/reply",
            json!({ "text": "感谢建议，办事指南和材料清单将于1月底前上网公布。" }),
        ),
        receipt("life-called-back", (10, 16, 0))
            .enters(confirmed, private)
            .making("comments/hidden"),
        person("dispatcher", (11, 9, 30)).moves(
            "/comments/@comments/hidden/hide",
            json!({ "reason": "personal_privacy", "note": "写有他人的健康状况，与本问题无关。" }),
        ),
        person("reporter", (11, 10, 0))
            .enters(working, criticism)
            .making("comments/waiting"),
        person("reporter", (11, 10, 40)).enters("/problems/@problems/life-answered/comments", question),
        person("reporter", (11, 10, 10)).enters("/problems/@problems/life-working/support", Value::Null),
        receipt("life-answered", (11, 10, 20)).enters("/problems/@problems/life-working/support", Value::Null),
        receipt("life-called-back", (11, 10, 30)).enters("/problems/@problems/life-confirmed/support", Value::Null),
    ]
}

/// Five enterprises before and after, the fewest of which a change of confidence is shown; two residents, three of the
/// grassroots.
fn surveys() -> Vec<Request> {
    let path = "/surveys/answers";
    let answer = |template: &str, moment: &str, problem: &str, answers: Value| {
        json!({
            "template_id": template, "moment": moment, "problem_id": format!("@problems/{problem}"), "answers": answers,
        })
    };
    // Confidence to invest and to renovate, lighter burden, policies carried out, service.
    let firm = |moment: &str, problem: &str, [invest, renovate, burden, policy, service]: [u8; 5]| {
        let answers = json!({
            "invest_confidence": invest, "tech_reno_confidence": renovate, "burden_relief": burden, "policy_delivery": policy,
            "service_quality": service,
        });
        answer(ENTERPRISE, moment, problem, answers)
    };
    let resident = |moment: &str, problem: &str, [gain, happiness, security, convenience, trust]: [u8; 5]| {
        let answers = json!({
            "gain": gain, "happiness": happiness, "security": security, "convenience": convenience, "trust": trust,
        });
        answer(MASSES, moment, problem, answers)
    };
    let village = |moment: &str, problem: &str, [initiative, burden, resources, support, team]: [u8; 5]| {
        let answers = json!({
            "initiative": initiative, "burden_relief": burden, "resources": resources, "support": support,
            "team_vitality": team,
        });
        answer(GRASSROOTS, moment, problem, answers)
    };
    let by_receipt = |problem: &str, moment: Moment, said: Value| receipt(problem, moment).enters(path, said);
    let mut at_the_visit = village("once", "county-visit-completed-problem-3", [4, 2, 2, 3, 3]);
    at_the_visit["visit_id"] = json!("@visits/county-visit-completed");
    vec![
        by_receipt(
            "life-confirmed",
            (3, 9, 30),
            firm("before", "life-confirmed", [3, 3, 3, 2, 3]),
        ),
        by_receipt(
            "life-answered",
            (3, 9, 40),
            firm("before", "life-answered", [3, 2, 3, 2, 3]),
        ),
        by_receipt(
            "life-answered",
            (4, 9, 30),
            firm("after", "life-answered", [4, 3, 3, 4, 5]),
        ),
        by_receipt(
            "life-called-back",
            (4, 9, 30),
            firm("before", "life-called-back", [3, 3, 2, 3, 3]),
        ),
        by_receipt(
            "life-receipt",
            (7, 9, 10),
            firm("before", "life-receipt", [2, 3, 3, 3, 3]),
        ),
        person("reporter", (7, 9, 20)).enters(path, firm("before", "life-own", [4, 4, 3, 3, 3])),
        person("officer-330782", (8, 11, 20)).enters(path, at_the_visit),
        by_receipt(
            "life-confirmed",
            (9, 9, 30),
            firm("after", "life-confirmed", [4, 4, 3, 4, 5]),
        )
        .making("answers/after"),
        by_receipt(
            "county-visit-completed-problem-1",
            (9, 10, 0),
            village("once", "county-visit-completed-problem-1", [4, 3, 3, 4, 4]),
        ),
        by_receipt(
            "county-visit-completed-problem-2",
            (9, 10, 20),
            village("once", "county-visit-completed-problem-2", [3, 2, 2, 3, 4]),
        ),
        by_receipt(
            "county-hotline-1",
            (10, 10, 40),
            resident("once", "county-hotline-1", [3, 4, 5, 3, 4]),
        ),
        by_receipt(
            "life-called-back",
            (11, 15, 30),
            firm("after", "life-called-back", [2, 3, 2, 3, 2]),
        ),
        by_receipt(
            "life-receipt",
            (14, 9, 20),
            firm("after", "life-receipt", [4, 4, 3, 4, 4]),
        ),
        person("reporter", (14, 9, 50)).enters(path, firm("after", "life-own", [5, 4, 4, 4, 4])),
        by_receipt(
            "county-hotline-2",
            (14, 14, 0),
            resident("before", "county-hotline-2", [3, 3, 4, 3, 4]),
        ),
    ]
}

/// Confirmed by a call back, and yet content with little: its review is open.
fn low_rating() -> Request {
    let rating = json!({ "result": 3, "speed": 2, "attitude": 3, "words": "人是到岗了，但打了三次电话才有人回。" });
    receipt("life-called-back", (14, 9, 0))
        .enters("/problems/@problems/life-called-back/ratings", rating)
        .making("ratings/low")
}

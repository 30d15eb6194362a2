//! Layer two, what travels: a question studied, problems with one cause and what came of them, a template,
//! publications.
//!
//! Fixed texts that draw nothing and name nobody, as in `voices`.

use serde_json::{Value, json};

use super::model::Request;
use super::sending::{Moment, person};

/// What is worth a look, by what it shows.
pub(super) const SHOWN: [(&str, &str); 6] = [
    ("plan_template", "plan-templates/talent"),
    ("referral", "referrals/answered"),
    ("theme", "themes/closed"),
    ("theme_open", "themes/open"),
    ("output", "outputs/policy"),
    ("case", "outputs/case"),
];

/// Everything.
pub(super) fn requests() -> Vec<Request> {
    [publications(), referral(), themes(), vec![plan_template()]].concat()
}

/// One solved, one whose enterprise agreed to be named, one that is being handled.
fn publications() -> Vec<Request> {
    let publish = |moment: Moment, path: &'static str, said: Value| person("dispatcher", moment).moves(path, said);
    vec![
        publish(
            (7, 10, 0),
            "/problems/@problems/life-answered/publish",
            json!({
                "title": "人才服务事项怎么办、到哪里办", "summary": "企业反映引进人才后需要办理的事项较多，不清楚条件、材料和窗口。",
                "result": "已逐项说明办理条件、材料和窗口，网上申请后十五个工作日内办结。", "reason": "同类咨询较多，公开答复",
                "enterprise_consent": { "given_on": "2019-01-04", "evidence": "企业盖章的同意公开函（示例）" },
            }),
        ),
        publish(
            (9, 15, 0),
            "/problems/@problems/life-confirmed/publish",
            json!({
                "title": "引进人才服务事项一次办结", "summary": "一家企业反映，引进的骨干人才相关手续涉及多个部门，迟迟没有办结。",
                "result": "由一名联络员全程代办，有关手续已办结并经企业确认。", "reason": "办理结果可供其他企业参考",
            }),
        ),
        publish(
            (9, 15, 20),
            "/problems/@problems/life-working/publish",
            json!({
                "title": "引进人才服务事项正在会同办理", "summary": "一家企业反映的人才服务事项涉及省、市、县多个部门，正在会同办理。",
                "reason": "企业希望公开进展",
            }),
        ),
    ]
}

/// A question that the bureau of the province studied.
fn referral() -> Vec<Request> {
    let question = json!({
        "org_id": "@orgs/330000.human_resources", "due_on": "2019-01-14",
        "question": "外省取得的职业资格和职称，能否由用人单位所在县直接确认，不再重新评审？",
    });
    let answer = json!({ "result": "可以。按互认办法由用人单位登记备案，县级部门凭原证书确认，不需要重新评审。" });
    vec![
        person("head", (10, 15, 10))
            .moves("/problems/@problems/life-drafted/referrals", question)
            .making("referrals/answered"),
        person("province-handler", (14, 9, 30)).moves("/referrals/@referrals/answered/answer", answer),
    ]
}

/// A theme that ended in a policy, another that is studied, and a case of a single problem.
fn themes() -> Vec<Request> {
    vec![
        person("dispatcher", (9, 16, 0))
            .enters(
                "/themes",
                json!({
                    "title": "人才服务多头受理", "description": "多家企业反映，一个人才的手续要跑几个部门，各部门口径不一。",
                    "division": "330782", "org_id": "@orgs/330782.human_resources", "audience": "enterprise", "category": "E01",
                    "problem_ids": ["@problems/life-confirmed", "@problems/life-called-back", "@problems/life-own"],
                }),
            )
            .making("themes/closed"),
        person("head", (11, 14, 0))
            .enters(
                "/outputs",
                json!({
                    "kind": "policy", "title": "关于人才服务事项一窗受理的通知（示例）", "document_no": "示例〔2019〕3号",
                    "effective_on": "2019-02-01", "theme_id": "@themes/closed",
                    "summary": "人才认定、补贴、落户、子女入学由人才服务综合窗口统一受理，部门内部流转，限时办结。",
                }),
            )
            .making("outputs/policy"),
        person("dispatcher", (14, 9, 10)).moves("/outputs/@outputs/policy/publish", Value::Null),
        person("dispatcher", (14, 9, 40)).moves(
            "/themes/@themes/closed/close",
            json!({ "note": "通知二月起施行，未办结的问题按新办法办理。" }),
        ),
        person("handler", (11, 16, 0))
            .enters(
                "/themes",
                json!({
                    "title": "骨干人才引得来、留不住", "description": "政策名额没有统筹使用，企业与高校、人才市场之间缺少对接。",
                    "audience": "enterprise", "category": "E01",
                    "problem_ids": ["@problems/life-working", "@problems/life-approved"],
                }),
            )
            .making("themes/open"),
        person("handler", (14, 11, 0))
            .enters(
                "/outputs",
                json!({
                    "kind": "case", "title": "一次告知，当天答复", "problem_ids": ["@problems/life-answered"],
                    "summary": "把条件、材料、窗口和时限写在一张告知单上，企业当天得到答复，不必再跑。",
                }),
            )
            .making("outputs/case"),
        person("dispatcher", (14, 11, 20)).moves("/outputs/@outputs/case/publish", Value::Null),
    ]
}

/// What a plan for such a problem may begin with.
fn plan_template() -> Request {
    let template = json!({
        "division": "330782", "audience": "enterprise", "category": "E01", "nature": "operational", "title": "人才服务事项代办",
        "guidance": "先核对需要办理的人员和事项，再约定由谁代办。",
        "measures": [{ "type": "green_channel", "text": "开通绿色通道，由一名联络员全程代办" }],
        "steps": [
            { "text": "上门核对人员和事项", "expected_result": "企业确认的办理清单", "working_days": 2 },
            { "text": "会同有关部门逐人办理", "expected_result": "清单中的事项全部办结", "working_days": 5 },
        ],
    });
    person("dispatcher", (4, 14, 0))
        .enters("/plan-templates", template)
        .making("plan-templates/talent")
}

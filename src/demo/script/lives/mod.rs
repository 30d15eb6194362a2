//! Layer two, whole lives: problems that the hotline, or the enterprise of the account `reporter`, raised, and that the
//! demo accounts of 义乌市's human resources bureau, its dispatcher and its supervisor brought to every state that acts
//! reach, with a plan and a part in each state of theirs.

mod course;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::json;

use self::course::Course;
use super::model::{Act, Layer, Problem, Recorder};
use super::objects::{Firm, reporter_of};
use super::patterns::Ending;
use super::places::County;
use super::record::Entry;
use super::scene::{Handling, Speaker, Stage, Task, context};
use super::time::{at, clock, day};

/// One problem: its key, the day of January on which it is raised, what it is, where it ends, and its course.
struct Life {
    key: &'static str,
    january: u64,
    matter: &'static str,
    state: &'static str,
    course: fn(&mut Course<'_>),
}

const fn life(
    key: &'static str,
    january: u64,
    matter: &'static str,
    state: &'static str,
    course: fn(&mut Course<'_>),
) -> Life {
    Life {
        key,
        january,
        matter,
        state,
        course,
    }
}

/// The one that the account `reporter` raised himself.
const OWN: &str = "life-own";

const LIVES: [Life; 17] = [
    life("life-disputed", 2, "complex", "in_dispute", disputed),
    life("life-confirmed", 3, "complex", "closed", confirmed),
    life("life-answered", 3, "simple", "closed", answered),
    life("life-called-back", 4, "complex", "closed", called_back),
    life(
        "life-receipt",
        7,
        "complex",
        "pending_confirmation",
        awaiting_confirmation,
    ),
    life(OWN, 7, "complex", "pending_confirmation", awaiting_confirmation),
    life("life-working", 8, "complex", "in_progress", working),
    life("life-approved", 9, "complex", "accepted", approved),
    life("life-transferred", 9, "complex", "assigned", transferred),
    life("life-submitted", 10, "complex", "accepted", submitted),
    life("life-drafted", 10, "complex", "accepted", drafted),
    life("life-asked", 11, "complex", "awaiting_reporter", asked),
    life("life-merged", 11, "complex", "merged", |course| {
        course.on(14, 10, 0).merge_into("life-drafted");
    }),
    life("life-withdrawn", 11, "complex", "withdrawn", |course| {
        let said = json!({ "reason": "已与学校谈妥，不再需要帮助。" });
        course.on(14, 9, 30).by_receipt("withdraw", said);
    }),
    life("life-held", 8, "complex", "on_hold", held),
    life("life-escalated", 9, "complex", "escalated", escalated),
    life("life-declined", 8, "complex", "declined", declined),
];

/// Problems by what they show beyond their state.
pub(super) fn shows() -> BTreeMap<&'static str, String> {
    let rows = [
        ("awaits_account_reporter", OWN),
        ("commented", "life-confirmed"),
        ("confirmed_by_call_back", "life-called-back"),
        ("confirmed_by_receipt", "life-confirmed"),
        ("in_theme", "life-confirmed"),
        ("looked_back", "life-answered"),
        ("named_by_consent", "life-answered"),
        ("noted", "life-working"),
        ("promised", OWN),
        ("published", "life-confirmed"),
        ("rated", "life-confirmed"),
        ("rated_low", "life-called-back"),
        ("referred", "life-drafted"),
        ("rejected_three_times", "life-disputed"),
        ("replied", "life-working"),
        ("supported", "life-working"),
        ("surveyed", "life-confirmed"),
    ];
    rows.map(|(shows, key)| (shows, key.to_owned())).into()
}

/// Plans by the state that they reach.
pub(super) fn plans() -> BTreeMap<&'static str, String> {
    let rows = [
        ("draft", "life-drafted"),
        ("submitted", "life-submitted"),
        ("approved", "life-approved"),
        ("executing", "life-working"),
        ("done", "life-confirmed"),
        ("abandoned", "life-transferred"),
    ];
    rows.map(|(state, key)| (state, format!("plan-{key}"))).into()
}

/// States of assignments, each with a problem that has one in it.
pub(super) fn assignments() -> BTreeMap<&'static str, String> {
    let working = ["pending", "accepted", "done", "refused", "waived"].map(|state| (state, "life-working"));
    let rows = working.into_iter().chain([("superseded", "life-transferred")]);
    rows.map(|(state, key)| (state, key.to_owned())).collect()
}

/// The problem that awaits a reporter whose receipt is told.
pub(super) const RECEIPT: &str = "life-receipt";

/// Plays them all; `own` is the enterprise of the account `reporter`.
pub(super) fn play(stage: &mut Stage, county: &County, own: &str) {
    for (number, life) in LIVES.iter().enumerate() {
        let firm = if life.key == OWN {
            Firm {
                key: own.to_owned(),
                product: "定制产品",
            }
        } else {
            stage.register.enterprise(&mut stage.random, county)
        };
        let minutes = clock(8, 30) + i64::try_from(number).unwrap_or(0);
        if let Some(problem) = raise(stage, county, life, &firm, minutes) {
            stage.problems.push(problem);
        }
    }
}

fn raise(stage: &mut Stage, county: &County, life: &Life, firm: &Firm, minutes: i64) -> Option<Problem> {
    let task = Task {
        category: "E01",
        ending: Ending::FollowUp,
        handling: Handling::Undisposed,
    };
    let place = county.villages.first().unwrap_or(&county.community);
    let object = stage.register.objects.iter().find(|object| object.key == firm.key)?;
    let speaker = Speaker {
        object: Some(firm.key.clone()),
        division: object.division.clone(),
        reporter: reporter_of(&firm.key),
        context: context(county, place, firm.product),
    };
    let written = stage
        .author
        .write(&mut stage.random, task.category, task.ending, &speaker.context)?;
    let recorded_at = at(day(life.january), minutes);
    let (channel, recorded_by) = if life.key == OWN {
        ("portal", Recorder::Person("reporter".to_owned()))
    } else {
        ("hotline", Recorder::Client("integrator"))
    };
    let entry = Entry {
        key: life.key.to_owned(),
        layer: Layer::County,
        visit: None,
        channel,
        task,
        speaker,
        observed_at: recorded_at - TimeDelta::minutes(5),
        recorded_at,
        recorded_by,
    };
    let mut problem = stage.record(entry, &written);
    // A life goes its own way, whatever the dice say.
    (problem.matter, problem.urgency, problem.state) = (life.matter, "normal", life.state);
    problem.acts = acts(life, &firm.key, written.summary.trim_end_matches('。'));
    Some(problem)
}

fn acts(life: &Life, object: &str, title: &str) -> Vec<Act> {
    let mut course = Course::new(life.key, object, title);
    (life.course)(&mut course);
    course.acts
}

fn drafted(course: &mut Course<'_>) {
    course.on(10, 14, 0).claim().analyse().plan();
}

fn submitted(course: &mut Course<'_>) {
    course.on(10, 14, 10).claim().analyse().plan();
    course.on(14, 9, 0).submit();
}

fn approved(course: &mut Course<'_>) {
    course.on(9, 10, 0).claim().analyse().plan().submit();
    course.on(14, 9, 10).approve();
}

fn asked(course: &mut Course<'_>) {
    let question = "请补充每位人才的毕业院校、学历和到岗时间，以便一次办结。";
    course.on(11, 10, 0).claim();
    course.on(14, 9, 20).ask_reporter(question);
}

/// One bureau leads and five have a part: each in another state.
fn working(course: &mut Course<'_>) {
    course.on(8, 10, 0).claim().planned_and_started();
    course
        .on(8, 14, 0)
        .give_part("part-pending", "330782.education", "统筹学位，优先安排人才子女。")
        .give_part("part-accepted", "330700.human_resources", "协调市级人才专项名额。")
        .give_part("part-done", "330000.human_resources", "答复省级认定标准的适用口径。")
        .give_part("part-refused", "330523.human_resources", "提供同类企业的引才做法。")
        .give_part("part-waived", "330782.housing", "核查人才公寓空置房源。");
    let person = |who: &str| json!({ "person_id": format!("@people/{who}") });
    course
        .on(9, 9, 0)
        .move_part("handler-330700", "part-accepted", "accept", person("handler-330700"))
        .move_part("province-handler", "part-done", "accept", person("province-handler"))
        .move_part(
            "handler-330523",
            "part-refused",
            "refuse",
            json!({ "reason": "不属于本单位职责。" }),
        )
        .move_part(
            "head",
            "part-waived",
            "waive",
            json!({ "reason": "企业已自行解决住房。" }),
        )
        .meet("上门核对了需要办理的人员名单。")
        .step_done("清单已由企业确认");
    course
        .on(10, 9, 0)
        .move_part("province-handler", "part-done", "done", json!(null));
}

fn awaiting_confirmation(course: &mut Course<'_>) {
    course.on(7, 10, 0).claim().planned_and_started();
    course
        .on(11, 9, 0)
        .worked_and_completed("名单中的人员均已办结，补贴将于本月到账。");
}

fn confirmed(course: &mut Course<'_>) {
    course.on(3, 10, 0).claim().planned_and_started();
    course
        .on(8, 9, 0)
        .worked_and_completed("两名工程师的手续已办结，孩子下学期入学。");
    let rating = json!({ "result": 5, "speed": 4, "attitude": 5, "words": "说到做到，谢谢。" });
    course.on(9, 9, 0).by_receipt("confirm", json!({ "rating": rating }));
}

/// A simple matter: answered at once, confirmed the next day, and looked back at.
fn answered(course: &mut Course<'_>) {
    course.on(3, 11, 0).answer();
    course.on(4, 9, 0).by_receipt(
        "confirm",
        json!({ "rating": { "result": 4, "speed": 5, "attitude": 5 } }),
    );
    course
        .on(14, 10, 30)
        .look_back("电话核实：企业已按答复办成，补贴到账。");
}

fn called_back(course: &mut Course<'_>) {
    course.on(4, 10, 0).claim().planned_and_started();
    course
        .on(10, 9, 0)
        .worked_and_completed("所需人员已由专场招聘会对接到岗。");
    course.on(11, 15, 0).called_back("问题已解决，人都到岗了。");
}

/// Three rounds, each rejected: the third time it goes to the supervisor as an appeal.
fn disputed(course: &mut Course<'_>) {
    let reject = |reason: &str| json!({ "reason": reason });
    course.on(2, 9, 30).claim().planned_and_started();
    course
        .on(3, 9, 0)
        .worked_and_completed("已将企业列入人才服务名单。")
        .by_receipt("reject_result", reject("只进了名单，人还是没有落实。"));
    for (january, result, missing) in [
        (4, "已推荐三名候选人。", "推荐的人专业不对口。"),
        (8, "已再推荐两名候选人，并安排面谈。", "面谈以后没有下文，问题还在。"),
    ] {
        course
            .on(january, 9, 0)
            .accept()
            .add_step("按企业提出的要求再次对接")
            .start();
        course
            .on(january + 3, 9, 0)
            .meet("上门听取企业意见。")
            .step_done("已再次对接")
            .complete(result)
            .by_receipt("reject_result", reject(missing));
    }
}

fn transferred(course: &mut Course<'_>) {
    course
        .on(9, 14, 0)
        .claim()
        .analyse()
        .plan()
        .abandon("核心事项是子女入学，应由教育部门主办。");
    course
        .on(10, 9, 0)
        .transfer_to("330782.education", "子女入学由教育局主办。");
}

/// Put on hold by a supervisor of 金华市, one level up, until the end of March.
fn held(course: &mut Course<'_>) {
    course.on(8, 10, 10).claim().planned_and_started();
    course.on(9, 14, 0).ask(json!({
        "kind": "hold", "reason_code": "funding", "reason": "专项补贴须待市人代会批准年度预算后下达。", "until": "2019-03-29",
        "alternatives": ["预算下达前先行受理材料并完成资格审核"],
    }));
    course
        .on(10, 9, 10)
        .granted("supervisor-330700", "同意挂起至预算下达，期间须完成资格审核。");
}

/// Asked to be escalated on the last day of the speech, and not yet decided.
fn escalated(course: &mut Course<'_>) {
    course.on(9, 10, 10).claim().analyse();
    course.on(14, 9, 40).ask(json!({
        "kind": "escalate", "tried": ["已两次会同教育、住建部门协商", "已向企业说明本市现行政策"],
        "authority_gap": "人才认定标准由上级制定，本级无权调整。",
    }));
}

/// Declined by the dispatcher of 金华市, one level up, with an explanation to its reporter.
fn declined(course: &mut Course<'_>) {
    course.on(8, 10, 20).claim();
    course.on(9, 15, 0).ask(json!({
        "kind": "decline", "reason_code": "larger_interest", "alternatives": ["可按现行政策申领租房补贴"],
        "impact": {
            "affected_group": "企业新引进的一线技工", "estimate": 35,
            "larger_interest": "公租房房源须先保障已轮候的住房困难家庭。",
        },
        "explanation": "公租房按轮候次序分配，不能为个别企业预留房源；企业职工可申领租房补贴，窗口在市民中心二楼。",
    }));
    course
        .on(10, 10, 0)
        .granted("dispatcher-330700", "同意不予办理，须向企业当面说明补贴申领办法。");
}

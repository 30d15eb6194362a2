//! What can be done in a life, each a line of the script: who does it and what is said.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::super::model::{Act, Deed, Doer};
use super::super::time::{at, clock, day, working_day_after};

/// The life of one problem while it is written down.
pub(super) struct Course<'a> {
    key: &'a str,
    object: &'a str,
    title: &'a str,
    january: u64,
    now: DateTime<Utc>,
    pub(super) acts: Vec<Act>,
}

impl<'a> Course<'a> {
    pub(super) fn new(key: &'a str, object: &'a str, title: &'a str) -> Self {
        Self {
            key,
            object,
            title,
            january: 2,
            now: at(day(2), clock(9, 0)),
            acts: Vec::new(),
        }
    }

    /// What follows begins at this moment of January; one act takes twenty minutes.
    pub(super) fn on(&mut self, january: u64, hour: i64, minute: i64) -> &mut Self {
        self.january = january;
        self.now = at(day(january), clock(hour, minute));
        self
    }

    fn act(&mut self, by: Doer, deed: Deed, said: Value) -> &mut Self {
        self.acts.push(Act {
            at: self.now,
            by,
            deed,
            said,
        });
        self.now += TimeDelta::minutes(20);
        self
    }

    fn person(&mut self, who: &str, deed: Deed, said: Value) -> &mut Self {
        self.act(Doer::Person(who.to_owned()), deed, said)
    }

    fn plan_key(&self) -> String {
        format!("plan-{}", self.key)
    }

    /// The demo's handler claims it, and is responsible.
    pub(super) fn claim(&mut self) -> &mut Self {
        let said = json!({ "person_id": "@people/handler" });
        self.person("handler", Deed::Transition("claim"), said)
    }

    /// The demo's handler accepts the next round of handling.
    pub(super) fn accept(&mut self) -> &mut Self {
        let said = json!({ "person_id": "@people/handler" });
        self.person("handler", Deed::Transition("accept"), said)
    }

    pub(super) fn answer(&mut self) -> &mut Self {
        let said = json!({
            "text": "已逐项说明办理条件、材料和窗口，网上申请后十五个工作日内办结。", "policy_ref": "《人才服务一件事办事指南（示例）》",
        });
        self.person("handler", Deed::Transition("answer"), said)
    }

    pub(super) fn analyse(&mut self) -> &mut Self {
        let said = json!({
            "horizon": "short", "nature": "operational", "causes": ["industry_mismatch"],
            "findings": "政策已有规定，但办理涉及多个部门，企业不清楚先找谁，现有名额没有统筹使用。",
            "key_factor": "骨干人才引得来、留不住，影响今年的扩产计划。",
        });
        self.person("handler", Deed::Analyse, said)
    }

    /// A plan for the enterprise with two steps, as a draft.
    pub(super) fn plan(&mut self) -> &mut Self {
        let (first, second) = (
            working_day_after(day(self.january), 2),
            working_day_after(day(self.january), 4),
        );
        let said = json!({
            "kind": "one_enterprise_one_policy", "title": self.title, "problem_ids": [format!("@problems/{}", self.key)],
            "object_id": format!("@objects/{}", self.object), "need": "尽快落实所反映的人才服务事项",
            "blockage": "涉及多个部门，缺少统一的办理口径", "pain_point": "等待时间长，骨干人才可能流失",
            "liaison_id": "@people/handler",
            "measures": [{ "type": "green_channel", "text": "开通绿色通道，由一名联络员全程代办" }],
            "steps": [
                { "owner_id": "@people/handler", "due_on": first, "text": "上门核实情况，列出需要办理的人员和事项",
                    "expected_result": "企业确认的办理清单" },
                { "owner_id": "@people/handler", "due_on": second, "text": "会同有关部门逐人办理",
                    "expected_result": "清单中的事项全部办结" },
            ],
        });
        let key = self.plan_key();
        self.person("handler", Deed::Plan(key), said)
    }

    fn move_plan(&mut self, who: &str, action: &'static str, said: Value) -> &mut Self {
        let key = self.plan_key();
        self.person(who, Deed::MovePlan(key, action), said)
    }

    pub(super) fn submit(&mut self) -> &mut Self {
        self.move_plan("handler", "submit", Value::Null)
    }

    pub(super) fn approve(&mut self) -> &mut Self {
        self.move_plan("head", "approve", Value::Null)
    }

    pub(super) fn abandon(&mut self, reason: &str) -> &mut Self {
        self.move_plan("handler", "abandon", json!({ "reason": reason }))
    }

    pub(super) fn start(&mut self) -> &mut Self {
        self.person("head", Deed::Transition("start"), Value::Null)
    }

    pub(super) fn step_done(&mut self, result: &str) -> &mut Self {
        let key = self.plan_key();
        self.person("handler", Deed::StepDone(key), json!({ "result": result }))
    }

    /// A further round needs a step of its own.
    pub(super) fn add_step(&mut self, text: &str) -> &mut Self {
        let due_on = working_day_after(day(self.january), 2);
        let said = json!({ "owner_id": "@people/handler", "due_on": due_on, "text": text, "expected_result": "企业认可的结果" });
        let key = self.plan_key();
        self.person("handler", Deed::AddStep(key), said)
    }

    /// The handler meets the reporter face to face.
    pub(super) fn meet(&mut self, words: &str) -> &mut Self {
        let said = json!({
            "purpose": "contact", "channel": "visit", "face_to_face": true, "with_reporter": true, "words": words, "public": true,
        });
        self.person("handler", Deed::Contact, said)
    }

    pub(super) fn ask_reporter(&mut self, question: &str) -> &mut Self {
        self.person(
            "handler",
            Deed::Transition("ask_reporter"),
            json!({ "question": question }),
        )
    }

    pub(super) fn complete(&mut self, result: &str) -> &mut Self {
        self.person("head", Deed::Transition("complete"), json!({ "result": result }))
    }

    /// From the draft to the beginning of the work, within a morning.
    pub(super) fn planned_and_started(&mut self) -> &mut Self {
        self.analyse().plan().submit().approve().start()
    }

    /// Both steps and the meeting, then it is reported done.
    pub(super) fn worked_and_completed(&mut self, result: &str) -> &mut Self {
        self.meet("上门说明办理情况，企业补齐了材料。")
            .step_done("清单已由企业确认")
            .step_done("清单中的事项已办结")
            .complete(result)
    }

    /// The reporter does something with his receipt.
    pub(super) fn by_receipt(&mut self, action: &'static str, said: Value) -> &mut Self {
        self.act(Doer::Receipt(self.key.to_owned()), Deed::Transition(action), said)
    }

    /// The demo's supervisor calls the reporter back.
    pub(super) fn called_back(&mut self, words: &str) -> &mut Self {
        let said = json!({ "call_back": { "method": "phone", "at": self.now, "words": words } });
        self.person("supervisor", Deed::Transition("confirm"), said)
    }

    pub(super) fn look_back(&mut self, evidence: &str) -> &mut Self {
        let said = json!({ "result": "holds", "method": "phone", "evidence": evidence });
        self.person("supervisor", Deed::Transition("look_back"), said)
    }

    pub(super) fn merge_into(&mut self, other: &str) -> &mut Self {
        let said = json!({ "target_id": format!("@problems/{other}"), "reason": "同一类人才服务事项，合并办理。" });
        self.person("dispatcher", Deed::Transition("merge"), said)
    }

    pub(super) fn transfer_to(&mut self, org: &str, reason: &str) -> &mut Self {
        let due_on = working_day_after(day(self.january), 1);
        let said = json!({ "lead_org_id": format!("@orgs/{org}"), "due_on": due_on, "reason": reason });
        self.person("dispatcher", Deed::Transition("transfer"), said)
    }

    /// The head asks for a decision.
    pub(super) fn ask(&mut self, said: Value) -> &mut Self {
        self.person("head", Deed::Ask, said)
    }

    /// Whoever it waits for grants what was asked.
    pub(super) fn granted(&mut self, who: &str, ruling: &str) -> &mut Self {
        let said = json!({ "decision": "granted", "ruling": ruling });
        self.person(who, Deed::Decide, said)
    }

    /// The head gives an organisation its part.
    pub(super) fn give_part(&mut self, part: &str, org: &str, duty: &str) -> &mut Self {
        let said = json!({ "org_id": format!("@orgs/{org}"), "duty": duty });
        self.person("head", Deed::GivePart(part.to_owned()), said)
    }

    pub(super) fn move_part(&mut self, who: &str, part: &str, action: &'static str, said: Value) -> &mut Self {
        self.person(who, Deed::MovePart(part.to_owned(), action), said)
    }
}

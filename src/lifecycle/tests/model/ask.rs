//! What is asked for: drawn mostly right, sometimes wrong, and written as a request's body.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use uuid::Uuid;

use super::expected::{Expected, Org};
use super::people::{Persona, members};
use crate::clock::Timestamp;
use crate::demo::script::random::Random;
use crate::lifecycle::dto::LookBackResult;
use crate::lifecycle::workflow::Action;
use crate::lifecycle::workflow::asking::asked_by;
use crate::problems::domain::{Disposition, State};
use crate::requests;
use crate::requests::domain::RequestKind;
use crate::test_support::seed;

/// All that a body can say; each action takes what it needs.
#[derive(Clone, Debug)]
pub struct Said {
    /// Not the shape of the operation's body.
    pub is_misshapen: bool,
    /// The organisation that is to lead, or to study; `None` in its place: one that nobody knows.
    pub org: Org,
    pub org_exists: bool,
    pub due_on: NaiveDate,
    /// The person to be responsible, and whether he belongs where he must.
    pub person: Option<(Uuid, bool)>,
    pub class: Disposition,
    pub assign: bool,
    pub support: Option<Org>,
    /// When the reporter was called back.
    pub called_at: Option<Timestamp>,
    pub rating: bool,
    pub found: LookBackResult,
    /// Which other problem.
    pub target: usize,
    pub with_output: bool,
    pub is_excused: bool,
}

/// Which version goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    Right,
    Stale,
    Missing,
}

impl Said {
    /// Draws what somebody says to carry an action out.
    pub fn draw(
        random: &mut Random,
        problem: &Expected,
        who: &Persona,
        action: Action,
        at: (Timestamp, usize),
    ) -> Self {
        let (now, others) = at;
        let class = match action {
            Action::DisposeResolvedOnSite => Disposition::ResolvedOnSite,
            Action::DisposeTypical => Disposition::Typical,
            Action::Redispose => *random.pick(Disposition::ALL),
            _ => Disposition::FollowUp,
        };
        let study = class == Disposition::Typical;
        let org = match random.below(10) {
            0..=5 if study => "province-hr",
            0..=6 => "yiwu-hr",
            _ => "yiwu-finance",
        };
        let support = *random.pick(&["yiwu-hr", "yiwu-finance", "province-hr"]);
        let mut said = Self {
            is_misshapen: random.chance(3),
            org,
            org_exists: !random.chance(4),
            due_on: now.shanghai_date(),
            person: None,
            class,
            assign: class == Disposition::FollowUp && random.chance(40),
            support: (random.chance(15) && (support != org || random.chance(20))).then_some(support),
            called_at: None,
            rating: random.chance(25),
            found: *random.pick(LookBackResult::ALL),
            target: random.index(others),
            with_output: random.chance(50),
            is_excused: random.chance(50),
        };
        said.due_on = said.draw_due(random, problem, action, now);
        said.person = draw_person(random, problem, who, action);
        let calls_back = !problem.speaks(who) && !random.chance(8) || random.chance(3);
        said.called_at = calls_back.then(|| match random.below(15) {
            0 => now.plus_seconds(3600),
            1 => problem.recorded_at.plus_seconds(-60),
            _ => now,
        });
        said
    }

    fn draw_due(&self, random: &mut Random, problem: &Expected, action: Action, now: Timestamp) -> NaiveDate {
        let today = now.shanghai_date();
        match action {
            Action::AskHold => return today + Days::new(random.between(0, 40) * random.between(1, 10)),
            Action::AskExtend => {
                let due = problem
                    .due
                    .or(problem.paused_due)
                    .map_or(today, Timestamp::shanghai_date);
                return due + Days::new(random.between(0, 30));
            }
            _ => {}
        }
        let latest = problem.latest(action, self);
        let earliest = latest.min(now.shanghai_date());
        match random.below(20) {
            0 => latest + Days::new(1),
            1 => earliest - Days::new(1),
            2..=5 => earliest.max(latest - Days::new(random.between(1, 6))),
            _ => latest,
        }
    }

    /// The body of an action; null where it takes none.
    pub fn body(&self, action: Action, problem: &Expected, others: &[Expected]) -> Value {
        if self.is_misshapen && !matches!(action, Action::Open | Action::Start | Action::Resume) {
            return json!({ "不存在的字段": 1 });
        }
        let org = if self.org_exists {
            json!(seed::org(self.org))
        } else {
            json!(problem.id)
        };
        let person = self.person.map(|(person, _)| person);
        let output = json!({ "kind": "case", "title": "案例", "summary": "统筹解决。" });
        match action {
            Action::DisposeResolvedOnSite | Action::DisposeFollowUp | Action::DisposeTypical => self.disposition(&org),
            Action::Redispose => json!({ "disposition": self.disposition(&org), "reason": "重新处置" }),
            Action::Open | Action::Start | Action::Resume => Value::Null,
            Action::Claim | Action::Accept => json!({ "person_id": person }),
            Action::HandOver => json!({ "person_id": person.unwrap_or(problem.id) }),
            Action::Assign => json!({ "lead_org_id": org, "due_on": self.due_on }),
            Action::Answer => json!({ "text": "可到市民中心一楼办理。" }),
            Action::Conclude if self.with_output => json!({ "text": "已形成案例。", "output": output }),
            Action::Conclude => json!({ "text": "由该单位办理。", "lead_org_id": org, "due_on": self.due_on }),
            Action::AskReporter => json!({ "question": "请补充证书编号。" }),
            Action::Supply => json!({ "answer": "已补充。" }),
            Action::Transfer => json!({ "lead_org_id": org, "due_on": self.due_on, "reason": "事权不同" }),
            Action::Complete => json!({
                "result": "已办好。", "no_face_to_face_reason": self.is_excused.then_some("已电话沟通。"),
                "output": self.with_output.then_some(output),
            }),
            Action::Confirm => json!({ "call_back": self.call_back(), "rating": self.rating() }),
            Action::RejectResult => json!({ "reason": "没有解决。", "call_back": self.call_back() }),
            Action::CloseUnanswered => json!({}),
            Action::LookBack => json!({ "result": self.found, "method": "phone", "evidence": "电话核实。" }),
            Action::Reopen | Action::Withdraw => json!({ "reason": "另有原因。" }),
            Action::Merge => json!({ "target_id": others[self.target].id }),
            Action::AskReturn
            | Action::AskEscalate
            | Action::AskHold
            | Action::AskExtend
            | Action::AskDecline
            | Action::Appeal => self.request(action, &org),
            Action::Urge => json!({ "note": "请尽快。" }),
        }
    }

    fn request(&self, action: Action, org: &Value) -> Value {
        let kind = asked_by(action).expect("it asks").kind;
        let mut body = requests::tests::body(kind.as_str());
        match kind {
            RequestKind::Return => body["proposed_org_id"] = org.clone(),
            RequestKind::Hold => body["until"] = json!(self.due_on),
            RequestKind::Extend => body["due_on"] = json!(self.due_on),
            RequestKind::Escalate | RequestKind::Decline | RequestKind::Appeal => {}
        }
        body
    }

    fn disposition(&self, org: &Value) -> Value {
        let organisations: Vec<Value> = self
            .support
            .map(|org| json!({ "org_id": seed::org(org), "agreed": "配合办理" }))
            .into_iter()
            .collect();
        match self.class {
            Disposition::ResolvedOnSite => json!({
                "disposition": "resolved_on_site", "on_site_kind": "answered", "text": "当场答复。", "organisations": organisations,
            }),
            Disposition::FollowUp => json!({
                "disposition": "follow_up", "lead_org_id": org, "due_on": self.due_on, "assign": self.assign,
                "organisations": organisations,
            }),
            Disposition::Typical => json!({ "disposition": "typical", "study_org_id": org, "due_on": self.due_on }),
        }
    }

    fn call_back(&self) -> Option<Value> {
        self.called_at
            .map(|at| json!({ "method": "phone", "at": at, "words": "反映人这样说。" }))
    }

    fn rating(&self) -> Option<Value> {
        self.rating.then(|| json!({ "result": 4, "speed": 3, "attitude": 5 }))
    }
}

fn draw_person(random: &mut Random, problem: &Expected, who: &Persona, action: Action) -> Option<(Uuid, bool)> {
    let org = match action {
        Action::Claim if problem.state == State::Open => Some(who.org),
        _ => problem.lead.or(problem.study),
    };
    let own = members(org.unwrap_or("yiwu-hr"));
    match random.below(10) {
        0 => Some((seed::member("deqing-dispatcher").person, false)),
        1..=5 if action != Action::HandOver => None,
        _ => own.get(random.index(own.len())).map(|person| (*person, true)),
    }
}

/// How often an action is drawn beside others: seldom what ends a problem.
pub const fn weight(action: Action) -> usize {
    match action {
        Action::Merge | Action::Withdraw | Action::AskDecline | Action::AskHold | Action::AskEscalate => 1,
        Action::Complete => 40,
        Action::Resume => 20,
        Action::AskReturn => 12,
        Action::Claim | Action::Accept | Action::Start | Action::CloseUnanswered => 8,
        Action::Confirm | Action::RejectResult | Action::Supply | Action::Answer | Action::Appeal => 5,
        _ => 3,
    }
}

//! What one side asks and another decides, through the router.

mod asking;
mod deciding;
mod misuse;
mod small;

use serde_json::{Value, json};

use crate::auth::Role;
use crate::db::sql;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

/// A body that carries what its kind must.
pub(crate) fn body(kind: &str) -> Value {
    match kind {
        "return" => json!({
            "kind": "return", "reason_code": "other_lead", "reason": "入学由财政部门牵头。",
            "proposed_org_id": seed::org("yiwu-finance"), "alternatives": ["已向财政局移交材料"],
        }),
        "escalate" => json!({
            "kind": "escalate", "tried": ["已与教育部门协商两次"], "authority_gap": "学位统筹权限在省。",
        }),
        "hold" => json!({
            "kind": "hold", "reason_code": "legal", "reason": "土地审批程序尚在公示期。", "until": "2019-03-01",
            "alternatives": ["公示期内先行办理其他材料"],
        }),
        "extend" => json!({ "kind": "extend", "reason": "部门会签未完成。", "due_on": "2019-01-25" }),
        "decline" => json!({
            "kind": "decline", "reason_code": "larger_interest", "alternatives": ["可申请其他补贴"],
            "impact": { "affected_group": "引进人才的随迁子女", "estimate": 40, "larger_interest": "学位按户籍统筹，须先保障本地新生。" },
            "explanation": "现行学位统筹办法不能单独为个别企业预留学位。",
        }),
        _ => json!({ "kind": "appeal", "reason": "同类企业去年已经解决。" }),
    }
}

/// A body of a decision.
pub(crate) fn ruling(decision: &str, org: Option<&str>) -> Value {
    let mut body = json!({ "decision": decision, "ruling": "经研究，裁定如下。" });
    if let Some(org) = org {
        body["org_id"] = json!(seed::org(org));
    }
    body
}

/// What is entered of a decision that was taken outside.
pub(crate) fn outside(decision: &str) -> Value {
    let mut body = ruling(decision, None);
    body["outside"] = json!({
        "body": "浙江省人民政府办公厅", "document_no": "示例〔2019〕5号", "decided_on": "2019-01-10", "attachment_id": null,
    });
    body
}

impl World {
    /// Asks about a problem as it stands.
    pub(crate) async fn ask(&self, who: &str, problem: &Value, body: Value) -> Answer {
        let problem = self.seen(problem).await;
        self.ask_at(who, &problem, body).await
    }

    /// Asks about a problem as it was last seen.
    pub(crate) async fn ask_at(&self, who: &str, problem: &Value, body: Value) -> Answer {
        let path = format!("/problems/{}/requests", problem["id"].as_str().expect("an id"));
        self.post(&path).by(who).at(&problem["version"]).json(body).send().await
    }

    /// Decides a request as it was last seen.
    pub(crate) async fn decide(&self, who: &str, request: &Value, body: Value) -> Answer {
        let path = format!("/requests/{}/decide", request["id"].as_str().expect("an id"));
        self.post(&path).by(who).at(&request["version"]).json(body).send().await
    }

    /// A problem as it stands, as the province's dispatcher sees it.
    pub(crate) async fn seen(&self, problem: &Value) -> Value {
        let path = format!("/problems/{}", problem["id"].as_str().expect("an id"));
        self.get(&path).by("province-dispatcher").send().await.expect(200)
    }

    /// A problem that is assigned to 人社局, due on 21 January.
    pub(crate) async fn just_assigned(&self) -> Value {
        self.assigned(crate::test_support::builders::problem_body()).await
    }

    /// The same, accepted.
    pub(crate) async fn being_handled(&self) -> Value {
        let assigned = self.just_assigned().await;
        let path = format!("/problems/{}/accept", assigned["id"].as_str().expect("an id"));
        self.post(&path)
            .by("handler")
            .at(&assigned["version"])
            .json(json!({}))
            .send()
            .await
            .expect(200)
    }

    /// Makes somebody of the world a supervisor, or whatever else, past every rule; his token stays good.
    pub(crate) async fn appoint(&self, person: &str, role: Role, org: &str) {
        let member = seed::member(person);
        let mut tx = self.app.db.begin().await.expect("a transaction");
        sql(
            "INSERT INTO membership (id, person_id, role, org_id, division_id, valid_from, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $6, $6)",
        )
        .bind(self.app.ids.next())
        .bind(member.person)
        .bind(role)
        .bind(seed::org(org))
        .bind(member.division.0)
        .bind(self.app.clock.now())
        .run(&mut tx)
        .await
        .expect("a membership");
        tx.commit().await.expect("a commit");
    }

    /// Calls the clock forward.
    pub(crate) fn clock_at(&self, time: &str) {
        self.app.clock.set(time.parse().expect("an instant"));
    }
}

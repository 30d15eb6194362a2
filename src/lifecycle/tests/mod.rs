//! The life of a problem, through the router.

mod apart;
mod bulk;
mod disposing;
mod ending;
mod figures;
mod followers;
mod handling;
mod leading;
mod matrix;
mod misuse;
mod model;
mod suggestions;
mod urging;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::sql;
use crate::problems::domain::{Disposition, State};
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

fn answered() -> Value {
    json!({ "disposition": "resolved_on_site", "on_site_kind": "answered", "text": "当场答复：可按人才政策办理。", "policy_ref": "示例〔2019〕1号" })
}

fn follow_up() -> Value {
    json!({ "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" })
}

fn typical() -> Value {
    json!({ "disposition": "typical", "study_org_id": seed::org("province-hr"), "due_on": "2019-02-01" })
}

/// Puts a problem into a state, past every rule: only the matrix test may.
async fn force(world: &World, problem: &Value, state: State, disposition: Option<Disposition>) {
    let id: Uuid = problem["id"].as_str().unwrap().parse().unwrap();
    let mut tx = world.app.db.begin().await.unwrap();
    sql("UPDATE problem SET state = $1, disposition = $2 WHERE id = $3")
        .bind(state)
        .bind(disposition)
        .bind(id)
        .run(&mut tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

impl World {
    /// Carries a transition out on a problem as it was last seen.
    pub(crate) async fn act(&self, who: &str, problem: &Value, action: &str, body: Value) -> Answer {
        let path = format!("/problems/{}/{action}", problem["id"].as_str().expect("an id"));
        let call = self.post(&path).by(who).at(&problem["version"]);
        if body.is_null() { call } else { call.json(body) }.send().await
    }

    /// Signs an analysis, and has a plan with one step approved.
    pub(crate) async fn plan(&self, problem: &Value) {
        let id = problem["id"].as_str().expect("an id");
        let analysis = json!({
            "horizon": "short", "nature": "operational", "causes": ["schooling"], "key_factor": "人才子女入学",
            "findings": "学位统筹不足。",
        });
        self.post(&format!("/problems/{id}/analyses"))
            .by("handler")
            .json(analysis)
            .send()
            .await
            .expect(201);
        let plan = json!({
            "kind": "one_matter_one_discussion", "title": "解决人才子女入学", "problem_ids": [id],
            "liaison_id": seed::member("handler").person, "need": "入学", "blockage": "学位统筹", "pain_point": "等待过久",
            "discussion": { "on": "2019-01-10", "participants": ["人社局", "教育局"], "conclusion": "由教育局统筹学位。" },
            "measures": [{ "type": "green_channel", "text": "开通绿色通道" }],
            "steps": [{ "problem_id": id, "owner_id": seed::member("handler").person, "text": "落实学位",
                "due_on": "2019-01-18", "expected_result": "两个孩子入学" }],
        });
        let plan = self
            .post("/action-plans")
            .by("handler")
            .json(plan)
            .send()
            .await
            .expect(201);
        let path = format!("/action-plans/{}", plan["id"].as_str().expect("an id"));
        let submitted = self
            .post(&format!("{path}/submit"))
            .by("handler")
            .at(&plan["version"])
            .send()
            .await
            .expect(200);
        self.post(&format!("{path}/approve"))
            .by("head")
            .at(&submitted["version"])
            .send()
            .await
            .expect(200);
    }

    /// Does every step of a problem's plan that is open.
    pub(crate) async fn do_steps(&self, problem: &Value) {
        let id = problem["id"].as_str().expect("an id");
        let plans = self
            .get(&format!("/action-plans?problem_id={id}"))
            .by("handler")
            .send()
            .await
            .expect(200);
        let plan = self
            .get(&format!(
                "/action-plans/{}",
                plans["items"][0]["id"].as_str().expect("a plan")
            ))
            .by("handler")
            .send()
            .await
            .expect(200);
        let path = format!("/action-plans/{}", plan["id"].as_str().expect("an id"));
        let steps = plan["steps"].as_array().expect("steps");
        for step in steps.iter().filter(|step| step["done_at"].is_null()) {
            let path = format!("{path}/steps/{}/done", step["id"].as_str().expect("an id"));
            self.post(&path)
                .by("handler")
                .at(&step["version"])
                .json(json!({ "result": "已办好" }))
                .send()
                .await
                .expect(200);
        }
    }

    /// A problem that `yiwu-hr` has accepted.
    pub(crate) async fn accepted(&self) -> Value {
        let problem = self.open_problem().await;
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        let assigned = self.act("dispatcher", &problem, "assign", assign).await.expect(200);
        self.act("handler", &assigned, "accept", json!({})).await.expect(200)
    }

    /// A problem whose work is reported done.
    pub(crate) async fn completed(&self) -> Value {
        let problem = self.accepted().await;
        self.plan(&problem).await;
        let started = self.act("head", &problem, "start", Value::Null).await.expect(200);
        self.do_steps(&started).await;
        let body = json!({ "result": "两个孩子已入学。", "no_face_to_face_reason": "反映人在外地，已电话沟通。" });
        self.act("head", &started, "complete", body).await.expect(200)
    }

    /// Confirms by a call back of the supervisor.
    pub(crate) async fn called_back(&self, problem: &Value) -> Value {
        let now = self.app.clock.now().to_string();
        let body = json!({ "call_back": { "method": "phone", "at": now, "words": "已解决，满意。" } });
        self.act("supervisor", problem, "confirm", body).await.expect(200)
    }
}

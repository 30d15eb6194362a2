//! Through the real router, on both databases.

mod drafting;
mod following;
mod likeness;
mod lists;
mod moves;
mod public;
mod steps;
mod tables;

use serde_json::{Value, json};

use crate::db::sql;
use crate::test_support::builders::with;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

/// A plan for one matter, without steps.
fn plan_body(problem: &Value) -> Value {
    json!({
        "kind": "one_matter_one_discussion", "title": "两位博士子女入学", "problem_ids": [problem["id"]],
        "need": "两名子女九月入学", "blockage": "入学名额按户籍分配", "pain_point": "人才因此考虑离开",
        "liaison_id": seed::member("handler").person,
        "discussion": { "on": "2019-01-10", "participants": ["人力社保局", "教育局"], "conclusion": "按人才绿色通道办理" },
    })
}

/// A plan for an enterprise, with a step for each problem.
fn enterprise_plan_body(enterprise: &Value, problems: &[&Value]) -> Value {
    let ids: Vec<_> = problems.iter().map(|problem| problem["id"].clone()).collect();
    let steps: Vec<_> = problems
        .iter()
        .map(|problem| {
            let mut step = step_body();
            step["problem_id"] = problem["id"].clone();
            step
        })
        .collect();
    json!({
        "kind": "one_enterprise_one_policy", "title": "示例纺织一企一策", "problem_ids": ids, "object_id": enterprise["id"],
        "need": "留住人才", "blockage": "名额", "pain_point": "离职", "liaison_id": seed::member("handler").person,
        "steps": steps,
    })
}

fn step_body() -> Value {
    json!({
        "owner_id": seed::member("handler").person, "due_on": "2019-01-18", "text": "与教育局核定学位",
        "expected_result": "取得两个学位的书面确认",
    })
}

fn path_of(plan: &Value) -> String {
    format!("/action-plans/{}", id_of(plan))
}

async fn draft(world: &World, body: Value) -> Value {
    world
        .post("/action-plans")
        .by("handler")
        .json(body)
        .send()
        .await
        .expect(201)
}

async fn read(world: &World, who: &str, plan: &Value) -> Value {
    world.get(&path_of(plan)).by(who).send().await.expect(200)
}

/// Carries a move out at the plan's present version.
async fn act(world: &World, who: &str, plan: &Value, action: &str, body: Value) -> Value {
    let now = read(world, who, plan).await;
    let call = world
        .post(&format!("{}/{action}", path_of(plan)))
        .by(who)
        .at(&now["version"]);
    let call = if body.is_null() { call } else { call.json(body) };
    call.send().await.expect(200)
}

async fn add_step(world: &World, who: &str, plan: &Value, body: Value) -> Value {
    let path = format!("{}/steps", path_of(plan));
    world.post(&path).by(who).json(body).send().await.expect(201)
}

/// A plan for the problem, with one step, approved.
async fn approved(world: &World, problem: &Value) -> Value {
    let plan = draft(world, with(plan_body(problem), json!({ "steps": [step_body()] }))).await;
    act(world, "handler", &plan, "submit", Value::Null).await;
    act(world, "head", &plan, "approve", Value::Null).await
}

/// Puts a plan into a state, past every rule.
async fn force(world: &World, plan: &Value, state: &'static str) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("UPDATE action_plan SET state = $1 WHERE id = $2")
        .bind(state)
        .bind(id_of(plan))
        .run(&mut tx)
        .await
        .expect("a state");
    tx.commit().await.expect("a commit");
}

//! Many transitions in one request.

mod atomic;
mod each;

use serde_json::{Value, json};

use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

/// An item for a problem as it was last seen.
fn item(problem: &Value, action: &str, body: Value) -> Value {
    json!({ "id": problem["id"], "action": action, "version": problem["version"], "body": body })
}

fn assign_body() -> Value {
    json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" })
}

async fn bulk(world: &World, who: &str, items: &[Value]) -> Answer {
    world
        .post("/problems/bulk-actions")
        .by(who)
        .json(json!({ "items": items }))
        .send()
        .await
}

async fn atomic(world: &World, who: &str, items: &[Value]) -> Answer {
    let body = json!({ "items": items, "atomic": true });
    world.post("/problems/bulk-actions").by(who).json(body).send().await
}

/// Status and code of each item.
fn answers(answer: &Value) -> Vec<(u64, String)> {
    let items = answer["items"].as_array().expect("items");
    let of = |one: &Value| {
        let code = one["error"]["code"].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            one["item"].is_null(),
            one["error"].is_object(),
            "one or the other: {one}"
        );
        (one["status"].as_u64().expect("a status"), code)
    };
    items.iter().map(of).collect()
}

fn done() -> (u64, String) {
    (200, String::new())
}

fn refused(status: u64, code: &str) -> (u64, String) {
    (status, code.to_owned())
}

async fn state_of(world: &World, problem: &Value) -> Value {
    let path = format!("/problems/{}", problem["id"].as_str().expect("an id"));
    world.get(&path).by("dispatcher").send().await.expect(200)["state"].clone()
}

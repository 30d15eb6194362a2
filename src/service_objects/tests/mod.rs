//! Through the real router, on both databases.

mod codes;
mod lists;
mod scope;
mod writing;

use serde_json::{Value, json};

use crate::test_support::World;

/// A village of Yiwu.
const VILLAGE: &str = "330782001001";

/// An enterprise without a code, in the county.
fn enterprise(name: &str, division: &str) -> Value {
    json!({ "type": "enterprise", "name": name, "division": division })
}

/// The same with a code.
fn enterprise_with(uscc: &str) -> Value {
    json!({ "type": "enterprise", "name": "示例有限公司", "division": "330782", "enterprise": { "uscc": uscc } })
}

fn household(alias: &str) -> Value {
    json!({ "type": "household", "division": VILLAGE, "household": { "alias": alias } })
}

/// Enters an object, as somebody.
async fn enter(world: &World, who: &str, body: Value) -> Value {
    world
        .post("/service-objects")
        .by(who)
        .json(body)
        .send()
        .await
        .expect(201)
}

/// The names on a page of a list.
async fn names(world: &World, who: &str, query: &str) -> Vec<String> {
    let page = world
        .get(&format!("/service-objects?{query}"))
        .by(who)
        .send()
        .await
        .expect(200);
    let items = page["items"].as_array().expect("items").clone();
    items
        .iter()
        .map(|item| item["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// The address of an object.
fn path_of(object: &Value) -> String {
    format!("/service-objects/{}", object["id"].as_str().expect("an id"))
}

//! Visits through the real router, on both databases.

mod entering;
mod lists;
mod scope;
mod transitions;
mod updating;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::sql;
use crate::directory::stable_id::stable_id;
use crate::directory::terms_shipped::term_id;
use crate::test_support::World;
use crate::test_support::seed::{self, YIWU, division, member};

/// A body that plans a visit to Yiwu, with what the test changes in it; null takes a field out.
fn plan(changes: Value) -> Value {
    let mut body = json!({
        "mode": "site_visit", "origin": "proactive", "place_kind": "factory", "division": YIWU,
        "planned_at": "2019-01-11T01:00:00Z", "leader_id": member("leader").person,
    });
    for (field, value) in changes.as_object().cloned().unwrap_or_default() {
        if value.is_null() {
            body.as_object_mut().expect("an object").remove(&field);
        } else {
            body[field] = value;
        }
    }
    body
}

/// A visit planned by the officer.
async fn planned(world: &World, changes: Value) -> Value {
    world
        .post("/visits")
        .by("officer")
        .json(plan(changes))
        .send()
        .await
        .expect(201)
}

/// A visit that began this morning.
async fn under_way(world: &World, changes: Value) -> Value {
    let mut changes = changes;
    changes["started_at"] = json!("2019-01-10T01:00:00Z");
    changes["planned_at"] = Value::Null;
    planned(world, changes).await
}

/// Completes it.
async fn completed(world: &World, visit: &Value) -> Value {
    act(world, visit, "complete").await.expect(200)
}

async fn act(world: &World, visit: &Value, action: &str) -> crate::test_support::world::Answer {
    world
        .post(&format!("/visits/{}/{action}", id(visit)))
        .by("officer")
        .at(&visit["version"])
        .json(json!({}))
        .send()
        .await
}

fn id(visit: &Value) -> &str {
    visit["id"].as_str().expect("an id")
}

fn uuid(visit: &Value) -> Uuid {
    id(visit).parse().expect("an id")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// The names of the actions that a representation allows.
fn actions(visit: &Value) -> Vec<&str> {
    visit["allowed_actions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|action| action["action"].as_str().expect("a name"))
        .collect()
}

/// An enterprise in a division.
async fn enterprise(world: &World, key: &str, code: &str) -> Uuid {
    let id = stable_id("test-object", key);
    let now = at(seed::NOW);
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql(
        "INSERT INTO service_object (id, type, name, division_id, created_at, updated_at) \
         VALUES ($1, 'enterprise', $2, $3, $4, $4)",
    )
    .bind(id)
    .bind(key)
    .bind(division(code))
    .bind(now)
    .run(&mut tx)
    .await
    .expect("an object");
    sql("INSERT INTO enterprise (object_id) VALUES ($1)")
        .bind(id)
        .run(&mut tx)
        .await
        .expect("an enterprise");
    tx.commit().await.expect("a commit");
    id
}

/// A problem of a visit, in a state, with a disposition or without.
async fn problem(world: &World, visit: &Value, number: i64, state: &str, disposition: Option<&str>) -> Uuid {
    let id = stable_id("test-problem", &number.to_string());
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql(
        "INSERT INTO problem (id, tracking_no, campaign_year_id, visit_id, channel, audience, category_id, statement, \
         division_id, state, disposition, recorded_at, due_key, urgency_due_key, last_progress_at, created_at, \
         updated_at) VALUES ($1, $2, $3, $4, 'visit', 'enterprise', $5, '缺人才', $6, $7, $8, $9, 0, 0, $9, $9, $9)",
    )
    .bind(id)
    .bind(format!("SFW-2019-330782-{number:06}"))
    .bind(stable_id("test-campaign-year", "2019"))
    .bind(uuid(visit))
    .bind(term_id("category", "E01"))
    .bind(division(YIWU))
    .bind(state)
    .bind(disposition)
    .bind(at(seed::NOW))
    .run(&mut tx)
    .await
    .expect("a problem");
    tx.commit().await.expect("a commit");
    id
}

/// Disposes of a problem.
async fn dispose(world: &World, problem: Uuid) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("UPDATE problem SET disposition = 'follow_up' WHERE id = $1")
        .bind(problem)
        .run(&mut tx)
        .await
        .expect("an update");
    tx.commit().await.expect("a commit");
}

/// The one number that a statement counts.
async fn number(world: &World, statement: crate::db::Sql) -> i64 {
    let (number,): (i64,) = statement.one(&world.app.db).await.expect("a number");
    number
}

//! Through the real router, on both databases. States and rounds that no transition leads to yet are written by hand.

mod figures;
mod rating;
mod review;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

fn id_of(problem: &Value) -> Uuid {
    problem["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}

fn path_of(problem: &Value) -> String {
    format!("/problems/{}/ratings", id_of(problem))
}

fn stars(result: i64) -> Value {
    json!({ "result": result, "speed": 3, "attitude": 4 })
}

/// A problem that awaits confirmation, recorded by somebody, of this reporter; null: of the recorder's account.
async fn done(world: &World, who: &str, reporter: Value) -> Value {
    let mut body = problem_body();
    body["reporter"] = reporter;
    let problem = world.post("/problems").by(who).json(body).send().await.expect(201);
    world.put_into(&problem, "pending_confirmation").await;
    problem
}

fn person(anonymity: &str) -> Value {
    json!({ "kind": "person", "display_name": "王女士", "phone": "13800001234", "anonymity": anonymity })
}

/// The next round of handling, up to where it is said to be done.
async fn next_cycle(world: &World, problem: &Value) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("UPDATE problem SET cycle_no = cycle_no + 1 WHERE id = $1")
        .bind(id_of(problem))
        .run(&mut tx)
        .await
        .expect("a round");
    sql(
        "INSERT INTO cycle (id, problem_id, n, origin, started_at, first_response_due, provisional, calendar_version) \
         SELECT $1, id, cycle_no, 'reopened', recorded_at, recorded_at, $2, '1' FROM problem WHERE id = $3",
    )
    .bind(world.app.ids.next())
    .bind(false)
    .bind(id_of(problem))
    .run(&mut tx)
    .await
    .expect("a cycle");
    tx.commit().await.expect("a commit");
}

async fn rate(world: &World, who: &str, problem: &Value, body: Value) -> Answer {
    world.post(&path_of(problem)).by(who).json(body).send().await
}

async fn ratings(world: &World, who: &str, problem: &Value) -> Vec<Value> {
    let page = world.get(&path_of(problem)).by(who).send().await.expect(200);
    page["items"].as_array().expect("items").clone()
}

//! Through the real router, on both databases.

mod around;
mod asked;
mod criticised;
mod left;
mod linked;
mod pure;
mod redactions;
mod schema;
mod visits;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::sql;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{Kind, World, seed};

/// A query for these words.
fn searched(words: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("q", words)
        .finish()
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// A transition on a problem as it was last seen.
async fn move_on(world: &World, who: &str, problem: &Value, action: &str, body: Value) -> Value {
    let path = format!("/problems/{}/{action}", id_of(problem));
    let call = world.post(&path).by(who).at(&problem["version"]);
    call.json(body).send().await.expect(200)
}

async fn read(world: &World, problem: &Value) -> Value {
    let path = format!("/problems/{}", id_of(problem));
    world.get(&path).by("dispatcher").send().await.expect(200)
}

/// A simple matter of a person of this name, assigned to 人社局.
async fn in_hand(world: &World, name: &str) -> (Value, Value) {
    let mut body = problem_body();
    body["matter"] = json!("simple");
    body["reporter"] = json!({
        "kind": "person", "display_name": name, "phone": "13800001234", "anonymity": "named",
    });
    let recorded = world
        .post("/problems")
        .by("officer")
        .json(body)
        .send()
        .await
        .expect(201);
    let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-11" });
    let assigned = move_on(world, "dispatcher", &recorded, "assign", assign).await;
    (recorded, assigned)
}

/// Every text of the database that holds these words: table and column.
async fn where_it_says(world: &World, words: &str) -> Vec<String> {
    let columns: Vec<(String, String)> = sql(world.app.db.pick(
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND c.type = 'TEXT' ORDER BY 1, 2",
        "SELECT table_name::text, column_name::text FROM information_schema.columns \
         WHERE table_schema = current_schema() AND data_type IN ('text', 'jsonb') ORDER BY 1, 2",
    ))
    .all(&world.app.db)
    .await
    .expect("columns");
    let mut found = Vec::new();
    for (table, column) in columns {
        let counting = format!(r#"SELECT COUNT(*) FROM "{table}" WHERE CAST("{column}" AS text) LIKE $1"#);
        let counting: &'static str = Box::leak(counting.into_boxed_str());
        let like = format!("%{words}%");
        let (count,): (i64,) = sql(counting)
            .bind(like.as_str())
            .one(&world.app.db)
            .await
            .expect("a count");
        if count > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

/// Changes rows past every rule: $1 is the problem.
async fn past_every_rule(world: &World, statement: &'static str, problem: Uuid) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql(statement).bind(problem).run(&mut tx).await.expect("a change");
    tx.commit().await.expect("a commit");
}

/// The tasks of a problem that erase it: how each ended.
async fn erasures(world: &World, problem: &Value) -> Vec<String> {
    let rows: Vec<(String,)> =
        sql("SELECT COALESCE(outcome, 'open') FROM task WHERE problem_id = $1 AND kind = 'erase' ORDER BY due_at, id")
            .bind(id_of(problem))
            .all(&world.app.db)
            .await
            .expect("tasks");
    rows.into_iter().map(|(outcome,)| outcome).collect()
}

fn is_postgres(world: &World) -> bool {
    world.kind == Kind::Postgres
}

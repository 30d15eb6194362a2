//! What happens by itself, at which time, and exactly once.

mod alarms;
mod by_itself;
mod filling;
mod misuse;
mod moments;
mod replicas;
mod to_dos;

use serde_json::{Value, json};
use uuid::Uuid;

use super::engine::Engine;
use crate::clock::Timestamp;
use crate::db::sql;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

/// More tasks than any of these tests has.
const ALL: usize = 1_000;

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

impl World {
    /// Sets business time and lets happen what is due by then; how many tasks that were.
    async fn at(&self, text: &str) -> usize {
        self.app.clock.set(instant(text));
        self.happen().await
    }

    /// Lets happen what is due.
    async fn happen(&self) -> usize {
        Engine::new(self.app.clone()).work_off(ALL).await.expect("tasks")
    }

    /// A problem as the dispatcher reads it.
    async fn read(&self, problem: &Value) -> Value {
        let path = format!("/problems/{}", id_of(problem));
        self.get(&path).by("dispatcher").send().await.expect(200)
    }

    /// The tasks of a problem: kind, and how it ended (`open`: not yet).
    async fn tasks_of(&self, problem: &Value) -> Vec<(String, String)> {
        sql("SELECT kind, COALESCE(outcome, 'open') FROM task WHERE problem_id = $1 ORDER BY kind, due_at")
            .bind(id_of(problem))
            .all(&self.app.db)
            .await
            .expect("tasks")
    }

    /// How many events of a type a problem has.
    async fn count_events(&self, problem: &Value, kind: &str) -> usize {
        let events = self.event_types(id_of(problem)).await;
        events.iter().filter(|event| *event == kind).count()
    }

    /// Transitions on a problem as it was last seen.
    async fn move_on(&self, who: &str, problem: &Value, action: &str, body: Value) -> Value {
        let path = format!("/problems/{}/{action}", id_of(problem));
        let call = self.post(&path).by(who).at(&problem["version"]);
        if body.is_null() { call } else { call.json(body) }
            .send()
            .await
            .expect(200)
    }

    /// A problem that a handler of 人社局 has accepted, due on 2019-01-21.
    async fn in_hand(&self) -> Value {
        let assigned = self.assigned(crate::test_support::builders::problem_body()).await;
        self.move_on("handler", &assigned, "accept", json!({})).await
    }

    /// A simple matter that was answered, and confirmed by its reporter with his receipt, on 2019-01-10.
    async fn confirmed(&self) -> Value {
        let mut body = crate::test_support::builders::problem_body();
        body["matter"] = json!("simple");
        let recorded = self.post("/problems").by("officer").json(body).send().await.expect(201);
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-11" });
        let assigned = self.move_on("dispatcher", &recorded, "assign", assign).await;
        let answered = self
            .move_on("handler", &assigned, "answer", json!({ "text": "已安排入学。" }))
            .await;
        let token = self.receipt_token(&recorded).await;
        let path = format!("/problems/{}/confirm", id_of(&answered));
        let call = self.post(&path).bearer(&token).at(&answered["version"]);
        call.json(json!({})).send().await.expect(200);
        self.read(&recorded).await
    }

    /// Changes rows past every rule.
    async fn past_every_rule(&self, statement: &'static str, id: Uuid) {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        sql(statement).bind(id).run(&mut tx).await.expect("a change");
        tx.commit().await.expect("a commit");
    }
}

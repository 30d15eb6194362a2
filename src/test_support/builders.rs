//! What tests need before they begin, with sane defaults.

use serde_json::{Value, json};

use super::World;

impl World {
    /// A visit of the officer's organisation to Yiwu, led by `leader`, with `officer` along, that has begun.
    pub async fn visit_in_progress(&self) -> Value {
        let visit = self
            .post("/visits")
            .by("officer")
            .json(visit_body())
            .send()
            .await
            .expect(201);
        let path = format!("/visits/{}/start", visit["id"].as_str().expect("an id"));
        self.post(&path)
            .by("officer")
            .at(&visit["version"])
            .send()
            .await
            .expect(200)
    }

    /// A problem of that visit without a disposition.
    pub async fn problem_of(&self, visit: &Value) -> Value {
        let mut body = problem_body();
        body["visit_id"] = visit["id"].clone();
        self.recorded("officer", body).await
    }

    /// A problem as somebody records it.
    pub async fn recorded(&self, who: &str, body: Value) -> Value {
        self.post("/problems").by(who).json(body).send().await.expect(201)
    }

    /// A problem that the officer recorded outside any visit.
    pub async fn open_problem(&self) -> Value {
        self.recorded("officer", problem_body()).await
    }

    /// The access token that the receipt of a problem that was just recorded is exchanged for.
    pub async fn receipt_token(&self, recorded: &Value) -> String {
        let body = json!({ "code": recorded["receipt"]["code"] });
        let token = self.post("/public/receipts/token").json(body).send().await.expect(200);
        token["access_token"].as_str().expect("a token").to_owned()
    }

    /// Puts a problem into a state, past every rule.
    pub async fn put_into(&self, problem: &Value, state: &'static str) {
        let id: uuid::Uuid = problem["id"].as_str().expect("an id").parse().expect("an id");
        let mut tx = self.app.db.begin().await.expect("a transaction");
        for statement in [
            "UPDATE problem SET state = $1 WHERE id = $2",
            "UPDATE problem_scope SET state = $1 WHERE problem_id = $2",
        ] {
            crate::db::sql(statement)
                .bind(state)
                .bind(id)
                .run(&mut tx)
                .await
                .expect("moved");
        }
        tx.commit().await.expect("a commit");
    }

    /// Disposes of a problem.
    pub async fn dispose(&self, who: &str, problem: &Value, body: Value) -> super::world::Answer {
        let path = format!("/problems/{}/dispose", problem["id"].as_str().expect("an id"));
        self.post(&path).by(who).at(&problem["version"]).json(body).send().await
    }
}

/// The body of a visit planned for half an hour before the frozen now.
pub fn visit_body() -> Value {
    json!({
        "mode": "site_visit", "origin": "proactive", "place_kind": "factory", "division": "330782",
        "planned_at": "2019-01-10T01:30:00Z", "leader_id": super::seed::member("leader").person,
        "members": [{ "person_id": super::seed::member("officer").person, "attended": true }],
    })
}

/// The body of a problem that an enterprise in Yiwu reports.
pub fn problem_body() -> Value {
    json!({
        "audience": "enterprise", "category": "E01", "causes": ["schooling"], "division": "330782",
        "statement": "去年引进的两位博士，孩子上学一直落实不了，今年都在考虑离开。",
        "summary": "人才子女入学",
        "reporter": {
            "kind": "enterprise", "display_name": "浙江示例纺织有限公司", "phone": "13900000001", "anonymity": "named",
        },
    })
}

/// A body with some of its members replaced or added.
pub fn with(mut body: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().expect("an object") {
        body[name] = value.clone();
    }
    body
}

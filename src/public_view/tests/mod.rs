//! What everybody sees, and what nobody does.

mod guarding;
mod lists;
mod publishing;
mod reading;
mod supporting;

use serde_json::{Value, json};

use crate::test_support::World;
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;

/// Words that hold nothing that is not for everybody.
fn words() -> Value {
    json!({ "title": "引进人才子女入学难", "summary": "引进的人才反映，子女无法就近入学。", "reason": "同类问题较多" })
}

/// The same with a result.
fn with_result() -> Value {
    let mut body = words();
    body["result"] = json!("统一受理引进人才子女入学。");
    body
}

fn path_of(problem: &Value) -> String {
    format!("/public/problems/{}", id_of(problem))
}

impl World {
    /// Publishes by the dispatcher of the county.
    async fn try_to_publish(&self, problem: &Value, body: Value) -> Answer {
        let path = format!("/problems/{}/publish", id_of(problem));
        self.post(&path)
            .by("dispatcher")
            .at(&problem["version"])
            .json(body)
            .send()
            .await
    }

    async fn publish(&self, problem: &Value, body: Value) -> Value {
        self.try_to_publish(problem, body).await.expect(200)
    }

    /// Publishes a problem as it stands; gives it as it then is.
    pub(crate) async fn made_public(&self, problem: &Value) -> Value {
        let now = self.again(problem).await;
        self.publish(&now, words()).await;
        self.again(problem).await
    }

    /// The problem as it stands, as the dispatcher reads it.
    async fn again(&self, problem: &Value) -> Value {
        let path = format!("/problems/{}", id_of(problem));
        self.get(&path).by("dispatcher").send().await.expect(200)
    }

    /// A problem of this body that `yiwu-hr` has worked at and reported done.
    async fn done(&self, body: Value) -> Value {
        let problem = self.assigned(body).await;
        let accepted = self.act("handler", &problem, "accept", json!({})).await.expect(200);
        self.plan(&accepted).await;
        let started = self.act("head", &accepted, "start", Value::Null).await.expect(200);
        self.do_steps(&started).await;
        let body = json!({ "result": "两个孩子已入学。", "no_face_to_face_reason": "反映人在外地，已电话沟通。" });
        self.act("head", &started, "complete", body).await.expect(200)
    }

    async fn status_in_public(&self, problem: &Value) -> u16 {
        self.get(&path_of(problem)).send().await.status
    }
}

//! Watches, through the router.

use serde_json::{Value, json};

use crate::on_both;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

impl World {
    async fn watch(&self, who: &str, problem: &Value) -> crate::test_support::world::Answer {
        let body = json!({ "problem_id": problem["id"], "note": "重点关注" });
        self.post("/me/watches").by(who).json(body).send().await
    }

    async fn watched(&self, who: &str) -> Vec<Value> {
        let page = self.get("/me/watches").by(who).send().await.expect(200);
        page["items"].as_array().expect("items").clone()
    }
}

on_both! {
    async fn a_watched_problem_stands_in_the_list_and_may_be_urged(world: World) {
        let (one, two) = (world.open_problem().await, world.open_problem().await);
        let urge = format!("/problems/{}/urge", id_of(&one));
        world.post(&urge).by("leader").json(json!({ "note": "请认领" })).send().await.expect_error(403, "forbidden");
        let watched = world.watch("leader", &one).await.expect(201);
        assert_eq!((watched["problem"]["id"].clone(), watched["note"].as_str()), (one["id"].clone(), Some("重点关注")));
        world.watch("leader", &one).await.expect_error(409, "duplicate");
        world.app.clock.set("2019-01-11T02:00:00Z".parse().unwrap());
        world.watch("leader", &two).await.expect(201);
        let ids: Vec<Value> = world.watched("leader").await.iter().map(|item| item["problem"]["id"].clone()).collect();
        assert_eq!(ids, [two["id"].clone(), one["id"].clone()]);
        let first = world.get("/me/watches?limit=1&with_total=true").by("leader").send().await.expect(200);
        assert_eq!(first["total"], 2);
        let next = format!("/me/watches?limit=1&with_total=true&cursor={}", first["next_cursor"].as_str().unwrap());
        let rest = world.get(&next).by("leader").send().await.expect(200);
        assert_eq!((rest["items"][0]["problem"]["id"].clone(), rest["next_cursor"].clone()), (one["id"].clone(), Value::Null));
        let actions = rest["items"][0]["problem"]["allowed_actions"].as_array().unwrap().clone();
        assert!(actions.iter().any(|action| action["action"] == "urge"), "{actions:?}");
        world.post(&urge).by("leader").json(json!({ "note": "请认领" })).send().await.expect(200);
        // Nobody else's list has it.
        assert_eq!(world.watched("dispatcher").await, Vec::<Value>::new());
        world.call(actix_web::http::Method::DELETE, &format!("/api/v1/me/watches/{}", id_of(&one))).by("leader").send().await.expect(204);
        world.call(actix_web::http::Method::DELETE, &format!("/api/v1/me/watches/{}", id_of(&one))).by("leader").send().await.expect_error(404, "not_found");
        assert_eq!(world.watched("leader").await.len(), 1);
        world.post(&urge).by("leader").json(json!({ "note": "请认领" })).send().await.expect_error(403, "forbidden");
    }

    async fn what_lies_outside_the_scope_is_not_watched(world: World) {
        let problem = world.open_problem().await;
        assert_eq!(world.watch("deqing-leader", &problem).await.expect_error(422, "invalid"), ["/problem_id unknown_reference"]);
        world.watch("reporter", &problem).await.expect_error(403, "forbidden");
        assert_eq!(world.watch("handler", &problem).await.expect_error(422, "invalid"), ["/problem_id unknown_reference"]);
        world.take_part(&problem, "yiwu-hr", "supporting").await;
        world.watch("handler", &problem).await.expect(201);
        assert_eq!(world.watched("handler").await.len(), 1);
        let mut tx = world.app.db.begin().await.unwrap();
        crate::db::sql("DELETE FROM problem_scope WHERE scope_id = $1").bind(seed::org("yiwu-hr")).run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.watched("handler").await, Vec::<Value>::new());
    }
}

use serde_json::json;

use super::domain::stored_form;
use crate::clock::Timestamp;
use crate::db::sql;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::seed::{self, DEQING, YIWU};

type Stored = (String, Option<String>, Option<Timestamp>, i64);

async fn stored(world: &World, client_id: &str) -> Stored {
    sql("SELECT secret_hash, previous_secret_hash, previous_secret_until, rights FROM client_app WHERE client_id = $1")
        .bind(client_id)
        .one(&world.app.db)
        .await
        .expect("a row")
}

on_both! {
    async fn a_client_is_registered_rotated_and_ended(world: World) {
        let body = json!({ "client_id": "yiwu-12345", "name": "12345热线", "org_id": seed::org("yiwu-office"),
            "scopes": ["problems:read", "problems:write"] });
        let made = world.post("/client-apps").by("admin").json(body.clone()).send().await.expect(201);
        let first = made["client_secret"].as_str().expect("a secret").to_owned();
        assert_eq!((first.len(), &made["division"]["code"]), (43, &json!(YIWU)));
        let faults = world.post("/client-apps").by("admin").json(body).send().await.expect_error(409, "duplicate");
        assert_eq!(faults, ["/client_id repeated"]);
        let path = format!("/client-apps/{}", made["id"].as_str().expect("an id"));
        let read = world.get(&path).by("admin").send().await.expect(200);
        assert!(read.get("client_secret").is_none());
        assert_eq!(stored(&world, "yiwu-12345").await, (stored_form(&first), None, None, 1));

        let rotate = format!("{path}/rotate-secret");
        world.post(&rotate).by("admin").send().await.expect_error(428, "precondition_required");
        let rotated = world.post(&rotate).by("admin").at(&json!(1)).send().await.expect(200);
        let second = rotated["client_secret"].as_str().expect("a secret").to_owned();
        let until: Timestamp = "2026-01-06T00:00:00Z".parse().expect("a literal");
        assert_eq!(rotated["previous_secret_until"], json!(until));
        assert_eq!(
            stored(&world, "yiwu-12345").await,
            (stored_form(&second), Some(stored_form(&first)), Some(until), 1)
        );

        let reason = json!({ "reason": "系统下线" });
        let ended = world.post(&format!("{path}/end")).by("admin").at(&json!(2)).json(reason).send().await.expect(200);
        assert_eq!(ended["end_reason"], "系统下线");
        assert_eq!(stored(&world, "yiwu-12345").await.3, 2);
        world.post(&rotate).by("admin").at(&json!(3)).send().await.expect_error(409, "ended");
        let listed = world.get("/client-apps?with_total=true").by("admin").send().await.expect(200);
        assert_eq!((&listed["total"], &listed["items"][0]["client_id"]), (&json!(1), &json!("integrator")));
        let all = world.get("/client-apps?with_total=true&include_ended=true").by("admin").send().await.expect(200);
        assert_eq!(all["total"], 2);
    }

    async fn an_ended_clients_tokens_are_stale_at_once(world: World) {
        world.get("/orgs").by("integrator").send().await.expect(200);
        let path = format!("/client-apps/{}/end", seed::member("integrator").person);
        world.post(&path).by("admin").at(&json!(1)).json(json!({ "reason": "系统下线" })).send().await.expect(200);
        world.get("/orgs").by("integrator").send().await.expect_error(401, "token_stale");
    }

    async fn clients_of_another_division_do_not_exist(world: World) {
        let path = format!("/client-apps/{}", seed::member("integrator").person);
        world.get(&path).by("deqing-admin").send().await.expect_error(404, "not_found");
        world.post(&format!("{path}/rotate-secret")).by("deqing-admin").at(&json!(1)).send().await
            .expect_error(404, "not_found");
        world.get(&path).by("province-admin").send().await.expect(200);
        world.get(&path).by("auditor").send().await.expect_error(403, "forbidden");
        let listed = world.get("/client-apps").by("deqing-admin").send().await.expect(200);
        assert_eq!(listed["items"], json!([]));
    }

    async fn faults_of_a_new_client_are_named(world: World) {
        let body = json!({ "client_id": "yiwu-12345", "name": "12345热线", "org_id": seed::org("deqing-office"),
            "scopes": ["problems:read", "directory:write"] });
        let faults = world.post("/client-apps").by("admin").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/scopes/1 enum", "/org_id unknown_reference"]);
        let body = json!({ "client_id": "A B", "name": "12345热线", "org_id": seed::org("yiwu-hr"), "scopes": [],
            "division": DEQING });
        let faults = world.post("/client-apps").by("admin").json(body.clone()).send().await.expect_error(422, "invalid");
        assert_eq!(faults.len(), 2, "{faults:?}");
        let mut body = body;
        (body["client_id"], body["scopes"]) = (json!("ab-c"), json!(["me"]));
        let faults = world.post("/client-apps").by("admin").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/division conflict"]);
    }
}

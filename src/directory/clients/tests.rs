use serde_json::json;

use crate::on_both;
use crate::test_support::seed;

on_both! {
    async fn a_client_gets_its_secret_once_and_a_new_one_when_asked(world: World) {
        let new = || json!({ "client_id": "yiwu-hotline", "name": "义乌市12345热线", "org_id": seed::org("yiwu-hr"), "scopes": ["problems:read"] });
        let client = world.post("/client-apps").by("admin").json(new()).send().await.expect(201);
        assert_eq!(client["client_secret"].as_str().map(str::len), Some(43));
        world.post("/client-apps").by("admin").json(new()).send().await.expect_error(409, "duplicate");
        let path = format!("/client-apps/{}", client["id"].as_str().unwrap());
        let read = world.get(&path).by("admin").send().await.expect(200);
        assert_eq!(read["client_secret"], json!(null));
        world.post(&format!("{path}/rotate-secret")).by("admin").send().await.expect_error(428, "precondition_required");
        let rotated = world.post(&format!("{path}/rotate-secret")).by("admin").at(&read["version"]).send().await.expect(200);
        assert_ne!(rotated["client_secret"], client["client_secret"]);
        assert_eq!(rotated["previous_secret_until"], "2026-01-06T00:00:00Z");
        let end = json!({ "reason": "系统下线" });
        world.post(&format!("{path}/end")).by("admin").at(&rotated["version"]).json(end.clone()).send().await.expect(200);
        world.post(&format!("{path}/end")).by("admin").at(&rotated["version"]).json(end).send().await.expect_error(409, "ended");
        let listed = world.get("/client-apps").by("admin").send().await.expect(200);
        assert!(listed["items"].as_array().unwrap().iter().all(|item| item["client_id"] != "yiwu-hotline"));
        let listed = world.get("/client-apps?include_ended=true").by("admin").send().await.expect(200);
        assert!(listed["items"].as_array().unwrap().iter().any(|item| item["client_id"] == "yiwu-hotline"));
    }

    async fn a_client_is_kept_within_the_division_only(world: World) {
        let new = json!({ "client_id": "elsewhere", "name": "x", "org_id": seed::org("deqing-office"), "scopes": ["problems:read"] });
        let faults = world.post("/client-apps").by("admin").json(new).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/org_id unknown_reference"]);
        let new = json!({ "client_id": "elsewhere", "name": "x", "org_id": seed::org("yiwu-hr"), "scopes": ["everything"] });
        let faults = world.post("/client-apps").by("admin").json(new).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/scopes enum"]);
        let path = format!("/client-apps/{}", seed::member(seed::CLIENT).person);
        world.get(&path).by("admin").send().await.expect(200);
        let rate = |requests: i64| json!({ "rate_policy": { "requests": requests, "seconds": 60 } });
        world.patch(&path).by("deqing-admin").at(&json!(1)).json(rate(3)).send().await.expect_error(404, "not_found");
        assert_eq!(world.patch(&path).by("admin").at(&json!(1)).json(rate(0)).send().await.expect_error(422, "invalid"), ["/rate_policy/requests out_of_range"]);
        let limited = world.patch(&path).by("admin").at(&json!(1)).json(rate(3)).send().await.expect(200);
        assert_eq!(limited["rate_policy"], json!({ "requests": 3, "seconds": 60 }));
        world.app.rate_limits.learn(crate::auth::store::clients::rate_policies(&world.app.db).await.expect("policies"));
        for status in [200, 200, 200, 429] {
            let answer = world.get("/problems").by("integrator").sent_from("203.0.113.9").send().await;
            assert_eq!((answer.status, answer.headers["ratelimit-policy"].as_str()), (status, "\"address\";q=6000;w=60, \"client\";q=3;w=60"));
        }
        let unlimited = world.patch(&path).by("admin").at(&json!(2)).json(json!({ "rate_policy": null })).send().await.expect(200);
        assert_eq!((&unlimited["rate_policy"], &unlimited["version"]), (&json!(null), &json!(3)));
        world.get(&path).by("deqing-admin").send().await.expect_error(404, "not_found");
        // An ended client's token is stale at once in the process that ended it.
        world.get("/problems").by("integrator").send().await.expect(200);
        world.post(&format!("{path}/end")).by("admin").at(&json!(3)).json(json!({ "reason": "下线" })).send().await.expect(200);
        world.get("/problems").by("integrator").send().await.expect_error(401, "token_stale");
    }
}

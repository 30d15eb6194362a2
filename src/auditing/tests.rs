//! Through the real router, on both databases.

use serde_json::{Value, json};

use crate::auth::Role;
use crate::db::sql;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::handling::id_of;

async fn log(world: &World, query: &str) -> Value {
    world
        .get(&format!("/access-log{query}"))
        .by("auditor")
        .send()
        .await
        .expect(200)
}

fn kinds(page: &Value) -> Vec<&str> {
    page["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|item| item["kind"].as_str())
        .collect()
}

on_both! {
    async fn an_auditor_reads_who_read_what_in_his_division(world: World) {
        let problem = world.open_problem().await;
        let reporter = problem["reporter"]["id"].as_str().unwrap().to_owned();
        let reveal = format!("/reporters/{reporter}/reveal-phone");
        for who in ["dispatcher", "officer"] {
            world.post(&reveal).by(who).send().await.expect(200);
        }
        world.get("/me/data").by("deqing-dispatcher").send().await.expect(200);
        world.receipt_token(&problem).await;
        world.post("/auth/token").json(json!({ "grant_type": "password", "username": "nobody", "password": "wrong-password" })).send().await;

        let all = log(&world, "").await;
        assert_eq!(kinds(&all), ["login", "reveal_phone", "reveal_phone"], "{all}");
        assert_eq!(all["items"][0]["subject_id"], problem["id"], "a receipt of one of the division's problems");
        assert_eq!(all["items"][1]["person"]["name"], "示例走访干部");
        assert_eq!((&all["items"][2]["subject_kind"], &all["items"][2]["subject_id"]), (&json!("reporter"), &json!(reporter)));
        let by_kind = log(&world, "?kind=reveal_phone&limit=1").await;
        assert_eq!(kinds(&by_kind), ["reveal_phone"]);
        let next = log(&world, &format!("?kind=reveal_phone&limit=1&cursor={}", by_kind["next_cursor"].as_str().unwrap())).await;
        assert_eq!((kinds(&next), &next["items"][0]["person"]["name"]), (vec!["reveal_phone"], &json!("示例交办员")));
        let person = crate::test_support::seed::member("officer").person;
        assert_eq!(kinds(&log(&world, &format!("?person_id={person}")).await).len(), 1);
        assert_eq!(kinds(&log(&world, &format!("?subject_id={reporter}")).await).len(), 2);
        assert!(kinds(&log(&world, "?to=2026-01-05T00:00:00Z").await).is_empty(), "it keeps real time");
        assert_eq!(kinds(&log(&world, "?from=2026-01-05T00:00:00Z&to=2026-01-06T00:00:00Z").await).len(), 3);
        world.get("/access-log").by("dispatcher").send().await.expect_error(403, "forbidden");
        world.get("/access-log").by("admin").send().await.expect_error(403, "forbidden");

        // At the top: also what names nobody, and what others did elsewhere.
        let top = world.as_other("province-dispatcher", Role::Auditor, "province-office");
        let whole = world.get("/access-log").header("Authorization", &top).send().await.expect(200);
        let mut seen = kinds(&whole);
        seen.sort_unstable();
        assert_eq!(seen, ["login", "login_refused", "read_own_data", "reveal_phone", "reveal_phone"]);
        let page = world.get("/access-log?limit=2&with_total=true").header("Authorization", &top).send().await.expect(200);
        assert!(page["next_cursor"].is_string());
        assert_eq!((&page["total"], &log(&world, "?limit=1&with_total=true").await["total"]), (&json!(5), &json!(3)));
        assert_eq!(log(&world, "?kind=reveal_phone&with_total=true").await["total"], 2);
    }

    async fn an_auditor_verifies_chains_and_reads_no_case(world: World) {
        let problem = world.open_problem().await;
        let id = id_of(&problem);
        let note = json!({ "note": "请抓紧办理此事" });
        let urge = world.post(&format!("/problems/{id}/urge")).by("dispatcher").at(&problem["version"]).json(note);
        urge.send().await.expect(200);
        let answer = world.get(&format!("/events?about_id={id}&with_total=true")).by("auditor").send().await;
        assert!(!String::from_utf8_lossy(&answer.bytes).contains("请抓紧办理"), "no text");
        let page = answer.expect(200);
        assert_eq!((page["total"].as_i64(), &page["items"][0]["type"]), (Some(2), &json!("problem.recorded")));
        assert_eq!((&page["items"][1]["seq"], &page["items"][1]["prev_hash"]), (&json!(2), &page["items"][0]["hash"]));
        assert!(page["items"][1]["text_hash"].is_string());
        let verify = json!({ "about_id": id });
        let found = world.post("/events/verify").by("auditor").json(verify.clone()).send().await.expect(200);
        assert_eq!(found, json!({ "about_id": id, "events": 2, "whole": true, "broken_at": null }));
        assert_eq!(kinds(&log(&world, "?kind=verify_chain").await).len(), 1);
        // Nobody else, nothing outside, no case.
        world.post("/events/verify").by("dispatcher").json(verify.clone()).send().await.expect_error(403, "forbidden");
        world.get(&format!("/problems/{id}")).by("auditor").send().await.expect_error(403, "forbidden");
        let elsewhere = world.as_other("deqing-dispatcher", Role::Auditor, "deqing-office");
        for path in [format!("/events?about_id={id}"), "/events?about_id=019fb0c5-3f8e-7000-8000-0000000000ff".to_owned()] {
            world.get(&path).header("Authorization", &elsewhere).send().await.expect_error(404, "not_found");
        }
        let mut tx = world.app.db.begin().await.unwrap();
        let unguard = tx.pick("DROP TRIGGER event_is_immutable", "ALTER TABLE event DISABLE TRIGGER USER");
        sql(unguard).run(&mut tx).await.unwrap();
        sql("UPDATE event SET type = 'problem.closed' WHERE aggregate_id = $1 AND aggregate_seq = 2")
            .bind(id).run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let found = world.post("/events/verify").by("auditor").json(verify).send().await.expect(200);
        assert_eq!((&found["whole"], &found["broken_at"]), (&json!(false), &json!(2)));
    }
}

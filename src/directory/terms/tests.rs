use serde_json::json;

use crate::on_both;
use crate::test_support::builders::problem_body;

on_both! {
    async fn s10_a_term_is_usable_as_soon_as_it_is_added_and_until_it_is_retired(world: World) {
        let new = json!({
            "kind": "category", "code": "E08", "audience": "enterprise", "zh": "加强知识产权保护",
            "en": "Stronger protection of intellectual property",
        });
        let term = world.post("/terms").by("province-admin").json(new.clone()).send().await.expect(201);
        world.post("/terms").by("province-admin").json(new).send().await.expect_error(409, "duplicate");
        let listed = world.get("/meta/terms?kind=category&audience=enterprise").by("officer").send().await.expect(200);
        assert!(listed["items"].as_array().unwrap().iter().any(|item| item["code"] == "E08"));
        let mut body = problem_body();
        body["category"] = json!("E08");
        let problem = world.post("/problems").by("officer").json(body.clone()).send().await.expect(201);
        let path = format!("/terms/{}", term["id"].as_str().unwrap());
        let retire = || json!({ "valid_to": "2019-01-10" });
        world.patch(&path).by("province-admin").json(retire()).send().await.expect_error(428, "precondition_required");
        world.patch(&path).by("province-admin").at(&term["version"]).json(retire()).send().await.expect(200);
        let faults = world.post("/problems").by("officer").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/category retired_term"]);
        let read = world.get(&format!("/problems/{}", problem["id"].as_str().unwrap())).by("officer").send().await.expect(200);
        assert_eq!(read["category"]["label"], "加强知识产权保护");
        let listed = world.get("/meta/terms?kind=category").by("officer").send().await.expect(200);
        assert!(!listed["items"].as_array().unwrap().iter().any(|item| item["code"] == "E08"));
    }

    async fn s15_s16_s17_sixteen_categories_and_three_others_are_there_from_the_first_day(world: World) {
        let listed = world.get("/meta/terms?kind=category&limit=200").by("officer").send().await.expect(200);
        let codes: Vec<&str> = listed["items"].as_array().unwrap().iter()
            .filter(|item| item["heading"] == false).filter_map(|item| item["code"].as_str()).collect();
        let others = codes.iter().filter(|code| code.ends_with("99")).count();
        assert_eq!((codes.len() - others, others), (16, 3));
        let cost: Vec<&str> = listed["items"].as_array().unwrap().iter()
            .filter(|item| item["parent"]["code"] == "cost").filter_map(|item| item["code"].as_str()).collect();
        assert_eq!(cost, ["E03", "E04"]);
        let english = world.get("/meta/terms?kind=goal").by("officer").header("Accept-Language", "en").send().await.expect(200);
        assert_ne!(english["items"][0]["label"], english["items"][0]["zh"]);
    }

    async fn terms_are_kept_by_the_highest_administrators_only(world: World) {
        let new = json!({ "kind": "goal", "code": "new_goal", "zh": "新目标", "en": "A new goal" });
        world.post("/terms").by("admin").json(new.clone()).send().await.expect_error(403, "forbidden");
        world.post("/terms").by("officer").json(new.clone()).send().await.expect_error(403, "forbidden");
        let bad = json!({ "kind": "goal", "code": "no spaces", "zh": "", "parent": "none", "en": "x" });
        let mut faults = world.post("/terms").by("province-admin").json(bad).send().await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/code format", "/zh too_short"]);
    }

    async fn s81_nobody_adds_a_reason_to_hide_what_is_said(world: World) {
        let new = json!({ "kind": "reason", "code": "criticism", "parent": "hide", "zh": "批评", "en": "Criticism" });
        let added = world.post("/terms").by("province-admin").json(new.clone()).send().await;
        assert_eq!(added.expect_error(422, "invalid"), ["/parent closed_set"]);
        // Of those that are there none is named anew; every other heading takes more.
        let listed = world.get("/meta/terms?kind=reason&limit=200").by("officer").send().await.expect(200);
        let privacy = listed["items"].as_array().unwrap().iter().find(|item| item["code"] == "personal_privacy").unwrap();
        let path = format!("/terms/{}", privacy["id"].as_str().unwrap());
        for (name, fault) in [("zh", "/zh closed_set"), ("en", "/en closed_set")] {
            let renamed = world.patch(&path).by("province-admin").at(&privacy["version"]).json(json!({ name: "批评不实" })).send().await;
            assert_eq!(renamed.expect_error(422, "invalid"), [fault]);
        }
        let mut other = new;
        other["parent"] = json!("return");
        world.post("/terms").by("province-admin").json(other).send().await.expect(201);
    }
}

//! Finding reporters by their number, and not finding those whom one may not know.

use super::*;

async fn find(world: &World, who: &str, phone: &str) -> Value {
    let body = json!({ "phone": phone });
    let answer = world.post("/reporters/search").by(who).json(body).send().await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    answer.expect(200)
}

fn names(found: &Value) -> Vec<&str> {
    let items = found["items"].as_array().expect("items");
    items
        .iter()
        .filter_map(|item| item["reporter"]["display_name"].as_str())
        .collect()
}

on_both! {
    async fn a_number_finds_whom_the_caller_may_know_and_each_search_is_logged(world: World) {
        let known = recorded(&world, person("named")).await;
        let mut masked = person("masked");
        masked["display_name"] = json!("李女士");
        let hidden = recorded(&world, masked).await;
        let logged = "SELECT COUNT(*) FROM access_log WHERE kind = 'search_phone' AND subject_id IS NOT NULL";
        for (who, expected, so_far) in [
            ("officer", &["王女士"][..], 1),
            ("dispatcher", &["李女士", "王女士"], 3),
            ("supervisor", &["李女士", "王女士"], 5),
            ("province-dispatcher", &["李女士", "王女士"], 7),
            ("officer2", &[], 7),
            ("deqing-dispatcher", &[], 7),
        ] {
            let mut found = find(&world, who, "+86 138-0000-1234").await;
            found["items"].as_array_mut().unwrap().sort_by_key(|item| item["reporter"]["display_name"].to_string());
            let mut expected = expected.to_vec();
            expected.sort_by_key(|name| format!("{name:?}"));
            assert_eq!(names(&found), expected, "{who}");
            assert!(!found.to_string().contains(NUMBER), "the number stays masked");
            assert_eq!(count(&world, logged).await, so_far, "{who}");
        }
        assert_eq!(count(&world, "SELECT COUNT(*) FROM access_log WHERE kind = 'search_phone' AND subject_id IS NULL").await, 2);
        let found = find(&world, "officer", NUMBER).await;
        assert_eq!((&found["items"][0]["problems"][0]["tracking_no"], &found["more"]), (&known["tracking_no"], &json!(false)));
        assert_eq!(found["items"][0]["reporter"]["phone_masked"], "138****1234");
        // No part of a number finds anybody, and what is none is told so.
        for part in ["1380000123", "0001234", "13800001235"] {
            assert_eq!(find(&world, "dispatcher", part).await["items"], json!([]), "{part}");
        }
        let faults = world.post("/reporters/search").by("dispatcher").json(json!({ "phone": "138****1234" })).send().await;
        assert_eq!(faults.expect_error(422, "invalid"), ["/phone phone"]);
        // Whoever handles a masked reporter's problem learns of him in no way.
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        let path = format!("/problems/{}", hidden["id"].as_str().unwrap());
        world.post(&format!("{path}/assign")).by("dispatcher").at(&hidden["version"]).json(assign).send().await.expect(200);
        let seen = world.get(&path).by("handler").send().await.expect(200);
        assert_eq!((&seen["reporter"]["display_name"], &seen["reporter"]["phone_masked"]), (&Value::Null, &Value::Null));
        for who in ["handler", "head", "leader", "reporter", "integrator", "auditor"] {
            let body = json!({ "phone": NUMBER });
            world.post("/reporters/search").by(who).json(body).send().await.expect_error(403, "forbidden");
        }
        for guess in ["reporter=%E6%9D%8E", "phone=13800001234", "reporter_id=019fb0c5-3f8e-7000-8000-0000000000ff"] {
            world.get(&format!("/problems?{guess}")).by("handler").send().await.expect_error(400, "malformed");
        }
        // An officer who recorded a masked reporter finds him no more than anybody.
        assert_eq!(names(&find(&world, "officer", NUMBER).await), ["王女士"]);
    }
}

use serde_json::{Value, json};

use crate::on_both;
use crate::test_support::seed;

fn unready(page: &Value) -> Vec<(String, Vec<String>)> {
    let items = page["items"].as_array().expect("a page");
    let gap = |gap: &Value| {
        format!(
            "{} {}",
            gap["decision"].as_str().unwrap_or(""),
            gap["decided_by"].as_str().unwrap_or("")
        )
    };
    items
        .iter()
        .map(|item| {
            let gaps = item["gaps"].as_array().expect("gaps").iter().map(gap).collect();
            (item["division"]["code"].as_str().unwrap_or_default().to_owned(), gaps)
        })
        .collect()
}

on_both! {
    async fn what_can_only_be_decided_outside_is_told(world: World) {
        let page = world.get("/meta/readiness").by("province-leader").send().await.expect(200);
        let everywhere = unready(&page);
        let codes: Vec<&str> = everywhere.iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, ["330000", "330521", "330782"]);
        // The province has a dispatcher and no supervisor, and nobody above it.
        let province = ["escalate outside", "decline outside", "hold outside", "appeal outside", "look_back outside"];
        assert_eq!(everywhere[0].1, province);
        assert_eq!(everywhere[1].1, ["hold outside", "appeal outside", "look_back outside"]);
        assert_eq!(everywhere[2].1, ["hold same_level"]);
        let own = world.get("/meta/readiness").by("officer").send().await.expect(200);
        assert_eq!(unready(&own), everywhere[2..]);

        let body = json!({ "role": "supervisor", "org_id": seed::org("province-office") });
        let path = format!("/people/{}/memberships", seed::member("province-leader").person);
        world.post(&path).by("province-admin").json(body).send().await.expect(201);
        let own = world.get("/meta/readiness").by("officer").send().await.expect(200);
        assert_eq!(unready(&own), []);
        world.get("/meta/readiness").by("reporter").send().await.expect_error(403, "forbidden");
    }
}

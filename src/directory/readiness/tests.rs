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

    async fn where_there_is_no_dispatch_office_it_is_told(world: World) {
        let office = async |kind: &'static str, code: &'static str| {
            let mut tx = world.app.db.begin().await.expect("a transaction");
            crate::db::sql("UPDATE org SET kind = $1 WHERE division_id = (SELECT id FROM division WHERE code = $2 AND level <> 'town') \
                 AND kind IN ('office', 'dispatch_office')")
                .bind(kind).bind(code).run(&mut tx).await.expect("an office");
            tx.commit().await.expect("a commit");
        };
        let gap = async || {
            let page = world.get("/meta/readiness").by("officer").send().await.expect(200);
            let gaps = page["items"][0]["gaps"].as_array().cloned().unwrap_or_default();
            gaps.into_iter().find(|gap| gap["decision"] == "route")
        };
        office("office", "330782").await;
        assert_eq!(gap().await, None, "the province has one");
        office("office", "330000").await;
        let expected = json!({ "decision": "route", "missing_role": null, "missing_org": "dispatch_office", "decided_by": "dispatchers_org" });
        assert_eq!(gap().await, Some(expected));
        let mut tx = world.app.db.begin().await.expect("a transaction");
        crate::db::sql("UPDATE membership SET ended_at = valid_from WHERE role = 'dispatcher'").run(&mut tx).await.expect("nobody");
        tx.commit().await.expect("a commit");
        assert_eq!(gap().await.map(|gap| gap["decided_by"].clone()), Some(json!("outside")));
    }
}

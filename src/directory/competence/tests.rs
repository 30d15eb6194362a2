use serde_json::json;
use uuid::Uuid;

use super::domain::{Fit, Ground, ranked};
use crate::directory::terms_shipped::term_id;
use crate::directory::words::Audience;
use crate::on_both;
use crate::test_support::seed;

#[test]
fn the_nearest_division_wins_then_the_ground_then_the_priority() {
    let fit = |org: u128, distance, ground, priority| Fit {
        org: Uuid::from_u128(org),
        ground,
        distance,
        priority,
    };
    let ordered = ranked(vec![
        fit(1, 2, Ground::Category, 9),
        fit(2, 0, Ground::Division, 9),
        fit(3, 0, Ground::Category, 1),
        fit(4, 0, Ground::Category, 5),
        fit(5, 0, Ground::Audience, 9),
        fit(3, 1, Ground::Category, 9),
    ]);
    let orgs: Vec<u128> = ordered.iter().map(|fit| fit.org.as_u128()).collect();
    assert_eq!(orgs, [4, 3, 5, 2, 1]);
}

on_both! {
    async fn competence_is_kept_within_the_division_and_asked_for_by_it(world: World) {
        let new = |org: &str, category: serde_json::Value| json!({ "org_id": seed::org(org), "category": category, "division": "330782" });
        let row = world.post("/competences").by("admin").json(new("yiwu-hr", json!("E01"))).send().await.expect(201);
        world.post("/competences").by("admin").json(new("yiwu-finance", json!(null))).send().await.expect(201);
        let ask = || super::competent_orgs(&world.app.db, seed::division("330782"), term_id("category", "E01"), Audience::Enterprise, world.app.clock.now());
        let orgs: Vec<_> = ask().await.unwrap().iter().map(|fit| fit.org).collect();
        assert_eq!(orgs, [seed::org("yiwu-hr"), seed::org("yiwu-finance")]);
        let faults = world.post("/competences").by("deqing-admin").json(new("yiwu-hr", json!("E77"))).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/division unknown_reference", "/category unknown_reference"]);
        let path = format!("/competences/{}/end", row["id"].as_str().unwrap());
        world.post(&path).by("deqing-admin").at(&row["version"]).json(json!({ "reason": "职责调整" })).send().await.expect_error(404, "not_found");
        world.post(&path).by("admin").at(&row["version"]).json(json!({ "reason": "职责调整" })).send().await.expect(200);
        assert_eq!(ask().await.unwrap().len(), 1);
        let listed = world.get("/competences?division=330700").by("officer").send().await.expect(200);
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    }
}

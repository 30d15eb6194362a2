//! Who could take a problem.

use serde_json::{Value, json};

use super::follow_up;
use crate::on_both;
use crate::test_support::{World, seed};

async fn suggested(world: &World, who: &str, problem: &Value, query: &str) -> Value {
    let path = format!(
        "/problems/{}/suggested-orgs?{query}",
        problem["tracking_no"].as_str().unwrap()
    );
    world.get(&path).by(who).send().await.expect(200)
}

fn grounds(page: &Value) -> Vec<(Value, Value, Value)> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|one| (one["org"]["id"].clone(), one["ground"].clone(), one["distance"].clone()))
        .collect()
}

async fn competent(world: &World, who: &str, org: &str, division: &str, more: Value) {
    let mut body = json!({ "org_id": seed::org(org), "division": division });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    world.post("/competences").by(who).json(body).send().await.expect(201);
}

on_both! {
    async fn s55_the_competent_are_suggested_best_first_and_the_proposed_before_them(world: World) {
        competent(&world, "province-admin", "province-hr", "330000", json!({ "category": "E01" })).await;
        competent(&world, "admin", "yiwu-finance", "330782", json!({ "audience": "enterprise", "priority": 9 })).await;
        competent(&world, "admin", "yiwu-hr", "330782", json!({ "category": "E01", "priority": 3 })).await;
        competent(&world, "admin", "yiwu-supervision", "330782", json!({ "category": "E02" })).await;
        let problem = world.open_problem().await;
        let page = suggested(&world, "dispatcher", &problem, "with_total=true").await;
        let of = |org: &str, ground: &str, distance: i64| (json!(seed::org(org)), json!(ground), json!(distance));
        let ranked = [of("yiwu-hr", "category", 0), of("yiwu-finance", "audience", 0), of("province-hr", "category", 2)];
        assert_eq!(grounds(&page), ranked);
        assert_eq!((&page["total"], &page["items"][0]["priority"], &page["items"][0]["unrouted"]), (&json!(3), &json!(3), &json!(false)));
        assert_eq!(page["items"][0]["org"]["name"], "义乌市人力资源和社会保障局");
        assert_eq!(page["items"][2]["reason"], "上2级区划内主管该分类的问题");
        let path = format!("/problems/{}/suggested-orgs", problem["id"].as_str().unwrap());
        let english = world.get(&path).by("leader").header("Accept-Language", "en").send().await.expect(200);
        assert_eq!(english["items"][1]["reason"], "Competent for problems of this audience, in its own division");
        // Pages follow each other.
        let first = suggested(&world, "officer", &problem, "limit=2").await;
        let cursor = format!("limit=2&cursor={}", first["next_cursor"].as_str().unwrap());
        let second = suggested(&world, "officer", &problem, &cursor).await;
        assert_eq!((grounds(&first), grounds(&second)), (ranked[..2].to_vec(), ranked[2..].to_vec()));
        assert_eq!(second["next_cursor"], Value::Null);
        // Who disposed of it proposed another.
        let mut body = follow_up();
        body["lead_org_id"] = json!(seed::org("yiwu-finance"));
        let proposed = world.dispose("officer", &problem, body).await.expect(200);
        let page = suggested(&world, "supervisor", &proposed, "").await;
        let now = [of("yiwu-finance", "proposed", 0), of("yiwu-hr", "category", 0), of("province-hr", "category", 2)];
        assert_eq!(grounds(&page), now);
        assert_eq!((&page["items"][0]["priority"], &page["items"][0]["reason"]), (&json!(9), &json!("处置时提出由其主办")));
    }

    async fn where_nobody_is_competent_the_nearest_dispatch_office_is_and_it_is_said(world: World) {
        let problem = world.open_problem().await;
        let page = suggested(&world, "dispatcher", &problem, "").await;
        assert_eq!(grounds(&page), [(json!(seed::org("yiwu-office")), json!("dispatch_office"), json!(0))]);
        assert_eq!((&page["items"][0]["unrouted"], &page["items"][0]["priority"]), (&json!(true), &Value::Null));
        let mut tx = world.app.db.begin().await.unwrap();
        crate::db::sql("UPDATE org SET ended_at = $1 WHERE id = $2").bind(world.app.clock.now()).bind(seed::org("yiwu-office")).run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let page = suggested(&world, "dispatcher", &problem, "").await;
        assert_eq!(grounds(&page), [(json!(seed::org("province-office")), json!("dispatch_office"), json!(2))]);
        // A proposal is somebody, competent or not; one that has ended is not.
        let proposed = world.dispose("officer", &problem, follow_up()).await.expect(200);
        let page = suggested(&world, "dispatcher", &proposed, "").await;
        assert_eq!(grounds(&page), [(json!(seed::org("yiwu-hr")), json!("proposed"), Value::Null)]);
        let mut tx = world.app.db.begin().await.unwrap();
        crate::db::sql("UPDATE org SET ended_at = $1 WHERE id = $2").bind(world.app.clock.now()).bind(seed::org("yiwu-hr")).run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(suggested(&world, "dispatcher", &proposed, "").await["items"][0]["unrouted"], true);
    }

    async fn suggestions_are_for_the_administration_and_within_its_scope(world: World) {
        let problem = world.open_problem().await;
        let path = format!("/problems/{}/suggested-orgs", problem["id"].as_str().unwrap());
        for who in ["deqing-officer", "deqing-dispatcher", "officer2", "handler"] {
            world.get(&path).by(who).send().await.expect_error(404, "not_found");
        }
        for who in ["reporter", "assessor", "integrator"] {
            world.get(&path).by(who).send().await.expect_error(403, "forbidden");
        }
    }
}

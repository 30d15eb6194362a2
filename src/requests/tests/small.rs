//! Nothing waits for nobody: an office of three people, and the province alone.

use serde_json::{Value, json};

use super::{body, outside, ruling};
use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

/// Leaves only these people of the world their roles.
async fn leave_only(world: &World, people: &[&str]) {
    let kept: Vec<uuid::Uuid> = people.iter().map(|key| seed::member(key).person).collect();
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("UPDATE person SET active = ")
        .push_bind("", false)
        .push(" WHERE NOT (id")
        .in_list(&kept)
        .push(")")
        .run(&mut tx)
        .await
        .expect("people");
    tx.commit().await.expect("a commit");
}

/// Asks and decides, as whoever the request waits for; what it waits for is told.
async fn decided(world: &World, asker: &str, decider: &str, kind: &str, problem: &Value, way: Value) -> Value {
    let asked = world.ask(asker, problem, body(kind)).await.expect(201);
    let entered = way["outside"].is_object();
    assert_eq!(
        asked["waits_for"]["outside"],
        json!(entered),
        "{kind} by {asker}: {asked}"
    );
    let own = world.decide(asker, &asked, way.clone()).await;
    assert!([403, 404].contains(&own.status), "{kind}: who asked never decides");
    world.decide(decider, &asked, way).await.expect(200);
    world.seen(problem).await
}

on_both! {
    async fn s57_an_office_of_three_people_lives_every_story(world: World) {
        // A handler, a head and a dispatcher; nobody supervises, and nobody is above.
        leave_only(&world, &["handler", "head", "dispatcher"]).await;
        let gaps = world.get("/meta/readiness").by("dispatcher").send().await.expect(200);
        let gaps: Vec<(String, String)> = gaps["items"][0]["gaps"].as_array().unwrap().iter()
            .map(|gap| (gap["decision"].as_str().unwrap().to_owned(), gap["decided_by"].as_str().unwrap().to_owned())).collect();
        let outside_only = ["escalate", "decline", "hold", "appeal", "look_back"].map(|what| (what.to_owned(), "outside".to_owned()));
        assert_eq!(gaps, outside_only);
        let returned = decided(&world, "handler", "dispatcher", "return", &world.just_assigned().await, ruling("refused", None)).await;
        assert_eq!(returned["state"], "assigned");
        let mut to = outside("granted");
        to["org_id"] = json!(seed::org("yiwu-finance"));
        let escalated = decided(&world, "head", "dispatcher", "escalate", &world.being_handled().await, to).await;
        assert_eq!((escalated["state"].as_str(), escalated["lead_org"]["id"].clone()), (Some("assigned"), json!(seed::org("yiwu-finance"))));
        let held = decided(&world, "head", "handler", "hold", &world.being_handled().await, outside("granted")).await;
        assert_eq!(held["state"], "on_hold");
        let later = decided(&world, "head", "dispatcher", "extend", &world.being_handled().await, ruling("granted", None)).await;
        assert_eq!(later["clock"]["due_at"], "2019-01-25T09:00:00Z");
        let declined = decided(&world, "dispatcher", "head", "decline", &world.being_handled().await, outside("granted")).await;
        assert_eq!(declined["state"], "declined");
        // The only dispatcher sends it to and fro: he does not rule on it, so it is entered.
        let problem = world.just_assigned().await;
        let path = format!("/problems/{}/transfer", id_of(&problem));
        let to = |org: &str| json!({ "lead_org_id": seed::org(org), "due_on": "2019-01-21", "reason": "事权不同" });
        let there = world.post(&path).by("dispatcher").at(&problem["version"]).json(to("yiwu-finance")).send().await.expect(200);
        world.post(&path).by("dispatcher").at(&there["version"]).json(to("yiwu-hr")).send().await.expect(200);
        let open = world.get("/requests").by("head").send().await.expect(200);
        assert_eq!((open["items"].as_array().map(Vec::len), open["items"][0]["waits_for"]["outside"].as_bool()), (Some(1), Some(true)));
        world.decide("head", &open["items"][0], outside("refused")).await.expect(200);
        assert_eq!(world.seen(&problem).await["state"], "assigned");
    }

    async fn an_appeal_without_a_supervisor_is_entered_with_its_document(world: World) {
        leave_only(&world, &["handler", "head", "dispatcher", "province-dispatcher"]).await;
        let recorded = world.open_problem().await;
        let token = world.receipt_token(&recorded).await;
        decided(&world, "dispatcher", "province-dispatcher", "decline", &recorded, ruling("granted", None)).await;
        let path = format!("/problems/{}/requests", id_of(&recorded));
        let declined = world.seen(&recorded).await;
        let appeal = world.post(&path).bearer(&token).at(&declined["version"]).json(body("appeal")).send().await.expect(201);
        assert_eq!(world.decide("dispatcher", &appeal, ruling("granted", None)).await.expect_error(422, "invalid"), ["/outside required"]);
        let mut future = outside("granted");
        future["outside"]["decided_on"] = json!("2019-01-11");
        future["outside"]["attachment_id"] = json!(seed::org("yiwu-hr"));
        assert_eq!(world.decide("dispatcher", &appeal, future).await.expect_error(422, "invalid"),
            ["/outside/decided_on not_within", "/outside/attachment_id unknown_reference"]);
        let entered = world.decide("dispatcher", &appeal, outside("granted")).await.expect(200);
        assert_eq!(entered["decision"]["outside"]["document_no"], "示例〔2019〕5号");
        // Nobody ever led it: it is open to be claimed.
        let anew = world.seen(&recorded).await;
        assert_eq!((anew["state"].as_str(), anew["cycle_no"].as_i64()), (Some("open"), Some(2)));
    }

    async fn s57_the_province_alone_decides_what_nobody_above_it_can(world: World) {
        let studied = world.dispose("leader", &world.open_problem().await, json!({
            "disposition": "typical", "study_org_id": seed::org("province-hr"), "due_on": "2019-02-01",
        })).await.expect(200);
        let head = world.as_other("province-leader", crate::auth::Role::Head, "province-hr");
        let path = format!("/problems/{}/requests", id_of(&studied));
        let mut hold = body("hold");
        hold["until"] = json!("2019-01-31");
        let asked = world.post(&path).header("Authorization", &head).at(&studied["version"]).json(hold).send().await.expect(201);
        assert_eq!(asked["waits_for"]["outside"], true, "nobody supervises the province");
        // As soon as somebody of another organisation does, he decides.
        world.appoint("province-admin", crate::auth::Role::Supervisor, "province-office").await;
        let supervisor = world.as_other("province-admin", crate::auth::Role::Supervisor, "province-office");
        let path = format!("/requests/{}/decide", id_of(&asked));
        world.post(&path).by("province-dispatcher").at(&asked["version"]).json(outside("granted")).send().await.expect_error(403, "forbidden");
        world.post(&path).header("Authorization", &supervisor).at(&asked["version"]).json(ruling("granted", None)).send().await.expect(200);
        assert_eq!(world.seen(&studied).await["state"], "on_hold");
        let readiness = world.get("/meta/readiness").by("province-dispatcher").send().await.expect(200);
        let province = readiness["items"].as_array().unwrap().iter().find(|item| item["division"]["code"] == "330000").unwrap().clone();
        let gaps: Vec<&str> = province["gaps"].as_array().unwrap().iter().filter_map(|gap| gap["decided_by"].as_str()).collect();
        assert_eq!(gaps, ["same_level", "same_level", "same_level"]);
    }

    async fn s57_the_province_alone_lives_every_story(world: World) {
        // Nobody is above it, and nobody is there but a handler, a head, a dispatcher, and who recorded.
        leave_only(&world, &["study-handler", "province-leader", "province-dispatcher", "officer"]).await;
        let head = world.as_other("province-leader", crate::auth::Role::Head, "province-hr");
        let assign = json!({ "lead_org_id": seed::org("province-hr"), "due_on": "2019-01-21" });
        let assigned = async || {
            let problem = world.post("/problems").by("officer").json(problem_body()).send().await.expect(201);
            world.act("province-dispatcher", &problem, "assign", assign.clone()).await.expect(200)
        };
        let state = async |problem: &Value| world.seen(problem).await["state"].clone();
        let problem = assigned().await;
        let asked = world.ask("study-handler", &problem, body("return")).await.expect(201);
        world.decide("province-dispatcher", &asked, ruling("refused", None)).await.expect(200);
        assert_eq!(state(&problem).await, "assigned");
        // More time is the dispatcher's affair; what wants a level above is entered with its document by who did not
        // ask.
        for (kind, by_itself, then) in [("extend", true, "accepted"), ("hold", false, "on_hold"), ("decline", false, "declined"), ("escalate", false, "assigned")] {
            let problem = world.act("study-handler", &assigned().await, "accept", json!({})).await.expect(200);
            let path = format!("/problems/{}/requests", id_of(&problem));
            let asked = world.post(&path).header("Authorization", &head).at(&problem["version"]).json(body(kind)).send().await.expect(201);
            assert_eq!(asked["waits_for"]["outside"], !by_itself, "{kind}: {asked}");
            // Who is told can decide it, or enter what was decided.
            let told = world.get("/me/notices").by("province-dispatcher").send().await.expect(200);
            assert_eq!((&told["items"][0]["kind"], &told["items"][0]["problem"]["id"]), (&json!("request.asked"), &problem["id"]), "{told}");
            let mut way = if by_itself { ruling("granted", None) } else { outside("granted") };
            if kind == "escalate" {
                way["org_id"] = json!(seed::org("province-government"));
            }
            world.decide("province-dispatcher", &asked, way).await.expect(200);
            assert_eq!(state(&problem).await, then, "{kind}");
        }
    }

    async fn s57_the_province_alone_lives_an_appeal(world: World) {
        leave_only(&world, &["study-handler", "province-leader", "province-dispatcher", "officer"]).await;
        let head = world.as_other("province-leader", crate::auth::Role::Head, "province-hr");
        for (decision, then) in [("granted", "assigned"), ("refused", "declined")] {
            let recorded = world.open_problem().await;
            let token = world.receipt_token(&recorded).await;
            let assign = json!({ "lead_org_id": seed::org("province-hr"), "due_on": "2019-01-21" });
            let assigned = world.act("province-dispatcher", &recorded, "assign", assign).await.expect(200);
            let accepted = world.act("study-handler", &assigned, "accept", json!({})).await.expect(200);
            let path = format!("/problems/{}/requests", id_of(&recorded));
            let asked = world.post(&path).header("Authorization", &head).at(&accepted["version"]).json(body("decline")).send().await.expect(201);
            world.decide("province-dispatcher", &asked, outside("granted")).await.expect(200);
            let declined = world.seen(&recorded).await;
            let appeal = world.post(&path).bearer(&token).at(&declined["version"]).json(body("appeal")).send().await.expect(201);
            // Who entered the refusal to act does not enter what becomes of the appeal; who is left is told, and finds
            // it.
            let own = world.decide("province-dispatcher", &appeal, outside(decision)).await;
            own.expect_error(403, "separation_of_duties");
            let told = world.get("/me/notices").by("study-handler").send().await.expect(200);
            let asked = told["items"].as_array().unwrap().iter()
                .filter(|item| item["kind"] == "request.asked" && item["problem"]["id"] == recorded["id"]);
            assert_eq!(asked.count(), 2, "of what its head asked, and of the appeal: {told}");
            let open = world.get("/requests").by("study-handler").send().await.expect(200);
            assert_eq!(open["items"][0]["id"], appeal["id"], "{open}");
            assert_eq!(open["items"][0]["waits_for"]["outside"], true);
            world.decide("study-handler", &open["items"][0], outside(decision)).await.expect(200);
            let after = world.seen(&recorded).await;
            assert_eq!((after["state"].as_str(), after["lead_org"]["id"].clone()), (Some(then), json!(seed::org("province-hr"))));
            if decision == "granted" {
                world.act("study-handler", &after, "accept", json!({})).await.expect(200);
            }
        }
    }
}

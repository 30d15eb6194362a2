//! Asking: what it must carry, where the problem stands meanwhile, and what is decided of it.

use serde_json::{Value, json};

use super::{body, ruling};
use crate::on_both;
use crate::test_support::handling::id_of;
use crate::test_support::seed;

on_both! {
    async fn s35_s36_a_return_is_ruled_on_and_that_is_final(world: World) {
        let assigned = world.just_assigned().await;
        let asked = world.ask_at("handler", &assigned, body("return")).await.expect(201);
        assert_eq!((asked["state"].as_str(), asked["kind"].as_str()), (Some("open"), Some("return")));
        assert_eq!(asked["waits_for"]["roles"], json!(["dispatcher", "supervisor"]));
        assert_eq!(asked["waits_for"]["divisions"][0]["code"], "330782");
        // One working day.
        assert_eq!(asked["decide_by"], "2019-01-11T09:00:00Z");
        assert_eq!(asked["alternatives"], json!(["已向财政局移交材料"]));
        assert_eq!(asked["allowed_actions"], json!([]), "who asked does not decide");
        let waiting = world.seen(&assigned).await;
        assert_eq!((waiting["state"].as_str(), waiting["clock"]["due_at"].as_str()), (Some("in_dispute"), Some("2019-01-21T09:00:00Z")));
        let seen = world.get(&format!("/requests/{}", asked["id"].as_str().unwrap())).by("dispatcher").send().await.expect(200);
        assert_eq!(seen["allowed_actions"][0]["action"], "decide");
        let decided = world.decide("dispatcher", &asked, ruling("granted", Some("yiwu-finance"))).await.expect(200);
        assert_eq!((decided["state"].as_str(), decided["decision"]["org"]["id"].clone()), (Some("granted"), json!(seed::org("yiwu-finance"))));
        let ruled = world.seen(&assigned).await;
        assert_eq!((ruled["state"].as_str(), ruled["lead_org"]["id"].clone()), (Some("assigned"), json!(seed::org("yiwu-finance"))));
        assert_eq!(ruled["clock"]["due_at"], "2019-01-21T09:00:00Z", "a return never sets the clock back");
        let assignments = world.get(&format!("/problems/{}/assignments", id_of(&assigned))).by("dispatcher").send().await.expect(200);
        let last = assignments["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((last["origin"].as_str(), last["final"].as_bool()), (Some("ruled"), Some(true)));
        // Final: not returned again, and transferred by a supervisor only.
        world.ask("finance-handler", &assigned, body("return")).await.expect_error(409, "adjudicated");
        let to = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "reason": "职能调整" });
        let path = format!("/problems/{}/transfer", id_of(&assigned));
        world.post(&path).by("dispatcher").at(&ruled["version"]).json(to.clone()).send().await.expect_error(403, "forbidden");
        let moved = world.post(&path).by("supervisor").at(&ruled["version"]).json(to).send().await.expect(200);
        assert_eq!(moved["state"], "assigned", "ruled before, so it is not ruled on again");
        assert_eq!(world.event_types(id_of(&asked)).await, ["request.asked", "request.decided"]);
    }

    async fn s36_a_problem_is_returned_twice_at_most(world: World) {
        let problem = world.just_assigned().await;
        for (who, next, transferred) in [("handler", "yiwu-finance", "yiwu-hr"), ("handler", "yiwu-finance", "yiwu-hr")] {
            let asked = world.ask(who, &problem, body("return")).await.expect(201);
            world.decide("supervisor", &asked, ruling("granted", Some(next))).await.expect(200);
            let ruled = world.seen(&problem).await;
            let to = json!({ "lead_org_id": seed::org(transferred), "due_on": "2019-01-21", "reason": "职能调整" });
            world.post(&format!("/problems/{}/transfer", id_of(&problem))).by("supervisor").at(&ruled["version"]).json(to).send().await.expect(200);
        }
        world.ask("handler", &problem, body("return")).await.expect_error(409, "adjudicated");
        let overview = world.get("/metrics/overview").by("dispatcher").send().await.expect(200);
        assert_eq!(overview["returns_per_problem"], json!({ "numerator": 2, "denominator": 1, "value": 2.0 }));
        assert_eq!(overview["transfers_per_problem"]["numerator"], 2);
    }

    async fn a_refused_return_stays_where_it_is_finally(world: World) {
        let problem = world.just_assigned().await;
        let asked = world.ask("handler", &problem, body("return")).await.expect(201);
        assert_eq!(world.decide("supervisor", &asked, ruling("refused", Some("yiwu-finance"))).await.expect_error(422, "invalid"), ["/org_id conflict"]);
        world.decide("supervisor", &asked, ruling("refused", None)).await.expect(200);
        let ruled = world.seen(&problem).await;
        assert_eq!((ruled["state"].as_str(), ruled["lead_org"]["id"].clone()), (Some("assigned"), json!(seed::org("yiwu-hr"))));
        world.ask("handler", &problem, body("return")).await.expect_error(409, "adjudicated");
    }

    async fn s57_an_escalation_says_what_was_tried_and_is_decided_one_level_up(world: World) {
        let problem = world.being_handled().await;
        let asked = world.ask_at("head", &problem, body("escalate")).await.expect(201);
        assert_eq!(asked["waits_for"]["divisions"][0]["code"], "330000");
        assert_eq!(world.seen(&problem).await["state"], "escalated");
        let refused = world.decide("dispatcher", &asked, ruling("refused", None)).await;
        assert_eq!(refused.json()["waits_for"]["divisions"][0]["code"], "330000", "its own level does not decide");
        refused.expect_error(403, "forbidden");
        world.decide("province-dispatcher", &asked, ruling("refused", None)).await.expect(200);
        assert_eq!(world.seen(&problem).await["state"], "accepted", "sent back");
        world.ask("head", &problem, body("escalate")).await.expect_error(409, "adjudicated");
        let other = world.being_handled().await;
        let asked = world.ask_at("head", &other, body("escalate")).await.expect(201);
        let mut ruled = ruling("granted", Some("province-hr"));
        ruled["due_on"] = json!("2019-01-22");
        assert_eq!(world.decide("province-dispatcher", &asked, ruled.clone()).await.expect_error(422, "invalid"), ["/due_on not_within"]);
        ruled["due_on"] = json!("2019-01-18");
        world.decide("province-dispatcher", &asked, ruled).await.expect(200);
        let escalated = world.seen(&other).await;
        assert_eq!((escalated["state"].as_str(), escalated["lead_org"]["id"].clone()), (Some("assigned"), json!(seed::org("province-hr"))));
        assert_eq!(escalated["clock"]["due_at"], "2019-01-18T09:00:00Z");
    }

    async fn s34_a_hold_has_an_end_and_its_clock_stands_still(world: World) {
        let problem = world.being_handled().await;
        let asked = world.ask_at("head", &problem, body("hold")).await.expect(201);
        assert_eq!((asked["until"].as_str(), world.seen(&problem).await["state"].as_str()), (Some("2019-03-01"), Some("accepted")));
        // Nobody supervises above Yiwu: a supervisor of another organisation of Yiwu decides.
        assert_eq!(asked["waits_for"]["roles"], json!(["supervisor"]));
        world.decide("supervisor", &asked, ruling("granted", None)).await.expect(200);
        let held = world.seen(&problem).await;
        assert_eq!((held["state"].as_str(), held["clock"]["status"].as_str(), held["clock"]["due_at"].as_str()), (Some("on_hold"), Some("paused"), None));
        // Two working days later it goes to another organisation: the clock goes on with what was left.
        world.clock_at("2019-01-14T02:00:00Z");
        let to = json!({ "lead_org_id": seed::org("yiwu-finance"), "due_on": "2019-01-23", "reason": "职能调整" });
        let path = format!("/problems/{}/transfer", id_of(&problem));
        let moved = world.post(&path).by("dispatcher").at(&held["version"]).json(to).send().await.expect(200);
        assert_eq!((moved["state"].as_str(), moved["clock"]["due_at"].as_str()), (Some("assigned"), Some("2019-01-23T09:00:00Z")));
    }

    async fn a_later_date_is_granted_twice_and_thirty_working_days_in_all(world: World) {
        let problem = world.being_handled().await;
        let until = |day: &str| { let mut body = body("extend"); body["due_on"] = json!(day); body };
        assert_eq!(world.ask("head", &problem, until("2019-01-26")).await.expect_error(422, "invalid"), ["/due_on not_within"], "a Saturday");
        assert_eq!(world.ask("head", &problem, until("2019-01-21")).await.expect_error(422, "invalid"), ["/due_on not_within"]);
        assert_eq!(world.ask("head", &problem, until("2019-04-30")).await.expect_error(422, "invalid"), ["/due_on not_within"]);
        let asked = world.ask("head", &problem, until("2019-01-25")).await.expect(201);
        assert_eq!(world.decide("dispatcher", &asked, ruling("granted", None)).await.expect(200)["due_on"], "2019-01-25");
        let later = world.seen(&problem).await;
        assert_eq!((later["state"].as_str(), later["clock"]["due_at"].as_str()), (Some("accepted"), Some("2019-01-25T09:00:00Z")));
        let assignments = world.get(&format!("/problems/{}/assignments", id_of(&problem))).by("head").send().await.expect(200);
        assert_eq!(assignments["items"][0]["due_on"], "2019-01-25");
        let asked = world.ask("head", &problem, until("2019-01-29")).await.expect(201);
        world.decide("dispatcher", &asked, ruling("refused", None)).await.expect(200);
        let refused = world.ask("head", &problem, until("2019-01-30")).await;
        assert_eq!(refused.json()["limit"], 2);
        refused.expect_error(409, "limit_reached");
        assert_eq!(world.rollups().await, { world.rebuild_rollups().await; world.rollups().await });
    }

    async fn s33_declining_says_whom_it_affects_and_is_decided_one_level_up(world: World) {
        let problem = world.being_handled().await;
        let asked = world.ask_at("head", &problem, body("decline")).await.expect(201);
        assert_eq!(asked["impact"]["estimate"], 40);
        world.decide("dispatcher", &asked, ruling("granted", None)).await.expect_error(403, "forbidden");
        world.decide("province-dispatcher", &asked, ruling("granted", None)).await.expect(200);
        let declined = world.seen(&problem).await;
        assert_eq!((declined["state"].as_str(), declined["result"].as_str()), (Some("declined"), Some("现行学位统筹办法不能单独为个别企业预留学位。")));
        assert_eq!(declined["clock"]["status"], "on_time", "answered before it was due");
        let open = world.get(&format!("/problems/{}/assignments", id_of(&problem))).by("dispatcher").send().await.expect(200);
        assert!(open["items"].as_array().unwrap().iter().all(|one| !one["ended_at"].is_null()), "{open}");
    }

    async fn what_was_declined_is_appealed_once_with_the_receipt(world: World) {
        let recorded = world.open_problem().await;
        let token = world.receipt_token(&recorded).await;
        let asked = world.ask("dispatcher", &recorded, body("decline")).await.expect(201);
        world.decide("dispatcher", &asked, ruling("granted", None)).await.expect_error(403, "separation_of_duties");
        world.decide("province-dispatcher", &asked, ruling("granted", None)).await.expect(200);
        let path = format!("/problems/{}", id_of(&recorded));
        let declined = world.get(&path).bearer(&token).send().await.expect(200);
        let actions: Vec<&str> = declined["allowed_actions"].as_array().unwrap().iter().filter_map(|one| one["action"].as_str()).collect();
        assert_eq!(actions, ["appeal"]);
        assert_eq!(declined["allowed_actions"][0]["href"], format!("/api/v1{path}/requests"));
        // S-59: what was granted and concerns him, without people and inner words.
        let seen = world.get(&format!("{path}/requests")).bearer(&token).send().await.expect(200);
        let item = &seen["items"][0];
        assert_eq!((item["kind"].as_str(), item["explanation"].is_null(), item["asked_by"].is_null(), item["decision"]["ruling"].is_null(), item["impact"].is_null()),
            (Some("decline"), false, true, true, true));
        let appeal = world.post(&format!("{path}/requests")).bearer(&token).at(&declined["version"]).json(body("appeal")).send().await.expect(201);
        assert_eq!((appeal["by_reporter"].as_bool(), appeal["waits_for"].is_null()), (Some(true), true));
        let waiting = world.seen(&recorded).await;
        assert_eq!(waiting["state"], "in_dispute");
        world.decide("dispatcher", &appeal, ruling("granted", None)).await.expect_error(403, "forbidden");
        world.decide("supervisor", &appeal, ruling("refused", None)).await.expect(200);
        let declined = world.get(&path).bearer(&token).send().await.expect(200);
        assert_eq!((declined["state"].as_str(), declined["version"].as_i64()), (Some("declined"), waiting["version"].as_i64().map(|one| one + 1)));
        let again = world.post(&format!("{path}/requests")).bearer(&token).at(&declined["version"]).json(body("appeal")).send().await;
        again.expect_error(409, "adjudicated");
        let shown = world.get(&format!("/requests/{}", appeal["id"].as_str().unwrap())).bearer(&token).send().await.expect(200);
        assert_eq!((shown["decision"]["ruling"].as_str(), shown["decision"]["decided_by"].is_null()), (Some("经研究，裁定如下。"), true));
    }

    async fn a_granted_appeal_begins_the_next_cycle(world: World) {
        let recorded = world.open_problem().await;
        let token = world.receipt_token(&recorded).await;
        let assign = json!({ "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "assign": true });
        let assigned = world.dispose("dispatcher", &recorded, assign).await.expect(200);
        let path = format!("/problems/{}", id_of(&recorded));
        world.post(&format!("{path}/accept")).by("handler").at(&assigned["version"]).json(json!({})).send().await.expect(200);
        let asked = world.ask("head", &recorded, body("decline")).await.expect(201);
        world.decide("province-dispatcher", &asked, ruling("granted", None)).await.expect(200);
        let declined = world.seen(&recorded).await;
        let appeal = world.post(&format!("{path}/requests")).bearer(&token).at(&declined["version"]).json(body("appeal")).send().await.expect(201);
        world.decide("supervisor", &appeal, ruling("granted", None)).await.expect(200);
        let anew = world.seen(&recorded).await;
        assert_eq!((anew["state"].as_str(), anew["cycle_no"].as_i64(), anew["lead_org"]["id"].clone()), (Some("assigned"), Some(2), json!(seed::org("yiwu-hr"))));
        assert_eq!(anew["clock"]["due_at"], "2019-01-21T09:00:00Z");
        // The reporter's timeline names what was decided for him, and nobody.
        let timeline = world.get(&format!("{path}/events")).bearer(&token).send().await.expect(200);
        let events = timeline["items"].as_array().unwrap();
        let types: Vec<&str> = events.iter().filter_map(|event| event["type"].as_str()).collect();
        assert_eq!(types[types.len() - 5..], ["problem.declined", "request.asked", "problem.appealed", "request.decided", "problem.appeal_granted"]);
        assert!(events.iter().all(|event| event["actor"].is_null()));
        let inside = world.get(&format!("{path}/events")).by("dispatcher").send().await.expect(200);
        let asked: Vec<&Value> = inside["items"].as_array().unwrap().iter().filter(|event| event["about"] == "request").collect();
        assert_eq!(asked.len(), 4, "asked and decided twice: {inside}");
    }

    async fn s58_a_transfer_back_is_ruled_on_by_itself(world: World) {
        let problem = world.just_assigned().await;
        let path = format!("/problems/{}/transfer", id_of(&problem));
        let to = |org: &str| json!({ "lead_org_id": seed::org(org), "due_on": "2019-01-21", "reason": "事权不同" });
        let there = world.post(&path).by("dispatcher").at(&problem["version"]).json(to("yiwu-finance")).send().await.expect(200);
        assert_eq!(there["state"], "assigned");
        let back = world.post(&path).by("dispatcher").at(&there["version"]).json(to("yiwu-hr")).send().await.expect(200);
        assert_eq!((back["state"].as_str(), back["lead_org"]["id"].clone()), (Some("in_dispute"), json!(seed::org("yiwu-hr"))));
        let open = world.get("/requests").by("supervisor").send().await.expect(200);
        let request = open["items"][0].clone();
        assert_eq!((request["kind"].as_str(), request["asked_by"].clone(), request["proposed_org"]["id"].clone()),
            (Some("return"), Value::Null, json!(seed::org("yiwu-finance"))));
        // Who sent it to and fro does not rule on it.
        let refused = world.decide("dispatcher", &request, ruling("refused", None)).await;
        assert_eq!(refused.json()["earlier_act"]["act"], "transfer");
        refused.expect_error(403, "separation_of_duties");
        world.decide("supervisor", &request, ruling("refused", None)).await.expect(200);
        let ruled = world.seen(&problem).await;
        assert_eq!((ruled["state"].as_str(), ruled["lead_org"]["id"].clone()), (Some("assigned"), json!(seed::org("yiwu-hr"))));
        let overview = world.get("/metrics/overview").by("dispatcher").send().await.expect(200);
        assert_eq!((&overview["ping_pong_rate"]["numerator"], &overview["transfers_per_problem"]["numerator"], &overview["returns_per_problem"]["numerator"]),
            (&json!(1), &json!(2), &json!(0)));
        let before = world.rollups().await;
        world.rebuild_rollups().await;
        assert_eq!(world.rollups().await, before);
        // What is merged takes along what was counted of it.
        let target = world.open_problem().await;
        let merge = json!({ "target_id": target["id"] });
        world.post(&format!("/problems/{}/merge", id_of(&problem))).by("dispatcher").at(&ruled["version"]).json(merge).send().await.expect(200);
        let before = world.rollups().await;
        world.rebuild_rollups().await;
        assert_eq!(world.rollups().await, before);
    }
}

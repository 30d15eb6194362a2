//! What is refused, and how.

use serde_json::{Value, json};

use super::{body, outside, ruling};
use crate::on_both;
use crate::problems::domain::State;
use crate::test_support::handling::id_of;
use crate::test_support::seed;

/// A body without some of its members.
fn without(kind: &str, members: &[&str]) -> Value {
    let mut body = body(kind);
    let fields = body.as_object_mut().expect("an object");
    fields.retain(|name, _| !members.contains(&name.as_str()));
    body
}

on_both! {
    async fn s33_s35_s57_everything_that_is_missing_is_named_at_once(world: World) {
        let problem = world.being_handled().await;
        for (kind, members) in [
            ("return", &["alternatives", "proposed_org_id", "reason", "reason_code"][..]),
            ("escalate", &["authority_gap", "tried"]),
            ("hold", &["alternatives", "reason", "reason_code", "until"]),
            ("extend", &["due_on", "reason"]),
            ("decline", &["alternatives", "explanation", "impact", "reason_code"]),
            ("appeal", &["reason"]),
        ] {
            let mut faults = world.ask("head", &problem, without(kind, members)).await.expect_error(422, "invalid");
            faults.sort();
            let expected: Vec<String> = members.iter().map(|member| format!("/{member} required")).collect();
            assert_eq!(faults, expected, "{kind}");
        }
        for (words, fault) in [("  ", "/alternatives/0 format"), ("", "/alternatives too_short")] {
            let mut hollow = body("hold");
            hollow["alternatives"] = json!([words]);
            assert_eq!(world.ask("head", &problem, hollow).await.expect_error(422, "invalid"), [fault]);
        }
        let mut foreign = body("extend");
        foreign["tried"] = json!(["已试"]);
        assert_eq!(world.ask("head", &problem, foreign).await.expect_error(422, "invalid"), ["/tried conflict"]);
        let mut decline = body("decline");
        decline["impact"].as_object_mut().unwrap().remove("larger_interest");
        assert_eq!(world.ask("head", &problem, decline).await.expect_error(422, "invalid"), ["/impact/larger_interest required"]);
        // A reason of another kind is none of this one's.
        let mut hold = body("hold");
        hold["reason_code"] = json!("not_competent");
        assert_eq!(world.ask("head", &problem, hold).await.expect_error(422, "invalid"), ["/reason_code unknown_reference"]);
        let mut back = body("return");
        back["proposed_org_id"] = json!(seed::org("yiwu-hr"));
        let assigned = world.just_assigned().await;
        assert_eq!(world.ask("handler", &assigned, back).await.expect_error(422, "invalid"), ["/proposed_org_id conflict"]);
    }

    async fn a_hold_without_an_end_is_none(world: World) {
        let problem = world.being_handled().await;
        for until in ["2019-01-10", "2018-12-31", "2020-01-11"] {
            let mut hold = body("hold");
            hold["until"] = json!(until);
            assert_eq!(world.ask("head", &problem, hold).await.expect_error(422, "invalid"), ["/until not_within"], "{until}");
        }
        let mut short = body("hold");
        short["until"] = json!("2019-01-11");
        let asked = world.ask("head", &problem, short).await.expect(201);
        world.clock_at("2019-01-11T02:00:00Z");
        world.decide("supervisor", &asked, ruling("granted", None)).await.expect_error(409, "too_late");
        world.decide("supervisor", &asked, ruling("refused", None)).await.expect(200);
    }

    async fn s36_a_return_on_the_second_working_day_and_a_later_date_on_the_due_day_come_too_late(world: World) {
        let problem = world.just_assigned().await;
        // A Friday until five is the first working day after a Thursday.
        world.clock_at("2019-01-14T01:00:00Z");
        world.ask("handler", &problem, body("return")).await.expect_error(409, "too_late");
        let path = format!("/problems/{}/accept", id_of(&problem));
        world.post(&path).by("handler").at(&problem["version"]).json(json!({})).send().await.expect(200);
        world.clock_at("2019-01-21T01:00:00Z");
        world.ask("head", &problem, body("extend")).await.expect_error(409, "too_late");
        world.clock_at("2019-01-18T10:00:00Z");
        world.ask("head", &problem, body("extend")).await.expect(201);
    }

    async fn one_request_is_open_and_the_second_learns_which(world: World) {
        let problem = world.being_handled().await;
        let asked = world.ask_at("head", &problem, body("hold")).await.expect(201);
        let refused = world.ask_at("head", &problem, body("extend")).await;
        assert_eq!((refused.json()["request"]["id"].clone(), refused.json()["request"]["kind"].as_str()), (asked["id"].clone(), Some("hold")).clone());
        refused.expect_error(409, "request_open");
        let seen = world.get(&format!("/problems/{}", id_of(&problem))).by("head").send().await.expect(200);
        let allowed: Vec<&str> = seen["allowed_actions"].as_array().unwrap().iter().filter_map(|one| one["action"].as_str()).collect();
        assert!(allowed.iter().all(|action| !action.starts_with("ask_")), "{allowed:?}");
        // Many at once: one is asked.
        let other = world.being_handled().await;
        let many = (0..8).map(|number| world.ask_at("head", &other, body(if number % 2 == 0 { "hold" } else { "extend" })));
        let mut statuses: Vec<u16> = futures_util::future::join_all(many).await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    }

    async fn of_fifty_decisions_at_once_one_wins_and_the_others_learn_it(world: World) {
        let problem = world.just_assigned().await;
        let asked = world.ask("handler", &problem, body("return")).await.expect(201);
        let many = (0..50).map(|number| {
            let (who, org) = if number % 2 == 0 { ("dispatcher", Some("yiwu-finance")) } else { ("supervisor", None) };
            world.decide(who, &asked, ruling(if org.is_some() { "granted" } else { "refused" }, org))
        });
        let answers = futures_util::future::join_all(many).await;
        let won: Vec<Value> = answers.iter().filter(|answer| answer.status == 200).map(crate::test_support::world::Answer::json).collect();
        assert_eq!(won.len(), 1);
        for answer in answers.into_iter().filter(|answer| answer.status != 200) {
            let told = answer.json()["decision"].clone();
            assert_eq!((told["state"].clone(), told["decided_by"]["id"].clone()), (won[0]["state"].clone(), won[0]["decision"]["decided_by"]["id"].clone()));
            answer.expect_error(409, "already_decided");
        }
        let types = world.event_types(id_of(&asked)).await;
        assert_eq!(types, ["request.asked", "request.decided"]);
    }

    async fn nobody_decides_his_own_request_whatever_else_he_is(world: World) {
        let problem = world.just_assigned().await;
        let asked = world.ask("handler", &problem, body("return")).await.expect(201);
        let path = format!("/requests/{}/decide", id_of(&asked));
        let as_supervisor = world.as_other("handler", crate::auth::Role::Supervisor, "yiwu-supervision");
        let refused = world.post(&path).header("Authorization", &as_supervisor).at(&asked["version"]).json(ruling("refused", None)).send().await;
        assert_eq!(refused.json()["earlier_act"]["act"], "ask_return");
        refused.expect_error(403, "separation_of_duties");
        // Nor one whose role decides nothing, nor from outside while somebody is there to decide.
        world.decide("head", &asked, outside("refused")).await.expect_error(403, "forbidden");
        assert_eq!(world.decide("supervisor", &asked, outside("refused")).await.expect_error(422, "invalid"), ["/outside conflict"]);
        world.post(&path).by("supervisor").json(ruling("refused", None)).send().await.expect_error(428, "precondition_required");
        world.post(&path).by("supervisor").at(&json!(7)).json(ruling("refused", None)).send().await.expect_error(412, "precondition_failed");
        assert_eq!(world.decide("supervisor", &asked, ruling("granted", None)).await.expect_error(422, "invalid"), ["/org_id required"]);
        assert_eq!(world.decide("supervisor", &asked, ruling("granted", Some("yiwu-hr"))).await.expect_error(422, "invalid"), ["/org_id conflict"]);
    }

    async fn a_strangers_request_does_not_exist(world: World) {
        let problem = world.just_assigned().await;
        let asked = world.ask("handler", &problem, body("return")).await.expect(201);
        let path = format!("/requests/{}", id_of(&asked));
        let nothing = world.get("/requests/019fb0c5-3f8e-7000-8000-0000000000ff").by("deqing-dispatcher").send().await;
        let foreign = world.get(&path).by("deqing-dispatcher").send().await;
        let told = |answer: &crate::test_support::world::Answer| { let body = answer.json(); (answer.status, body["code"].clone(), body["detail"].clone()) };
        assert_eq!(told(&foreign), told(&nothing));
        foreign.expect_error(404, "not_found");
        world.decide("deqing-dispatcher", &asked, ruling("refused", None)).await.expect_error(404, "not_found");
        let listed = world.get("/requests?decidable=false").by("deqing-dispatcher").send().await.expect(200);
        assert_eq!(listed["items"], json!([]));
        world.get(&format!("/problems/{}/requests", id_of(&problem))).by("deqing-dispatcher").send().await.expect_error(404, "not_found");
        // The reporter's receipt never opens a return.
        let recorded = world.open_problem().await;
        let token = world.receipt_token(&recorded).await;
        world.get(&path).bearer(&token).send().await.expect_error(404, "not_found");
    }

    async fn what_leaves_its_states_lapses_and_a_merged_problem_takes_no_request(world: World) {
        let problem = world.being_handled().await;
        let asked = world.ask("head", &problem, body("hold")).await.expect(201);
        let target = world.open_problem().await;
        let standing = world.seen(&problem).await;
        let merge = json!({ "target_id": target["id"] });
        world.post(&format!("/problems/{}/merge", id_of(&problem))).by("dispatcher").at(&standing["version"]).json(merge).send().await.expect(200);
        let path = format!("/requests/{}", id_of(&asked));
        let lapsed = world.get(&path).by("supervisor").send().await.expect(200);
        assert_eq!((lapsed["state"].as_str(), lapsed["decision"].is_null(), lapsed["waits_for"].is_null()), (Some("lapsed"), true, true));
        assert_eq!(world.event_types(id_of(&asked)).await, ["request.asked", "request.lapsed"]);
        let refused = world.decide("supervisor", &lapsed, ruling("granted", None)).await;
        assert_eq!(refused.json()["decision"]["state"], "lapsed");
        refused.expect_error(409, "already_decided");
        world.ask("dispatcher", &problem, body("decline")).await.expect_error(409, "merged");
        // By itself, without an owner: what moves on within its states goes on waiting.
        let other = world.being_handled().await;
        world.ask("head", &other, body("extend")).await.expect(201);
        let standing = world.seen(&other).await;
        let path = format!("/problems/{}/ask_reporter", id_of(&other));
        world.post(&path).by("handler").at(&standing["version"]).json(json!({ "question": "请补充。" })).send().await.expect(200);
        let open = world.get("/requests?kind=extend").by("dispatcher").send().await.expect(200);
        assert_eq!(open["items"].as_array().map(Vec::len), Some(1));
        // Granted while the clock stands still, it moves what the clock goes on with.
        world.decide("dispatcher", &open["items"][0], ruling("granted", None)).await.expect(200);
        assert_eq!(world.seen(&other).await["state"], State::AwaitingReporter.as_str());
    }

    async fn bulk_requests_ask_too(world: World) {
        let (one, other) = (world.being_handled().await, world.being_handled().await);
        let item = |problem: &Value, kind: &str| json!({ "id": problem["id"], "action": "requests", "version": problem["version"], "body": body(kind) });
        let both = json!({ "items": [item(&one, "hold"), item(&other, "appeal")], "atomic": false });
        let answers = world.post("/problems/bulk-actions").by("head").json(both).send().await.expect(200);
        let told: Vec<(i64, Value)> = answers["items"].as_array().unwrap().iter().map(|one| (one["status"].as_i64().unwrap(), one["error"]["code"].clone())).collect();
        assert_eq!(told, [(200, Value::Null), (403, json!("forbidden"))]);
        let open = world.get("/requests").by("supervisor").send().await.expect(200);
        assert_eq!(open["items"].as_array().map(Vec::len), Some(1));
    }
}

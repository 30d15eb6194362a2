//! Each by itself.

use serde_json::{Value, json};

use super::super::{follow_up, force};
use super::{answers, assign_body, bulk, done, item, refused, state_of};
use crate::auth::policy::{BulkAct, Permission as _};
use crate::auth::token::Actor;
use crate::lifecycle::bulk::dto::BulkAction;
use crate::lifecycle::tests::matrix::body_of;
use crate::lifecycle::workflow::{Action, TRANSITIONS};
use crate::on_both;
use crate::problems::domain::State;
use crate::test_support::handling::id_of;
use crate::test_support::seed;

#[test]
fn every_transition_of_the_table_has_its_action_and_every_role_of_it_may_call() {
    for row in TRANSITIONS {
        let action = BulkAction::parse(row.action.path()).expect("an action");
        assert_eq!(action.operation(), row.action.operation());
        for (role, _) in row.who {
            assert!(BulkAct::RULE.roles.contains(role), "{role} may {}", row.action);
        }
    }
    for role in BulkAct::RULE.roles {
        assert!(
            TRANSITIONS.iter().any(|row| row.who.iter().any(|(may, _)| may == role)),
            "{role} may nothing"
        );
    }
}

on_both! {
    async fn each_item_stands_by_itself_and_is_answered_in_its_place(world: World) {
        let (one, two, three) = (world.open_problem().await, world.open_problem().await, world.open_problem().await);
        let mut stale = item(&two, "assign", assign_body());
        stale["version"] = json!(99);
        let by_number = json!({ "id": three["tracking_no"], "action": "dispose", "version": three["version"], "body": follow_up() });
        let nowhere = json!({ "id": "SFW-2019-330782-999999", "action": "assign", "version": 1, "body": assign_body() });
        let items = [item(&one, "assign", assign_body()), stale, nowhere, by_number, item(&one, "start", json!({}))];
        let call = world.post("/problems/bulk-actions").by("dispatcher").header("Accept-Language", "en").header("X-Request-Id", "r1");
        let answer = call.json(json!({ "items": items })).send().await.expect(200);
        let expected = [done(), refused(412, "precondition_failed"), refused(404, "not_found"), done(), refused(403, "forbidden")];
        assert_eq!(answers(&answer), expected);
        let ids: Vec<&Value> = answer["items"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        assert_eq!(ids, [&one["id"], &two["id"], &json!("SFW-2019-330782-999999"), &three["tracking_no"], &one["id"]]);
        assert_eq!((&answer["items"][0]["item"]["state"], &answer["items"][3]["item"]["disposition"]), (&json!("assigned"), &json!("follow_up")));
        assert_eq!(answer["items"][0]["item"]["version"].as_i64(), one["version"].as_i64().map(|version| version + 1));
        assert_eq!(answer["items"][1]["error"]["version"], two["version"]);
        assert_eq!(answer["items"][4]["error"]["permission"], "StartProblem");
        let missing = &answer["items"][2]["error"];
        assert_eq!(*missing, json!({
            "type": "/errors/not_found", "title": "Not found", "status": 404, "detail": null, "code": "not_found",
            "instance": "/api/v1/problems/SFW-2019-330782-999999/assign", "request_id": "r1", "errors": [],
        }));
        assert_eq!((state_of(&world, &two).await, state_of(&world, &three).await), (json!("open"), json!("open")));
        for problem in [&one, &two, &three] {
            let expected = if problem["id"] == two["id"] { 1 } else { 2 };
            assert_eq!(world.event_types(id_of(problem)).await.len(), expected);
        }
    }

    async fn steps_of_one_problem_follow_each_other_and_each_sees_the_last(world: World) {
        let problem = world.open_problem().await;
        let version = |plus: i64| problem["version"].as_i64().unwrap() + plus;
        let at = |action: &str, plus: i64, body: Value| json!({ "id": problem["id"], "action": action, "version": version(plus), "body": body });
        let transfer = json!({ "lead_org_id": seed::org("yiwu-finance"), "due_on": "2019-01-21", "reason": "事权不同" });
        let items = [at("assign", 0, assign_body()), at("transfer", 0, transfer.clone()), at("transfer", 1, transfer)];
        let answer = bulk(&world, "dispatcher", &items).await.expect(200);
        assert_eq!(answers(&answer), [done(), refused(412, "precondition_failed"), done()]);
        assert_eq!(answer["items"][2]["item"]["lead_org"]["id"], json!(seed::org("yiwu-finance")));
    }

    async fn an_items_body_is_read_as_if_it_came_alone(world: World) {
        let (one, two) = (world.open_problem().await, world.open_problem().await);
        let studied = world.dispose("leader", &world.open_problem().await, super::super::typical()).await.expect(200);
        let items = [
            item(&one, "assign", json!({ "lead_org_id": "nobody", "extra": 1 })),
            item(&two, "open", json!({ "why": "x" })),
            item(&two, "merge", json!({ "target_id": one["id"], "reason": "身份证 330782199001011239" })),
            item(&one, "dispose", json!({ "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr") })),
            item(&one, "assign", json!({ "lead_org_id": seed::division("330782"), "due_on": "2019-01-21" })),
            item(&two, "assign", assign_body()),
        ];
        let answer = bulk(&world, "dispatcher", &items).await.expect(200);
        let invalid = || refused(422, "invalid");
        assert_eq!(answers(&answer), [invalid(), invalid(), invalid(), invalid(), invalid(), done()]);
        let faults = |index: usize| -> Vec<String> {
            let errors = answer["items"][index]["error"]["errors"].as_array().unwrap();
            let mut faults: Vec<String> = errors.iter().map(|fault| format!("{} {}", fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect();
            faults.sort();
            faults
        };
        assert_eq!(faults(0), ["/due_on required", "/extra unknown_field", "/lead_org_id format"]);
        assert_eq!(faults(1), ["/why unknown_field"]);
        assert_eq!(faults(2), ["/reason id_number_not_accepted"]);
        assert_eq!(faults(3), ["/due_on required"]);
        assert_eq!(faults(4), ["/lead_org_id unknown_reference"]);
        let nothing = json!({ "id": studied["id"], "action": "conclude", "version": studied["version"], "body": { "text": "已研究。" } });
        let answer = bulk(&world, "study-handler", &[nothing]).await.expect(200);
        assert_eq!(answers(&answer), [refused(409, "output_missing")]);
    }

    async fn what_is_wrong_with_the_items_themselves_is_refused_before_any_is_carried_out(world: World) {
        let problem = world.open_problem().await;
        let good = || item(&problem, "assign", assign_body());
        let mut unknown = good();
        unknown["action"] = json!("supervise");
        assert_eq!(bulk(&world, "dispatcher", &[good(), unknown]).await.expect_error(422, "invalid"), ["/items/1/action enum"]);
        let bare = json!({ "id": problem["id"], "action": "assign", "nothing": true });
        let mut faults = bulk(&world, "dispatcher", &[good(), good(), bare]).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/items/2/nothing unknown_field", "/items/2/version required"]);
        let list = json!({ "id": problem["id"], "action": "assign", "version": 1, "body": [] });
        assert_eq!(bulk(&world, "dispatcher", &[list]).await.expect_error(422, "invalid"), ["/items/0/body type"]);
        assert_eq!(bulk(&world, "dispatcher", &[]).await.expect_error(422, "invalid"), ["/items too_short"]);
        let many: Vec<Value> = (0..201).map(|_| good()).collect();
        assert_eq!(bulk(&world, "dispatcher", &many).await.expect_error(422, "invalid"), ["/items too_long"]);
        bulk(&world, "auditor", &[good()]).await.expect_error(403, "forbidden");
        assert_eq!(state_of(&world, &problem).await, "open");
    }

    async fn nobody_may_more_in_many_than_in_one(world: World) {
        let (one, two) = (world.open_problem().await, world.open_problem().await);
        let items = [item(&one, "assign", assign_body()), item(&two, "withdraw", json!({ "reason": "重复" }))];
        let permission = |answer: &Value, index: usize| answer["items"][index]["error"]["permission"].clone();
        let officer = bulk(&world, "officer", &items[..1]).await.expect(200);
        assert_eq!((answers(&officer), permission(&officer, 0)), (vec![refused(403, "forbidden")], json!("AssignProblem")));
        let elsewhere = bulk(&world, "deqing-dispatcher", &items).await.expect(200);
        assert_eq!(answers(&elsewhere), [refused(404, "not_found"), refused(403, "forbidden")]);
        // A secretary may what was delegated, and nothing else, though the leader might.
        let secretary = |delegated: &[&str]| {
            let mut claims = world.claims(&seed::member("dispatcher"), false);
            claims.act = Some(Actor { sub: seed::member("assessor").person, rights: 1 });
            claims.delegated = Some(delegated.iter().map(|operation| (*operation).to_owned()).collect());
            world.app.tokens.sign(&claims).unwrap()
        };
        let send = async |token: &str, items: &[Value]| world.post("/problems/bulk-actions").bearer(token).json(json!({ "items": items })).send().await;
        send(&secretary(&["assign_problem"]), &items).await.expect_error(403, "forbidden");
        let transfer = item(&one, "close_unanswered", json!({}));
        let both = [transfer, item(&one, "assign", assign_body())];
        let answer = send(&secretary(&["act_on_problems", "assign_problem"]), &both).await.expect(200);
        assert_eq!(answers(&answer), [refused(403, "forbidden"), done()]);
    }

    async fn a_request_sent_again_is_answered_again_and_one_that_was_cut_off_does_nothing_twice(world: World) {
        let (one, two, three) = (world.open_problem().await, world.open_problem().await, world.open_problem().await);
        let items = [item(&one, "assign", assign_body()), item(&two, "assign", assign_body()), item(&three, "accept", json!({}))];
        let send = async |key: &str, items: &[Value]| {
            let call = world.post("/problems/bulk-actions").by("dispatcher").header("Idempotency-Key", key);
            call.json(json!({ "items": items })).send().await
        };
        // As if the process had died after its first item: that one is done, and no answer is kept for the key.
        bulk(&world, "dispatcher", &items[..1]).await.expect(200);
        let answer = send("k", &items).await;
        assert_eq!(answer.headers.get("idempotent-replayed"), None);
        assert_eq!(answers(&answer.json()), [refused(409, "transition_not_allowed"), done(), refused(403, "forbidden")]);
        // The last was refused, and the answer is kept all the same.
        let again = send("k", &items).await;
        assert_eq!((again.headers["idempotent-replayed"].as_str(), &again.bytes), ("true", &answer.bytes));
        send("k", &items[..1]).await.expect_error(422, "idempotency_key_reused");
        for problem in [&one, &two] {
            assert_eq!(world.event_types(id_of(problem)).await.len(), 2, "once");
        }
        let last = [item(&three, "assign", assign_body())];
        let first = send("l", &last).await;
        assert_eq!(answers(&first.json()), [done()]);
        assert_eq!(send("l", &last).await.bytes, first.bytes);
    }

    async fn an_item_is_answered_as_the_operation_by_itself(world: World) {
        let problem = world.problem_of(&world.visit_in_progress().await).await;
        let path = format!("/problems/{}", problem["id"].as_str().unwrap());
        let mut allowed = 0;
        for state in [State::Recorded, State::Open, State::Assigned, State::PendingConfirmation, State::Closed, State::Merged] {
            force(&world, &problem, state, None).await;
            for who in ["leader", "officer", "dispatcher", "supervisor", "handler", "reporter"] {
                // The version is stale on purpose: whatever is allowed is refused last, and nothing changes.
                let items: Vec<Value> = Action::ALL.iter().map(|action| {
                    let mut item = json!({ "id": problem["id"], "action": action.path(), "version": 99 });
                    let body = body_of(*action);
                    if !body.is_null() {
                        item["body"] = body;
                    }
                    item
                }).collect();
                let call = world.post("/problems/bulk-actions").by(who).header("X-Request-Id", "same");
                let all = call.json(json!({ "items": items })).send().await.expect(200);
                for (action, one) in Action::ALL.iter().zip(all["items"].as_array().unwrap()) {
                    let body = body_of(*action);
                    let call = world.post(&format!("{path}/{}", action.path())).by(who).at(&json!(99)).header("X-Request-Id", "same");
                    let alone = if body.is_null() { call } else { call.json(body) }.send().await;
                    assert_eq!((one["status"].as_u64(), &one["error"]), (Some(alone.status.into()), &alone.json()), "{who} {state} {action}");
                    allowed += usize::from(alone.status == 412);
                }
            }
        }
        assert!(allowed > 20, "only {allowed} were allowed");
    }
}

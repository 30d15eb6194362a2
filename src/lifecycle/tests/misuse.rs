//! Misuse: twice at once, by whoever must keep away, in a circle, with a link that is none.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{answered, follow_up, typical};
use crate::auth::Role;
use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::{analysis_body, id_of};
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

/// Carries a transition out with a token.
async fn act_with(world: &World, token: &str, problem: &Value, action: &str, body: Value) -> Answer {
    let path = format!("/problems/{}/{action}", id_of(problem));
    world
        .post(&path)
        .header("Authorization", token)
        .at(&problem["version"])
        .json(body)
        .send()
        .await
}

async fn now(world: &World, problem: &Value) -> Value {
    world
        .get(&format!("/problems/{}", id_of(problem)))
        .by("dispatcher")
        .send()
        .await
        .expect(200)
}

/// Asserts that one of several requests at once was carried out, and that the others came too late.
fn expect_one(answers: &[Answer], status: u16) {
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses.iter().filter(|one| **one == status).count(), 1, "{statuses:?}");
    assert!(
        statuses.iter().all(|one| [status, 409, 412].contains(one)),
        "{statuses:?}"
    );
}

async fn count(world: &World, statement: &'static str, problem: &Value) -> i64 {
    let (count,): (i64,) = sql(statement).bind(id_of(problem)).one(&world.app.db).await.unwrap();
    count
}

const LEADS: &str = "SELECT COUNT(*) FROM assignment a JOIN problem p ON p.id = a.problem_id AND p.lead_org_id = a.org_id \
     WHERE a.problem_id = $1 AND a.role = 'lead' AND a.ended_at IS NULL";
const DISPOSITIONS: &str = "SELECT COUNT(*) FROM disposition WHERE problem_id = $1 AND replaced_at IS NULL";
const RATINGS: &str = "SELECT COUNT(*) FROM rating WHERE problem_id = $1";
const CYCLES: &str = "SELECT COUNT(*) FROM cycle WHERE problem_id = $1";

/// A problem that was answered on the spot, with its receipt's token.
async fn answered_on_site(world: &World, visit: &Value) -> (Value, String) {
    let problem = world.problem_of(visit).await;
    let token = format!("Bearer {}", world.receipt_token(&problem).await);
    (world.dispose("leader", &problem, answered()).await.expect(200), token)
}

fn called_back(world: &World) -> Value {
    json!({ "method": "phone", "at": world.app.clock.now(), "words": "反映人这样说。" })
}

/// A simple matter of somebody's that 财政局 accepted, handed over to a person who did nothing else, and answered.
async fn handed_over_and_answered(world: &World, reporter: Uuid, to: Uuid) -> Value {
    let mut body = problem_body();
    body["matter"] = json!("simple");
    body["reporter"] = json!({ "kind": "person", "display_name": "示例", "anonymity": "named", "person_id": reporter });
    let problem = world
        .post("/problems")
        .by("officer")
        .json(body)
        .send()
        .await
        .expect(201);
    let assign = json!({ "lead_org_id": seed::org("yiwu-finance"), "due_on": "2019-01-15" });
    let assigned = world.act("dispatcher", &problem, "assign", assign).await.expect(200);
    let accepted = world
        .act("finance-handler", &assigned, "accept", json!({}))
        .await
        .expect(200);
    let above = world.as_other("leader", Role::Head, "yiwu-government");
    let handed = act_with(world, &above, &accepted, "hand_over", json!({ "person_id": to }))
        .await
        .expect(200);
    world
        .act("finance-handler", &handed, "answer", json!({ "text": "已答复。" }))
        .await
        .expect(200)
}

on_both! {
    async fn of_two_dispositions_at_once_one_stands(world: World) {
        let mut assign = follow_up();
        assign["assign"] = json!(true);
        for _ in 0..6 {
            let problem = world.open_problem().await;
            let answers = futures_util::future::join_all([
                world.dispose("leader", &problem, typical()), world.dispose("dispatcher", &problem, assign.clone()),
                world.dispose("officer", &problem, follow_up()), world.dispose("dispatcher", &problem, follow_up()),
            ]).await;
            expect_one(&answers, 200);
            assert_eq!(count(&world, DISPOSITIONS, &problem).await, 1);
        }
    }

    async fn of_two_leads_at_once_one_leads(world: World) {
        for org in ["yiwu-hr", "yiwu-finance"] {
            let body = json!({ "org_id": seed::org(org), "category": "E01", "division": "330782", "priority": 10 });
            world.post("/competences").by("admin").json(body).send().await.expect(201);
        }
        let to = |org| json!({ "lead_org_id": seed::org(org), "due_on": "2019-01-21", "reason": "事权不同" });
        let assign = |org| json!({ "lead_org_id": seed::org(org), "due_on": "2019-01-21" });
        for _ in 0..6 {
            let problem = world.open_problem().await;
            let answers = futures_util::future::join_all([
                world.act("dispatcher", &problem, "assign", assign("yiwu-hr")),
                world.act("handler", &problem, "claim", json!({})),
                world.act("dispatcher", &problem, "assign", assign("yiwu-finance")),
                world.act("finance-handler", &problem, "claim", json!({})),
            ]).await;
            expect_one(&answers, 200);
            assert_eq!(count(&world, LEADS, &problem).await, 1);
            let led = now(&world, &problem).await;
            let other = if led["lead_org"]["id"] == json!(seed::org("yiwu-hr")) { "yiwu-finance" } else { "yiwu-hr" };
            let answers = futures_util::future::join_all([
                world.act("dispatcher", &led, "transfer", to(other)), world.act("dispatcher", &led, "transfer", to("province-hr")),
            ]).await;
            expect_one(&answers, 200);
            assert_eq!(count(&world, LEADS, &problem).await, 1);
        }
    }

    async fn of_two_ratings_at_once_one_counts(world: World) {
        let visit = world.visit_in_progress().await;
        for _ in 0..4 {
            let (problem, token) = answered_on_site(&world, &visit).await;
            let stars = json!({ "result": 5, "speed": 4, "attitude": 5 });
            let confirm = || act_with(&world, &token, &problem, "confirm", json!({ "rating": stars }));
            let rate = async || {
                let path = format!("/problems/{}/ratings", id_of(&problem));
                world.post(&path).header("Authorization", &token).json(stars.clone()).send().await
            };
            let (one, two, three, four) = futures_util::join!(confirm(), rate(), confirm(), rate());
            let rated = [&one, &two, &three, &four].iter().filter(|answer| [200, 201].contains(&answer.status)).count();
            assert_eq!(rated, 1, "{} {} {} {}", one.status, two.status, three.status, four.status);
            assert_eq!(count(&world, RATINGS, &problem).await, 1);
            // What was rated before is still confirmed, without another rating.
            let problem = now(&world, &problem).await;
            if problem["state"] != "closed" {
                act_with(&world, &token, &problem, "confirm", json!({})).await.expect(200);
            }
        }
    }

    async fn of_two_decisions_at_once_one_holds(world: World) {
        let visit = world.visit_in_progress().await;
        let supervisor = format!("Bearer {}", world.token("supervisor"));
        for _ in 0..4 {
            let (problem, token) = answered_on_site(&world, &visit).await;
            let (yes, no) = (json!({ "call_back": called_back(&world) }), json!({ "reason": "没有解决", "call_back": called_back(&world) }));
            let answers = futures_util::future::join_all([
                act_with(&world, &token, &problem, "confirm", json!({})),
                act_with(&world, &supervisor, &problem, "reject_result", no),
                act_with(&world, &token, &problem, "reject_result", json!({ "reason": "没有解决" })),
                act_with(&world, &supervisor, &problem, "confirm", yes),
            ]).await;
            expect_one(&answers, 200);
        }
        let (problem, token) = answered_on_site(&world, &visit).await;
        let closed = act_with(&world, &token, &problem, "confirm", json!({})).await.expect(200);
        let relapsed = json!({ "result": "relapsed", "method": "phone", "evidence": "电话核实。" });
        let answers = futures_util::future::join_all([
            act_with(&world, &supervisor, &closed, "look_back", relapsed),
            act_with(&world, &supervisor, &closed, "reopen", json!({ "reason": "又发生了" })),
            act_with(&world, &token, &closed, "reopen", json!({ "reason": "又发生了" })),
        ]).await;
        expect_one(&answers, 200);
        assert_eq!((now(&world, &closed).await["cycle_no"].as_i64(), count(&world, CYCLES, &closed).await), (Some(2), 2));
    }

    async fn s75_who_handled_it_or_was_handed_it_neither_calls_back_nor_looks_back_nor_rates(world: World) {
        let [handed_to, handler, above] = ["officer2", "finance-handler", "leader"].map(|key| (key, seed::member(key).person));
        let done = handed_over_and_answered(&world, handed_to.1, handed_to.1).await;
        let call_back = json!({ "call_back": called_back(&world) });
        let look_back = json!({ "result": "holds", "method": "phone", "evidence": "电话核实。" });
        let refused = async |(who, _): (&str, Uuid), act: &str, problem: &Value, action: &str, body: &Value| {
            let answer = act_with(&world, &world.as_other(who, Role::Supervisor, "yiwu-supervision"), problem, action, body.clone()).await;
            assert_eq!(answer.json()["earlier_act"]["act"], act, "{who} {action}: {}", answer.json());
            answer.expect_error(403, "separation_of_duties");
        };
        for (who, act) in [(handed_to, "responsible"), (handler, "responsible"), (above, "hand_over")] {
            refused(who, act, &done, "confirm", &call_back).await;
        }
        // He is the reporter besides: what he says as such binds, and what he thinks of his own work counts nowhere.
        let as_reporter = world.as_other("officer2", Role::Reporter, "yiwu-finance");
        let stars = json!({ "result": 5, "speed": 5, "attitude": 5 });
        let rate = async |problem: &Value| {
            let path = format!("/problems/{}/ratings", id_of(problem));
            let answer = world.post(&path).header("Authorization", &as_reporter).json(stars.clone()).send().await;
            assert_eq!(answer.json()["earlier_act"]["act"], "responsible");
            answer.expect_error(403, "separation_of_duties");
        };
        rate(&done).await;
        act_with(&world, &as_reporter, &done, "confirm", json!({ "rating": stars })).await.expect_error(403, "separation_of_duties");
        assert_eq!(now(&world, &done).await["state"], "pending_confirmation");
        let closed = act_with(&world, &as_reporter, &done, "confirm", json!({})).await.expect(200);
        rate(&closed).await;
        for (who, act) in [(handed_to, "responsible"), (handler, "responsible"), (above, "hand_over")] {
            refused(who, act, &closed, "look_back", &look_back).await;
        }
        // Both roles in one token help no more than one after the other.
        let mut claims = world.claims(&seed::member("finance-handler"), false);
        claims.memberships.extend(world.claims(&seed::member("supervisor"), false).memberships);
        let token = format!("Bearer {}", world.app.tokens.sign(&claims).unwrap());
        act_with(&world, &token, &closed, "look_back", look_back.clone()).await.expect_error(403, "separation_of_duties");
        assert_eq!(count(&world, RATINGS, &closed).await, 0);
        world.act("supervisor", &closed, "look_back", look_back).await.expect(200);
    }

    async fn who_resolves_on_site_by_disposing_anew_does_not_look_back(world: World) {
        let problem = world.problem_of(&world.visit_in_progress().await).await;
        let token = format!("Bearer {}", world.receipt_token(&problem).await);
        let typical = world.dispose("leader", &problem, typical()).await.expect(200);
        let anew = json!({ "disposition": answered(), "reason": "当场已能答复" });
        let done = world.act("leader", &typical, "redispose", anew).await.expect(200);
        assert_eq!((done["state"].as_str(), &done["clock"]["due_at"]), (Some("pending_confirmation"), &Value::Null));
        let due = "SELECT COUNT(*) FROM cycle WHERE problem_id = $1 AND resolution_due IS NOT NULL";
        assert_eq!(count(&world, due, &done).await, 0);
        let closed = act_with(&world, &token, &done, "confirm", json!({})).await.expect(200);
        let look_back = json!({ "result": "holds", "method": "phone", "evidence": "电话核实。" });
        let other = world.as_other("leader", Role::Supervisor, "yiwu-supervision");
        let refused = act_with(&world, &other, &closed, "look_back", look_back).await;
        assert_eq!(refused.json()["earlier_act"]["act"], "dispose_resolved_on_site");
        refused.expect_error(403, "separation_of_duties");
    }

    async fn who_led_before_a_redisposition_works_at_it_no_more(world: World) {
        let problem = world.assigned(problem_body()).await;
        let anew = json!({ "disposition": typical(), "reason": "属于典型问题" });
        let typical = world.act("leader", &problem, "redispose", anew).await.expect(200);
        assert_eq!((typical["state"].as_str(), &typical["lead_org"]), (Some("studying"), &Value::Null));
        let analyse = async |who: &str| {
            world.post(&format!("/problems/{}/analyses", id_of(&problem))).by(who).json(analysis_body()).send().await
        };
        analyse("handler").await.expect_error(403, "forbidden");
        analyse("study-handler").await.expect(201);
        // And the other way round: who studied it no more than who led it.
        let anew = json!({ "disposition": follow_up(), "reason": "不属于典型问题" });
        world.act("dispatcher", &typical, "redispose", anew).await.expect(200);
        let parts = "SELECT COUNT(*) FROM problem_org WHERE problem_id = $1 AND part IN ('lead', 'study')";
        assert_eq!(count(&world, parts, &problem).await, 0);
    }

    async fn the_plan_of_a_merged_problem_is_done(world: World) {
        let (problem, target) = (world.accepted().await, world.open_problem().await);
        world.plan(&problem).await;
        let started = world.act("head", &problem, "start", Value::Null).await.expect(200);
        world.act("dispatcher", &started, "merge", json!({ "target_id": target["id"] })).await.expect(200);
        let plans = world.get(&format!("/action-plans?problem_id={}", id_of(&problem))).by("handler").send().await.expect(200);
        assert_eq!(plans["items"][0]["state"], "done");
    }

    async fn what_is_withdrawn_is_not_paused(world: World) {
        let mut body = problem_body();
        body["reporter"] = Value::Null;
        let problem = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        let assigned = world.act("dispatcher", &problem, "assign", assign).await.expect(200);
        let accepted = world.act("handler", &assigned, "accept", json!({})).await.expect(200);
        let asked = world.act("handler", &accepted, "ask_reporter", json!({ "question": "证书编号？" })).await.expect(200);
        assert_eq!(asked["clock"]["status"], "paused");
        let gone = world.act("reporter", &asked, "withdraw", json!({ "reason": "已自行解决" })).await.expect(200);
        assert_eq!((gone["state"].as_str(), &gone["clock"]["status"]), (Some("withdrawn"), &Value::Null));
    }

    async fn s56_nothing_is_done_while_a_step_or_a_part_is_open(world: World) {
        let problem = world.accepted().await;
        let path = format!("/problems/{}/assignments", id_of(&problem));
        let body = json!({ "org_id": seed::org("yiwu-finance"), "duty": "核拨补贴" });
        let part = world.post(&path).by("head").at(&problem["version"]).json(body).send().await.expect(201);
        let problem = now(&world, &problem).await;
        world.plan(&problem).await;
        let started = world.act("head", &problem, "start", Value::Null).await.expect(200);
        let done = json!({ "result": "已办好", "no_face_to_face_reason": "已电话沟通" });
        let refused = world.act("head", &started, "complete", done.clone()).await;
        assert_eq!((refused.json()["steps"].as_array().map(Vec::len), &refused.json()["assignments"]), (Some(1), &json!([part["id"]])));
        refused.expect_error(409, "open_duties");
        // A part that was accepted is as open as one that was not.
        let own = format!("/assignments/{}/accept", id_of(&part));
        world.post(&own).by("finance-handler").at(&part["version"]).json(json!({})).send().await.expect(200);
        world.do_steps(&started).await;
        let refused = world.act("head", &started, "complete", done).await;
        assert_eq!((&refused.json()["steps"], &refused.json()["assignments"]), (&json!([]), &json!([part["id"]])));
        refused.expect_error(409, "open_duties");
        assert_eq!(now(&world, &started).await["state"], "in_progress");
    }

    async fn merging_makes_no_circle(world: World) {
        let (a, b, c) = (world.open_problem().await, world.open_problem().await, world.open_problem().await);
        let merge = async |one: &Value, into: &Value| {
            let one = now(&world, one).await;
            world.act("dispatcher", &one, "merge", json!({ "target_id": into["id"] })).await
        };
        assert_eq!(merge(&a, &a).await.expect_error(422, "invalid"), ["/target_id conflict"]);
        merge(&a, &b).await.expect(200);
        assert_eq!(merge(&b, &a).await.expect_error(422, "invalid"), ["/target_id ended_reference"]);
        merge(&b, &c).await.expect(200);
        for ended in [&a, &b] {
            assert_eq!(merge(&c, ended).await.expect_error(422, "invalid"), ["/target_id ended_reference"]);
        }
        merge(&a, &c).await.expect_error(409, "merged");
        let mut masses = problem_body();
        masses["audience"] = json!("masses");
        masses["category"] = json!("M01");
        masses["reporter"] = json!({ "kind": "person", "display_name": "示例村民", "anonymity": "named" });
        let masses = world.post("/problems").by("officer").json(masses).send().await.expect(201);
        assert_eq!(merge(&c, &masses).await.expect_error(422, "invalid"), ["/target_id other_audience"]);
        assert_eq!(now(&world, &c).await["state"], "open");
    }

    async fn a_link_that_is_none_confirms_nothing(world: World) {
        let visit = world.visit_in_progress().await;
        let problem = world.problem_of(&visit).await;
        let code = problem["receipt"]["code"].as_str().unwrap().to_owned();
        let token = format!("Bearer {}", world.receipt_token(&problem).await);
        let done = world.dispose("leader", &problem, answered()).await.expect(200);
        let (_, of_other) = answered_on_site(&world, &visit).await;
        let exchange = async |code: &str| world.post("/public/receipts/token").json(json!({ "code": code })).send().await;
        let confirm = async |token: &str| act_with(&world, token, &now(&world, &done).await, "confirm", json!({})).await;
        // Of another problem: this one does not exist for it.
        confirm(&of_other).await.expect_error(404, "not_found");
        // Altered: the code, or the token that it was exchanged for.
        let altered: String = code.chars().rev().collect();
        exchange(&altered).await.expect_error(400, "invalid_grant");
        let (head, signature) = token.rsplit_once('.').unwrap();
        let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
        confirm(&forged).await.expect_error(401, "token_invalid");
        // Replaced: the old code, and what it was exchanged for.
        let path = format!("/problems/{}/receipt", id_of(&done));
        let new = world.post(&path).by("dispatcher").send().await.expect(200);
        confirm(&token).await.expect_error(401, "token_stale");
        exchange(&code).await.expect_error(400, "invalid_grant");
        assert_eq!(now(&world, &done).await["state"], "pending_confirmation");
        // Expired: thirty days after it was closed without an answer.
        let attempt = json!({ "purpose": "attempt", "channel": "phone", "with_reporter": false });
        for _ in 0..2 {
            let path = format!("/problems/{}/contacts", id_of(&done));
            world.post(&path).by("dispatcher").json(attempt.clone()).send().await.expect(201);
        }
        world.app.clock.set("2019-01-25T02:00:00Z".parse().unwrap());
        world.act("dispatcher", &now(&world, &done).await, "close_unanswered", json!({})).await.expect(200);
        let new = new["code"].as_str().unwrap();
        world.app.clock.set("2019-02-24T02:00:00Z".parse().unwrap());
        exchange(new).await.expect_error(400, "invalid_grant");
        let closed = now(&world, &done).await;
        assert_eq!((closed["state"].as_str(), closed["closure"]["unconfirmed"].as_bool()), (Some("closed"), Some(true)));
    }
}

//! Done, confirmed, rejected, looked back at, merged, withdrawn.

use serde_json::{Value, json};

use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::seed;

on_both! {
    async fn s32_work_reported_done_is_closed_by_the_reporter_alone(world: World) {
        let done = world.completed().await;
        assert_eq!((done["state"].as_str(), done["closure"].as_str()), (Some("pending_confirmation"), None));
        // Who handled it does not call back.
        let call_back = json!({ "call_back": { "method": "phone", "at": "2019-01-10T02:00:00Z", "words": "满意" } });
        world.act("handler", &done, "confirm", call_back.clone()).await.expect_error(403, "forbidden");
        // Nor who recorded it.
        let refused = world.act("officer", &done, "confirm", call_back).await;
        assert_eq!(refused.json()["earlier_act"]["act"], "recorded_for_other");
        refused.expect_error(403, "separation_of_duties");
        assert_eq!(world.act("supervisor", &done, "confirm", json!({})).await.expect_error(422, "invalid"), ["/call_back required"]);
        let closed = world.called_back(&done).await;
        assert_eq!(closed["closure"], json!({ "closed_at": "2019-01-10T02:00:00Z", "confirmed_via": "call_back", "unconfirmed": false }));
    }

    async fn s51_done_needs_a_meeting_or_a_reason(world: World) {
        let problem = world.accepted().await;
        world.plan(&problem).await;
        let started = world.act("head", &problem, "start", Value::Null).await.expect(200);
        let body = json!({ "result": "已办好" });
        let refused = world.act("head", &started, "complete", body.clone()).await;
        assert_eq!(refused.json()["steps"].as_array().map(Vec::len), Some(1));
        refused.expect_error(409, "open_duties");
        world.do_steps(&started).await;
        world.act("head", &started, "complete", body.clone()).await.expect_error(409, "no_face_to_face");
        let contact = json!({
            "purpose": "contact", "channel": "visit", "at": "2019-01-10T02:00:00Z", "face_to_face": true, "with_reporter": true,
            "words": "上门说明办理情况。",
        });
        world.post(&format!("/problems/{}/contacts", problem["id"].as_str().unwrap())).by("handler").json(contact).send().await.expect(201);
        world.act("head", &started, "complete", body).await.expect(200);
    }

    async fn s47_an_institutional_problem_is_not_closed_by_an_operational_fix(world: World) {
        let problem = world.accepted().await;
        world.plan(&problem).await;
        let started = world.act("head", &problem, "start", Value::Null).await.expect(200);
        world.do_steps(&started).await;
        let mut tx = world.app.db.begin().await.unwrap();
        sql("UPDATE problem SET matter = 'institutional'").run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let mut body = json!({ "result": "已办好", "no_face_to_face_reason": "已电话沟通" });
        world.act("head", &started, "complete", body.clone()).await.expect_error(409, "output_missing");
        body["output"] = json!({ "kind": "policy", "title": "入学办法", "summary": "统一受理" });
        assert_eq!(world.act("head", &started, "complete", body.clone()).await.expect_error(422, "invalid"), ["/output/document_no required", "/output/effective_on required"]);
        body["output"]["document_no"] = json!("示例〔2019〕3号");
        body["output"]["effective_on"] = json!("2019-03-01");
        world.act("head", &started, "complete", body).await.expect(200);
    }

    async fn s47_a_living_theme_lets_an_institutional_problem_be_reported_done(world: World) {
        let (problem, other) = (world.accepted().await, world.accepted().await);
        world.plan(&problem).await;
        let started = world.act("head", &problem, "start", Value::Null).await.expect(200);
        world.do_steps(&started).await;
        let mut tx = world.app.db.begin().await.unwrap();
        sql("UPDATE problem SET matter = 'institutional'").run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let theme = json!({ "title": "引进人才子女入学难", "problem_ids": [problem["id"], other["id"]] });
        let theme = world.post("/themes").by("handler").json(theme).send().await.expect(201);
        let path = format!("/themes/{}", theme["id"].as_str().unwrap());
        let leaving = json!({ "problem_ids": [problem["id"]], "reason": "成因不同" });
        let left = world.post(&format!("{path}/problems/remove")).by("handler").at(&theme["version"]).json(leaving).send().await.expect(200);
        assert_eq!(left["counts"]["problems"], 1);
        let body = json!({ "result": "已办好", "no_face_to_face_reason": "已电话沟通" });
        world.act("head", &started, "complete", body.clone()).await.expect_error(409, "output_missing");
        // A member again; but a theme that has ended is none.
        let back = json!({ "problem_ids": [problem["id"]] });
        world.post(&format!("{path}/problems")).by("handler").json(back).send().await.expect(200);
        // Nor is one by itself, whatever became of the other.
        for (statement, refused) in [("UPDATE theme SET ended_at = updated_at", true), ("UPDATE theme SET ended_at = NULL", false),
            ("UPDATE problem SET state = 'withdrawn' WHERE lead_person_id IS NOT NULL AND state = 'accepted'", true),
            ("UPDATE problem SET state = 'accepted' WHERE state = 'withdrawn'", false)] {
            let mut tx = world.app.db.begin().await.unwrap();
            sql(statement).run(&mut tx).await.unwrap();
            tx.commit().await.unwrap();
            if refused {
                world.act("head", &started, "complete", body.clone()).await.expect_error(409, "output_missing");
            }
        }
        // An output that names the reporter is none that every official may read.
        let mut naming = body.clone();
        naming["output"] = json!({ "kind": "case", "title": "入学", "summary": "浙江示例纺织有限公司的两个孩子已入学。" });
        assert_eq!(world.act("head", &started, "complete", naming).await.expect_error(422, "invalid"), ["/output/summary firm_named"]);
        world.act("head", &started, "complete", body).await.expect(200);
    }

    async fn s75_a_relapse_begins_the_next_cycle_under_the_same_number(world: World) {
        let closed = world.called_back(&world.completed().await).await;
        let body = json!({ "result": "relapsed", "method": "visit", "evidence": "学校又要求补交证明。" });
        // Who was responsible does not look back, whatever role he comes to hold.
        let mut claims = world.claims(&seed::member("supervisor"), false);
        claims.sub = seed::member("handler").person;
        let token = format!("Bearer {}", world.app.tokens.sign(&claims).unwrap());
        let path = format!("/problems/{}/look_back", closed["id"].as_str().unwrap());
        let refused = world.post(&path).header("Authorization", &token).at(&closed["version"]).json(body.clone()).send().await;
        assert_eq!(refused.json()["earlier_act"]["act"], "responsible");
        refused.expect_error(403, "separation_of_duties");
        let holds = json!({ "result": "holds", "method": "phone", "evidence": "电话核实。" });
        let held = world.act("supervisor", &closed, "look_back", holds).await.expect(200);
        assert_eq!(held["state"], "closed");
        let again = world.act("supervisor", &held, "look_back", body).await.expect(200);
        assert_eq!((again["state"].as_str(), again["cycle_no"].as_i64()), (Some("assigned"), Some(2)));
        assert_eq!(again["tracking_no"], closed["tracking_no"]);
        assert_eq!((again["disposition"].as_str(), again["closure"].as_str()), (Some("follow_up"), None));
    }

    async fn s82_the_reporter_rejects_twice_and_the_third_is_an_appeal(world: World) {
        let mut problem = world.completed().await;
        for cycle in 2..=3 {
            let call_back = json!({ "method": "visit", "at": world.app.clock.now().to_string(), "words": "没有解决" });
            let next = world.act("supervisor", &problem, "reject_result", json!({ "reason": "只办了一半", "call_back": call_back })).await.expect(200);
            assert_eq!((next["state"].as_str(), next["cycle_no"].as_i64()), (Some("assigned"), Some(cycle)));
            let accepted = world.act("handler", &next, "accept", json!({})).await.expect(200);
            // The plan goes on, with a step of this cycle.
            let refused = world.act("head", &accepted, "start", Value::Null).await;
            assert_eq!(refused.json()["missing"], json!(["step_of_this_cycle"]), "{}", refused.json());
            let id = problem["id"].as_str().unwrap();
            let plans = world.get(&format!("/action-plans?problem_id={id}")).by("handler").send().await.expect(200);
            let path = format!("/action-plans/{}/steps", plans["items"][0]["id"].as_str().unwrap());
            let step = json!({ "problem_id": id, "owner_id": seed::member("handler").person, "text": "再落实", "due_on": "2019-01-18", "expected_result": "入学" });
            let plan = &plans["items"][0];
            world.post(&path).by("handler").at(&plan["version"]).json(step).send().await.expect(201);
            let started = world.act("head", &accepted, "start", Value::Null).await.expect(200);
            world.do_steps(&started).await;
            problem = world.act("head", &started, "complete", json!({ "result": "再次办好", "no_face_to_face_reason": "已电话沟通" })).await.expect(200);
        }
        let call_back = json!({ "method": "visit", "at": world.app.clock.now().to_string(), "words": "还是没有解决" });
        let third = world.act("supervisor", &problem, "reject_result", json!({ "reason": "仍未解决", "call_back": call_back })).await.expect(200);
        assert_eq!((third["state"].as_str(), third["cycle_no"].as_i64()), (Some("in_dispute"), Some(3)));
        let (kind, state): (String, String) = sql("SELECT kind, state FROM request").one(&world.app.db).await.unwrap();
        assert_eq!((kind.as_str(), state.as_str()), ("appeal", "open"));
    }

    async fn silence_is_never_counted_as_confirmation(world: World) {
        let done = world.completed().await;
        world.act("dispatcher", &done, "close_unanswered", json!({})).await.expect_error(409, "too_early");
        world.app.clock.set("2019-01-25T02:00:00Z".parse().unwrap());
        let refused = world.act("dispatcher", &done, "close_unanswered", json!({})).await;
        assert_eq!(refused.json()["needed"], 2);
        refused.expect_error(409, "attempts_missing");
        let path = format!("/problems/{}/contacts", done["id"].as_str().unwrap());
        for at in ["2019-01-22T02:00:00Z", "2019-01-24T02:00:00Z"] {
            let attempt = json!({ "purpose": "attempt", "channel": "phone", "at": at, "face_to_face": false, "with_reporter": false });
            world.post(&path).by("handler").json(attempt).send().await.expect(201);
        }
        let closed = world.act("dispatcher", &done, "close_unanswered", json!({})).await.expect(200);
        assert_eq!((closed["closure"]["unconfirmed"].as_bool(), closed["closure"]["confirmed_via"].as_str()), (Some(true), None));
        // He may still confirm within a year.
        let confirmed = world.called_back(&closed).await;
        assert_eq!((confirmed["state"].as_str(), confirmed["closure"]["unconfirmed"].as_bool()), (Some("closed"), Some(false)));
        let again = json!({ "call_back": { "method": "phone", "at": "2019-01-25T02:00:00Z", "words": "满意" } });
        world.act("supervisor", &confirmed, "confirm", again).await.expect_error(409, "transition_not_allowed");
    }

    async fn s60_a_merged_problem_keeps_its_number_and_takes_no_more_writes(world: World) {
        let (one, other) = (world.open_problem().await, world.open_problem().await);
        let into = |target: &Value| json!({ "target_id": target["id"] });
        assert_eq!(world.act("dispatcher", &one, "merge", into(&one)).await.expect_error(422, "invalid"), ["/target_id conflict"]);
        let mut masses = problem_body();
        masses["audience"] = json!("masses");
        masses["category"] = json!("M01");
        masses["reporter"] = json!({ "kind": "person", "display_name": "示例村民", "anonymity": "named" });
        let masses = world.post("/problems").by("officer").json(masses).send().await.expect(201);
        assert_eq!(world.act("dispatcher", &one, "merge", into(&masses)).await.expect_error(422, "invalid"), ["/target_id other_audience"]);
        let crossing = [world.act("dispatcher", &one, "merge", into(&other)), world.act("dispatcher", &other, "merge", into(&one))];
        let mut statuses: Vec<u16> = futures_util::future::join_all(crossing).await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200, "one of two that merge into each other wins");
        assert!([409, 412, 422].contains(&statuses[1]), "{statuses:?}");
        let path = |problem: &Value| format!("/problems/{}", problem["tracking_no"].as_str().unwrap());
        let (one, other) = (world.get(&path(&one)).by("dispatcher").send().await.expect(200), world.get(&path(&other)).by("dispatcher").send().await.expect(200));
        let (merged, target) = if one["state"] == "merged" { (one, other) } else { (other, one) };
        assert_eq!(merged["merged_into"], target["id"]);
        assert_eq!(merged["allowed_actions"], json!([]));
        world.act("dispatcher", &merged, "assign", json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" })).await.expect_error(409, "merged");
        world.patch(&path(&merged)).by("officer").at(&merged["version"]).json(json!({ "place": "别处" })).send().await.expect_error(409, "merged");
        let overview = world.get("/metrics/overview").by("dispatcher").send().await.expect(200);
        assert_eq!(overview["problems"]["total"], 2, "{overview}");
    }

    async fn a_dispatcher_merges_into_what_lies_where_he_dispatches(world: World) {
        let one = world.open_problem().await;
        let mut elsewhere = problem_body();
        elsewhere["division"] = json!(seed::DEQING);
        let elsewhere = world.post("/problems").by("deqing-officer").json(elsewhere).send().await.expect(201);
        // He is an officer there, and sees it.
        let mut claims = world.claims(&seed::member("dispatcher"), false);
        let there = world.claims(&seed::member("deqing-officer"), false).memberships[0].clone();
        claims.memberships.push(there);
        let token = world.app.tokens.sign(&claims).unwrap();
        let path = |problem: &Value| format!("/problems/{}", problem["id"].as_str().unwrap());
        world.get(&path(&elsewhere)).bearer(&token).send().await.expect(200);
        let into = json!({ "target_id": elsewhere["id"] });
        let merge = world.post(&format!("{}/merge", path(&one))).bearer(&token).at(&one["version"]).json(into);
        assert_eq!(merge.send().await.expect_error(422, "invalid"), ["/target_id unknown_reference"]);
    }

    async fn what_was_entered_by_mistake_is_withdrawn_by_its_recorder_within_a_day(world: World) {
        let body = json!({ "reason": "重复录入" });
        let problem = world.open_problem().await;
        world.act("leader", &problem, "withdraw", body.clone()).await.expect_error(403, "forbidden");
        let gone = world.act("officer", &problem, "withdraw", body.clone()).await.expect(200);
        assert_eq!(gone["state"], "withdrawn");
        let touched = world.accepted().await;
        world.act("officer", &touched, "withdraw", body.clone()).await.expect_error(409, "too_late");
        let late = world.open_problem().await;
        world.app.clock.set("2019-01-14T02:00:00Z".parse().unwrap());
        world.act("officer", &late, "withdraw", body).await.expect_error(409, "too_late");
    }

    async fn history_keeps_both_dispositions(world: World) {
        let problem = world.open_problem().await;
        let typical = world.dispose("leader", &problem, super::typical()).await.expect(200);
        let body = json!({ "disposition": super::follow_up(), "reason": "不属于典型问题" });
        world.act("officer2", &typical, "redispose", body.clone()).await.expect_error(404, "not_found");
        let again = world.act("dispatcher", &typical, "redispose", body.clone()).await.expect(200);
        assert_eq!((again["state"].as_str(), again["disposition"].as_str()), (Some("open"), Some("follow_up")));
        let rows: Vec<(String, Option<String>)> = sql("SELECT class, reason FROM disposition ORDER BY decided_at, id").all(&world.app.db).await.unwrap();
        assert_eq!(rows, [("typical".to_owned(), None), ("follow_up".to_owned(), Some("不属于典型问题".to_owned()))]);
        world.act("dispatcher", &again, "redispose", body).await.expect_error(409, "transition_not_allowed");
    }

    async fn s08_a_typical_problem_absorbs_similar_ones_and_ends_in_an_output(world: World) {
        let typical = world.dispose("leader", &world.open_problem().await, super::typical()).await.expect(200);
        let (similar, apart) = (world.open_problem().await, world.open_problem().await);
        let merged = world.act("dispatcher", &similar, "merge", json!({ "target_id": typical["id"], "reason": "同类问题" })).await.expect(200);
        assert_eq!((&merged["state"], &merged["merged_into"]), (&json!("merged"), &typical["id"]));
        // Its own number still opens it.
        let own = format!("/problems/{}", similar["tracking_no"].as_str().unwrap());
        assert_eq!(world.get(&own).by("dispatcher").send().await.expect(200)["tracking_no"], similar["tracking_no"]);
        // It counts at the level that received it.
        let listed = |query: &str| {
            let path = format!("/problems?disposition=typical&with_total=true&{query}");
            let call = world.get(&path).by("dispatcher");
            async move { call.send().await.expect(200) }
        };
        let (province, county) = (listed("level=province").await, listed("level=county").await);
        assert_eq!((&province["total"], &province["items"][0]["id"], &county["total"]), (&json!(1), &typical["id"], &json!(0)));
        let of_county = world.get("/problems?level=county&level=city").by("dispatcher").send().await.expect(200);
        let ids: Vec<&Value> = of_county["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
        assert!(ids.contains(&&apart["id"]) && !ids.contains(&&typical["id"]), "{ids:?}");
        // To confirmation only with an output.
        let now = world.get(&format!("/problems/{}", typical["id"].as_str().unwrap())).by("study-handler").send().await.expect(200);
        let text = json!({ "text": "已形成办法。" });
        world.act("study-handler", &now, "conclude", text.clone()).await.expect_error(409, "output_missing");
        let output = json!({ "kind": "rule", "title": "入学统筹办法", "document_no": "示例〔2019〕7号", "effective_on": "2019-03-01",
            "summary": "学位由教育部门统筹。", "problem_ids": [typical["id"]] });
        world.post("/outputs").by("study-handler").json(output).send().await.expect(201);
        let concluded = world.act("study-handler", &now, "conclude", text).await.expect(200);
        assert_eq!(concluded["state"], "pending_confirmation");
    }

    async fn a_typical_problem_is_concluded_by_who_studies_it(world: World) {
        let problem = world.dispose("leader", &world.open_problem().await, super::typical()).await.expect(200);
        let output = json!({ "kind": "case", "title": "入学统筹案例", "summary": "由教育部门统筹学位。" });
        let both = json!({ "text": "已研究。", "output": output, "lead_org_id": seed::org("yiwu-hr") });
        assert_eq!(world.act("study-handler", &problem, "conclude", both).await.expect_error(422, "invalid"), ["/lead_org_id conflict"]);
        let other = world.dispose("leader", &world.open_problem().await, super::typical()).await.expect(200);
        let concluded = world.act("study-handler", &problem, "conclude", json!({ "text": "形成案例。", "output": output })).await.expect(200);
        assert_eq!((concluded["state"].as_str(), concluded["result"].as_str()), (Some("pending_confirmation"), Some("形成案例。")));
        let handed = world.act("study-handler", &other, "conclude", json!({ "text": "由人社局办理。", "lead_org_id": seed::org("yiwu-hr") })).await.expect(200);
        assert_eq!((handed["state"].as_str(), handed["lead_org"]["id"].clone()), (Some("assigned"), json!(seed::org("yiwu-hr"))));
    }
}

//! What a life counts: kept in every transaction, and found again by counting anew.

use serde_json::{Value, json};

use super::follow_up;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::{World, seed};

impl World {
    /// A simple problem of this reporter that was answered: as it was recorded by `who`, and as it now is.
    async fn answered_for(&self, who: &str, reporter: Option<Value>) -> (Value, Value) {
        let mut body = problem_body();
        body["matter"] = json!("simple");
        match reporter {
            Some(reporter) => body["reporter"] = reporter,
            None => _ = body.as_object_mut().expect("an object").remove("reporter"),
        }
        let recorded = self.post("/problems").by(who).json(body).send().await.expect(201);
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-11" });
        let assigned = self.act("dispatcher", &recorded, "assign", assign).await.expect(200);
        let answer = json!({ "text": "可到市民中心办理。" });
        let now = self.act("handler", &assigned, "answer", answer).await.expect(200);
        (recorded, now)
    }

    async fn confirmed_figures(&self, query: &str) -> (Value, Value, i64) {
        let figures = self
            .get(&format!("/metrics/overview?{query}"))
            .by("dispatcher")
            .send()
            .await
            .expect(200);
        let unconfirmed = figures["unconfirmed"].as_i64().expect("a number");
        let ratio = &figures["confirmed"];
        // The five parts of what is closed.
        let four: i64 = ["account", "link", "portal", "call_back"]
            .iter()
            .filter_map(|way| figures["confirmed_via"][way].as_i64())
            .sum();
        assert_eq!(ratio["numerator"].as_i64(), Some(four), "{figures}");
        assert_eq!(ratio["denominator"].as_i64(), Some(four + unconfirmed), "{figures}");
        assert_eq!(
            figures["completion_rate"]["numerator"], ratio["denominator"],
            "{figures}"
        );
        (ratio.clone(), figures["confirmed_via"].clone(), unconfirmed)
    }
}

fn named() -> Value {
    json!({ "kind": "person", "display_name": "示例业主", "phone": "13900000001", "anonymity": "named" })
}

on_both! {
    async fn s55_s57_who_came_forward_and_what_was_solved_at_its_own_level_is_counted(world: World) {
        let rate = |numerator: i64, denominator: i64, value: Value| json!({ "numerator": numerator, "denominator": denominator, "value": value });
        // The proposed lead claims one; another is assigned, and what it is handed on to afterwards changes nothing.
        let proposed = world.dispose("dispatcher", &world.open_problem().await, follow_up()).await.expect(200);
        let claimed = world.act("handler", &proposed, "claim", json!({})).await.expect(200);
        let (_, answered) = world.answered_for("officer", Some(named())).await;
        let to = json!({ "lead_org_id": seed::org("yiwu-finance"), "due_on": "2019-01-21", "reason": "职能调整" });
        world.act("dispatcher", &claimed, "transfer", to).await.expect(200);
        // Recorded in the county, and solved there; recorded in the county, and solved by the province.
        world.called_back(&answered).await;
        let mut lifted = problem_body();
        lifted["reporter"] = named();
        let lifted = world.post("/problems").by("officer").json(lifted).send().await.expect(201);
        let lifted = world.dispose("leader", &lifted, super::typical()).await.expect(200);
        let output = json!({ "kind": "case", "title": "人才子女入学案例", "summary": "统一受理。" });
        let lifted = world.act("study-handler", &lifted, "conclude", json!({ "text": "形成案例。", "output": output })).await.expect(200);
        world.called_back(&lifted).await;
        let at = |day: &str| world.get(&format!("/metrics/overview?as_of={day}")).by("dispatcher").send();
        let now = at("2019-01-10").await.expect(200);
        assert_eq!(now["claim_rate"], rate(1, 2, json!(0.5)), "{now}");
        assert_eq!(now["own_level_rate"], rate(0, 0, Value::Null), "nobody has looked back");
        let later = at("2019-06-01").await.expect(200);
        assert_eq!((&later["claim_rate"], &later["own_level_rate"]), (&rate(1, 2, json!(0.5)), &rate(1, 2, json!(0.5))));
        assert_eq!(world.rollups().await, { world.rebuild_rollups().await; world.rollups().await });
        // What is merged is counted no longer.
        let now = world.seen(&claimed).await;
        world.act("dispatcher", &now, "merge", json!({ "target_id": world.open_problem().await["id"] })).await.expect(200);
        assert_eq!(at("2019-06-01").await.expect(200)["claim_rate"], rate(0, 1, json!(0.0)));
    }

    async fn s60_who_had_to_come_twice_was_not_served_by_running_once(world: World) {
        let (recorded, answered) = world.answered_for("officer", Some(named())).await;
        let path = format!("/problems/{}", recorded["id"].as_str().unwrap());
        let trips = async || {
            let counts = world.get(&path).by("dispatcher").send().await.expect(200)["counts"].clone();
            (counts["reporter_trips"].as_i64().unwrap(), counts["info_requests"].as_i64().unwrap())
        };
        let rate = async |day: &str| {
            let figures = world.get(&format!("/metrics/overview?as_of={day}")).by("dispatcher").send().await.expect(200);
            (figures["run_once_rate"]["numerator"].as_i64().unwrap(), figures["run_once_rate"]["denominator"].as_i64().unwrap())
        };
        let came = json!({ "purpose": "contact", "channel": "meeting", "with_reporter": true, "reporter_came": true, "words": "到窗口核对材料" });
        let logged = async |contact: &Value| world.post(&format!("{path}/contacts")).by("handler").json(contact.clone()).send().await;
        // A telephone brings nobody, and who reached nobody met nobody.
        for (changed, value) in [("channel", "phone"), ("purpose", "attempt")] {
            let mut contact = came.clone();
            contact[changed] = json!(value);
            let faults = logged(&contact).await.expect_error(422, "invalid");
            assert!(faults.contains(&"/reporter_came conflict".to_owned()), "{faults:?}");
        }
        assert_eq!(trips().await, (0, 0));
        assert_eq!(logged(&came).await.expect(201)["reporter_came"], true);
        assert_eq!((trips().await, rate("2019-01-10").await), ((1, 0), (0, 0)));
        world.called_back(&answered).await;
        assert_eq!(rate("2019-01-10").await, (1, 1));
        // Whoever has him come again after closing takes that back.
        logged(&came).await.expect(201);
        assert_eq!((trips().await, rate("2019-01-10").await), ((2, 0), (0, 1)));
        logged(&came).await.expect(201);
        assert_eq!((trips().await, rate("2019-01-10").await), ((3, 0), (0, 1)));
        // Two who brought in person what was missing: one once, one twice.
        for (times, run_once) in [(1, (1, 2)), (2, (1, 3))] {
            let problem = world.post("/problems").by("officer").json({
                let mut body = problem_body();
                (body["matter"], body["reporter"]) = (json!("simple"), named());
                body
            }).send().await.expect(201);
            let path = format!("/problems/{}/supplements", problem["id"].as_str().unwrap());
            for _ in 0..times {
                let brought = json!({ "text": "送来学历证明复印件。", "in_person": true });
                assert_eq!(world.post(&path).by("officer").json(brought).send().await.expect(201)["in_person"], true);
            }
            world.post(&path).by("officer").json(json!({ "text": "电话补充。" })).send().await.expect(201);
            let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-11" });
            let assigned = world.act("dispatcher", &problem, "assign", assign).await.expect(200);
            let answered = world.act("handler", &assigned, "answer", json!({ "text": "可到市民中心办理。" })).await.expect(200);
            world.called_back(&answered).await;
            assert_eq!(rate("2019-01-10").await, run_once, "{times}");
        }
        assert_eq!(world.rollups().await, { world.rebuild_rollups().await; world.rollups().await });
    }

    async fn s60_the_trips_of_who_raised_a_merged_problem_count_at_its_target(world: World) {
        // Each came once, with what was missing; the first two were raised by the same person, the others by two.
        let other = json!({ "kind": "person", "display_name": "另一业主", "phone": "13900000002", "anonymity": "named" });
        let came_once = async |reporter: Value| {
            let mut body = problem_body();
            (body["matter"], body["reporter"]) = (json!("simple"), reporter);
            let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
            let brought = json!({ "text": "送来学历证明复印件。", "in_person": true });
            let path = format!("/problems/{}/supplements", problem["id"].as_str().unwrap());
            world.post(&path).by("officer").json(brought).send().await.expect(201);
            problem
        };
        for (merged, trips, run_once) in [(named(), 2, (0, 1)), (other, 1, (1, 2))] {
            let (target, merged) = (came_once(named()).await, came_once(merged).await);
            world.act("dispatcher", &merged, "merge", json!({ "target_id": target["id"] })).await.expect(200);
            let now = world.seen(&target).await;
            assert_eq!(now["counts"]["reporter_trips"], json!(trips));
            let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-11" });
            let assigned = world.act("dispatcher", &now, "assign", assign).await.expect(200);
            let answered = world.act("handler", &assigned, "answer", json!({ "text": "可到市民中心办理。" })).await.expect(200);
            world.called_back(&answered).await;
            let figures = world.get("/metrics/overview?as_of=2019-01-10").by("dispatcher").send().await.expect(200);
            let rate = &figures["run_once_rate"];
            assert_eq!((rate["numerator"].as_i64().unwrap(), rate["denominator"].as_i64().unwrap()), run_once);
        }
        assert_eq!(world.rollups().await, { world.rebuild_rollups().await; world.rollups().await });
    }

    async fn s60_an_answer_that_was_brought_in_person_is_a_trip(world: World) {
        let mut own = problem_body();
        own.as_object_mut().unwrap().remove("reporter");
        let problem = world.post("/problems").by("reporter").json(own).send().await.expect(201);
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-15" });
        let assigned = world.act("dispatcher", &problem, "assign", assign).await.expect(200);
        let accepted = world.act("handler", &assigned, "accept", json!({})).await.expect(200);
        let asked = world.act("handler", &accepted, "ask_reporter", json!({ "question": "请补充学历证明。" })).await.expect(200);
        let brought = json!({ "answer": "附学历证明。", "in_person": true });
        let supplied = world.act("reporter", &asked, "supply", brought).await.expect(200);
        assert_eq!((&supplied["counts"]["reporter_trips"], &supplied["counts"]["info_requests"]), (&json!(1), &json!(1)));
        assert_eq!(world.rollups().await, { world.rebuild_rollups().await; world.rollups().await });
    }

    async fn the_four_ways_of_confirming_are_counted_apart_and_silence_as_none(world: World) {
        let nothing = json!({ "account": 0, "link": 0, "portal": 0, "call_back": 0 });
        let none = json!({ "numerator": 0, "denominator": 0, "value": null });
        assert_eq!(world.confirmed_figures("").await, (none.clone(), nothing.clone(), 0));
        let (_, by_account) = world.answered_for("reporter", None).await;
        world.act("reporter", &by_account, "confirm", json!({})).await.expect(200);
        let (recorded, by_link) = world.answered_for("officer", Some(named())).await;
        let token = world.receipt_token(&recorded).await;
        let path = format!("/problems/{}/confirm", by_link["id"].as_str().unwrap());
        world.post(&path).bearer(&token).at(&by_link["version"]).json(json!({})).send().await.expect(200);
        let (_, by_call_back) = world.answered_for("officer", Some(named())).await;
        world.called_back(&by_call_back).await;
        // To whom nobody knows the result is shown for ten working days.
        let unknown = || Some(json!({ "kind": "person", "anonymity": "unknown" }));
        let ((_, silent), (_, unseen)) = (world.answered_for("officer", unknown()).await, world.answered_for("officer", unknown()).await);
        let show = async |problem: &Value| {
            let body = json!({ "kind": "result_notice", "title": "入学难", "summary": "无法就近入学。", "result": "统一受理。", "reason": "无从联系" });
            world.act("dispatcher", problem, "publish", body).await.expect(200)
        };
        show(&silent).await;
        world.app.clock.set("2019-01-28T02:00:00Z".parse().unwrap());
        world.act("dispatcher", &unseen, "close_unanswered", json!({})).await.expect_error(409, "result_notice_missing");
        show(&unseen).await;
        let refused = world.act("dispatcher", &unseen, "close_unanswered", json!({})).await;
        assert!(refused.json()["from"].as_str().is_some_and(|from| from.ends_with('Z')), "{refused:?}");
        refused.expect_error(409, "too_early");
        world.act("dispatcher", &unseen, "unpublish", json!({ "reason": "表述有误" })).await;
        world.act("dispatcher", &unseen, "close_unanswered", json!({})).await.expect_error(409, "result_notice_missing");
        let silent = world.act("dispatcher", &silent, "close_unanswered", json!({})).await.expect(200);
        let ratio = json!({ "numerator": 3, "denominator": 4, "value": 0.75 });
        let ways = json!({ "account": 1, "link": 1, "portal": 0, "call_back": 1 });
        assert_eq!(world.confirmed_figures("").await, (ratio, ways, 1));
        // The day before, the fourth was not closed; nothing was before the tenth.
        let three = json!({ "numerator": 3, "denominator": 3, "value": 1.0 });
        assert_eq!(world.confirmed_figures("as_of=2019-01-27").await.0, three);
        assert_eq!(world.confirmed_figures("as_of=2019-01-09").await, (none, nothing, 0));
        // Who was silent may still speak.
        world.called_back(&silent).await;
        let all = json!({ "account": 1, "link": 1, "portal": 0, "call_back": 2 });
        let (ratio, ways, unconfirmed) = world.confirmed_figures("").await;
        assert_eq!((&ratio["numerator"], &ratio["denominator"], ways, unconfirmed), (&json!(4), &json!(4), all, 0));
        let kept = world.rollups().await;
        world.rebuild_rollups().await;
        assert_eq!(world.rollups().await, kept);
    }

    async fn what_is_kept_through_a_life_is_what_a_rebuild_finds(world: World) {
        let same = async |moment: &str| {
            let kept = world.rollups().await;
            world.rebuild_rollups().await;
            assert_eq!(world.rollups().await, kept, "after {moment}");
            kept
        };
        let disposed = world.dispose("dispatcher", &world.open_problem().await, follow_up()).await.expect(200);
        same("disposing").await;
        let target = world.open_problem().await;
        let (recorded, answered) = world.answered_for("officer", Some(named())).await;
        same("answering").await;
        let token = world.receipt_token(&recorded).await;
        let by_link = async |problem: &Value, action: &str, body: Value| {
            let path = format!("/problems/{}/{action}", problem["id"].as_str().unwrap());
            world.post(&path).bearer(&token).at(&problem["version"]).json(body).send().await.expect(200)
        };
        let rejected = by_link(&answered, "reject_result", json!({ "reason": "没有解决" })).await;
        same("rejecting").await;
        let accepted = world.act("handler", &rejected, "accept", json!({})).await.expect(200);
        world.plan(&accepted).await;
        let started = world.act("head", &accepted, "start", Value::Null).await.expect(200);
        world.do_steps(&started).await;
        let body = json!({ "result": "已办好。", "no_face_to_face_reason": "反映人在外地" });
        let completed = world.act("head", &started, "complete", body).await.expect(200);
        world.app.clock.set("2019-01-15T02:00:00Z".parse().unwrap());
        let rating = json!({ "rating": { "result": 4, "speed": 4, "attitude": 5 } });
        let closed = by_link(&completed, "confirm", rating).await;
        let kept = same("confirming").await;
        assert!(kept.iter().any(|(_, what, amount)| what.starts_with("confirmed_link/2019-01-15/") && *amount == 1), "{kept:?}");
        let look = |result: &str| json!({ "result": result, "method": "visit", "evidence": "实地回访。" });
        let held = world.act("supervisor", &closed, "look_back", look("holds")).await.expect(200);
        same("looking back").await;
        let relapsed = world.act("supervisor", &held, "look_back", look("relapsed")).await.expect(200);
        let kept = same("a relapse").await;
        assert!(!kept.iter().any(|(_, what, _)| what.starts_with("confirmed_") || what.starts_with("closed/")), "{kept:?}");
        let into = json!({ "target_id": target["id"] });
        world.act("dispatcher", &relapsed, "merge", into.clone()).await.expect(200);
        same("merging what was rated").await;
        world.act("dispatcher", &disposed, "merge", into).await.expect(200);
        same("merging").await;
        world.act("officer", &target, "withdraw", json!({ "reason": "重复录入" })).await;
        same("the end").await;
    }
}

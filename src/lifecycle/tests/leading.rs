//! Who leads and by when: limits that stay, pauses that end, and what goes back to whoever had it.

use serde_json::{Value, json};

use super::{follow_up, typical};
use crate::auth::Role;
use crate::on_both;
use crate::tasks::engine::Engine;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::seed;

fn to(org: &str, due_on: &str) -> Value {
    json!({ "lead_org_id": seed::org(org), "due_on": due_on, "reason": "职责所在" })
}

fn assign(org: &str, due_on: &str) -> Value {
    json!({ "lead_org_id": seed::org(org), "due_on": due_on })
}

on_both! {
    async fn what_a_leader_set_stays_the_limit_for_who_assigns(world: World) {
        let problem = world.open_problem().await;
        let mut proposal = follow_up();
        proposal["due_on"] = json!("2019-01-14");
        let proposed = world.dispose("dispatcher", &problem, proposal).await.expect(200);
        let refused = world.act("dispatcher", &proposed, "assign", assign("yiwu-hr", "2019-01-21")).await;
        assert_eq!(refused.expect_error(422, "invalid"), ["/due_on not_within"]);
        let assigned = world.act("dispatcher", &proposed, "assign", assign("yiwu-hr", "2019-01-14")).await.expect(200);
        assert_eq!(assigned["clock"]["due_at"], "2019-01-14T09:00:00Z");
    }

    async fn a_pause_lasts_no_longer_however_late_its_end_is_noticed(world: World) {
        let problem = world.accepted().await;
        let asked = world.act("handler", &problem, "ask_reporter", json!({ "question": "学位证书编号？" })).await.expect(200);
        // Five working days after 01-10 is 01-17; the service comes back on 01-23.
        world.app.clock.set("2019-01-23T02:00:00Z".parse().unwrap());
        Engine::new(world.app.clone()).work_off(usize::MAX).await.unwrap();
        let now = world.get(&format!("/problems/{}", id_of(&asked))).by("dispatcher").send().await.expect(200);
        // 01-21 and five working days and seven hours of the first: as much as the question could wait.
        assert_eq!((&now["state"], &now["clock"]["due_at"]), (&json!("accepted"), &json!("2019-01-29T08:00:00Z")));
    }

    async fn s58_what_goes_back_to_who_studied_it_is_ruled_on(world: World) {
        let problem = world.open_problem().await;
        let studied = world.dispose("leader", &problem, typical()).await.expect(200);
        let moved = world.act("dispatcher", &studied, "transfer", to("yiwu-hr", "2019-02-01")).await.expect(200);
        assert_eq!(moved["state"], "assigned");
        let back = world.act("dispatcher", &moved, "transfer", to("province-hr", "2019-02-01")).await.expect(200);
        assert_eq!(back["state"], "in_dispute");
    }

    async fn who_was_called_before_there_was_a_result_was_not_asked_to_confirm_it(world: World) {
        let problem = world.accepted().await;
        let path = format!("/problems/{}/contacts", id_of(&problem));
        let attempt = json!({ "purpose": "attempt", "channel": "phone", "with_reporter": false });
        let call = async || world.post(&path).by("dispatcher").json(attempt.clone()).send().await.expect(201);
        for _ in 0..2 {
            call().await;
        }
        world.app.clock.set("2019-01-11T02:00:00Z".parse().unwrap());
        world.plan(&problem).await;
        let started = world.act("head", &problem, "start", Value::Null).await.expect(200);
        world.do_steps(&started).await;
        let done = json!({ "result": "已办好", "no_face_to_face_reason": "已电话沟通" });
        let done = world.act("head", &started, "complete", done).await.expect(200);
        world.app.clock.set("2019-02-01T02:00:00Z".parse().unwrap());
        let refused = world.act("dispatcher", &done, "close_unanswered", json!({})).await;
        assert_eq!(refused.json()["attempts"], 0);
        refused.expect_error(409, "attempts_missing");
        for _ in 0..2 {
            call().await;
        }
        world.act("dispatcher", &done, "close_unanswered", json!({})).await.expect(200);
    }

    async fn s55_a_corrected_category_is_seen_by_who_is_competent_for_it(world: World) {
        super::handling::competent(&world, "yiwu-finance", "E02").await;
        let problem = world.post("/problems").by("officer").json(problem_body()).send().await.expect(201);
        let path = format!("/problems/{}", id_of(&problem));
        world.get(&path).by("finance-handler").send().await.expect_error(404, "not_found");
        let correction = json!({ "category": "E02" });
        let corrected = world.patch(&path).by("dispatcher").at(&problem["version"]).json(correction).send().await.expect(200);
        let claimed = world.act("finance-handler", &corrected, "claim", json!({})).await.expect(200);
        assert_eq!(claimed["lead_org"]["id"], json!(seed::org("yiwu-finance")));
    }

    async fn s39_only_who_has_part_in_it_adds_to_the_statement(world: World) {
        let problem = world.accepted().await;
        let path = format!("/problems/{}/supplements", id_of(&problem));
        let body = json!({ "text": "补充情况。" });
        world.post(&path).by("leader").json(body.clone()).send().await.expect_error(403, "forbidden");
        world.post(&path).by("officer").json(body.clone()).send().await.expect(201);
        // An officer of the organisation that handles it, too.
        let officer_there = world.as_other("handler", Role::Officer, "yiwu-hr");
        world.post(&path).header("Authorization", &officer_there).json(body).send().await.expect(201);
    }
}

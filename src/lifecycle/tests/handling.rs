//! Claimed, assigned, accepted, worked on.

use serde_json::{Value, json};

use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::{problem_body, with};
use crate::test_support::{World, seed};

/// Makes an organisation competent for a category in Yiwu.
pub(super) async fn competent(world: &World, org: &str, category: &str) {
    let body = json!({ "org_id": seed::org(org), "category": category, "division": "330782", "priority": 10 });
    world
        .post("/competences")
        .by("admin")
        .json(body)
        .send()
        .await
        .expect(201);
}

on_both! {
    async fn s55_of_many_claims_at_once_one_wins_and_the_others_learn_who(world: World) {
        let problem = world.open_problem().await;
        world.act("handler", &problem, "claim", json!({})).await.expect_error(404, "not_found");
        competent(&world, "yiwu-hr", "E01").await;
        competent(&world, "yiwu-finance", "E01").await;
        let claims = (0..50).map(|index| {
            let who = if index % 2 == 0 { "handler" } else { "finance-handler" };
            world.act(who, &problem, "claim", json!({}))
        });
        let answers = futures_util::future::join_all(claims).await;
        let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(won.len(), 1);
        let winner = won[0].json()["lead_org"]["id"].clone();
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!((answer.status, answer.json()["code"].as_str()), (409, Some("already_claimed")), "{}", answer.json());
            assert_eq!(answer.json()["lead_org"]["id"], winner);
        }
        let now = won[0].json();
        assert_eq!((now["state"].as_str(), now["disposition"].as_str()), (Some("accepted"), Some("follow_up")));
        // Seven working days from the day of recording.
        assert_eq!(now["clock"]["due_at"], "2019-01-21T09:00:00Z");
        let (leads,): (i64,) = sql("SELECT COUNT(*) FROM assignment WHERE role = 'lead' AND ended_at IS NULL").one(&world.app.db).await.unwrap();
        assert_eq!(leads, 1);
    }

    async fn s55_only_the_competent_and_the_proposed_lead_claim(world: World) {
        let problem = world.open_problem().await;
        competent(&world, "yiwu-finance", "E01").await;
        // The officer sees what he recorded, and is not competent.
        world.act("officer", &problem, "claim", json!({})).await.expect_error(403, "forbidden");
        let proposed = world.dispose("dispatcher", &problem, super::follow_up()).await.expect(200);
        let claimed = world.act("handler", &proposed, "claim", json!({})).await.expect(200);
        assert_eq!(claimed["lead_org"]["id"], json!(seed::org("yiwu-hr")));
        assert_eq!(claimed["lead_person"]["id"], json!(seed::member("handler").person));
    }

    async fn who_acts_for_an_incompetent_organisation_answers_for_his_competent_one(world: World) {
        competent(&world, "yiwu-hr", "E01").await;
        let body = with(problem_body(), json!({ "matter": "simple" }));
        let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
        let mut claims = world.claims(&seed::member("handler"), false);
        let mut elsewhere = claims.memberships[0].clone();
        (elsewhere.id, elsewhere.org) = (seed::member("finance-handler").membership, seed::org("yiwu-finance"));
        claims.membership = Some(elsewhere.id);
        claims.memberships.push(elsewhere);
        let token = world.app.tokens.sign(&claims).unwrap();
        let path = format!("/problems/{}/answer", problem["id"].as_str().unwrap());
        let answer = world.post(&path).bearer(&token).at(&problem["version"]).json(json!({ "text": "可按人才政策办理。" }));
        let answered = answer.send().await.expect(200);
        assert_eq!(answered["lead_org"]["id"], json!(seed::org("yiwu-hr")));
    }

    async fn s56_one_lead_accepts_with_one_person(world: World) {
        let problem = world.open_problem().await;
        let mut assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-22" });
        assert_eq!(world.act("dispatcher", &problem, "assign", assign.clone()).await.expect_error(422, "invalid"), ["/due_on not_within"]);
        assign["due_on"] = json!("2019-01-18");
        let assigned = world.act("dispatcher", &problem, "assign", assign.clone()).await.expect(200);
        assert_eq!((assigned["state"].as_str(), assigned["clock"]["due_at"].as_str()), (Some("assigned"), Some("2019-01-18T09:00:00Z")));
        world.act("dispatcher", &assigned, "assign", assign).await.expect_error(409, "transition_not_allowed");
        world.act("finance-handler", &assigned, "accept", json!({})).await.expect_error(404, "not_found");
        let stranger = json!({ "person_id": seed::member("officer").person });
        assert_eq!(world.act("handler", &assigned, "accept", stranger).await.expect_error(422, "invalid"), ["/person_id unknown_reference"]);
        let accepted = world.act("handler", &assigned, "accept", json!({ "person_id": seed::member("head").person })).await.expect(200);
        assert_eq!(accepted["lead_person"]["id"], json!(seed::member("head").person));
        let handed = world.act("head", &accepted, "hand_over", json!({ "person_id": seed::member("handler").person })).await.expect(200);
        assert_eq!(handed["lead_person"]["id"], json!(seed::member("handler").person));
        let path = format!("/problems/{}/assignments", problem["id"].as_str().unwrap());
        let listed = world.get(&path).by("dispatcher").send().await.expect(200);
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(listed["items"][0]["state"], "accepted");
    }

    async fn s45_work_starts_with_an_analysis_and_an_approved_plan(world: World) {
        let problem = world.accepted().await;
        world.act("handler", &problem, "start", Value::Null).await.expect_error(403, "forbidden");
        let refused = world.act("head", &problem, "start", Value::Null).await;
        assert_eq!(refused.json()["missing"], json!(["analysis", "approved_plan", "step_of_this_cycle"]));
        refused.expect_error(409, "not_ready");
        world.plan(&problem).await;
        let started = world.act("head", &problem, "start", Value::Null).await.expect(200);
        assert_eq!(started["state"], "in_progress");
    }

    async fn s60_the_reporter_is_asked_once_and_the_clock_waits(world: World) {
        let mut body = problem_body();
        body["reporter"] = Value::Null;
        body.as_object_mut().unwrap().remove("reporter");
        let problem = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        let assigned = world.act("dispatcher", &problem, "assign", assign).await.expect(200);
        let accepted = world.act("handler", &assigned, "accept", json!({})).await.expect(200);
        let asked = world.act("handler", &accepted, "ask_reporter", json!({ "question": "学位证书编号？" })).await.expect(200);
        assert_eq!((asked["state"].as_str(), asked["clock"]["status"].as_str()), (Some("awaiting_reporter"), Some("paused")));
        assert_eq!(asked["clock"]["due_at"], Value::Null);
        world.act("handler", &asked, "supply", json!({ "answer": "代答" })).await.expect_error(403, "forbidden");
        // Two working days later.
        world.app.clock.set("2019-01-14T02:00:00Z".parse().unwrap());
        let supplied = world.act("reporter", &asked, "supply", json!({ "answer": "编号如下。" })).await.expect(200);
        assert_eq!((supplied["state"].as_str(), supplied["clock"]["due_at"].as_str()), (Some("accepted"), Some("2019-01-23T09:00:00Z")));
        world.act("handler", &supplied, "ask_reporter", json!({ "question": "再问？" })).await.expect_error(409, "transition_not_allowed");
    }

    async fn s58_a_transfer_is_counted_and_never_sets_the_clock_back(world: World) {
        let problem = world.accepted().await;
        let mut body = json!({ "lead_org_id": seed::org("yiwu-finance"), "due_on": "2019-01-22", "reason": "补贴由财政拨付" });
        assert_eq!(world.act("dispatcher", &problem, "transfer", body.clone()).await.expect_error(422, "invalid"), ["/due_on not_within"]);
        body["due_on"] = json!("2019-01-21");
        let moved = world.act("dispatcher", &problem, "transfer", body.clone()).await.expect(200);
        assert_eq!((moved["state"].as_str(), moved["tracking_no"].as_str()), (Some("assigned"), problem["tracking_no"].as_str()));
        assert_eq!(world.act("dispatcher", &moved, "transfer", body).await.expect_error(422, "invalid"), ["/lead_org_id conflict"]);
        world.act("handler", &moved, "accept", json!({})).await.expect_error(403, "forbidden");
        world.act("finance-handler", &moved, "accept", json!({})).await.expect(200);
    }

    async fn s58_a_supporting_organisation_has_a_stated_part(world: World) {
        let problem = world.accepted().await;
        let path = format!("/problems/{}/assignments", problem["id"].as_str().unwrap());
        let body = json!({ "org_id": seed::org("yiwu-finance"), "duty": "核拨补贴" });
        let no_duty = world.post(&path).by("head").at(&problem["version"]).json(json!({ "org_id": seed::org("yiwu-finance") })).send().await;
        assert_eq!(no_duty.expect_error(422, "invalid"), ["/duty required"]);
        let given = world.post(&path).by("head").at(&problem["version"]).json(body.clone()).send().await.expect(201);
        let now = world.get(&format!("/problems/{}", problem["id"].as_str().unwrap())).by("head").send().await.expect(200);
        world.post(&path).by("head").at(&now["version"]).json(body).send().await.expect_error(409, "duplicate");
        let own = format!("/assignments/{}", given["id"].as_str().unwrap());
        world.post(&format!("{own}/done")).by("finance-handler").at(&given["version"]).send().await.expect_error(409, "transition_not_allowed");
        let taken = world.post(&format!("{own}/accept")).by("finance-handler").at(&given["version"]).json(json!({})).send().await.expect(200);
        world.post(&format!("{own}/done")).by("handler").at(&taken["version"]).send().await.expect_error(403, "forbidden");
        // The lead cannot report done while the duty is open, unless he waives it with a reason.
        world.plan(&now).await;
        let started = world.act("head", &now, "start", Value::Null).await.expect(200);
        world.do_steps(&started).await;
        let done = json!({ "result": "已办好", "no_face_to_face_reason": "已电话沟通" });
        let refused = world.act("head", &started, "complete", done.clone()).await;
        assert_eq!(refused.json()["assignments"], json!([given["id"]]));
        refused.expect_error(409, "open_duties");
        let waived = world.post(&format!("{own}/waive")).by("head").at(&taken["version"]).json(json!({ "reason": "已由主办单位完成" })).send().await.expect(200);
        assert_eq!(waived["state"], "waived");
        world.act("head", &started, "complete", done).await.expect(200);
    }

    async fn a_simple_matter_is_answered_without_a_plan(world: World) {
        competent(&world, "yiwu-hr", "E01").await;
        let mut body = problem_body();
        body["matter"] = json!("simple");
        let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
        let answered = world.act("handler", &problem, "answer", json!({ "text": "到市民中心一楼办理。" })).await.expect(200);
        assert_eq!((answered["state"].as_str(), answered["disposition"].as_str()), (Some("pending_confirmation"), Some("follow_up")));
        assert_eq!(answered["result"], "到市民中心一楼办理。");
        assert_eq!(answered["clock"]["first_response_at"], "2019-01-10T02:00:00Z");
        let complex = world.open_problem().await;
        let refused = world.act("handler", &complex, "answer", json!({ "text": "不宜直接答复。" })).await;
        assert_eq!(refused.json()["unmet"], json!(["simple_matter"]));
        refused.expect_error(409, "transition_not_allowed");
    }
}

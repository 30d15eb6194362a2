//! Referrals, through the router.

use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::domain::{ReferralAction, ReferralState, Standing, latest_due_on};
use crate::calendar::Calendar;
use crate::on_both;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

fn question(org: &str, due_on: &str) -> Value {
    json!({ "org_id": seed::org(org), "question": "能否单列学额？", "due_on": due_on })
}

impl World {
    async fn referred(&self, problem: &Value) -> Value {
        let path = format!("/problems/{}/referrals", id_of(problem));
        let call = self.post(&path).by("dispatcher").at(&problem["version"]);
        call.json(question("yiwu-finance", "2019-01-16"))
            .send()
            .await
            .expect(201)
    }

    async fn problem_now(&self, problem: &Value) -> Value {
        self.get(&format!("/problems/{}", id_of(problem)))
            .by("dispatcher")
            .send()
            .await
            .expect(200)
    }
}

on_both! {
    async fn s43_a_department_studies_a_question_and_answers_in_writing(world: World) {
        let problem = world.open_problem().await;
        let path = format!("/problems/{}", id_of(&problem));
        world.get(&path).by("finance-handler").send().await.expect_error(404, "not_found");
        let made = world.referred(&problem).await;
        assert_eq!((made["state"].as_str(), made["due_on"].as_str(), made["overdue"].as_bool()), (Some("open"), Some("2019-01-16"), Some(false)));
        assert_eq!(made["allowed_actions"][0]["action"], "end");
        assert_eq!(world.problem_now(&problem).await["version"], json!(2));
        // It sees the problem, and handles none of it.
        let seen = world.get(&path).by("finance-handler").send().await.expect(200);
        assert_eq!(seen["allowed_actions"], json!([]));
        let own = format!("/referrals/{}", id_of(&made));
        let read = world.get(&own).by("finance-handler").send().await.expect(200);
        assert_eq!(read["allowed_actions"], json!([{ "action": "answer", "label": "书面答复", "href": format!("/api/v1{own}/answer") }]));
        let answer = json!({ "result": "可以单列，由教育局统筹。" });
        world.post(&format!("{own}/answer")).by("finance-handler").json(answer.clone()).send().await.expect_error(428, "precondition_required");
        let done = world.post(&format!("{own}/answer")).by("finance-handler").at(&made["version"]).json(answer.clone()).send().await.expect(200);
        assert_eq!((done["state"].as_str(), done["result"].as_str()), (Some("answered"), Some("可以单列，由教育局统筹。")));
        assert_eq!(done["answered_by"]["id"], json!(seed::member("finance-handler").person));
        world.post(&format!("{own}/answer")).by("finance-handler").at(&done["version"]).json(answer).send().await.expect_error(409, "transition_not_allowed");
        world.post(&format!("{own}/end")).by("dispatcher").at(&done["version"]).json(json!({ "reason": "不需要" })).send().await.expect_error(409, "transition_not_allowed");
        // Who had a part goes on seeing it.
        world.get(&path).by("finance-handler").send().await.expect(200);
        assert_eq!(world.event_types(id_of(&problem)).await, ["problem.recorded", "referral.made", "referral.answered"]);
    }

    async fn s43_what_is_overdue_is_listed(world: World) {
        let problem = world.open_problem().await;
        let made = world.referred(&problem).await;
        let other = world.open_problem().await;
        let path = format!("/problems/{}/referrals", id_of(&other));
        world.post(&path).by("dispatcher").at(&other["version"]).json(question("yiwu-hr", "2019-01-18")).send().await.expect(201);
        let list = async |query: &str, who: &str| -> Vec<Value> {
            let page = world.get(&format!("/referrals{query}")).by(who).send().await.expect(200);
            page["items"].as_array().expect("items").iter().map(|item| item["id"].clone()).collect()
        };
        assert_eq!(list("?overdue=true", "dispatcher").await, Vec::<Value>::new());
        world.app.clock.set("2019-01-17T02:00:00Z".parse().unwrap());
        assert_eq!(list("?overdue=true", "dispatcher").await, [made["id"].clone()]);
        assert_eq!(list("?overdue=true", "finance-handler").await, [made["id"].clone()]);
        assert_eq!(list("?overdue=true", "deqing-dispatcher").await, Vec::<Value>::new());
        assert_eq!(list(&format!("?org={}&state=open", seed::org("yiwu-finance")), "dispatcher").await, [made["id"].clone()]);
        assert_eq!(list("?overdue=false", "dispatcher").await.len(), 1);
        assert_eq!(list("?state=answered", "dispatcher").await, Vec::<Value>::new());
        let all = world.get("/referrals?limit=1&with_total=true").by("dispatcher").send().await.expect(200);
        assert_eq!((all["total"].as_i64(), all["items"][0]["id"].clone()), (Some(2), made["id"].clone()));
        let cursor = all["next_cursor"].as_str().unwrap();
        let rest = world.get(&format!("/referrals?limit=1&with_total=true&cursor={cursor}")).by("dispatcher").send().await.expect(200);
        assert_eq!((rest["items"][0]["org"]["id"].clone(), rest["next_cursor"].clone()), (json!(seed::org("yiwu-hr")), Value::Null));
    }

    async fn only_who_may_refers_and_only_who_was_asked_answers(world: World) {
        let problem = world.assigned(crate::test_support::builders::problem_body()).await;
        let path = format!("/problems/{}/referrals", id_of(&problem));
        let refer = async |who: &str, problem: &Value, org: &str, due_on: &str| {
            world.post(&path).by(who).at(&problem["version"]).json(question(org, due_on)).send().await
        };
        refer("finance-handler", &problem, "yiwu-finance", "2019-01-16").await.expect_error(404, "not_found");
        refer("deqing-dispatcher", &problem, "yiwu-finance", "2019-01-16").await.expect_error(404, "not_found");
        refer("officer", &problem, "yiwu-finance", "2019-01-16").await.expect_error(403, "forbidden");
        let made = refer("handler", &problem, "yiwu-finance", "2019-01-16").await.expect(201);
        let now = world.problem_now(&problem).await;
        // It sees the problem now, and may not refer it on.
        refer("finance-handler", &now, "yiwu-office", "2019-01-16").await.expect_error(403, "forbidden");
        refer("head", &now, "yiwu-finance", "2019-01-16").await.expect_error(409, "duplicate");
        refer("head", &json!({ "version": 9 }), "yiwu-office", "2019-01-16").await.expect_error(412, "precondition_failed");
        // Neither yesterday, nor later than the problem is due; who leads has the question already.
        assert_eq!(refer("head", &now, "yiwu-office", "2019-01-09").await.expect_error(422, "invalid"), ["/due_on not_within"]);
        assert_eq!(refer("head", &now, "yiwu-office", "2019-01-22").await.expect_error(422, "invalid"), ["/due_on not_within"]);
        assert_eq!(refer("head", &now, "yiwu-hr", "2019-01-16").await.expect_error(422, "invalid"), ["/org_id conflict"]);
        let own = format!("/referrals/{}", id_of(&made));
        let answer = json!({ "result": "可以" });
        world.post(&format!("{own}/answer")).by("handler").at(&made["version"]).json(answer.clone()).send().await.expect_error(403, "forbidden");
        world.post(&format!("{own}/answer")).by("deqing-officer").at(&made["version"]).json(answer.clone()).send().await.expect_error(403, "forbidden");
        world.post(&format!("{own}/answer")).by("study-handler").at(&made["version"]).json(answer).send().await.expect_error(404, "not_found");
        world.post(&format!("{own}/end")).by("finance-handler").at(&made["version"]).json(json!({ "reason": "不归我管" })).send().await.expect_error(403, "forbidden");
        world.get(&path).by("reporter").send().await.expect_error(403, "forbidden");
    }

    async fn an_organisation_that_has_ended_is_asked_nothing(world: World) {
        let problem = world.open_problem().await;
        let mut tx = world.app.db.begin().await.unwrap();
        crate::db::sql("UPDATE org SET ended_at = $1 WHERE id = $2").bind(world.app.clock.now()).bind(seed::org("yiwu-finance")).run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let path = format!("/problems/{}/referrals", id_of(&problem));
        let asked = world.post(&path).by("dispatcher").at(&problem["version"]).json(question("yiwu-finance", "2019-01-16")).send().await;
        assert_eq!(asked.expect_error(422, "invalid"), ["/org_id unknown_reference"]);
        let asked = world.post(&path).by("dispatcher").at(&problem["version"]).json(question("yiwu-hr", "2019-02-28")).send().await;
        assert_eq!(asked.expect_error(422, "invalid"), ["/due_on not_within"], "thirty working days where the problem is not due");
    }

    async fn what_is_ended_in_vain_is_seen_no_longer(world: World) {
        let problem = world.open_problem().await;
        let made = world.referred(&problem).await;
        let own = format!("/referrals/{}", id_of(&made));
        let ended = world.post(&format!("{own}/end")).by("leader").at(&made["version"]).json(json!({ "reason": "已另行解决" })).send().await.expect(200);
        assert_eq!((ended["state"].as_str(), ended["end_reason"].as_str(), ended["allowed_actions"].clone()), (Some("ended"), Some("已另行解决"), json!([])));
        world.get(&own).by("finance-handler").send().await.expect_error(404, "not_found");
        world.get(&format!("/problems/{}", id_of(&problem))).by("finance-handler").send().await.expect_error(404, "not_found");
        // Those who see it otherwise go on.
        world.get(&own).by("officer").send().await.expect(200);
        assert_eq!(world.problem_now(&problem).await["version"], json!(3));
    }

    async fn with_its_problem_an_open_referral_ends(world: World) {
        let problem = world.open_problem().await;
        let made = world.referred(&problem).await;
        let path = format!("/problems/{}", id_of(&problem));
        let now = world.problem_now(&problem).await;
        world.post(&format!("{path}/withdraw")).by("officer").at(&now["version"]).json(json!({ "reason": "记录有误" })).send().await.expect_error(409, "too_late");
        let target = world.open_problem().await;
        let merge = json!({ "target_id": target["id"] });
        world.post(&format!("{path}/merge")).by("dispatcher").at(&now["version"]).json(merge).send().await.expect(200);
        let read = world.get(&format!("/referrals/{}", id_of(&made))).by("dispatcher").send().await.expect(200);
        assert_eq!((read["state"].as_str(), read["end_reason"].clone()), (Some("ended"), Value::Null));
        let late = world.post(&format!("{path}/referrals")).by("dispatcher").at(&json!(9)).json(question("yiwu-hr", "2019-01-16")).send().await;
        late.expect_error(409, "merged");
    }

    async fn an_organisation_does_not_end_while_a_question_waits_for_it(world: World) {
        let problem = world.open_problem().await;
        let made = world.referred(&problem).await;
        let org = format!("/orgs/{}", seed::org("yiwu-finance"));
        let seen = world.get(&org).by("admin").send().await.expect(200);
        let end = async |body: Value| world.post(&format!("{org}/end")).by("admin").at(&seen["version"]).json(body).send().await;
        let refused = end(json!({ "reason": "机构改革" })).await.expect(409);
        assert_eq!((refused["code"].as_str(), refused["open_work"]["referrals"].as_i64()), (Some("has_open_work"), Some(1)));
        end(json!({ "reason": "机构改革", "successor_id": seed::org("yiwu-hr") })).await.expect(200);
        let passed = world.get(&format!("/referrals/{}", id_of(&made))).by("handler").send().await.expect(200);
        assert_eq!(passed["org"]["id"], json!(seed::org("yiwu-hr")));
        assert_eq!(passed["allowed_actions"][0]["action"], "answer");
        let left: Vec<(uuid::Uuid,)> = crate::db::sql("SELECT scope_id FROM problem_scope WHERE scope_id = $1").bind(seed::org("yiwu-finance"))
            .all(&world.app.db).await.unwrap();
        assert_eq!(left, [], "the old organisation sees nothing");
    }
}

proptest! {
    #[test]
    fn an_answer_is_never_due_before_today_nor_after_a_problem_that_is_still_on_time(today in 0_u64..700, due in proptest::option::of(0_u64..700)) {
        let first = NaiveDate::from_ymd_opt(2019, 1, 1).expect("a date");
        let day = |days: u64| first + chrono::Days::new(days);
        let (today, due) = (day(today), due.map(day));
        let latest = latest_due_on(Calendar::shipped(), today, due);
        prop_assert!(latest >= today);
        match due {
            Some(due) if due >= today => prop_assert_eq!(latest, due),
            Some(_) => prop_assert_eq!(latest, today),
            None => prop_assert_eq!(Calendar::shipped().working_days_between(today, latest), 30),
        }
    }

    #[test]
    fn what_is_allowed_is_what_is_checked(state in proptest::sample::select(ReferralState::ALL), answers in any::<bool>(), refers in any::<bool>()) {
        let standing = Standing { state, answers, refers };
        for action in ReferralAction::ALL {
            prop_assert_eq!(standing.check(*action).is_ok(), standing.allowed().any(|allowed| allowed == *action));
        }
    }
}

//! The moves that nobody asks for.

use serde_json::{Value, json};

use crate::db::sql;
use crate::on_both;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

/// The body of a follow-up that an officer proposes.
fn proposal() -> Value {
    json!({ "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-18" })
}

/// The last event of a problem, as the dispatcher reads it.
async fn last_event(world: &World, problem: &Value) -> Value {
    let path = format!("/problems/{}/events", id_of(problem));
    let page = world.get(&path).by("dispatcher").send().await.expect(200);
    page["items"].as_array().unwrap().last().unwrap().clone()
}

on_both! {
    async fn what_was_recorded_opens_at_the_end_of_the_first_working_day(world: World) {
        let problem = world.problem_of(&world.visit_in_progress().await).await;
        assert_eq!(world.at("2019-01-11T08:59:59Z").await, 0);
        assert_eq!(world.read(&problem).await["state"], "recorded");
        assert_eq!(world.at("2019-01-11T09:00:00Z").await, 1);
        let opened = world.read(&problem).await;
        assert_eq!((&opened["state"], &opened["version"]), (&json!("open"), &json!(2)));
        let event = last_event(&world, &problem).await;
        assert_eq!(
            [&event["type"], &event["from"], &event["to"], &event["actor"], &event["actor_org"]],
            [&json!("problem.opened"), &json!("recorded"), &json!("open"), &Value::Null, &Value::Null],
            "{event}"
        );
        assert_eq!(event["occurred_at"], "2019-01-11T09:00:00Z");
    }

    async fn s55_what_nobody_claims_goes_to_the_proposed_lead_at_noon_of_the_next_working_day(world: World) {
        let problem = world.open_problem().await;
        // Proposed on Friday at 10:00: claimable over the weekend, until Monday noon.
        world.app.clock.set(super::instant("2019-01-11T02:00:00Z"));
        let proposed = world.dispose("officer", &problem, proposal()).await.expect(200);
        assert_eq!(world.at("2019-01-14T03:59:59Z").await, 0, "{:?}", world.tasks_of(&problem).await);
        world.at("2019-01-14T04:00:00Z").await;
        let assigned = world.read(&problem).await;
        assert_eq!(
            [&assigned["state"], &assigned["lead_org"]["id"], &assigned["disposition"], &assigned["clock"]["due_at"]],
            [&json!("assigned"), &json!(seed::org("yiwu-hr")), &json!("follow_up"), &json!("2019-01-18T09:00:00Z")],
            "{assigned}"
        );
        assert_eq!(assigned["version"], json!(proposed["version"].as_i64().unwrap() + 1));
        let event = last_event(&world, &problem).await;
        assert_eq!([&event["type"], &event["actor"]], [&json!("problem.assigned"), &Value::Null]);
        let path = format!("/problems/{}/assignments", id_of(&problem));
        let assignments = world.get(&path).by("dispatcher").send().await.expect(200);
        assert_eq!([&assignments["items"][0]["origin"], &assignments["items"][0]["state"]], ["assigned", "pending"]);
        // Nobody did it, so nobody is kept from rating or looking back by it.
        let acts: Vec<(i64,)> = sql("SELECT COUNT(*) FROM problem_actor WHERE problem_id = $1 AND act = 'assign'")
            .bind(id_of(&problem)).all(&world.app.db).await.unwrap();
        assert_eq!(acts, [(0,)]);
    }

    async fn what_nobody_disposed_of_is_followed_up_by_who_is_competent(world: World) {
        let competence = json!({ "org_id": seed::org("yiwu-finance"), "category": "E01", "division": seed::YIWU, "priority": 5 });
        world.post("/competences").by("admin").json(competence).send().await.expect(201);
        let problem = world.open_problem().await;
        world.at("2019-01-11T04:00:00Z").await;
        let assigned = world.read(&problem).await;
        // Seven working days for a complex matter, from when it was recorded.
        assert_eq!(
            [&assigned["state"], &assigned["lead_org"]["id"], &assigned["disposition"], &assigned["clock"]["due_at"]],
            [&json!("assigned"), &json!(seed::org("yiwu-finance")), &json!("follow_up"), &json!("2019-01-21T09:00:00Z")],
        );
        assert_eq!(last_event(&world, &problem).await["payload"]["unrouted"], false);
    }

    async fn what_nobody_is_competent_for_goes_to_the_dispatch_office_unrouted(world: World) {
        let problem = world.open_problem().await;
        world.at("2019-01-11T04:00:00Z").await;
        let assigned = world.read(&problem).await;
        assert_eq!(assigned["lead_org"]["id"], json!(seed::org("yiwu-office")));
        let unrouted = async || -> bool {
            let (flag,): (bool,) = sql("SELECT unrouted FROM problem WHERE id = $1")
                .bind(id_of(&problem)).one(&world.app.db).await.unwrap();
            flag
        };
        assert!(unrouted().await);
        assert_eq!(last_event(&world, &problem).await["payload"]["unrouted"], true);
        let transfer = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "reason": "由人社局办理" });
        world.move_on("dispatcher", &assigned, "transfer", transfer).await;
        assert!(!unrouted().await, "somebody was found");
    }

    async fn where_there_is_no_dispatch_office_who_dispatches_finds_somebody(world: World) {
        let nobody = uuid::Uuid::nil();
        world.past_every_rule("UPDATE org SET kind = 'office' WHERE kind = 'dispatch_office' AND id <> $1", nobody).await;
        let problem = world.open_problem().await;
        world.at("2019-01-11T04:00:00Z").await;
        let assigned = world.read(&problem).await;
        assert_eq!([&assigned["state"], &assigned["lead_org"]["id"]], [&json!("assigned"), &json!(seed::org("yiwu-office"))]);
        assert_eq!(last_event(&world, &problem).await["payload"]["unrouted"], true);
        let path = format!("/problems/{}/suggested-orgs", id_of(&world.open_problem().await));
        let page = world.get(&path).by("dispatcher").send().await.expect(200);
        let first = &page["items"][0];
        assert_eq!(
            [&first["org"]["id"], &first["ground"], &first["distance"], &first["unrouted"]],
            [&json!(seed::org("yiwu-office")), &json!("dispatch_office"), &json!(0), &json!(true)],
        );
        // The nearest above, where nobody dispatches in the county.
        world.past_every_rule("UPDATE person SET active = FALSE WHERE id = $1", seed::member("dispatcher").person).await;
        let page = world.get(&path).by("province-dispatcher").send().await.expect(200);
        let first = &page["items"][0];
        assert_eq!([&first["org"]["id"], &first["distance"]], [&json!(seed::org("province-office")), &json!(2)]);
    }

    async fn a_proposed_lead_that_has_ended_is_passed_over(world: World) {
        let problem = world.open_problem().await;
        world.dispose("officer", &problem, proposal()).await.expect(200);
        world.past_every_rule("UPDATE org SET ended_at = created_at WHERE id = $1", seed::org("yiwu-hr")).await;
        world.at("2019-01-11T04:00:00Z").await;
        assert_eq!(world.read(&problem).await["lead_org"]["id"], json!(seed::org("yiwu-office")));
    }

    async fn a_reporter_who_does_not_answer_is_waited_for_five_working_days(world: World) {
        let accepted = world.in_hand().await;
        let asked = world.move_on("handler", &accepted, "ask_reporter", json!({ "question": "请补充证书编号。" })).await;
        assert_eq!(asked["clock"]["status"], "paused");
        assert_eq!(world.at("2019-01-17T08:59:59Z").await, 0);
        world.at("2019-01-17T09:00:00Z").await;
        let back = world.read(&accepted).await;
        // It was due on the 21st, and stood still for five working days and seven hours.
        assert_eq!(
            [&back["state"], &back["clock"]["due_at"]],
            ["accepted", "2019-01-29T08:00:00Z"],
            "{back}"
        );
        let event = last_event(&world, &accepted).await;
        assert_eq!([&event["type"], &event["actor"], &event["public"]], [&json!("problem.reporter_silent"), &Value::Null, &json!(true)]);
        // Nothing was said for him, and he is asked once only.
        let (count,): (i64,) = sql("SELECT COUNT(*) FROM supplement WHERE problem_id = $1")
            .bind(id_of(&accepted)).one(&world.app.db).await.unwrap();
        assert_eq!(count, 0);
        let path = format!("/problems/{}/ask_reporter", id_of(&accepted));
        let again = world.post(&path).by("handler").at(&back["version"]).json(json!({ "question": "再问" })).send().await;
        again.expect_error(409, "transition_not_allowed");
    }

    async fn what_is_on_hold_resumes_at_the_end_of_its_last_day_or_when_its_head_says_so(world: World) {
        let (first, second) = (world.in_hand().await, world.in_hand().await);
        for problem in [&first, &second] {
            hold(&world, problem).await;
        }
        let path = format!("/problems/{}/resume", id_of(&second));
        let held = world.read(&second).await;
        for who in ["handler", "dispatcher", "officer"] {
            world.post(&path).by(who).at(&held["version"]).send().await.expect_error(403, "forbidden");
        }
        world.post(&path).by("deqing-leader").at(&held["version"]).send().await.expect_error(403, "forbidden");
        world.post(&path).by("head").send().await.expect_error(428, "precondition_required");
        let early = world.post(&path).by("head").at(&held["version"]).send().await.expect(200);
        assert_eq!([&early["state"], &early["clock"]["due_at"]], ["accepted", "2019-01-21T09:00:00Z"]);
        world.post(&path).by("supervisor").at(&early["version"]).send().await.expect_error(409, "transition_not_allowed");
        assert_eq!(world.at("2019-01-16T08:59:59Z").await, 0);
        world.at("2019-01-16T09:00:00Z").await;
        let back = world.read(&first).await;
        // Four working days and seven hours later than the 21st.
        assert_eq!([&back["state"], &back["clock"]["due_at"]], ["accepted", "2019-01-28T08:00:00Z"], "{back}");
        assert_eq!(last_event(&world, &first).await["type"], "problem.resumed");
        assert_eq!(world.count_events(&second, "problem.resumed").await, 1, "its hold was over");
    }

    async fn the_table_says_what_happens_by_itself(world: World) {
        let table = world.get("/meta/state-machine").by("officer").send().await.expect(200);
        let when: Vec<(&str, &str)> = table["transitions"].as_array().unwrap().iter()
            .filter_map(|row| Some((row["action"].as_str()?, row["by_itself"].as_str()?)))
            .collect();
        assert_eq!(when, [
            ("open", "end_of_next_working_day"), ("assign", "noon_of_next_working_day"),
            ("supply", "five_working_days"), ("resume", "until"),
        ]);
    }
}

/// Puts an accepted problem on hold until 2019-01-16, as a granted request does.
async fn hold(world: &World, problem: &Value) {
    use crate::clock::Timestamp;
    let (id, now): (_, Timestamp) = (id_of(problem), world.app.clock.now());
    let mut tx = world.app.db.begin().await.unwrap();
    sql("INSERT INTO request (id, kind, problem_id, cycle_no, from_state, state, asked_at, until_on, decided_at, created_at, \
         updated_at) VALUES ($1, 'hold', $2, 1, 'accepted', 'granted', $3, $4, $3, $3, $3)")
    .bind(world.app.ids.next())
    .bind(id)
    .bind(now)
    .bind(chrono::NaiveDate::from_ymd_opt(2019, 1, 16))
    .run(&mut tx)
    .await
    .unwrap();
    sql("UPDATE cycle SET pause_began = $1, paused_due = resolution_due, resolution_due = NULL WHERE problem_id = $2")
        .bind(now)
        .bind(id)
        .run(&mut tx)
        .await
        .unwrap();
    sql("UPDATE problem SET state = 'on_hold', return_state = 'accepted', due_at = NULL WHERE id = $1")
        .bind(id)
        .run(&mut tx)
        .await
        .unwrap();
    let act = crate::events::Act::of_the_service(now);
    crate::tasks::planning::replan(&mut tx, &world.app.ids, &world.app.calendar(), &act, id)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

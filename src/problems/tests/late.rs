//! What is late or stands still, and how a list finds it.

use serde_json::{Value, json};

use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::sql;
use crate::http::ListParams;
use crate::on_both;
use crate::problems::domain::State;
use crate::problems::dto::{Breach, ProblemFilters, ProblemSort};
use crate::problems::store::late::LateAt;
use crate::problems::store::list::{self, FilterIds};
use crate::test_support::builders::problem_body;
use crate::test_support::handling::{analysis_body, id_of};
use crate::test_support::{World, seed};

/// The plan of a page of what the dispatcher sees.
async fn plan(world: &World, filters: &ProblemFilters) -> String {
    let (page, now) = (ListParams::default().page(&"explain").unwrap(), world.app.clock.now());
    let caller = Caller::from(world.claims(&seed::member("dispatcher"), false));
    let ids = FilterIds {
        words: None,
        division: None,
        late: LateAt::new(&world.app.calendar(), now),
        eyes: crate::problems::hiding::Eyes::of(&caller, now),
    };
    let after = Some((0, uuid::Uuid::nil()));
    let scope = seed::division("330782");
    world
        .plan_of(list::page(
            &world.app.db,
            scope,
            (&caller, now),
            filters,
            &ids,
            &page,
            after,
        ))
        .await
}

async fn listed(world: &World, query: &str) -> Vec<Value> {
    let answer = world
        .get(&format!("/problems?{query}"))
        .by("dispatcher")
        .send()
        .await
        .expect(200);
    answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].clone())
        .collect()
}

fn set(world: &World, now: &str) {
    world.app.clock.set(now.parse().unwrap());
}

async fn recorded(world: &World, urgency: &str) -> Value {
    let mut body = problem_body();
    body["urgency"] = json!(urgency);
    world
        .post("/problems")
        .by("officer")
        .json(body)
        .send()
        .await
        .expect(201)
}

/// Assigned to 义乌市人力资源和社会保障局 for the last day that the rule allows.
async fn assigned(world: &World, urgency: &str, due_on: &str) -> Value {
    let problem = recorded(world, urgency).await;
    let assign = json!({
        "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": due_on, "assign": true,
    });
    world.dispose("dispatcher", &problem, assign).await.expect(200)
}

/// A reply that the reporter sees.
async fn answer(world: &World, problem: &Value) {
    let body = json!({ "purpose": "reply", "channel": "phone", "face_to_face": false, "with_reporter": true, "words": "正在办理。" });
    let path = format!("/problems/{}/contacts", id_of(problem));
    world.post(&path).by("handler").json(body).send().await.expect(201);
}

on_both! {
    async fn a_guaranteed_page_is_a_range_of_an_index(world: World) {
        for sort in ProblemSort::ALL {
            for state in [vec![], vec![State::Open]] {
                let filters = ProblemFilters { sort: Some(*sort), state, ..ProblemFilters::default() };
                let index = match (sort, filters.state.is_empty()) {
                    (ProblemSort::UrgencyDue, true) => "problem_scope_urgency",
                    (ProblemSort::UrgencyDue, false) => "problem_scope_state_urgency",
                    (ProblemSort::RecordedDesc, true) => "problem_scope_recorded",
                    (ProblemSort::RecordedDesc, false) => "problem_scope_state_recorded",
                    (ProblemSort::Due, true) => "problem_scope_due",
                    (ProblemSort::Due, false) => "problem_scope_state_due",
                    (ProblemSort::UpdatedDesc, true) => "problem_scope_updated",
                    (ProblemSort::UpdatedDesc, false) => "problem_scope_state_updated",
                    (ProblemSort::ResponseDue, _) => "problem_scope_open_response",
                    (ProblemSort::Progress, _) => "problem_scope_open_progress",
                };
                let plan = plan(&world, &filters).await;
                assert!(plan.contains(index), "{sort} {plan}");
            }
        }
    }

    async fn what_is_late_is_a_range_of_an_index(world: World) {
        let overdue = ProblemFilters { overdue: Some(true), ..ProblemFilters::default() };
        let resolution = ProblemFilters { breached: Some(Breach::Resolution), ..ProblemFilters::default() };
        let response = ProblemFilters { breached: Some(Breach::FirstResponse), ..ProblemFilters::default() };
        let stalled = ProblemFilters { stalled: Some(true), ..ProblemFilters::default() };
        for (filters, index) in [
            (overdue, "problem_scope_open_due"), (resolution, "problem_scope_open_due"),
            (response, "problem_scope_open_response"), (stalled, "problem_scope_open_progress"),
        ] {
            let plan = plan(&world, &filters).await;
            assert!(plan.contains(index), "{plan}");
        }
    }

    async fn s20_a_critical_problem_has_half_the_time_and_comes_first_in_the_default_order(world: World) {
        let normal = assigned(&world, "normal", "2019-01-21").await;
        let urgent = assigned(&world, "urgent", "2019-01-21").await;
        // Half of seven working days, rounded up: four. The rule's last day for the others is too late for it.
        let critical = recorded(&world, "critical").await;
        let assign = |due_on: &str| json!({
            "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": due_on, "assign": true,
        });
        world.dispose("dispatcher", &critical, assign("2019-01-17")).await.expect_error(422, "invalid");
        let critical = world.dispose("dispatcher", &critical, assign("2019-01-16")).await.expect(200);
        assert_eq!(critical["clock"]["due_at"], "2019-01-16T09:00:00Z");
        let order = [&critical, &urgent, &normal].map(|problem| problem["id"].clone());
        assert_eq!(listed(&world, "").await, order);
        assert_eq!(listed(&world, "sort=-urgency,due_at").await, order);
        set(&world, "2019-01-17T01:00:00Z");
        assert_eq!(listed(&world, "overdue=true").await, [critical["id"].clone()], "it breaches sooner");
        assert_eq!(listed(&world, "overdue=true&sort=-urgency,due_at").await, [critical["id"].clone()]);
        assert_eq!(listed(&world, "overdue=false").await, [urgent["id"].clone(), normal["id"].clone()]);
    }

    async fn what_waits_for_its_reporter_or_is_closed_is_never_overdue(world: World) {
        let problem = assigned(&world, "normal", "2019-01-21").await;
        set(&world, "2019-02-25T01:00:00Z");
        for query in ["overdue=true", "breached=resolution", "stalled=true", "breached=first_response"] {
            assert_eq!(listed(&world, query).await, [problem["id"].clone()], "{query}");
        }
        let read = |who: &'static str| world.get(&format!("/problems/{}", id_of(&problem))).by(who).send();
        let clock = read("dispatcher").await.expect(200)["clock"].clone();
        // 22 January to 3 February are 11 working days with the two made-up ones, 11 to 25 February are another 11.
        assert_eq!((&clock["status"], &clock["overdue_working_days"]), (&json!("overdue"), &json!(22)));
        for state in ["pending_confirmation", "closed", "merged", "withdrawn", "declined"] {
            world.put_into(&problem, state).await;
            for query in ["overdue=true", "breached=resolution", "stalled=true", "breached=first_response", "overdue=true&sort=-updated_at"] {
                assert_eq!(listed(&world, query).await, Vec::<Value>::new(), "{query} {state}");
            }
            assert_eq!(listed(&world, "overdue=false&stalled=false").await.len(), 1, "{state}");
        }
    }

    async fn s19_a_first_response_is_due_in_a_working_day_and_its_breach_is_listed(world: World) {
        let (answered, silent) = (assigned(&world, "normal", "2019-01-21").await, assigned(&world, "normal", "2019-01-21").await);
        assert_eq!(answered["clock"]["first_response_due"], "2019-01-11T09:00:00Z");
        answer(&world, &answered).await;
        set(&world, "2019-01-11T09:00:00Z");
        assert_eq!(listed(&world, "breached=first_response").await, Vec::<Value>::new(), "not before its end of business");
        set(&world, "2019-01-11T09:00:01Z");
        assert_eq!(listed(&world, "breached=first_response").await, [silent["id"].clone()]);
        assert_eq!(listed(&world, "breached=first_response&sort=-urgency,due_at").await, [silent["id"].clone()]);
        assert_eq!(listed(&world, "breached=first_response&state=open").await, Vec::<Value>::new());
        assert_eq!(listed(&world, "breached=first_response&state=assigned").await, [silent["id"].clone()]);
        let counted = world.get("/problems?breached=first_response&with_total=true").by("dispatcher").send().await.expect(200);
        assert_eq!(counted["total"], 1);
        // Accepting is no response.
        let path = format!("/problems/{}/accept", id_of(&silent));
        world.post(&path).by("handler").at(&silent["version"]).json(json!({})).send().await.expect(200);
        assert_eq!(listed(&world, "breached=first_response").await, [silent["id"].clone()]);
        answer(&world, &silent).await;
        assert_eq!(listed(&world, "breached=first_response").await, Vec::<Value>::new());
    }

    async fn s34_a_problem_stands_still_after_ten_working_days_without_progress_and_a_comment_is_none(world: World) {
        let problem = assigned(&world, "normal", "2019-01-21").await;
        // Ten working days after Thursday 10 January end on Thursday the 24th.
        set(&world, "2019-01-24T09:00:00Z");
        assert_eq!(listed(&world, "stalled=true").await, Vec::<Value>::new());
        set(&world, "2019-01-24T09:00:01Z");
        assert_eq!(listed(&world, "stalled=true").await, [problem["id"].clone()]);
        // A contact, an analysis or words beside the statement move nothing.
        answer(&world, &problem).await;
        let supplement = format!("/problems/{}/supplements", id_of(&problem));
        world.post(&supplement).by("officer").json(json!({ "text": "仍未落实。" })).send().await.expect(201);
        let analyses = format!("/problems/{}/analyses", id_of(&problem));
        world.post(&analyses).by("handler").json(analysis_body()).send().await.expect(201);
        assert_eq!(listed(&world, "stalled=true").await, [problem["id"].clone()]);
        // A transition does.
        let path = format!("/problems/{}/accept", id_of(&problem));
        world.post(&path).by("handler").at(&problem["version"]).json(json!({})).send().await.expect(200);
        assert_eq!(listed(&world, "stalled=true").await, Vec::<Value>::new());
        set(&world, "2019-02-20T01:00:00Z");
        assert_eq!(listed(&world, "stalled=true&sort=last_progress_at").await, [problem["id"].clone()]);
        let kept: Vec<(Timestamp, Timestamp)> = sql("SELECT p.last_progress_at, s.last_progress_at FROM problem p \
            JOIN problem_scope s ON s.problem_id = p.id").all(&world.app.db).await.unwrap();
        assert!(kept.len() > 3 && kept.iter().all(|(row, scope)| row == scope), "{kept:?}");
    }

    async fn a_clock_that_jumps_breaks_nothing(world: World) {
        let problem = assigned(&world, "normal", "2019-01-21").await;
        let path = format!("/problems/{}", id_of(&problem));
        for (now, status, overdue) in [
            ("2018-06-01T00:00:00Z", "on_time", 0), ("1970-01-01T00:00:00Z", "on_time", 0),
            ("2020-01-21T00:00:00Z", "overdue", 251), ("2019-01-21T08:59:59Z", "due_soon", 0),
        ] {
            set(&world, now);
            let clock = world.get(&path).by("dispatcher").send().await.expect(200)["clock"].clone();
            assert_eq!((clock["status"].as_str(), clock["overdue_working_days"].as_i64()), (Some(status), Some(overdue)), "{now}");
            let late = listed(&world, "overdue=true").await.len();
            assert_eq!(late, usize::from(status == "overdue"), "{now}");
            listed(&world, "stalled=true").await;
        }
    }

    async fn a_pause_that_ends_before_it_began_takes_nothing_off(world: World) {
        let mut body = problem_body();
        body.as_object_mut().unwrap().remove("reporter");
        let problem = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        let path = format!("/problems/{}", id_of(&problem));
        let act = async |who: &str, at: &Value, action: &str, body: Value| {
            world.post(&format!("{path}/{action}")).by(who).at(&at["version"]).json(body).send().await.expect(200)
        };
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        let assigned = act("dispatcher", &problem, "assign", assign).await;
        let accepted = act("handler", &assigned, "accept", json!({})).await;
        set(&world, "2019-03-01T02:00:00Z");
        let asked = act("handler", &accepted, "ask_reporter", json!({ "question": "请补充学籍情况。" })).await;
        assert_eq!((&asked["clock"]["due_at"], &asked["clock"]["status"]), (&Value::Null, &json!("paused")));
        set(&world, "2019-01-15T02:00:00Z");
        let supplied = act("reporter", &asked, "supply", json!({ "answer": "三年级。" })).await;
        assert_eq!(supplied["clock"]["due_at"], "2019-01-21T09:00:00Z");
        let (paused,): (i64,) = sql("SELECT paused_minutes FROM cycle").one(&world.app.db).await.unwrap();
        assert_eq!(paused, 0);
    }

    async fn a_pause_moves_the_due_time_by_its_working_minutes(world: World) {
        let mut body = problem_body();
        body.as_object_mut().unwrap().remove("reporter");
        let problem = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        let path = format!("/problems/{}", id_of(&problem));
        let act = async |who: &str, at: &Value, action: &str, body: Value| {
            world.post(&format!("{path}/{action}")).by(who).at(&at["version"]).json(body).send().await.expect(200)
        };
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        let assigned = act("dispatcher", &problem, "assign", assign).await;
        let accepted = act("handler", &assigned, "accept", json!({})).await;
        // Thursday 16:00 in Shanghai to Friday 09:30: an hour and a half of work.
        set(&world, "2019-01-10T08:00:00Z");
        let asked = act("handler", &accepted, "ask_reporter", json!({ "question": "请补充学籍情况。" })).await;
        set(&world, "2019-01-11T01:30:30Z");
        let supplied = act("reporter", &asked, "supply", json!({ "answer": "三年级。" })).await;
        assert_eq!(supplied["clock"]["due_at"], "2019-01-22T02:30:00Z");
        let (paused,): (i64,) = sql("SELECT paused_minutes FROM cycle").one(&world.app.db).await.unwrap();
        assert_eq!(paused, 90);
    }
}

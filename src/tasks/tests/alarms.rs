//! What is told of a clock: once for each time at which it is due.

use serde_json::{Value, json};

use crate::on_both;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

/// How often it was told that it is due soon, and that it is overdue.
async fn told(world: &World, problem: &Value) -> (usize, usize) {
    (
        world.count_events(problem, "problem.due_soon").await,
        world.count_events(problem, "problem.overdue").await,
    )
}

on_both! {
    async fn a_clock_tells_once_that_it_is_due_soon_and_once_that_it_is_overdue(world: World) {
        // Due on Monday the 21st: soon from Friday on, as its status says.
        let problem = world.in_hand().await;
        world.at("2019-01-17T15:59:59Z").await;
        assert_eq!(told(&world, &problem).await, (0, 0));
        assert_eq!(world.read(&problem).await["clock"]["status"], "on_time");
        world.at("2019-01-17T16:00:00Z").await;
        assert_eq!(told(&world, &problem).await, (1, 0));
        assert_eq!(world.read(&problem).await["clock"]["status"], "due_soon");
        world.at("2019-01-21T08:59:59Z").await;
        assert_eq!(told(&world, &problem).await, (1, 0));
        world.at("2019-01-21T09:00:00Z").await;
        assert_eq!(told(&world, &problem).await, (1, 1));
        world.at("2019-03-01T09:00:00Z").await;
        assert_eq!(told(&world, &problem).await, (1, 1));
        // It is told, not changed: who read it before may still act on it, and its reporter is not alarmed.
        assert_eq!(world.read(&problem).await["version"], problem["version"]);
        let path = format!("/problems/{}/events?limit=200", id_of(&problem));
        let page = world.get(&path).by("dispatcher").send().await.expect(200);
        let alarm = page["items"].as_array().unwrap().iter().find(|event| event["type"] == "problem.overdue").unwrap();
        assert_eq!(
            [&alarm["public"], &alarm["actor"], &alarm["to"], &alarm["payload"]["due_at"]],
            [&json!(false), &Value::Null, &Value::Null, &json!("2019-01-21T09:00:00Z")]
        );
    }

    async fn another_due_time_has_alarms_of_its_own_and_one_that_comes_back_none(world: World) {
        let problem = world.in_hand().await;
        world.at("2019-01-17T16:00:00Z").await;
        assert_eq!(told(&world, &problem).await, (1, 0));
        let transfer = |org: &str, due: &str| json!({ "lead_org_id": seed::org(org), "due_on": due, "reason": "事权不同" });
        let moved = world.move_on("dispatcher", &problem, "transfer", transfer("yiwu-finance", "2019-01-18")).await;
        world.happen().await;
        assert_eq!(told(&world, &problem).await, (2, 0), "due on the 18th, and soon at once");
        world.at("2019-01-18T09:00:00Z").await;
        assert_eq!(told(&world, &problem).await, (2, 1));
        // The day is over, so the same day is all that may be named.
        world.move_on("dispatcher", &moved, "transfer", transfer("yiwu-hr", "2019-01-18")).await;
        world.at("2019-02-18T09:00:00Z").await;
        assert_eq!(told(&world, &problem).await, (2, 1));
    }

    async fn a_clock_that_stands_still_tells_nothing_and_goes_on_telling_afterwards(world: World) {
        let recorded = world.open_problem().await;
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        let assigned = world.move_on("dispatcher", &recorded, "assign", assign).await;
        let accepted = world.move_on("handler", &assigned, "accept", json!({})).await;
        let asked = world.move_on("handler", &accepted, "ask_reporter", json!({ "question": "请补充。" })).await;
        let open: Vec<_> = world.tasks_of(&recorded).await.into_iter().filter(|(_, outcome)| outcome == "open").collect();
        assert_eq!(open, [("go_on".to_owned(), "open".to_owned())]);
        // Answered on the same day: due when it was due before, and told of as before.
        let token = world.receipt_token(&recorded).await;
        let path = format!("/problems/{}/supply", id_of(&recorded));
        let call = world.post(&path).bearer(&token).at(&asked["version"]);
        let back = call.json(json!({ "answer": "已补充。" })).send().await.expect(200);
        assert_eq!([&back["state"], &back["clock"]["due_at"]], ["accepted", "2019-01-21T09:00:00Z"]);
        world.at("2019-01-17T16:00:00Z").await;
        world.at("2019-01-21T09:00:00Z").await;
        assert_eq!(told(&world, &recorded).await, (1, 1));
    }

    async fn what_is_overdue_before_anybody_looked_is_not_told_to_be_due_soon(world: World) {
        let problem = world.in_hand().await;
        world.at("2019-01-21T09:00:00Z").await;
        assert_eq!(told(&world, &problem).await, (0, 1));
        assert!(world.tasks_of(&problem).await.contains(&("due_soon".to_owned(), "lapsed".to_owned())));
    }

    async fn what_is_done_is_told_of_no_more(world: World) {
        let problem = world.confirmed().await;
        world.at("2019-06-01T00:00:00Z").await;
        assert_eq!(told(&world, &problem).await, (0, 0));
    }
}

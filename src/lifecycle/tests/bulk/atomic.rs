//! All or nothing.

use serde_json::{Value, json};

use super::{answers, assign_body, atomic, done, item, state_of};
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

async fn problem_of(world: &World, category: &str) -> Value {
    let mut body = problem_body();
    body["category"] = json!(category);
    world
        .post("/problems")
        .by("officer")
        .json(body)
        .send()
        .await
        .expect(201)
}

on_both! {
    async fn all_are_done_together(world: World) {
        let (one, two, three) = (world.open_problem().await, world.open_problem().await, world.open_problem().await);
        let merge = json!({ "target_id": three["id"] });
        let mut after = item(&three, "assign", assign_body());
        // The merging has changed who takes part in it.
        after["version"] = json!(three["version"].as_i64().unwrap() + 1);
        let items = [item(&one, "assign", assign_body()), item(&two, "merge", merge), after];
        let answer = atomic(&world, "dispatcher", &items).await;
        assert!(answer.headers.contains_key("etag"));
        let answer = answer.expect(200);
        assert_eq!(answers(&answer), [done(), done(), done()]);
        let states: Vec<Value> = answer["items"].as_array().unwrap().iter().map(|one| one["item"]["state"].clone()).collect();
        assert_eq!(states, ["assigned", "merged", "assigned"]);
        let kept = world.rollups().await;
        world.rebuild_rollups().await;
        assert_eq!(world.rollups().await, kept);
    }

    async fn the_first_refusal_undoes_everything_and_says_which_it_was(world: World) {
        let (one, two, three) = (world.open_problem().await, world.open_problem().await, world.open_problem().await);
        let before = world.rollups().await;
        let mut stale = item(&two, "assign", assign_body());
        stale["version"] = json!(99);
        let send = async |items: &[Value]| {
            let call = world.post("/problems/bulk-actions").by("dispatcher").header("Idempotency-Key", "k");
            call.json(json!({ "items": items, "atomic": true })).send().await
        };
        let refused = send(&[item(&one, "assign", assign_body()), item(&three, "assign", assign_body()), stale]).await;
        assert_eq!(refused.headers["content-type"], "application/problem+json");
        let problem = refused.json();
        assert_eq!((&problem["index"], &problem["version"], &problem["instance"]), (&json!(2), &two["version"], &json!("/api/v1/problems/bulk-actions")));
        refused.expect_error(412, "precondition_failed");
        let nobody = json!({ "lead_org_id": seed::division("330782"), "due_on": "2019-01-21" });
        let faults = send(&[item(&one, "assign", assign_body()), item(&two, "assign", nobody)]).await.expect_error(422, "invalid");
        assert_eq!(faults, ["/items/1/body/lead_org_id unknown_reference"]);
        for problem in [&one, &two, &three] {
            assert_eq!(state_of(&world, problem).await, "open");
            assert_eq!(world.event_types(id_of(problem)).await.len(), 1);
        }
        assert_eq!(world.rollups().await, before);
        // A refused request changed nothing, so its key is free.
        let items = [item(&one, "assign", assign_body()), item(&two, "assign", assign_body())];
        let all = send(&items).await;
        assert_eq!(answers(&all.json()), [done(), done()]);
        assert_eq!(send(&items).await.bytes, all.bytes);
    }

    async fn faults_of_shape_are_told_of_all_items_at_once(world: World) {
        let (one, two) = (world.open_problem().await, world.open_problem().await);
        let items = [
            item(&one, "assign", assign_body()),
            item(&two, "assign", json!({ "lead_org_id": seed::org("yiwu-hr") })),
            item(&two, "merge", json!({ "target": two["id"], "target_id": one["id"] })),
        ];
        let refused = atomic(&world, "dispatcher", &items).await;
        assert_eq!(refused.json()["index"], 1);
        assert_eq!(refused.expect_error(422, "invalid"), ["/items/1/body/due_on required", "/items/2/body/target unknown_field"]);
        let refused = atomic(&world, "officer", &[item(&one, "claim", json!({})), item(&two, "start", json!({}))]).await;
        assert_eq!((&refused.json()["index"], &refused.json()["permission"]), (&json!(1), &json!("StartProblem")));
        refused.expect_error(403, "forbidden");
        let elsewhere = json!({ "id": "SFW-2019-330782-999999", "action": "assign", "version": 1, "body": assign_body() });
        let refused = atomic(&world, "dispatcher", &[item(&one, "assign", assign_body()), elsewhere]).await;
        assert_eq!(refused.json()["index"], 1);
        refused.expect_error(404, "not_found");
        assert_eq!(state_of(&world, &one).await, "open");
    }

    async fn requests_that_cross_wait_for_each_other(world: World) {
        for round in 0..3 {
            let mut problems = Vec::new();
            for _ in 0..4 {
                problems.push(problem_of(&world, if round == 0 { "E01" } else { "E02" }).await);
            }
            let items: Vec<Value> = problems.iter().map(|problem| item(problem, "assign", assign_body())).collect();
            let reversed: Vec<Value> = items.iter().rev().cloned().collect();
            let answers = futures_util::future::join_all([
                atomic(&world, "dispatcher", &items), atomic(&world, "province-dispatcher", &reversed),
                atomic(&world, "dispatcher", &items), atomic(&world, "province-dispatcher", &reversed),
            ]).await;
            let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409, 409, 409]);
        }
        // Others' problems, counted in the same rows in another order, and single ones in between.
        let mut pairs = Vec::new();
        for categories in [["E01", "E02"], ["E02", "E01"], ["E01", "E02"], ["E02", "E01"]] {
            pairs.push([problem_of(&world, categories[0]).await, problem_of(&world, categories[1]).await]);
        }
        let (all, alone) = pairs.split_at(3);
        let items: Vec<[Value; 2]> = all.iter().map(|[one, two]| [item(one, "assign", assign_body()), item(two, "assign", assign_body())]).collect();
        let many = futures_util::future::join_all(items.iter().map(|items| atomic(&world, "dispatcher", items)));
        let singles = futures_util::future::join_all(alone[0].iter().map(|problem| world.act("dispatcher", problem, "assign", assign_body())));
        let (many, singles) = futures_util::future::join(many, singles).await;
        for answer in many.into_iter().chain(singles) {
            answer.expect(200);
        }
        let kept = world.rollups().await;
        world.rebuild_rollups().await;
        assert_eq!(world.rollups().await, kept);
    }
}

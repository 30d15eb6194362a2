//! Erased before the term, because the reporter asked; and reporters of whom more is kept.

use serde_json::{Value, json};

use super::{erasures, in_hand, instant, move_on, read};
use crate::auth::Role;
use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

async fn erase(world: &World, who: &str, problem: &Value) -> Answer {
    let path = format!("/problems/{}/erase", id_of(problem));
    let call = world.post(&path).by(who).at(&problem["version"]);
    call.json(json!({ "reason": "反映人书面申请" })).send().await
}

/// A problem that the account of the reporter raises.
async fn own(world: &World) -> Value {
    let mut body = problem_body();
    body.as_object_mut().unwrap().remove("reporter");
    world
        .post("/problems")
        .by("reporter")
        .json(body)
        .send()
        .await
        .expect(201)
}

async fn withdrawn(world: &World, problem: &Value) -> Value {
    move_on(world, "reporter", problem, "withdraw", json!({ "reason": "不再需要" })).await
}

on_both! {
    async fn a_reporter_may_ask_for_it_when_all_is_over(world: World) {
        let (recorded, assigned) = in_hand(&world, "王女士").await;
        let token = world.receipt_token(&recorded).await;
        let path = format!("/problems/{}", id_of(&recorded));
        erase(&world, "supervisor", &assigned).await.expect_error(409, "transition_not_allowed");
        erase(&world, "handler", &assigned).await.expect_error(403, "forbidden");
        erase(&world, "deqing-dispatcher", &assigned).await.expect_error(404, "not_found");
        move_on(&world, "handler", &assigned, "answer", json!({ "text": "已安排。" })).await;
        let now = read(&world, &recorded).await;
        world.post(&format!("{path}/confirm")).bearer(&token).at(&now["version"]).json(json!({})).send().await.expect(200);
        let closed = read(&world, &recorded).await;
        let early = erase(&world, "supervisor", &closed).await.expect(409);
        assert_eq!((&early["code"], &early["look_back_due_on"]), (&json!("too_early"), &json!("2019-02-11")));
        let mut held = closed;
        for day in ["2019-02-11T02:00:00Z", "2019-04-10T02:00:00Z"] {
            world.app.clock.set(instant(day));
            let found = json!({ "result": "holds", "method": "phone", "evidence": "电话核实。" });
            held = move_on(&world, "supervisor", &held, "look_back", found).await;
        }
        // Each look-back begins the term anew.
        assert_eq!(erasures(&world, &recorded).await, ["lapsed", "lapsed", "open"]);
        let at = |token: String, version: Value| {
            world.post(&format!("{path}/erase")).header("Authorization", &token).at(&version).json(json!({ "reason": "申请" }))
        };
        let handled_it = world.as_other("handler", Role::Dispatcher, "yiwu-office");
        at(handled_it, held["version"].clone()).send().await.expect_error(403, "separation_of_duties");
        let no_version = world.post(&format!("{path}/erase")).by("supervisor").json(json!({ "reason": "申请" }));
        no_version.send().await.expect_error(428, "precondition_required");
        erase(&world, "supervisor", &assigned).await.expect_error(412, "precondition_failed");
        let erased = erase(&world, "supervisor", &held).await.expect(200);
        assert_eq!((&erased["statement"], &erased["reporter"]["display_name"]), (&Value::Null, &Value::Null));
        assert_eq!(erased["erased_at"], "2019-04-10T02:00:00Z");
        assert_eq!(erasures(&world, &recorded).await, ["lapsed", "lapsed", "lapsed"], "nothing is left to erase");
        let left: Vec<(String,)> = sql("SELECT kind FROM task WHERE problem_id = $1 AND done_at IS NULL")
            .bind(id_of(&recorded)).all(&world.app.db).await.unwrap();
        assert_eq!(left, [], "and nobody can be called any more");
        erase(&world, "supervisor", &erased).await.expect_error(409, "erased");
        world.get(&path).bearer(&token).send().await.expect(401);
        assert_eq!(world.event_types(id_of(&recorded)).await.last().map(String::as_str), Some("problem.erased"));
    }

    async fn a_reporter_of_whom_more_is_kept_is_forgotten_with_the_last(world: World) {
        let (one, other) = (own(&world).await, own(&world).await);
        assert_eq!(one["reporter"]["id"], other["reporter"]["id"]);
        let kept = async || {
            sql("SELECT COUNT(*) FROM reporter WHERE erased_at IS NULL AND person_id = $1")
                .bind(seed::member("reporter").person).one::<(i64,)>(&world.app.db).await.unwrap().0
        };
        let one = withdrawn(&world, &one).await;
        let erased = erase(&world, "supervisor", &one).await.expect(200);
        assert_eq!((&erased["statement"], &erased["reporter"]["display_name"], kept().await), (&Value::Null, &Value::Null, 1));
        assert_eq!(read(&world, &other).await["reporter"]["display_name"], "示例反映人", "the other is told of whom it is");
        let other = withdrawn(&world, &other).await;
        let erased = erase(&world, "supervisor", &other).await.expect(200);
        assert_eq!((&erased["reporter"]["display_name"], kept().await), (&Value::Null, 0));
        // What he raises next makes him known anew, and brings nothing back.
        let third = own(&world).await;
        assert_ne!(third["reporter"]["id"], one["reporter"]["id"]);
        assert_eq!(read(&world, &one).await["statement"], Value::Null);
    }

    async fn what_is_merged_is_kept_as_long_as_what_it_was_merged_into(world: World) {
        let (_, merged) = in_hand(&world, "王女士").await;
        let (recorded, target) = in_hand(&world, "李女士").await;
        let merged = move_on(&world, "dispatcher", &merged, "merge", json!({ "target_id": target["id"] })).await;
        let is_kept = async || read(&world, &merged).await["erased_at"].is_null();
        // Its target is still handled: there is no end yet.
        assert_eq!(erasures(&world, &merged).await, Vec::<String>::new());
        let work_off = async |day: &str| {
            world.app.clock.set(instant(day));
            crate::tasks::engine::Engine::new(world.app.clone()).work_off(1_000).await.unwrap();
        };
        work_off("2021-01-11T09:00:00Z").await;
        assert!(is_kept().await);
        let now = read(&world, &recorded).await;
        move_on(&world, "handler", &now, "answer", json!({ "text": "已安排。" })).await;
        let token = world.receipt_token(&recorded).await;
        let now = read(&world, &recorded).await;
        let confirm = world.post(&format!("/problems/{}/confirm", id_of(&recorded))).bearer(&token).at(&now["version"]);
        confirm.json(json!({})).send().await.expect(200);
        assert_eq!((erasures(&world, &merged).await, erasures(&world, &recorded).await), (vec!["open".to_owned()], vec!["open".to_owned()]));
        // Revived, it is handled again, and so the other one is kept.
        let closed = read(&world, &recorded).await;
        world.app.clock.set(instant("2021-06-11T09:00:00Z"));
        move_on(&world, "supervisor", &closed, "reopen", json!({ "reason": "又出现同样问题" })).await;
        assert_eq!(erasures(&world, &merged).await, ["lapsed"]);
        work_off("2023-02-11T09:00:00Z").await;
        assert!(is_kept().await);
    }

    async fn a_problem_that_is_revived_is_not_erased(world: World) {
        let (recorded, assigned) = in_hand(&world, "王女士").await;
        let token = world.receipt_token(&recorded).await;
        let path = format!("/problems/{}", id_of(&recorded));
        move_on(&world, "handler", &assigned, "answer", json!({ "text": "已安排。" })).await;
        let now = read(&world, &recorded).await;
        world.post(&format!("{path}/confirm")).bearer(&token).at(&now["version"]).json(json!({})).send().await.expect(200);
        world.app.clock.set(instant("2019-12-20T02:00:00Z"));
        let closed = read(&world, &recorded).await;
        move_on(&world, "supervisor", &closed, "reopen", json!({ "reason": "又出现同样问题" })).await;
        assert_eq!(erasures(&world, &recorded).await, ["lapsed"]);
        world.app.clock.set(instant("2021-01-11T02:00:00Z"));
        crate::tasks::engine::Engine::new(world.app.clone()).work_off(1_000).await.unwrap();
        assert_eq!(read(&world, &recorded).await["statement"], recorded["statement"]);
    }
}

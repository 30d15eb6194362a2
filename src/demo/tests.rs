mod features;

use std::cell::Cell;
use std::time::Duration;

use serde_json::{Value, json};

use super::sandbox::start_over;
use super::{Holds, holds, load};
use crate::db::sql;
use crate::on_both_empty;
use crate::tasks::engine::Engine;
use crate::test_support::World;

/// Every fixture stands where its name says, as the demo's accounts see it.
async fn the_fixtures_are_what_they_say(world: &World, mark: &Value) {
    let dispatcher = format!("Bearer {}", world.sign_in("dispatcher").await);
    let ask = async |path: String| {
        world
            .get(&path)
            .header("Authorization", &dispatcher)
            .send()
            .await
            .expect(200)
    };
    for (name, path, count) in [
        ("problems", "problems", 15),
        ("plans", "action-plans", 6),
        ("assignments", "assignments", 6),
        ("visits", "visits", 4),
    ] {
        let named = mark[name].as_object().unwrap();
        assert_eq!(named.len(), count, "{name}");
        for (state, id) in named {
            let seen = ask(format!("/{path}/{}", id.as_str().unwrap())).await;
            assert_eq!(seen["state"], json!(state), "{name} {seen}");
        }
    }
    let shown = async |shows: &str| ask(format!("/problems/{}", mark["shows"][shows].as_str().unwrap())).await;
    assert_eq!(
        shown("confirmed_by_call_back").await["closure"]["confirmed_via"],
        "call_back"
    );
    assert_eq!(shown("confirmed_by_receipt").await["closure"]["confirmed_via"], "link");
    assert_eq!(shown("rejected_three_times").await["cycle_no"], 3);
    let ratings = ask(format!(
        "/problems/{}/ratings",
        mark["shows"]["rated"].as_str().unwrap()
    ))
    .await;
    assert_eq!(ratings["items"][0]["words"], "说到做到，谢谢。");
    let events = ask(format!(
        "/problems/{}/events",
        mark["shows"]["looked_back"].as_str().unwrap()
    ))
    .await;
    assert!(
        events["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|event| event["type"] == "problem.looked_back")
    );
}

/// Handler, head and reporter find work when they come in.
async fn the_accounts_have_something_to_do(world: &World, mark: &Value) {
    for (who, state, action) in [
        ("handler", "assigned", "accept"),
        ("handler", "open", "claim"),
        ("head", "accepted", "start"),
        ("head", "in_progress", "complete"),
        ("supervisor", "closed", "look_back"),
    ] {
        let token = format!("Bearer {}", world.sign_in(who).await);
        let path = format!("/problems/{}", mark["problems"][state].as_str().unwrap());
        let seen = world
            .get(&path)
            .header("Authorization", &token)
            .send()
            .await
            .expect(200);
        let allowed = seen["allowed_actions"].as_array().unwrap();
        assert!(
            allowed.iter().any(|allowed| allowed["action"] == action),
            "{who} {state} {seen}"
        );
    }
    let reporter = format!("Bearer {}", world.sign_in("reporter").await);
    let path = format!(
        "/problems/{}",
        mark["shows"]["awaits_account_reporter"].as_str().unwrap()
    );
    let own = world
        .get(&path)
        .header("Authorization", &reporter)
        .send()
        .await
        .expect(200);
    assert!(
        own["allowed_actions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|allowed| allowed["action"] == "confirm"),
        "{own}"
    );
    let token = world
        .post("/public/receipts/token")
        .json(json!({ "code": mark["receipt"]["code"] }))
        .send()
        .await
        .expect(200);
    assert_eq!(token["problem"]["id"], mark["receipt"]["problem"]);
}

/// Set forward by a week, the clock has brought about what nobody did in it, each at its own time.
async fn the_clock_lets_happen_what_is_due(world: &World, mark: &Value) {
    let demo = world.with_settings(|settings| settings.demo = true).await;
    let token = format!("Bearer {}", demo.sign_in("dispatcher").await);
    let of = async |state: &str, what: &str| {
        let path = format!("/problems/{}{what}", mark["problems"][state].as_str().unwrap());
        demo.get(&path).header("Authorization", &token).send().await.expect(200)
    };
    let due: Vec<(i64,)> =
        sql("SELECT COUNT(*) FROM task WHERE done_at IS NULL AND performer = 'service' AND due_at <= $1")
            .bind(world.app.clock.now())
            .all(&world.app.db)
            .await
            .unwrap();
    assert_eq!(due, [(0,)], "a fresh demo owes nothing");
    let body = json!({ "now": "2019-01-21T18:00:00+08:00" });
    let moved = demo.post("/sandbox/clock").json(body).send().await.expect(200);
    assert_eq!(moved["now"], "2019-01-21T10:00:00Z");
    assert!(moved["happened"].as_u64().unwrap() > 20, "{moved}");
    for (state, becomes, event, at) in [
        ("open", "assigned", "problem.assigned", "2019-01-15T04:00:00Z"),
        ("recorded", "assigned", "problem.opened", "2019-01-15T09:00:00Z"),
        ("recorded", "assigned", "problem.assigned", "2019-01-16T04:00:00Z"),
        (
            "awaiting_reporter",
            "accepted",
            "problem.reporter_silent",
            "2019-01-21T09:00:00Z",
        ),
    ] {
        assert_eq!(of(state, "").await["state"], becomes, "{state}");
        let events = of(state, "/events?limit=200").await;
        let happened = events["items"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .find(|one| one["type"] == event);
        let happened = happened.unwrap_or_else(|| panic!("no {event} in {events}"));
        assert_eq!(
            (&happened["occurred_at"], &happened["actor"]),
            (&json!(at), &Value::Null),
            "{state}"
        );
    }
}

/// Loads the speech as a reset does, in a server that goes on carrying out what is due by itself.
async fn loaded_beside_an_engine(world: &World) {
    load::set_mark(&world.app, json!({ "loading": true })).await.unwrap();
    let over = Cell::new(false);
    let reset = async {
        start_over(&world.app).await.unwrap();
        over.set(true);
    };
    let engine = async {
        let engine = Engine::new(world.app.clone());
        while !over.get() {
            // While the database is emptied there is nothing to take tasks from.
            let _ = engine.work_off(10).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    futures_util::future::join(reset, engine).await;
}

on_both_empty! {
    async fn s03_s05_the_demo_is_the_speech(world: World) {
        assert_eq!(holds(&world.app.db).await.unwrap(), Holds::Nothing);
        loaded_beside_an_engine(&world).await;
        let Holds::Demo(mark) = holds(&world.app.db).await.unwrap() else { panic!("no demo") };
        world.app.clock.set("2019-01-14T09:00:00Z".parse().unwrap());
        the_fixtures_are_what_they_say(&world, &mark).await;
        the_accounts_have_something_to_do(&world, &mark).await;
        features::every_feature_has_something_to_show(&world, &mark).await;
        features::everybody_has_something_to_read(&world, &mark).await;
        let token = world.sign_in("leader").await;
        let ask = async |query: &str| -> Value {
            let path = format!("/metrics/overview?campaign=2019&{query}");
            world.get(&path).header("Authorization", &format!("Bearer {token}")).send().await.expect(200)
        };
        let figures = ask("as_of=2019-01-14").await;
        let problems = &figures["problems"];
        let parts = ["total", "resolved_on_site", "follow_up", "typical", "undisposed"].map(|part| problems[part].as_i64().unwrap_or(-1));
        assert_eq!(parts, [417, 76, 204, 137, 0], "{figures}");
        let counties = &figures["counties"];
        assert_eq!((counties["visited"].as_i64(), counties["total"].as_i64()), (Some(52), Some(89)), "{counties}");
        let later = ask("as_of=2023-07-01").await;
        assert_eq!((later["counties"]["visited"].as_i64(), later["counties"]["total"].as_i64()), (Some(52), Some(90)));
        let by_audience = ask("as_of=2019-01-14&group_by=audience").await;
        assert_eq!(by_audience["groups"].as_array().map(Vec::len), Some(3));
        let by_body = ask("as_of=2019-01-14&group_by=leading_body").await;
        let groups = by_body["groups"].as_array().unwrap();
        assert_eq!(groups.len(), 4);
        let sum: i64 = groups.iter().map(|group| group["problems"]["total"].as_i64().unwrap()).sum();
        assert_eq!(sum, 417);
        the_clock_lets_happen_what_is_due(&world, &mark).await;
        assert_eq!(ask("as_of=2019-01-14").await["problems"], figures["problems"], "the speech's figures never move");
    }
}

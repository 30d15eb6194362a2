//! Clocks that are wrong, tasks that cannot be done, problems that move on meanwhile.

use actix_web::web;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ALL, instant};
use crate::app::App;
use crate::clock::{Clock, Timestamp};
use crate::db::{Tx, sql};
use crate::on_both;
use crate::tasks::engine::Engine;
use crate::test_support::handling::id_of;
use crate::test_support::world::keys;
use crate::test_support::{World, seed};

/// A task's outcome, attempts, and what went wrong last.
async fn task(world: &World, problem: &Value, kind: &'static str) -> (Option<String>, i64, Option<String>) {
    sql("SELECT outcome, attempts, last_error FROM task WHERE problem_id = $1 AND kind = $2")
        .bind(id_of(problem))
        .bind(kind)
        .one(&world.app.db)
        .await
        .unwrap()
}

/// A problem that awaits its reporter and has no state to return to: its task fails for ever.
async fn poisoned(world: &World) -> Value {
    let problem = world.in_hand().await;
    let asked = world
        .move_on("handler", &problem, "ask_reporter", json!({ "question": "请补充。" }))
        .await;
    world
        .past_every_rule("UPDATE problem SET return_state = NULL WHERE id = $1", id_of(&asked))
        .await;
    asked
}

on_both! {
    async fn a_clock_that_jumps_back_does_nothing_twice_and_loses_nothing(world: World) {
        let (first, second) = (world.open_problem().await, world.open_problem().await);
        assert_eq!(world.at("2019-01-11T04:00:00Z").await, 2);
        let third = world.open_problem().await;
        // Two hours back: what had happened stays, what is to come comes.
        assert_eq!(world.at("2019-01-11T02:00:00Z").await, 0);
        assert_eq!(world.at("2019-01-11T04:00:00Z").await, 0);
        world.at("2019-01-14T04:00:00Z").await;
        for problem in [&first, &second, &third] {
            assert_eq!(world.count_events(problem, "problem.assigned").await, 1);
        }
    }

    async fn a_clock_a_year_ahead_works_everything_off_and_once(world: World) {
        let mut problems = Vec::new();
        for _ in 0..25 {
            problems.push(world.open_problem().await);
        }
        let visited = world.problem_of(&world.visit_in_progress().await).await;
        // Opened, assigned and overdue in one go: more than a batch, and each further task comes from the one before.
        world.at("2020-01-10T04:00:00Z").await;
        assert_eq!(world.happen().await, 0, "nothing is left");
        for problem in &problems {
            let types = world.event_types(id_of(problem)).await;
            assert_eq!(types, ["problem.recorded", "problem.assigned", "problem.overdue"]);
        }
        // What is opened only now has until noon of the next working day.
        assert_eq!(world.event_types(id_of(&visited)).await, ["problem.recorded", "problem.opened"]);
        world.at("2020-01-13T04:00:00Z").await;
        let types = world.event_types(id_of(&visited)).await;
        assert_eq!(types, ["problem.recorded", "problem.opened", "problem.assigned", "problem.overdue"]);
    }

    async fn a_task_whose_problem_was_merged_or_withdrawn_meanwhile_lapses(world: World) {
        let (merged, target, withdrawn) = (world.open_problem().await, world.open_problem().await, world.open_problem().await);
        world.move_on("dispatcher", &merged, "merge", json!({ "target_id": target["id"] })).await;
        world.move_on("officer", &withdrawn, "withdraw", json!({ "reason": "重复记录" })).await;
        // Past every rule, so that nothing ended the task beforehand: the workflow's own table refuses.
        let stale = world.open_problem().await;
        world.force(&stale, crate::problems::domain::State::Withdrawn).await;
        assert_eq!(world.at("2019-01-11T04:00:00Z").await, 2);
        for problem in [&merged, &withdrawn, &stale] {
            let mut tasks = world.tasks_of(problem).await;
            tasks.retain(|(kind, _)| kind != "erase");
            assert_eq!(tasks, [("assign".to_owned(), "lapsed".to_owned())]);
            assert_eq!(world.count_events(problem, "problem.assigned").await, 0);
        }
        assert_eq!(world.count_events(&target, "problem.assigned").await, 1);
    }

    async fn a_task_that_was_taken_and_overtaken_does_nothing(world: World) {
        let problem = world.open_problem().await;
        world.app.clock.set(instant("2019-01-11T04:00:00Z"));
        let mut tx = world.app.db.begin().await.unwrap();
        let times = crate::tasks::store::take::Times { business: world.app.clock.now(), real: world.app.real_clock.now() };
        let taken = crate::tasks::store::take::take(&mut tx, "another", times, 20).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(taken.len(), 1);
        assert_eq!(world.happen().await, 0, "another has it");
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        world.move_on("dispatcher", &problem, "assign", assign).await;
        let work = crate::http::Work::of_the_service(world.app.clone());
        let mut tx: Tx = world.app.db.begin().await.unwrap();
        let became = crate::tasks::by_itself::carry_out(&work, &mut tx, &taken[0], times.business).await.unwrap();
        tx.undo().await;
        assert_eq!(became, crate::tasks::by_itself::Became::Gone);
        assert_eq!(world.count_events(&problem, "problem.assigned").await, 1);
    }

    async fn a_task_that_fails_for_ever_is_put_aside_tried_again_and_given_up(world: World) {
        let bad = poisoned(&world).await;
        let good = world.open_problem().await;
        world.at("2019-01-17T09:00:00Z").await;
        assert_eq!(world.count_events(&good, "problem.assigned").await, 1, "it holds up nothing");
        let (outcome, attempts, error) = task(&world, &bad, "go_on").await;
        assert_eq!((outcome, attempts), (None, 1));
        assert!(error.unwrap().contains("no state to return to"));
        assert_eq!(world.happen().await, 0, "it rests");
        let start = world.app.real_clock.now();
        let mut seconds = 0;
        for attempt in 2..=10 {
            // Twice as long each time.
            let rest = 5 * 2_i64.pow(attempt - 2);
            world.app.real_clock.set(start.plus_seconds(seconds + rest - 1));
            assert_eq!(world.happen().await, 0, "attempt {attempt}");
            seconds += rest;
            world.app.real_clock.set(start.plus_seconds(seconds));
            assert_eq!(world.happen().await, 1, "attempt {attempt}");
        }
        assert_eq!(task(&world, &bad, "go_on").await.0.as_deref(), Some("failed"));
        world.app.real_clock.set(start.plus_seconds(7 * 24 * 3600));
        assert_eq!(world.happen().await, 0);
        assert_eq!(world.count_events(&bad, "problem.reporter_silent").await, 0);
        // Whatever changes the problem gives it another chance.
        world.past_every_rule("UPDATE problem SET return_state = 'accepted' WHERE id = $1", id_of(&bad)).await;
        let person = json!({ "person_id": seed::member("head").person });
        world.move_on("head", &world.read(&bad).await, "hand_over", person).await;
        world.past_every_rule("UPDATE problem SET return_state = 'accepted' WHERE id = $1", id_of(&bad)).await;
        assert!(world.happen().await >= 1);
        assert_eq!(world.count_events(&bad, "problem.reporter_silent").await, 1);
    }

    async fn a_kind_of_a_newer_version_is_left_to_it(world: World) {
        let problem = world.open_problem().await;
        world.past_every_rule("UPDATE task SET kind = 'of_the_future' WHERE problem_id = $1", id_of(&problem)).await;
        assert_eq!(world.at("2019-01-11T04:00:00Z").await, 0);
        assert_eq!(world.tasks_of(&problem).await, [("of_the_future".to_owned(), "open".to_owned())]);
    }

    async fn what_a_stopping_replica_has_not_begun_is_there_for_the_next(world: World) {
        world.open_problem().await;
        world.app.clock.set(instant("2019-01-11T04:00:00Z"));
        let (_stop, stopped) = tokio::sync::watch::channel(true);
        let round = Engine::new(world.app.clone()).round(&stopped).await.unwrap();
        assert_eq!((round.taken, round.done), (1, 0));
        assert_eq!(world.happen().await, 1, "at once, and not when the lease runs out");
    }

    async fn a_replica_whose_clock_is_an_hour_off_does_no_harm(world: World) {
        let problem = world.open_problem().await;
        let id = id_of(&problem);
        let truth = Clock::real().now();
        // The database server's clock says what is due, where there is one; the embedded database has the machine's
        // alone.
        let due = |minutes: i64| (id, truth.plus_seconds(minutes * 60));
        for (hours, minutes, done) in [(1_i64, 30_i64, 0_usize), (-1, 30, 0), (1, -30, 1)] {
            set_due(&world, due(minutes)).await;
            let replica = Engine::new(replica(&world, truth.plus_seconds(hours * 3600)));
            replica.work_off(ALL).await.unwrap();
            let expected = if world.app.db.is_embedded() { usize::from(minutes < hours * 60) } else { done };
            let assigned = world.count_events(&problem, "problem.assigned").await;
            assert_eq!(assigned, expected, "{hours} h off, due in {minutes} min");
            if expected > 0 {
                break;
            }
        }
        assert_eq!(world.count_events(&problem, "problem.assigned").await, 1);
        let (at,): (Timestamp,) = sql("SELECT occurred_at FROM event WHERE aggregate_id = $1 AND type = 'problem.assigned'")
            .bind(id).one(&world.app.db).await.unwrap();
        let off = (at.seconds() - truth.seconds()).abs();
        assert!(world.app.db.is_embedded() || off < 600, "it happened at the true time: {off} s off");
    }

    async fn a_slow_replica_takes_nothing_from_another_and_a_fast_one_breaks_no_lease(world: World) {
        if world.app.db.is_embedded() {
            return;
        }
        let problem = world.open_problem().await;
        let truth = Clock::real().now();
        set_due(&world, (id_of(&problem), truth.plus_seconds(-60))).await;
        let mut tx = world.app.db.begin().await.unwrap();
        let times = crate::tasks::store::take::Times { business: truth, real: truth };
        assert_eq!(crate::tasks::store::take::take(&mut tx, "another", times, 20).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
        for hours in [-1, 0, 1] {
            let replica = Engine::new(replica(&world, truth.plus_seconds(hours * 3600)));
            assert_eq!(replica.work_off(ALL).await.unwrap(), 0, "{hours} h off");
        }
    }
}

/// When the task of a problem is due.
async fn set_due(world: &World, (problem, due): (Uuid, Timestamp)) {
    let mut tx = world.app.db.begin().await.unwrap();
    sql("UPDATE task SET due_at = $1 WHERE problem_id = $2")
        .bind(due)
        .bind(problem)
        .run(&mut tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// A replica on a machine whose clock says so: there, as everywhere in earnest, business time is real time.
fn replica(world: &World, says: Timestamp) -> web::Data<App> {
    let (clock, settings) = (Clock::starting_at(says), world.app.settings.clone());
    let (db, ids) = (world.app.db.clone(), world.app.ids.clone());
    web::Data::new(App::new(settings, db, keys(), clock.clone(), clock, ids).unwrap())
}

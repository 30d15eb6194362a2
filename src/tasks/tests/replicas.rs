//! Many at once, and some that die in the middle: each task has its effect exactly once.

use std::time::Duration;

use actix_web::web;
use serde_json::Value;
use uuid::Uuid;

use super::instant;
use crate::app::App;
use crate::clock::Ids;
use crate::db::{Db, sql};
use crate::demo::script::random::Random;
use crate::on_both;
use crate::tasks::engine::Engine;
use crate::test_support::handling::id_of;
use crate::test_support::postgres::Server;
use crate::test_support::world::keys;
use crate::test_support::{Kind, World};

const REPLICAS: u32 = 10;
const PROBLEMS: usize = 40;

/// Another replica: its own application, and on PostgreSQL its own connections.
async fn replica(world: &World, number: u32) -> web::Data<App> {
    let db = match world.kind {
        Kind::Sqlite => world.app.db.clone(),
        Kind::Postgres => {
            let (name,): (String,) = sql("SELECT current_database()::text").one(&world.app.db).await.unwrap();
            Db::postgres(&Server::get().unwrap().url(&name), 2, 1).await.unwrap()
        }
    };
    let (settings, clock, real) = (
        world.app.settings.clone(),
        world.app.clock.clone(),
        world.app.real_clock.clone(),
    );
    web::Data::new(App::new(settings, db, keys(), clock, real, Ids::counted(100 + number)).unwrap())
}

/// Problems that are due to be assigned, and then to tell of their clocks.
async fn due(world: &World) -> Vec<Value> {
    let mut problems = Vec::new();
    for _ in 0..PROBLEMS {
        problems.push(world.open_problem().await);
    }
    world.app.clock.set(instant("2019-03-01T04:00:00Z"));
    problems
}

/// Asserts that everything happened, and once.
async fn each_happened_once(world: &World, problems: &[Value]) {
    for problem in problems {
        let types = world.event_types(id_of(problem)).await;
        assert_eq!(types, ["problem.recorded", "problem.assigned", "problem.overdue"]);
        let lead: Vec<(i64,)> = sql("SELECT COUNT(*) FROM assignment WHERE problem_id = $1")
            .bind(id_of(problem))
            .all(&world.app.db)
            .await
            .unwrap();
        assert_eq!(lead, [(1,)]);
    }
    let left: Vec<(Uuid, Option<String>)> =
        sql("SELECT id, last_error FROM task WHERE done_at IS NULL AND performer = 'service' OR outcome = 'failed'")
            .all(&world.app.db)
            .await
            .unwrap();
    assert!(left.is_empty(), "{left:?}");
    let counted = world.rollups().await;
    world.rebuild_rollups().await;
    assert_eq!(counted, world.rollups().await, "figures count it once");
}

on_both! {
    async fn ten_replicas_do_each_task_once(world: World) {
        let problems = due(&world).await;
        // All are there before the first begins: putting an application together would hold up those that run.
        let mut engines = Vec::new();
        for number in 0..REPLICAS {
            engines.push(Engine::new(replica(&world, number).await));
        }
        let run = |engine: Engine| actix_web::rt::spawn(async move { engine.work_off(1_000).await.unwrap() });
        let running: Vec<_> = engines.into_iter().map(run).collect();
        let mut shares = Vec::new();
        for replica in running {
            shares.push(replica.await.unwrap());
        }
        world.happen().await;
        assert!(shares.iter().filter(|share| **share > 0).count() > 1, "one did it all: {shares:?}");
        each_happened_once(&world, &problems).await;
    }

    async fn replicas_that_are_cut_off_anywhere_do_nothing_twice_and_lose_nothing(world: World) {
        let problems = due(&world).await;
        let (mut random, mut apps) = (Random::new(4), Vec::new());
        for number in 0..4 {
            apps.push(replica(&world, number).await);
        }
        let mut cut_off = 0;
        for round in 0..60_usize {
            let engine = Engine::new(apps[round % apps.len()].clone());
            // Some at their first statement, some in the middle of the third task.
            let limit = Duration::from_micros(random.between(100, 60_000));
            let other = Engine::new(world.app.clone());
            let killed = tokio::time::timeout(limit, engine.work_off(1_000));
            let killer = kill_connections(&world, random.chance(30), random.between(100, 20_000));
            let also = tokio::time::timeout(Duration::from_micros(random.between(100, 60_000)), other.work_off(5));
            let (first, (), _) = tokio::join!(killed, killer, also);
            cut_off += u32::from(first.is_err());
            // What the dead had taken is free when their leases run out.
            world.app.real_clock.set(world.app.real_clock.now().plus_seconds(61));
        }
        assert!(cut_off > 5, "only {cut_off} were cut off");
        world.app.real_clock.set(world.app.real_clock.now().plus_seconds(2 * 3600));
        while world.happen().await > 0 {}
        each_happened_once(&world, &problems).await;
    }
}

/// After some microseconds ends every other connection to the database, as a server that is restarted does.
async fn kill_connections(world: &World, does: bool, micros: u64) {
    if world.kind == Kind::Sqlite || !does {
        return;
    }
    tokio::time::sleep(Duration::from_micros(micros)).await;
    let _: Result<Vec<(bool,)>, _> = sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()")
    .all(&world.app.db)
    .await;
}

//! What goes wrong in a database, and what callers are told.

use futures_util::future::join_all;
use uuid::Uuid;

use crate::db::{Db, DbError, Tx, sql};
use crate::error::ApiError;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::{Kind, World, seed};

async fn set(tx: &mut Tx, key: &str) -> Result<u64, DbError> {
    let now = seed::NOW.parse::<crate::clock::Timestamp>().expect("a literal");
    sql("INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3)")
        .bind(key)
        .bind(serde_json::json!(1))
        .bind(now)
        .run(tx)
        .await
}

on_both! {
    async fn a_second_row_where_one_is_allowed_is_named(world: World) {
        let mut tx = world.app.db.begin().await.expect("a transaction");
        set(&mut tx, "twice").await.expect("a row");
        let fault = set(&mut tx, "twice").await.expect_err("a second");
        assert!(fault.is_unique("setting"), "{fault}");
        assert_eq!(ApiError::from(fault).code().as_str(), "duplicate");
    }

    async fn a_reference_to_nothing_is_named(world: World) {
        let mut tx = world.app.db.begin().await.expect("a transaction");
        let fault = sql("UPDATE person SET org_id = $1 WHERE id = $2")
            .bind(Uuid::from_u128(1))
            .bind(seed::member("officer").person)
            .run(&mut tx)
            .await
            .expect_err("no such organisation");
        assert!(matches!(fault, DbError::ForeignKey(_)), "{fault}");
    }

    async fn a_transaction_that_is_dropped_changed_nothing(world: World) {
        let db = &world.app.db;
        let mut tx = db.begin().await.expect("a transaction");
        set(&mut tx, "dropped").await.expect("a row");
        drop(tx);
        let (rows,): (i64,) = sql("SELECT COUNT(*) FROM setting WHERE key = 'dropped'").one(db).await.expect("a count");
        assert_eq!(rows, 0);
    }

    async fn an_event_that_was_altered_or_taken_out_is_refused_by_the_database(world: World) {
        use crate::events::{Act, NewEvent, store};
        let app = &world.app;
        let mut tx = app.db.begin().await.expect("a transaction");
        let act = Act::of_the_service(app.clock.now());
        let event = NewEvent::of("org", seed::org("yiwu-hr"), "org.created");
        store::append_to(&mut tx, &app.ids, &act, event).await.expect("an event");
        tx.commit().await.expect("commit");
        for statement in ["UPDATE event SET type = 'org.ended'", "DELETE FROM event"] {
            let mut tx = app.db.begin().await.expect("a transaction");
            assert!(sql(statement).run(&mut tx).await.is_err(), "{statement}");
        }
    }
}

#[test]
fn readers_of_sqlite_refuse_to_write() {
    World::run(Kind::Sqlite, async |world| {
        let written: Result<Vec<(i64,)>, _> = sql("UPDATE org SET version = version + 1 RETURNING version")
            .all(&world.app.db)
            .await;
        assert!(written.expect_err("read-only").to_string().contains("readonly"));
    });
}

/// Ends every connection to this database but the one that asks.
async fn terminate_others(db: &Db) {
    let ended: Vec<(bool,)> = sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()")
    .all(db)
    .await
    .expect("a superuser");
    assert!(ended.len() >= 3, "{} connections", ended.len());
}

async fn open_several(db: &Db) {
    let naps = (0..6).map(|_| sql("SELECT 1::bigint FROM pg_sleep(0.1)").all::<(i64,)>(db));
    assert!(join_all(naps).await.into_iter().all(|nap| nap.is_ok()));
}

#[test]
fn reads_and_transactions_survive_a_restart_of_postgres() {
    World::run(Kind::Postgres, async |world| {
        let db = &world.app.db;
        open_several(db).await;
        terminate_others(db).await;
        for _ in 0..8 {
            let (one,): (i64,) = sql("SELECT 1::bigint").one(db).await.expect("another connection");
            assert_eq!(one, 1);
        }
        open_several(db).await;
        terminate_others(db).await;
        for number in 0..8 {
            let mut tx = db.begin().await.expect("another connection");
            set(&mut tx, &format!("after {number}")).await.expect("a row");
            tx.commit().await.expect("commit");
        }
    });
}

#[test]
fn a_connection_that_dies_within_a_transaction_loses_it_whole() {
    World::run(Kind::Postgres, async |world| {
        let db = &world.app.db;
        open_several(db).await;
        let mut tx = db.begin().await.expect("a transaction");
        set(&mut tx, "lost").await.expect("a row");
        terminate_others(db).await;
        let fault = set(&mut tx, "lost too").await.expect_err("its connection is gone");
        assert_eq!(ApiError::from(fault).code().as_str(), "unavailable");
        drop(tx);
        let (rows,): (i64,) = sql("SELECT COUNT(*) FROM setting WHERE key LIKE 'lost%'")
            .one(db)
            .await
            .expect("a count");
        assert_eq!(rows, 0);
    });
}

#[test]
fn on_a_full_disk_writing_stops_and_reading_goes_on() {
    World::run(Kind::Sqlite, async |world| {
        let kept = world.open_problem().await;
        fill_up(&world.app.db).await;
        let mut status = 201;
        // Pages that are begun take a few more rows.
        for number in 0..200 {
            let key = format!("key-{number}");
            let request = world
                .post("/problems")
                .by("officer")
                .header("Idempotency-Key", &key)
                .json(problem_body());
            let answer = request.send().await;
            status = answer.status;
            if status != 201 {
                assert_eq!(answer.headers["retry-after"], "5");
                answer.expect_error(503, "storage_full");
                break;
            }
        }
        assert_eq!(status, 503, "it never filled");
        let counts =
            "SELECT (SELECT COUNT(*) FROM problem), (SELECT COUNT(*) FROM event WHERE type = 'problem.recorded')";
        let (problems, events): (i64, i64) = sql(counts).one(&world.app.db).await.expect("counts");
        assert_eq!(problems, events, "a change and its event, or neither");
        world
            .get(&format!("/problems/{}", kept["id"].as_str().expect("an id")))
            .by("officer")
            .send()
            .await
            .expect(200);
        world.get("/problems").by("officer").send().await.expect(200);
        world
            .call(actix_web::http::Method::GET, "/readyz")
            .send()
            .await
            .expect(200);
    });
}

#[test]
fn a_transaction_that_sqlite_ended_by_itself_leaves_a_writer() {
    World::run(Kind::Sqlite, async |world| {
        let db = &world.app.db;
        // As a full disk does it at COMMIT.
        let mut tx = db.begin().await.expect("a transaction");
        sql("ROLLBACK").run(&mut tx).await.expect("ended");
        assert!(tx.commit().await.is_err());
        for _ in 0..3 {
            let problem = world.open_problem().await;
            assert_eq!(problem["state"], "open");
        }
    });
}

#[test]
fn many_values_are_sent_to_sqlite_without_names() {
    World::run(Kind::Sqlite, async |world| {
        let ids: Vec<i64> = (1..=1000).collect();
        let statement = sql("SELECT value FROM json_each('[7, 999, 2000]', '$') WHERE value").in_list(&ids);
        let rows: Vec<(i64,)> = statement.all(&world.app.db).await.expect("rows");
        assert_eq!(rows.iter().map(|(value,)| *value).collect::<Vec<_>>(), [7, 999]);
        // A value that stands twice keeps its number.
        let twice = sql("SELECT value FROM json_each('[7, 999, 2000]') WHERE value > $1 AND value < $1 + 2 AND value");
        let rows: Vec<(i64,)> = twice
            .bind(998_i64)
            .in_list(&ids)
            .all(&world.app.db)
            .await
            .expect("rows");
        assert_eq!(rows, [(999,)]);
    });
}

/// Makes the database behave as if the disk had no room for another page.
async fn fill_up(db: &Db) {
    let mut tx = db.begin().await.expect("a transaction");
    // The writer is one connection, so the limit stays; it is raised to the present size.
    sql("PRAGMA max_page_count = 1").run(&mut tx).await.expect("a limit");
    tx.commit().await.expect("commit");
}

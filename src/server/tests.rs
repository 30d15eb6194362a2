//! What a server starts with, and what it does beside requests.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;

use super::key_source::{self, KeySourceError};
use super::start::{self, StartError};
use super::tasks::{begin_tasks, in_batches};
use super::{ServeError, drain, listen};
use crate::auth::keys::Keys;
use crate::auth::sweep;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::{FileFault, sql};
use crate::directory::seed::{Extent, ensure};
use crate::http::idempotency;
use crate::on_both;
use crate::test_support::{Kind, World, seed};

/// Settings for a folder with a database in it that knows the towns of one county: all of Zhejiang takes its time.
async fn prepared(folder: &Path) -> Settings {
    let settings = settings(folder);
    let db = start::database(&settings).await.expect("a database");
    db.migrate(Some(&settings.sqlite_file)).await.expect("migrations");
    ensure(&db, Clock::real().now(), Extent::TownsOf(seed::DEQING))
        .await
        .expect("divisions");
    db.close().await;
    settings
}

fn settings(folder: &Path) -> Settings {
    let mut settings = Settings::load(None, &serde_json::Map::new()).expect("defaults");
    settings.sqlite_file = folder.join("s.db");
    settings.key_file = folder.join("s.key");
    settings
}

#[actix_web::test]
async fn an_embedded_database_gets_its_key_file_once_and_privately() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = prepared(folder.path()).await;
    let start::Started { app, held, .. } = start::application(settings.clone(), Some(Clock::real()))
        .await
        .expect("a start");
    let kid = app.keys.kid().to_owned();
    let file = std::fs::metadata(&settings.key_file).expect("the key file");
    assert_eq!(file.permissions().mode() & 0o777, 0o600);

    let second = start::application(settings.clone(), Some(Clock::real()))
        .await
        .expect_err("one server a file");
    assert!(matches!(second, StartError::File(FileFault::InUse(_))), "{second}");
    app.db.close().await;
    drop((app, held));

    let start::Started { app, held, .. } = start::application(settings.clone(), Some(Clock::real()))
        .await
        .expect("a start");
    assert_eq!(app.keys.kid(), kid);
    app.db.close().await;
    drop((app, held));
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("partial"))
        .collect();
    assert!(names.is_empty(), "{names:?}");
}

#[actix_web::test]
async fn a_database_whose_keys_are_gone_does_not_get_new_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = prepared(folder.path()).await;
    let start::Started { app, held, .. } = start::application(settings.clone(), Some(Clock::real()))
        .await
        .expect("a start");
    app.db.close().await;
    drop((app, held));
    std::fs::remove_file(&settings.key_file).expect("the key file");
    let lost = start::application(settings.clone(), Some(Clock::real()))
        .await
        .expect_err("keys are gone");
    assert!(matches!(lost, StartError::Keys(KeySourceError::Lost(_))), "{lost}");
    assert!(!settings.key_file.exists());

    settings.keys = Some(SecretString::from(Keys::generate_text().expect("keys")));
    let other = start::application(settings.clone(), Some(Clock::real()))
        .await
        .expect_err("other keys");
    assert!(matches!(other, StartError::Keys(KeySourceError::Other)), "{other}");
    settings.keys = Some(SecretString::from(
        "signing_key = \"hunter2\"\ndata_key = \"hunter2\"\n",
    ));
    let no_keys = start::application(settings, Some(Clock::real()))
        .await
        .expect_err("no keys");
    assert!(!no_keys.to_string().contains("hunter2"), "{no_keys}");
}

#[test]
fn postgres_without_keys_refuses_and_says_how() {
    World::run(Kind::Postgres, async |world| {
        let folder = tempfile::tempdir().expect("a folder");
        let mut settings = settings(folder.path());
        settings.database_url = Some(SecretString::from("postgres://db/sanfuwu"));
        let now = Clock::real().now();
        let refused = key_source::keys(&settings, &world.app.db, now)
            .await
            .expect_err("no keys");
        let text = refused.to_string();
        assert!(
            text.contains("sanfuwu keygen") && text.contains("SANFUWU_KEYS"),
            "{text}"
        );
        assert!(!settings.key_file.exists());

        // Given keys are accepted, and from then on no others.
        let keys = || Some(SecretString::from(Keys::generate_text().expect("keys")));
        settings.keys = keys();
        key_source::keys(&settings, &world.app.db, now).await.expect("keys");
        key_source::keys(&settings, &world.app.db, now)
            .await
            .expect("the same keys");
        settings.keys = keys();
        let other = key_source::keys(&settings, &world.app.db, now)
            .await
            .expect_err("other keys");
        assert!(matches!(other, KeySourceError::Other), "{other}");
    });
}

#[test]
fn an_address_that_is_taken_is_said_in_words() {
    World::run(Kind::Sqlite, async |world| {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let app = {
            let folder = tempfile::tempdir().expect("a folder");
            let mut settings = settings(folder.path());
            settings.listen = taken.local_addr().expect("an address");
            let (clock, real) = (world.app.clock.clone(), world.app.real_clock.clone());
            let keys = crate::test_support::world::keys();
            crate::app::App::new(settings, world.app.db.clone(), keys, clock, real, world.app.ids.clone())
        };
        let Err(refused) = listen(actix_web::web::Data::new(app.expect("an application"))) else {
            panic!("it listens twice")
        };
        assert!(matches!(refused, ServeError::Bind { .. }));
        let text = refused.to_string();
        assert!(
            text.contains("another process listens there") && text.contains("--listen"),
            "{text}"
        );
    });
}

#[test]
fn a_stopping_server_waits_for_what_it_has_begun() {
    World::run(Kind::Sqlite, async |world| {
        let app = world.app.clone();
        let shared = app.clone();
        let http = actix_web::HttpServer::new(move || crate::app::service(shared.clone())).workers(1);
        let server = http.disable_signals().bind("127.0.0.1:0").expect("a port").run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let begun = app.traffic.begin();
        let waiting = tokio::time::timeout(Duration::from_millis(300), drain(&app, &handle, false));
        assert!(waiting.await.is_err(), "a request is in flight");
        assert!(app.traffic.is_draining());
        drop(begun);
        let done = tokio::time::timeout(Duration::from_secs(5), drain(&app, &handle, false));
        assert!(done.await.is_ok(), "none is left");
        handle.stop(true).await;
    });
}

on_both! {
    async fn a_server_carries_out_what_is_due_until_it_stops(world: World) {
        let (first, second) = (world.open_problem().await, world.open_problem().await);
        world.app.clock.set("2019-01-11T04:00:00Z".parse().expect("an instant"));
        let idle = world.with_settings(|settings| settings.tasks_seconds = 0).await;
        begin_tasks(&idle.app).end(&idle.app).await;
        let state = async |problem: &serde_json::Value| {
            let path = format!("/problems/{}", problem["id"].as_str().expect("an id"));
            world.get(&path).by("dispatcher").send().await.expect(200)["state"].clone()
        };
        assert_eq!(state(&first).await, "open", "this one leaves it to others");
        let background = begin_tasks(&world.app);
        for _ in 0..500 {
            if state(&first).await == "assigned" && state(&second).await == "assigned" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!((state(&first).await, state(&second).await), ("assigned".into(), "assigned".into()));
        let told = std::time::Instant::now();
        background.end(&world.app).await;
        assert!(told.elapsed() < Duration::from_secs(2), "it does not sleep through its end");
        let third = world.open_problem().await;
        world.app.clock.set("2019-01-18T04:00:00Z".parse().expect("an instant"));
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(state(&third).await, "open");
    }
}

on_both! {
    async fn what_has_expired_is_removed_in_batches_and_nothing_else(world: World) {
        let db = &world.app.db;
        let now = world.app.real_clock.now();
        let mut tx = db.begin().await.expect("a transaction");
        let family = world.app.ids.next();
        sql("INSERT INTO session_family (id, person_id, created_at, last_used_at, expires_at) VALUES ($1, $2, $3, $3, $3)")
            .bind(family)
            .bind(seed::member("officer").person)
            .bind(now)
            .run(&mut tx)
            .await
            .expect("a session");
        for number in 0..1_204_u32 {
            let expires = if number < 1_200 { now.plus_seconds(-1) } else { now.plus_seconds(1) };
            sql("INSERT INTO idempotency (key_hash, operation, body_hash, created_at, expires_at) VALUES ($1, 'x', $1, $2, $2)")
                .bind(number.to_be_bytes().to_vec())
                .bind(expires)
                .run(&mut tx)
                .await
                .expect("a key");
            // A token stays known for a week after it has expired.
            let expires = expires.plus_seconds(-7 * 24 * 3600);
            sql("INSERT INTO refresh_token (hash, family_id, issued_at, expires_at) VALUES ($1, $2, $3, $3)")
                .bind(number.to_be_bytes().to_vec())
                .bind(family)
                .bind(expires)
                .run(&mut tx)
                .await
                .expect("a token");
        }
        tx.commit().await.expect("commit");
        assert_eq!(idempotency::sweep(db, now).await.expect("a batch"), 1_000);
        // Two replicas at once.
        let both = futures_util::future::join(
            in_batches(db, now, sweep::refresh_tokens),
            in_batches(db, now, sweep::refresh_tokens),
        );
        let (one, other) = both.await;
        assert_eq!(one.expect("batches") + other.expect("batches"), 1_200);
        assert_eq!(in_batches(db, now, idempotency::sweep).await.expect("batches"), 200);
        let left = sql("SELECT (SELECT COUNT(*) FROM idempotency), (SELECT COUNT(*) FROM refresh_token)");
        let left: (i64, i64) = left.one(db).await.expect("counts");
        assert_eq!(left, (4, 4));
    }
}

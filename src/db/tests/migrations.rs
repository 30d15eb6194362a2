//! Replicas that start together, and replicas of different versions.

use std::path::Path;

use crate::db::{Db, MigrateError, sql};
use crate::on_both;
use crate::test_support::postgres::Server;

const REPLICAS: usize = 8;

/// Migrates from as many threads at once, as processes would; how many migrations each applied.
fn together(open: impl AsyncFn() -> Db + Sync, file: Option<&Path>) -> Vec<usize> {
    let one = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let db = open().await;
            let applied = db.migrate(file).await.expect("migrations");
            db.close().await;
            applied
        })
    };
    std::thread::scope(|scope| {
        let replicas: Vec<_> = (0..REPLICAS).map(|_| scope.spawn(one)).collect();
        let mut applied: Vec<usize> = replicas
            .into_iter()
            .map(|replica| replica.join().expect("a replica"))
            .collect();
        applied.sort_unstable();
        applied
    })
}

fn assert_one_did_it(applied: &[usize]) {
    let (last, others) = applied.split_last().expect("replicas");
    assert!(others.iter().all(|count| *count == 0), "{applied:?}");
    assert!(*last > 10, "{applied:?}");
}

#[test]
fn of_replicas_that_start_together_one_migrates_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("together.db");
    let applied = together(async || Db::sqlite(&file).await.expect("a database"), Some(&file));
    assert_one_did_it(&applied);
}

#[test]
fn the_embedded_database_is_its_owners_to_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("private.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let db = Db::sqlite(&file).await.expect("a database");
        let tx = db.begin().await.expect("a transaction");
        tx.commit().await.expect("commit");
    });
    for made in std::fs::read_dir(folder.path()).expect("a folder") {
        let made = made.expect("an entry");
        let mode = made.metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", made.file_name());
    }
}

on_both! {
    async fn a_database_of_something_else_is_refused_and_left_alone(world: World) {
        let db = &world.app.db;
        let mut tx = db.begin().await.expect("a transaction");
        sql("DROP TABLE _sqlx_migrations").run(&mut tx).await.expect("as another program's");
        tx.commit().await.expect("commit");
        let refused = db.migrate(None).await.expect_err("tables, and none of ours");
        assert!(matches!(refused, MigrateError::Foreign), "{refused}");
        assert_eq!(db.schema_state().await.expect("none").applied, Vec::<i64>::new());
    }
}

#[test]
fn of_replicas_that_start_together_one_migrates_postgres() {
    let Some(server) = Server::get() else { return };
    let name = format!("sanfuwu_together_{}", std::process::id());
    let administer = |statement: String| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            use sqlx::Connection as _;
            let mut connection = sqlx::PgConnection::connect(&server.url("postgres"))
                .await
                .expect("the server");
            let text = sqlx::AssertSqlSafe(statement);
            sqlx::raw_sql(text).execute(&mut connection).await.expect("a statement");
        });
    };
    administer(format!("CREATE DATABASE {name}"));
    let url = server.url(&name);
    // One connection each: the turn must not need a second one of the pool's.
    let applied = together(async || Db::postgres(&url, 1, 1).await.expect("a connection"), None);
    administer(format!("DROP DATABASE {name} WITH (FORCE)"));
    assert_one_did_it(&applied);
}

on_both! {
    async fn a_schema_of_a_newer_version_is_refused(world: World) {
        let db = &world.app.db;
        assert_eq!(db.migrate(None).await.expect("nothing to do"), 0);
        let mut tx = db.begin().await.expect("a transaction");
        sql("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'from the future', $1, $2, 0)")
            .bind(true)
            .bind(vec![0_u8])
            .run(&mut tx)
            .await
            .expect("a row");
        tx.commit().await.expect("commit");
        let refused = db.migrate(None).await.expect_err("refused");
        assert!(matches!(refused, MigrateError::Newer(9999)), "{refused}");
        assert_eq!(db.schema_state().await.expect("a state").unknown, [9999]);
        // A replica of this version takes itself out of the balance.
        let answer = world.call(actix_web::http::Method::GET, "/readyz").send().await;
        assert_eq!(answer.expect(503)["reason"], "schema");
    }
}

//! A backup is made while writers go on, and is refused where it is not sound.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::db::{self, Db, FileFault, sql};

async fn set(db: &Db, key: &str) {
    let mut tx = db.begin().await.expect("a transaction");
    sql("INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3)")
        .bind(key)
        .bind(serde_json::json!(key))
        .bind(crate::clock::Clock::real().now())
        .run(&mut tx)
        .await
        .expect("a row");
    tx.commit().await.expect("commit");
}

async fn back_up(db: &Db, copy: &Path) {
    let copied = db::backup(db, copy).await.expect("a backup");
    copied.give_name().expect("a name");
}

async fn settings_in(db: &Db) -> i64 {
    let (rows,): (i64,) = sql("SELECT COUNT(*) FROM setting").one(db).await.expect("a count");
    rows
}

#[actix_web::test]
async fn a_backup_is_a_sound_private_copy_of_a_database_in_use() {
    let (folder, _, db) = super::own_sqlite().await;
    set(&db, "one").await;
    let copy = folder.path().join("copy.db");
    // A writer that is in the middle of a transaction does not hinder it, and is not in it.
    let mut tx = db.begin().await.expect("a transaction");
    sql("DELETE FROM setting").run(&mut tx).await.expect("a write");
    let copied = db::backup(&db, &copy).await.expect("a backup");
    drop(tx);
    assert!(!copy.exists(), "it gets its name last");
    let contents = copied.give_name().expect("a name").contents;
    assert_eq!(contents.rows["setting"], 1);
    assert_eq!(contents.all_rows(), contents.rows.values().sum::<i64>());
    assert_eq!(
        std::fs::metadata(&copy).expect("a file").permissions().mode() & 0o777,
        0o600
    );
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("copy"))
        .collect();
    assert_eq!(names, ["copy.db"]);
    let again = db::backup(&db, &copy).await.expect_err("never over another");
    assert!(matches!(again, FileFault::Io { .. }), "{again}");
    db.close().await;
}

#[actix_web::test]
async fn a_restore_brings_back_what_was_backed_up_and_keeps_what_it_replaces() {
    let (folder, file, db) = super::own_sqlite().await;
    set(&db, "one").await;
    let copy = folder.path().join("copy.db");
    back_up(&db, &copy).await;
    set(&db, "two").await;
    db.close().await;

    let refused = db::restore(&copy, &file, false).await.expect_err("there is a database");
    assert!(matches!(refused, FileFault::Io { .. }), "{refused}");
    let restored = db::restore(&copy, &file, true).await.expect("a restore");
    let restored = restored.give_name().expect("a name");
    let db = Db::sqlite(&file).await.expect("a database");
    assert_eq!(settings_in(&db).await, 1);
    db.close().await;
    let replaced = Db::sqlite(&restored.replaced.expect("kept")).await.expect("a database");
    assert_eq!(settings_in(&replaced).await, 2);
    replaced.close().await;

    let elsewhere = folder.path().join("new.db");
    drop(db::restore(&copy, &elsewhere, false).await.expect("a restore"));
    assert!(
        !elsewhere.exists() && !folder.path().join("new.db.partial").exists(),
        "without a name it is nothing"
    );
    let restored = db::restore(&copy, &elsewhere, false).await.expect("a restore");
    assert!(restored.give_name().expect("a name").replaced.is_none());
}

#[actix_web::test]
async fn a_restore_is_refused_while_a_server_holds_the_database() {
    let (folder, file, db) = super::own_sqlite().await;
    let copy = folder.path().join("copy.db");
    back_up(&db, &copy).await;
    let held = db::hold(&file).expect("the lock");
    assert!(matches!(db::hold(&file), Err(FileFault::InUse(_))), "one server a file");
    let refused = db::restore(&copy, &file, true).await.expect_err("in use");
    assert!(matches!(refused, FileFault::InUse(_)), "{refused}");
    drop(held);
    db.close().await;
    let restored = db::restore(&copy, &file, true).await.expect("a restore");
    assert!(restored.give_name().expect("a name").replaced.is_some());
}

#[actix_web::test]
async fn what_is_not_a_sound_backup_is_refused_and_changes_nothing() {
    let (folder, file, db) = super::own_sqlite().await;
    set(&db, "one").await;
    let path = |name: &str| folder.path().join(name);
    back_up(&db, &path("good.db")).await;

    std::fs::write(
        path("text.db"),
        "no database at all, but long enough to be looked at ".repeat(100),
    )
    .expect("a file");
    std::fs::write(path("empty.db"), "").expect("a file");
    let mut torn = std::fs::read(path("good.db")).expect("the backup");
    torn.truncate(torn.len() / 2);
    std::fs::write(path("torn.db"), torn).expect("a file");
    let mut bitten = std::fs::read(path("good.db")).expect("the backup");
    let from = bitten.len() / 3;
    bitten[from..from + 60_000].fill(0x5a);
    std::fs::write(path("bitten.db"), bitten).expect("a file");
    std::fs::copy(path("good.db"), path("newer.db")).expect("a file");
    let newer = Db::sqlite(&path("newer.db")).await.expect("a database");
    let mut tx = newer.begin().await.expect("a transaction");
    sql("UPDATE _sqlx_migrations SET version = 9999 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)")
        .run(&mut tx)
        .await
        .expect("a write");
    tx.commit().await.expect("commit");
    newer.close().await;
    std::fs::copy(path("good.db"), path("live.db")).expect("a file");
    std::fs::write(path("live.db-wal"), "a log").expect("a file");

    for name in ["text.db", "empty.db", "torn.db", "bitten.db", "newer.db", "live.db"] {
        let refused = db::restore(&path(name), &file, true).await.expect_err(name);
        assert!(
            matches!(refused, FileFault::Unsound(_) | FileFault::Database(_)),
            "{name}: {refused}"
        );
    }
    assert!(matches!(
        db::restore(&path("none.db"), &file, true).await,
        Err(FileFault::Missing(_))
    ));
    assert_eq!(settings_in(&db).await, 1);
    db.close().await;
}

#[actix_web::test]
async fn rows_that_refer_to_nothing_are_found() {
    let (_folder, _, db) = super::own_sqlite().await;
    assert_eq!(db.file_faults().await.expect("an answer"), Vec::<String>::new());
    let db::Pools::Sqlite { writer, .. } = db.pools() else {
        panic!("SQLite")
    };
    // As a tool would write that knows nothing of foreign keys.
    for statement in [
        "PRAGMA foreign_keys = OFF",
        "INSERT INTO refresh_token (hash, family_id, issued_at, expires_at) VALUES (x'00', x'00', 0, 0)",
    ] {
        sqlx::query(statement).execute(writer).await.expect("a statement");
    }
    assert_eq!(
        db.file_faults().await.expect("an answer"),
        ["1 rows of refresh_token refer to no session_family"]
    );
    db.close().await;
}

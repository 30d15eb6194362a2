//! A database for each test: a copy of a template that was migrated and filled once per process.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::postgres::Server;
use super::seed;
use super::world::Kind;
use crate::db::Db;
use crate::directory::seed::{Extent, ensure};

static SQLITE_TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
static POSTGRES_TEMPLATE: OnceLock<String> = OnceLock::new();

pub(super) fn folder() -> PathBuf {
    // Memory-backed where there is such a thing and it is not a container's few megabytes: tests do not test the disk.
    let shm = PathBuf::from("/dev/shm");
    let is_roomy = rustix::fs::statvfs(&shm).is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) > 2 << 30);
    if is_roomy { shm } else { std::env::temp_dir() }
}

pub(super) async fn empty(kind: Kind, number: u64) -> (Db, String) {
    let (db, name) = match kind {
        Kind::Sqlite => {
            let path = folder().join(format!("sanfuwu-test-{}-{number}.db", std::process::id()));
            (
                Db::sqlite(&path).await.expect("a file"),
                path.to_string_lossy().into_owned(),
            )
        }
        Kind::Postgres => {
            let (server, name) = (
                Server::get().expect("looked for before"),
                format!("sanfuwu_{}_{number}", std::process::id()),
            );
            administer(server, "CREATE DATABASE", &name, "").await;
            (
                Db::postgres(&server.url(&name), 12, 1).await.expect("a connection"),
                name,
            )
        }
    };
    db.migrate(None).await.expect("migrations");
    let now = seed::NOW.parse().expect("a literal");
    ensure(&db, now, Extent::Everything).await.expect("what ships");
    (db, name)
}

pub(super) async fn sqlite_copy(number: u64) -> (Db, String) {
    let file = |name: &str| folder().join(format!("sanfuwu-test-{}-{name}.db", std::process::id()));
    // Made on a runtime of its own: a OnceLock cannot wait.
    let template = SQLITE_TEMPLATE.get_or_init(|| {
        let path = file("template");
        on_own_runtime({
            let path = path.clone();
            async move {
                let db = Db::sqlite(&path).await.expect("a file");
                db.migrate(None).await.expect("migrations");
                seed::fill(&db).await.expect("the world");
                // Closing folds the log into the file, but the worker threads may do so after we have read it.
                if let crate::db::Pools::Sqlite { writer, .. } = db.pools() {
                    sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                        .execute(writer)
                        .await
                        .expect("a checkpoint");
                }
                db.close().await;
            }
        });
        let bytes = std::fs::read(&path).expect("the template");
        std::fs::remove_file(&path).expect("the template");
        bytes
    });
    let copy = file(&number.to_string());
    std::fs::write(&copy, template).expect("a copy");
    (
        Db::sqlite(&copy).await.expect("a file"),
        copy.to_string_lossy().into_owned(),
    )
}

pub(super) async fn postgres_copy(number: u64) -> (Db, String) {
    let server = Server::get().expect("looked for before");
    let template = POSTGRES_TEMPLATE.get_or_init(|| {
        let name = format!("sanfuwu_template_{}", std::process::id());
        on_own_runtime({
            let name = name.clone();
            async move {
                administer(server, "CREATE DATABASE", &name, "").await;
                let db = Db::postgres(&server.url(&name), 2, 1).await.expect("a connection");
                db.migrate(None).await.expect("migrations");
                seed::fill(&db).await.expect("the world");
                db.close().await;
            }
        });
        name
    });
    let name = format!("sanfuwu_{}_{number}", std::process::id());
    administer(server, "CREATE DATABASE", &name, &format!("TEMPLATE {template}")).await;
    (
        Db::postgres(&server.url(&name), 12, 1).await.expect("a connection"),
        name,
    )
}

async fn administer(server: &Server, verb: &str, name: &str, rest: &str) {
    use sqlx::Connection as _;
    let mut connection = sqlx::PgConnection::connect(&server.url("postgres"))
        .await
        .expect("the server");
    // Two copies of one template at a time are refused; the loser tries again.
    for _ in 0..200 {
        // Names of tests only: no input reaches this text.
        let statement = sqlx::AssertSqlSafe(format!("{verb} \"{name}\" {rest}"));
        match sqlx::raw_sql(statement).execute(&mut connection).await {
            Ok(_) => return,
            Err(fault) if fault.to_string().contains("being accessed") => {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            Err(fault) => panic!("{verb} {name}: {fault}"),
        }
    }
    panic!("{verb} {name}: the template stays busy");
}

pub(super) async fn drop_database(kind: Kind, name: &str) {
    match kind {
        Kind::Sqlite => {
            for suffix in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{name}{suffix}"));
            }
        }
        Kind::Postgres => {
            let server = Server::get().expect("looked for before");
            administer(server, "DROP DATABASE", name, "WITH (FORCE)").await;
        }
    }
}

fn on_own_runtime(work: impl Future<Output = ()> + Send + 'static) {
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(work);
    };
    std::thread::spawn(run).join().expect("the template is made");
}

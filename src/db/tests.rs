//! The two databases against each other, and each against misuse.

mod backup;
mod faults;
mod migrations;
mod schema;
mod values;

use std::path::PathBuf;

use super::Db;

/// A migrated embedded database of its own, in a folder that goes with the first value.
async fn own_sqlite() -> (tempfile::TempDir, PathBuf, Db) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("own.db");
    let db = Db::sqlite(&file).await.expect("a database");
    db.migrate(Some(&file)).await.expect("migrations");
    (folder, file, db)
}

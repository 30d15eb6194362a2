//! The two schemas are one: table by table, column by column.

use std::collections::BTreeMap;

use crate::db::{Db, sql};
use crate::test_support::{Kind, World};

/// Name, type as SQLite has it, and whether it may be null, in order.
type Columns = Vec<(String, String, bool)>;

/// Columns that PostgreSQL alone has, and why.
const ONLY_IN_POSTGRES: &[(&str, &str)] = &[
    // SQLite keeps them in an FTS5 table of the same number, which no other database has.
    ("full_text", "grams"),
];
/// Indexes that PostgreSQL alone has, and why.
const INDEXES_ONLY_IN_POSTGRES: &[(&str, &str)] = &[
    // On that column; the FTS5 table is its own index.
    ("full_text", "full_text_grams"),
];
/// What SQLite has instead.
const VIRTUAL_TABLES: &[&str] = &["full_text_grams"];

fn sqlite_type(postgres: &str) -> &str {
    match postgres {
        "uuid" | "bytea" => "BLOB",
        "timestamp with time zone" | "bigint" | "boolean" => "INTEGER",
        "text" | "jsonb" | "date" => "TEXT",
        "double precision" => "REAL",
        other => panic!("{other} has no counterpart in SQLite: extend the mapping of `codec`, and this one"),
    }
}

async fn in_sqlite(db: &Db) -> BTreeMap<String, Columns> {
    let loose: Vec<(String,)> = sql(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 \
         AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> '_sqlx_migrations'",
    )
    .all(db)
    .await
    .expect("tables");
    assert!(loose.is_empty(), "not STRICT: {loose:?}");
    let rows: Vec<(String, String, String, i64)> = sql("SELECT t.name, c.name, c.type, c.\"notnull\" \
         FROM pragma_table_list t JOIN pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND t.name <> '_sqlx_migrations' \
         ORDER BY t.name, c.cid")
    .all(db)
    .await
    .expect("columns");
    let mut tables: BTreeMap<String, Columns> = BTreeMap::new();
    for (table, column, kind, not_null) in rows {
        tables.entry(table).or_default().push((column, kind, not_null == 0));
    }
    tables
}

async fn in_postgres(db: &Db) -> BTreeMap<String, Columns> {
    let rows: Vec<(String, String, String, String)> =
        sql("SELECT table_name::text, column_name::text, data_type::text, \
         is_nullable::text FROM information_schema.columns WHERE table_schema = current_schema() \
         AND table_name <> '_sqlx_migrations' ORDER BY table_name, ordinal_position")
        .all(db)
        .await
        .expect("columns");
    let mut tables: BTreeMap<String, Columns> = BTreeMap::new();
    for (table, column, kind, nullable) in rows {
        if ONLY_IN_POSTGRES.contains(&(table.as_str(), column.as_str())) {
            continue;
        }
        let columns = tables.entry(table).or_default();
        columns.push((column, sqlite_type(&kind).to_owned(), nullable == "YES"));
    }
    tables
}

async fn indexes(db: &Db) -> Vec<(String, String)> {
    let statement = db.pick(
        "SELECT tbl_name, name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
        // What a PRIMARY KEY or UNIQUE makes has another name in SQLite.
        "SELECT c.relname::text, i.relname::text FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid \
         JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = current_schema() AND c.relname <> '_sqlx_migrations' \
         AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u'))",
    );
    let mut found: Vec<(String, String)> = sql(statement).all(db).await.expect("indexes");
    found.sort();
    found
}

#[test]
fn both_databases_have_the_same_tables_columns_and_indexes() {
    World::run(Kind::Postgres, async |world| {
        let (_folder, _, sqlite) = super::own_sqlite().await;
        let (here, there) = (in_sqlite(&sqlite).await, in_postgres(&world.app.db).await);
        assert!(here.len() > 30, "{} tables", here.len());
        let names = |tables: &BTreeMap<String, Columns>| tables.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&here), names(&there));
        for (table, columns) in &here {
            assert_eq!(columns, &there[table], "{table}: SQLite left, PostgreSQL right");
        }
        let mut expected = indexes(&sqlite).await;
        let only_there = INDEXES_ONLY_IN_POSTGRES.iter();
        expected.extend(only_there.map(|(table, index)| ((*table).to_owned(), (*index).to_owned())));
        expected.sort();
        assert_eq!(expected, indexes(&world.app.db).await);
        let virtual_tables: Vec<(String,)> = sql("SELECT name FROM pragma_table_list WHERE type = 'virtual'")
            .all(&sqlite)
            .await
            .expect("tables");
        let names: Vec<&str> = virtual_tables.iter().map(|(name,)| name.as_str()).collect();
        assert_eq!(names, VIRTUAL_TABLES);
    });
}

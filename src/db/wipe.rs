//! Emptying a database whole: for a demo, which starts over, and for nothing else.
//!
//! Events and the access log refuse to be deleted, so it is the tables that go; the migrations then make them anew.

use sqlx::{AssertSqlSafe, raw_sql};

use super::{Db, DbError, Pools, sql};

/// Drops the tables of the schema and the functions of their triggers. The schema stays with its grants, and so does
/// what an extension has brought along.
const DROP_ALL: &str = "DO $$ DECLARE each record; BEGIN \
     FOR each IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = CAST(current_schema() AS regnamespace) \
         AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend d \
         WHERE d.classid = CAST('pg_class' AS regclass) AND d.objid = c.oid AND d.deptype = 'e') \
     LOOP EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', each.relname); END LOOP; \
     FOR each IN SELECT CAST(CAST(f.oid AS regprocedure) AS text) AS name FROM pg_proc f \
         WHERE f.pronamespace = CAST(current_schema() AS regnamespace) AND NOT EXISTS (SELECT 1 FROM pg_depend d \
         WHERE d.classid = CAST('pg_proc' AS regclass) AND d.objid = f.oid AND d.deptype = 'e') \
     LOOP EXECUTE 'DROP ROUTINE ' || each.name || ' CASCADE'; END LOOP; END $$";

impl Db {
    /// Drops every table. Whoever calls this has made sure that a demo is all that is lost.
    pub async fn wipe(&self) -> Result<(), DbError> {
        match self.pools() {
            Pools::Sqlite { writer, .. } => {
                let tables: Vec<(String,)> =
                    // What stands behind a virtual table goes with it.
                    sql("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') \
                         AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")
                        .all(self)
                        .await?;
                let mut script = String::from("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; ");
                for (table,) in tables {
                    // The names are the schema's own.
                    script.push_str(&format!("DROP TABLE \"{table}\"; "));
                }
                script.push_str("COMMIT; PRAGMA foreign_keys = ON;");
                raw_sql(AssertSqlSafe(script)).execute(writer).await?;
            }
            Pools::Postgres { writers, .. } => {
                raw_sql(DROP_ALL).execute(writers).await?;
            }
        }
        Ok(())
    }
}

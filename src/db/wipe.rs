//! Emptying a database whole: for a demo, which starts over, and for nothing else.
//!
//! Events and the access log refuse to be deleted, so it is the tables that go; the migrations then make them anew.

use sqlx::{AssertSqlSafe, raw_sql};

use super::{Db, DbError, Pools, sql};

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
                raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
                    .execute(writers)
                    .await?;
            }
        }
        Ok(())
    }
}

//! A statement and its values.
//!
//! The text grows only by `&'static str`, so no input can reach it; values travel beside it. Statements are written
//! once, with `$1`, `$2` … (SQLite numbers them alike), and run on whichever database is there.

use std::borrow::Cow;

use sqlx::postgres::{PgArguments, PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, FromRow, SqlSafeStr, SqlStr};
use uuid::Uuid;

use super::codec::Value;
use super::error::DbError;
use super::{Db, Pools, Tx};

/// Anything that a row of either database can be read into: derive `sqlx::FromRow`, or use a tuple.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Row for T {}

/// Where a statement runs: a pool that only reads, or a transaction.
pub enum On<'a> {
    /// Reads: on SQLite a read-only connection, on PostgreSQL one round trip without `BEGIN`.
    Db(&'a Db),
    /// Reads and writes of one transaction.
    Tx(&'a mut Tx),
}

impl<'a> From<&'a Db> for On<'a> {
    fn from(db: &'a Db) -> Self {
        Self::Db(db)
    }
}

impl<'a> From<&'a mut Tx> for On<'a> {
    fn from(tx: &'a mut Tx) -> Self {
        Self::Tx(tx)
    }
}

impl<'a> From<&'a mut On<'_>> for On<'a> {
    fn from(on: &'a mut On<'_>) -> Self {
        match on {
            On::Db(db) => Self::Db(db),
            On::Tx(tx) => Self::Tx(tx),
        }
    }
}

impl On<'_> {
    /// `Db::pick` for statements that do not know yet where they run.
    pub fn pick<T>(&self, sqlite: T, postgres: T) -> T {
        match self {
            Self::Db(db) => db.pick(sqlite, postgres),
            Self::Tx(tx) => tx.pick(sqlite, postgres),
        }
    }
}

/// Up to how many values SQLite is sent `$n`: to it that is a name, which it looks up among all others for each value.
const FEW: usize = 64;

/// The text with `?` for every `$n`; `None` where they do not stand in their order, each once.
fn unnamed(text: &str) -> Option<String> {
    let mut pieces = text.split('$');
    let mut unnamed = pieces.next()?.to_owned();
    let mut next = 1_usize;
    for piece in pieces {
        let digits = piece.len() - piece.trim_start_matches(|char: char| char.is_ascii_digit()).len();
        let (number, rest) = piece.split_at(digits);
        if number.is_empty() {
            unnamed.push('$');
        } else if number.parse() == Ok(next) {
            unnamed.push('?');
            next += 1;
        } else {
            return None;
        }
        unnamed.push_str(rest);
    }
    Some(unnamed)
}

/// A statement being written.
#[derive(Clone, Debug)]
#[must_use = "a statement does nothing until it runs"]
pub struct Sql {
    text: Cow<'static, str>,
    values: Vec<Value>,
}

/// Begins a statement.
pub fn sql(text: &'static str) -> Sql {
    Sql {
        text: Cow::Borrowed(text),
        values: Vec::new(),
    }
}

impl Sql {
    /// Gives the next `$n` of the text its value.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Continues the text.
    pub fn push(mut self, text: &'static str) -> Self {
        self.growing().push_str(text);
        self
    }

    /// The text, with room for about as much again when it begins to grow.
    fn growing(&mut self) -> &mut String {
        if let Cow::Borrowed(text) = self.text {
            let mut room = String::with_capacity(2 * text.len() + 64);
            room.push_str(text);
            self.text = Cow::Owned(room);
        }
        self.text.to_mut()
    }

    /// Continues the text and puts a value behind it: `push_bind(" LIMIT ", 51)`.
    pub fn push_bind(self, text: &'static str, value: impl Into<Value>) -> Self {
        self.push(text).placeholder(value.into())
    }

    /// ` AND <condition>$n`: `and("state = ", state)`.
    pub fn and(self, condition: &'static str, value: impl Into<Value>) -> Self {
        self.push(" AND ").push(condition).placeholder(value.into())
    }

    /// The same where there is a value, nothing where there is none.
    pub fn and_opt(self, condition: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.and(condition, value),
            None => self,
        }
    }

    /// What comes behind a place in a list's order: `behind(" AND (q.due_on, q.id) > (", after)`; nothing where it
    /// begins.
    pub fn behind(self, compare: &'static str, after: Option<(impl Into<Value>, Uuid)>) -> Self {
        match after {
            Some((key, id)) => self.push_bind(compare, key).push_bind(", ", id).push(")"),
            None => self,
        }
    }

    /// ` AND <column> IN ($n, …)`; an empty set filters nothing. The set is padded to a power of two by repeating its
    /// last value, so that a few prepared statements serve every size.
    pub fn and_in<V: Into<Value> + Clone>(self, column: &'static str, values: &[V]) -> Self {
        match values {
            [] => self,
            _ => self.push(" AND ").push(column).in_list(values),
        }
    }

    /// ` IN ($n, …)` behind what stands already; an empty set is ` IN (NULL)`, which nothing is in.
    pub fn in_list<V: Into<Value> + Clone>(mut self, values: &[V]) -> Self {
        let Some(last) = values.last() else {
            return self.push(" IN (NULL)");
        };
        let size = values.len().next_power_of_two();
        self = self.push(" IN (");
        for (index, value) in values.iter().chain(std::iter::repeat(last)).take(size).enumerate() {
            if index > 0 {
                self = self.push(", ");
            }
            self = self.placeholder(value.clone().into());
        }
        self.push(")")
    }

    /// ` VALUES ($1, …), ($k, …)`: one group per row. Callers keep rows × columns under 30,000 (both databases stop at
    /// about 32,766 values).
    pub fn values<const N: usize>(mut self, rows: impl IntoIterator<Item = [Value; N]>) -> Self {
        self = self.push(" VALUES ");
        for (index, row) in rows.into_iter().enumerate() {
            self = self.push(if index == 0 { "(" } else { ", (" });
            for (column, value) in row.into_iter().enumerate() {
                if column > 0 {
                    self = self.push(", ");
                }
                self = self.placeholder(value);
            }
            self = self.push(")");
        }
        self
    }

    fn placeholder(mut self, value: Value) -> Self {
        use std::fmt::Write as _;
        self.values.push(value);
        let number = self.values.len();
        // Writing to a String cannot fail.
        let _ = write!(self.growing(), "${number}");
        self
    }

    /// The text as it will be sent, for EXPLAIN tests.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same behind a text that has no values of its own: `led_by("SELECT COUNT(*) FROM (")`.
    pub fn led_by(mut self, text: &'static str) -> Self {
        self.text = Cow::Owned(format!("{text}{}", self.text));
        self
    }

    fn safe_text(text: Cow<'static, str>) -> SqlStr {
        match text {
            Cow::Borrowed(text) => text.into_sql_str(),
            // The text is a concatenation of `&'static str`s and `$n`: no input can be in it.
            Cow::Owned(text) => AssertSqlSafe(text).into_sql_str(),
        }
    }

    fn for_postgres(self) -> Result<(SqlStr, PgArguments), DbError> {
        let mut arguments = PgArguments::default();
        for value in self.values {
            value
                .add_to::<_, Postgres>(&mut arguments)
                .map_err(|fault| DbError::Other(sqlx::Error::Encode(fault)))?;
        }
        Ok((Self::safe_text(self.text), arguments))
    }

    fn for_sqlite(mut self) -> Result<(SqlStr, SqliteArguments), DbError> {
        if self.values.len() > FEW
            && let Some(text) = unnamed(&self.text)
        {
            self.text = Cow::Owned(text);
        }
        let mut arguments = SqliteArguments::default();
        for value in self.values {
            value
                .add_to::<_, Sqlite>(&mut arguments)
                .map_err(|fault| DbError::Other(sqlx::Error::Encode(fault)))?;
        }
        Ok((Self::safe_text(self.text), arguments))
    }

    /// All rows.
    pub async fn all<T: Row>(self, on: impl Into<On<'_>>) -> Result<Vec<T>, DbError> {
        match on.into() {
            On::Db(db) => {
                let mut attempts = db.attempts();
                while attempts > 1 {
                    attempts -= 1;
                    match self.clone().all_on(db).await {
                        Err(fault) if fault.connection_died() => {}
                        answer => return answer,
                    }
                }
                self.all_on(db).await
            }
            On::Tx(Tx::Sqlite(tx)) => {
                let (text, arguments) = self.for_sqlite()?;
                Ok(sqlx::query_as_with(text, arguments).fetch_all(&mut **tx).await?)
            }
            On::Tx(Tx::Postgres(tx)) => {
                let (text, arguments) = self.for_postgres()?;
                Ok(sqlx::query_as_with(text, arguments).fetch_all(&mut **tx).await?)
            }
        }
    }

    async fn all_on<T: Row>(self, db: &Db) -> Result<Vec<T>, DbError> {
        match db.pools() {
            Pools::Sqlite { readers, .. } => {
                let (text, arguments) = self.for_sqlite()?;
                Ok(sqlx::query_as_with(text, arguments).fetch_all(readers).await?)
            }
            Pools::Postgres { readers, .. } => {
                let (text, arguments) = self.for_postgres()?;
                Ok(readers.all(text, arguments).await?)
            }
        }
    }

    /// The row if there is one. More than one is a bug in the statement and not looked for.
    pub async fn optional<T: Row>(self, on: impl Into<On<'_>>) -> Result<Option<T>, DbError> {
        Ok(self.all(on).await?.into_iter().next())
    }

    /// The one row.
    ///
    /// # Errors
    /// `DbError::Other(RowNotFound)` where there is none: a bug, for statements that always answer (counts, RETURNING).
    pub async fn one<T: Row>(self, on: impl Into<On<'_>>) -> Result<T, DbError> {
        self.optional(on).await?.ok_or(DbError::Other(sqlx::Error::RowNotFound))
    }

    /// Runs a write; how many rows it touched. Writes exist only in a transaction.
    pub async fn run(self, tx: &mut Tx) -> Result<u64, DbError> {
        match tx {
            Tx::Sqlite(tx) => {
                let (text, arguments) = self.for_sqlite()?;
                Ok(sqlx::query_with(text, arguments)
                    .execute(&mut **tx)
                    .await?
                    .rows_affected())
            }
            Tx::Postgres(tx) => {
                let (text, arguments) = self.for_postgres()?;
                Ok(sqlx::query_with(text, arguments)
                    .execute(&mut **tx)
                    .await?
                    .rows_affected())
            }
        }
    }
}

//! The comments of a scope, listed and counted. No more rows than `WINDOW` along their order are looked at for a page,
//! however few of them lie in the scope, and no more than `LOOKED_AT` for a count.

use uuid::Uuid;

use super::{COLUMNS, CommentRow, JOINS};
use crate::clock::Timestamp;
use crate::comments::domain::CommentGroup;
use crate::comments::dto::CommentFilters;
use crate::db::{Db, DbError, Sql, sql};
use crate::http::total::Total;
use crate::http::window::{self, LOOKED_AT, Rows, WINDOW, Windowed};

/// A place along the order: when a comment was written, or by when it is to be replied to; and its id.
pub type Place = window::Place<Timestamp>;

/// Which comments are listed.
#[derive(Debug)]
pub struct Listed<'a> {
    /// The scope's id.
    pub scope: Uuid,
    /// The filters.
    pub filters: &'a CommentFilters,
    /// Now.
    pub now: Timestamp,
}

impl Windowed for Listed<'_> {
    type Key = Timestamp;
    type Row = CommentRow;

    /// As far as an index leads: `comment_awaiting_reply`, `comment_hidden` or `comment_at`.
    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        if self.awaiting() {
            let statement = statement
                .push(
                    "SELECT c.id, c.reply_due_at AS place FROM comment c WHERE c.state = 'visible' \
                     AND c.replied_at IS NULL AND c.reply_due_at IS NOT NULL AND c.erased_at IS NULL",
                )
                .and_opt(
                    "c.reply_due_at < ",
                    self.filters.overdue.unwrap_or(false).then_some(self.now),
                );
            let statement = statement.behind(" AND (c.reply_due_at, c.id) > (", after);
            return rows.of(statement.push(" ORDER BY c.reply_due_at, c.id"));
        }
        let statement = statement.push("SELECT c.id, c.at AS place FROM comment c WHERE ");
        let statement = match &self.filters.hidden_reason {
            Some(reason) => statement.push("c.state = 'hidden'").and("c.hidden_reason = ", reason),
            None => statement.push("1 = 1"),
        };
        let statement = statement.behind(" AND (c.at, c.id) < (", after);
        rows.of(statement.push(" ORDER BY c.at DESC, c.id DESC"))
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = self.window(statement.push("SELECT 1 AS one FROM ("), after, Rows::First(rows));
        self.filtered(statement.push(") k JOIN comment c ON c.id = k.id"))
    }

    fn page(&self, _: &Db, after: Option<Place>, fetch: i64) -> Sql {
        let statement = self.window(sql(COLUMNS).push("FROM ("), after, Rows::First(WINDOW));
        let statement = statement.push(") k JOIN comment c ON c.id = k.id").push(JOINS);
        let order = if self.awaiting() {
            " ORDER BY k.place, k.id LIMIT "
        } else {
            " ORDER BY k.place DESC, k.id DESC LIMIT "
        };
        self.filtered(statement).push_bind(order, fetch)
    }

    fn place(&self, row: &CommentRow) -> Place {
        match row.reply_due_at {
            Some(due) if self.awaiting() => (due, row.id),
            _ => (row.at, row.id),
        }
    }

    /// As the groups of `counted` sum to it: all of the rows that are looked at.
    async fn count(&self, db: &Db) -> Result<Total, DbError> {
        let taken = self.taken(sql("SELECT COUNT(*) FROM ("), None, LOOKED_AT);
        let (count,): (i64,) = taken.push(") c").one(db).await?;
        let total = Total::Exactly(count);
        Ok(if self.is_whole(db).await? {
            total
        } else {
            total.at_least()
        })
    }
}

impl Listed<'_> {
    /// Whether it is those that wait for a reply.
    pub fn awaiting(&self) -> bool {
        self.filters.awaiting_reply == Some(true) || self.filters.overdue == Some(true)
    }

    /// What of these lies in the scope and bears what is asked for.
    fn filtered(&self, statement: Sql) -> Sql {
        let statement = self.filtered_only(statement);
        if self.awaiting() {
            // Where its reporter asked for it to be erased, what others said stays, and nobody can reply any more.
            statement.push(" AND EXISTS (SELECT 1 FROM problem p WHERE p.id = c.problem_id AND p.erased_at IS NULL)")
        } else {
            statement
        }
    }

    fn filtered_only(&self, statement: Sql) -> Sql {
        statement
            .push_bind(
                " WHERE EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = c.problem_id AND s.scope_id = ",
                self.scope,
            )
            .push(")")
            .and_opt("c.state = ", self.filters.state)
            .and_opt("c.kind = ", self.filters.kind)
            // What waits for a reply may be asked for beside a reason; then there is none.
            .and_opt("c.hidden_reason = ", self.filters.hidden_reason.as_deref())
    }

    async fn is_whole(&self, db: &Db) -> Result<bool, DbError> {
        let looked = self.window(sql("SELECT COUNT(*) FROM ("), None, Rows::First(LOOKED_AT + 1));
        let (looked,): (i64,) = looked.push(") k").one(db).await?;
        Ok(looked <= LOOKED_AT)
    }

    /// Counted by what they bear: key, Chinese and English label where that is data, and how many; and whether that is
    /// all.
    pub async fn counted(&self, db: &Db, by: CommentGroup) -> Result<(Vec<CountedRow>, bool), DbError> {
        const NO_LABELS: &str = ", CAST(NULL AS text) AS zh, CAST(NULL AS text) AS en";
        let statement = match by {
            CommentGroup::HiddenReason => sql("SELECT c.hidden_reason AS key, t.zh, t.en"),
            CommentGroup::Kind => sql("SELECT c.kind AS key").push(NO_LABELS),
            CommentGroup::State => sql("SELECT c.state AS key").push(NO_LABELS),
            CommentGroup::Reply => sql("SELECT CASE WHEN c.replied_at IS NOT NULL THEN 'replied' \
                 WHEN c.reply_due_at IS NULL OR c.state = 'hidden' THEN 'none' WHEN c.reply_due_at < ")
            .push_bind("", self.now)
            .push(" THEN 'overdue' ELSE 'waiting' END AS key")
            .push(NO_LABELS),
        };
        let statement = self.window(statement.push(", COUNT(*) AS n FROM ("), None, Rows::First(LOOKED_AT));
        let statement = statement.push(
            ") k JOIN comment c ON c.id = k.id LEFT JOIN term t ON t.kind = 'reason' AND t.code = c.hidden_reason",
        );
        let statement = self.filtered(statement);
        let statement = match by {
            CommentGroup::HiddenReason => statement.push(" AND c.state = 'hidden'"),
            _ => statement,
        };
        let rows = statement.push(" GROUP BY 1, 2, 3 ORDER BY n DESC, key").all(db).await?;
        Ok((rows, self.is_whole(db).await?))
    }
}

/// How many comments bear one thing.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CountedRow {
    /// The word or code.
    pub key: String,
    /// What it is called in Chinese.
    pub zh: Option<String>,
    /// In English.
    pub en: Option<String>,
    /// How many.
    pub n: i64,
}

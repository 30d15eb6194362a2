//! The comments of a scope, listed and counted. No more rows than `LOOKED_AT` along their order are looked at for a page,
//! however few of them lie in the scope, and no more than `MOST` for a count.

use uuid::Uuid;

use super::{COLUMNS, CommentRow, JOINS};
use crate::clock::Timestamp;
use crate::comments::domain::CommentGroup;
use crate::comments::dto::CommentFilters;
use crate::db::{Db, DbError, Sql, sql};
use crate::http::page::COUNTED;

/// Rows that are looked at for one page.
pub const LOOKED_AT: i64 = 5_000;
/// Rows that are looked at for a count.
const MOST: i64 = COUNTED * 5;

/// A place along the order: when a comment was written, or by when it is to be replied to; and its id.
pub type Place = (Timestamp, Uuid);

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

impl Listed<'_> {
    /// Whether it is those that wait for a reply.
    pub fn awaiting(&self) -> bool {
        self.filters.awaiting_reply == Some(true) || self.filters.overdue == Some(true)
    }

    /// Where a row stands along the order.
    pub fn place(&self, row: &CommentRow) -> Place {
        match row.reply_due_at {
            Some(due) if self.awaiting() => (due, row.id),
            _ => (row.at, row.id),
        }
    }

    /// The ids along the order, as far as an index leads: `comment_awaiting_reply`, `comment_hidden` or `comment_at`.
    fn along(&self, statement: Sql, after: Option<Place>) -> Sql {
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
            return statement
                .behind(" AND (c.reply_due_at, c.id) > (", after)
                .push(" ORDER BY c.reply_due_at, c.id LIMIT ");
        }
        let statement = statement.push("SELECT c.id, c.at AS place FROM comment c WHERE ");
        let statement = match &self.filters.hidden_reason {
            Some(reason) => statement.push("c.state = 'hidden'").and("c.hidden_reason = ", reason),
            None => statement.push("1 = 1"),
        };
        statement
            .behind(" AND (c.at, c.id) < (", after)
            .push(" ORDER BY c.at DESC, c.id DESC LIMIT ")
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

    /// A page; to be read as [`CommentRow`]s.
    pub fn page(&self, after: Option<Place>, fetch: i64) -> Sql {
        let statement = self.along(sql(COLUMNS).push("FROM ("), after).push_bind("", LOOKED_AT);
        let statement = statement.push(") k JOIN comment c ON c.id = k.id").push(JOINS);
        let order = if self.awaiting() {
            " ORDER BY k.place, k.id LIMIT "
        } else {
            " ORDER BY k.place DESC, k.id DESC LIMIT "
        };
        self.filtered(statement).push_bind(order, fetch)
    }

    /// Where a page that is not full goes on: after the last row that was looked at, where there may be more.
    pub async fn stopped_at(&self, db: &Db, after: Option<Place>) -> Result<Option<Place>, DbError> {
        let statement = self
            .along(sql(""), after)
            .push("1 OFFSET ")
            .push_bind("", LOOKED_AT - 1);
        let last: Option<(Uuid, Timestamp)> = statement.optional(db).await?;
        Ok(last.map(|(id, at)| (at, id)))
    }

    /// How many there are, and whether that is all.
    pub async fn count(&self, db: &Db) -> Result<(i64, bool), DbError> {
        let statement = self.along(sql("SELECT COUNT(*) FROM ("), None).push_bind("", MOST);
        let statement = statement.push(") k JOIN comment c ON c.id = k.id");
        let (count,): (i64,) = self.filtered(statement).one(db).await?;
        Ok((count, self.is_whole(db).await?))
    }

    async fn is_whole(&self, db: &Db) -> Result<bool, DbError> {
        let looked = self.along(sql("SELECT COUNT(*) FROM ("), None).push_bind("", MOST + 1);
        let (looked,): (i64,) = looked.push(") k").one(db).await?;
        Ok(looked <= MOST)
    }

    /// Counted by what they bear: key, Chinese and English label where that is data, and how many; and whether that is all.
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
        let statement = self
            .along(statement.push(", COUNT(*) AS n FROM ("), None)
            .push_bind("", MOST);
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

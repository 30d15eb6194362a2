//! Finding and listing attachments, as far as a reader reaches.

use uuid::Uuid;

use super::{AttachmentRow, Author, NO_OWNER, Reach};
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, sql};
use crate::http::total;

const COLUMNS: &str = "SELECT a.id, a.owner_kind, a.owner_id, a.file_name, a.media_type, a.size, a.sha256, a.taken_at, \
     a.public, a.erased_at, a.ended_at, a.end_reason, a.created_at, a.created_by, p.name AS author_name, \
     a.client_app_id, a.org_id, o.name AS org_name, o.public_name AS org_public_name, a.expires_at, a.version, (";

/// That whoever uploaded `a` raised its problem, by his own account or for an enterprise, and is not to be known.
const BY_MASKED_REPORTER: &str = "EXISTS (SELECT 1 FROM problem_reporter hx JOIN reporter hr ON hr.id = hx.reporter_id \
     WHERE hx.problem_id = a.problem_id AND hr.anonymity <> 'named' AND (hr.person_id = a.created_by \
     OR (hr.kind = 'enterprise' AND EXISTS (SELECT 1 FROM enterprise_authorisation hz \
     WHERE hz.enterprise_id = hr.object_id AND hz.person_id = a.created_by))))";

const FROM: &str = " AS inside FROM attachment a LEFT JOIN person p ON p.id = a.created_by \
     LEFT JOIN org o ON o.id = a.org_id WHERE ";

/// The columns, with whether the author is hidden from who calls nobody back in one of these scopes.
fn columns(call_back: &[Uuid]) -> Sql {
    sql(COLUMNS)
        .push(BY_MASKED_REPORTER)
        .push(" AND NOT EXISTS (SELECT 1 FROM problem_scope k WHERE k.problem_id = a.problem_id AND k.scope_id")
        .in_list(call_back)
        .push(")) AS author_hidden, ")
}

/// Adds that the reader sees the owner of `a` from inside: its problem, its visit, or a problem of its plan.
fn seen_from_inside(statement: Sql, scopes: &[Uuid]) -> Sql {
    statement
        .push("(EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = a.problem_id AND s.scope_id")
        .in_list(scopes)
        .push(
            ") OR (a.owner_kind = 'visit' AND EXISTS (SELECT 1 FROM visit_scope s WHERE s.visit_id = a.owner_id \
             AND s.scope_id",
        )
        .in_list(scopes)
        .push(
            ")) OR (a.owner_kind = 'action_plan' AND EXISTS (SELECT 1 FROM action_plan_problem l \
             JOIN problem_scope s ON s.problem_id = l.problem_id WHERE l.action_plan_id = a.owner_id AND s.scope_id",
        )
        .in_list(scopes)
        .push(")))")
}

/// Adds that the reader sees `a` otherwise: his own upload that waits for its owner, or, as a reporter, what is public
/// or his own of his problem, until it ends.
fn seen_otherwise(statement: Sql, reach: &Reach, with_ended: bool) -> Sql {
    let statement = statement
        .push_bind("((a.owner_kind = ", NO_OWNER)
        .push_bind(" AND a.expires_at > ", reach.now)
        .push(" AND ");
    let statement = reach
        .author
        .among(statement)
        .push(") OR (EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = a.problem_id AND s.scope_id")
        .in_list(&reach.own)
        .push(") AND (a.public OR (");
    let statement = reach.author.among(statement).push("))");
    let statement = if with_ended {
        statement
    } else {
        statement.push(" AND a.ended_at IS NULL")
    };
    statement.push("))")
}

/// The attachment, where the reader sees it.
pub async fn find(on: impl Into<On<'_>>, reach: &Reach, id: Uuid) -> Result<Option<AttachmentRow>, DbError> {
    one(reach, id, false).optional(on).await
}

/// The attachment that the reader has just changed: what he ended himself is shown to him this once.
pub async fn find_changed(on: impl Into<On<'_>>, reach: &Reach, id: Uuid) -> Result<Option<AttachmentRow>, DbError> {
    one(reach, id, true).optional(on).await
}

fn one(reach: &Reach, id: Uuid, with_ended: bool) -> Sql {
    let statement = seen_from_inside(columns(&reach.call_back), &reach.inside);
    let statement = statement.push(FROM).push_bind("a.id = ", id).push(" AND (");
    let statement = seen_from_inside(statement, &reach.inside).push(" OR ");
    seen_otherwise(statement, reach, with_ended).push(")")
}

/// Whether the author of an attachment raised its problem and is not to be known, so that the problem's events do not
/// name him either.
pub async fn is_by_masked_reporter(on: impl Into<On<'_>>, id: Uuid) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql("SELECT a.id FROM attachment a WHERE ")
        .push_bind("a.id = ", id)
        .push(" AND ")
        .push(BY_MASKED_REPORTER)
        .optional(on)
        .await?;
    Ok(found.is_some())
}

/// Whether an attachment that has not ended stands at a problem.
pub async fn is_of_problem(on: impl Into<On<'_>>, id: Uuid, problem: Uuid) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> =
        sql("SELECT id FROM attachment WHERE id = $1 AND problem_id = $2 AND ended_at IS NULL AND erased_at IS NULL")
            .bind(id)
            .bind(problem)
            .optional(on)
            .await?;
    Ok(found.is_some())
}

/// The attachment, whoever asks: for the bearer of a link.
pub async fn find_by_link(on: impl Into<On<'_>>, id: Uuid) -> Result<Option<AttachmentRow>, DbError> {
    columns(&[])
        .push_bind("", false)
        .push(FROM)
        .push_bind("a.id = ", id)
        .optional(on)
        .await
}

/// Whose attachments are listed.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    /// A problem's, with those of its look-backs.
    Problem(Uuid),
    /// Another owner's.
    Owner(Uuid),
}

/// A list that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// Whose.
    pub of: Of,
    /// Who reads as a reporter: what is public or his own; `None` inside the administration.
    pub outsider: Option<Author>,
    /// Whether those that have ended are shown too.
    pub include_ended: bool,
    /// The scopes in which the reader knows masked reporters.
    pub call_back: &'a [Uuid],
}

impl Listed<'_> {
    fn filtered(self, statement: Sql) -> Sql {
        let statement = match self.of {
            Of::Problem(problem) => statement.push_bind("a.problem_id = ", problem),
            // The index begins with the id, which no two owners share.
            Of::Owner(owner) => statement.push_bind("a.owner_id = ", owner),
        };
        let statement = if self.include_ended {
            statement
        } else {
            statement.push(" AND a.ended_at IS NULL")
        };
        match self.outsider {
            Some(author) => author.among(statement.push(" AND (a.public OR (")).push("))"),
            None => statement,
        }
    }

    /// A page, oldest first.
    pub fn page(self, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
        let statement = columns(self.call_back)
            .push_bind("", self.outsider.is_none())
            .push(FROM);
        let statement = self.filtered(statement);
        let statement = statement.behind(" AND (a.created_at, a.id) > (", after);
        statement.push_bind(" ORDER BY a.created_at, a.id LIMIT ", fetch)
    }

    /// How many there are, counted to one more than lists do.
    pub async fn count(self, db: &Db) -> Result<i64, DbError> {
        total::count(db, self.filtered(sql("SELECT 1 AS one FROM attachment a WHERE "))).await
    }
}

//! The moderation log.

use uuid::Uuid;

use crate::clock::{Ids, Timestamp};
use crate::comments::domain::ModerationAct;
use crate::comments::dto::{CommentModerationView, CommentedProblem, ModerationFilters};
use crate::db::{Db, DbError, Sql, Tx, sql};
use crate::directory::refs::{OrgRef, PersonRef, TermRef};
use crate::events::Act;
use crate::http::Locale;
use crate::http::total;

/// Notes a hiding (`reason`) or its end; its id.
pub async fn log(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    comment: Uuid,
    reason: Option<&str>,
    note: &str,
) -> Result<Uuid, DbError> {
    let id = ids.next();
    let what = if reason.is_some() {
        ModerationAct::Hide
    } else {
        ModerationAct::Unhide
    };
    sql(
        "INSERT INTO comment_moderation (id, comment_id, act, reason, note, person_id, org_id, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(comment)
    .bind(what)
    .bind(reason)
    .bind(note)
    .bind(act.person)
    .bind(act.org)
    .bind(act.at)
    .run(tx)
    .await?;
    Ok(id)
}

/// An entry of the log.
#[derive(Debug, sqlx::FromRow)]
pub struct ModerationRow {
    pub(crate) id: Uuid,
    comment_id: Uuid,
    problem_id: Uuid,
    tracking_no: String,
    act: ModerationAct,
    reason: Option<String>,
    zh: Option<String>,
    en: Option<String>,
    note: String,
    person_id: Uuid,
    person_name: String,
    org_id: Option<Uuid>,
    org_name: Option<String>,
    pub(crate) at: Timestamp,
}

impl ModerationRow {
    /// As it is sent.
    pub fn view(self, locale: Locale) -> CommentModerationView {
        let reason = match (self.reason, self.zh, self.en) {
            (Some(code), Some(zh), Some(en)) => Some(TermRef::new(code, zh, en, locale)),
            _ => None,
        };
        CommentModerationView {
            id: self.id,
            comment_id: self.comment_id,
            problem: CommentedProblem {
                id: self.problem_id,
                tracking_no: Some(self.tracking_no),
            },
            act: self.act,
            reason,
            note: self.note,
            by: PersonRef {
                id: self.person_id,
                name: self.person_name,
            },
            org: OrgRef::from_parts(self.org_id, self.org_name),
            at: self.at,
        }
    }
}

/// A page of a scope's log, the latest first.
pub fn page(scope: Uuid, filters: &ModerationFilters, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let statement = sql(
        "SELECT m.id, m.comment_id, c.problem_id, p.tracking_no, m.act, m.reason, t.zh, t.en, m.note, \
         m.person_id, w.name AS person_name, m.org_id, o.name AS org_name, m.at FROM comment_moderation m \
         JOIN comment c ON c.id = m.comment_id JOIN problem p ON p.id = c.problem_id JOIN person w ON w.id = m.person_id \
         LEFT JOIN org o ON o.id = m.org_id LEFT JOIN term t ON t.kind = 'reason' AND t.code = m.reason",
    );
    let statement = filtered(statement, scope, filters);
    let statement = statement.behind(" AND (m.at, m.id) < (", after);
    statement.push_bind(" ORDER BY m.at DESC, m.id DESC LIMIT ", fetch)
}

/// How many entries there are; counted to one more than lists do.
pub async fn count(db: &Db, scope: Uuid, filters: &ModerationFilters) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM comment_moderation m JOIN comment c ON c.id = m.comment_id");
    total::count(db, filtered(rows, scope, filters)).await
}

fn filtered(statement: Sql, scope: Uuid, filters: &ModerationFilters) -> Sql {
    statement
        .push_bind(
            " WHERE EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = c.problem_id AND s.scope_id = ",
            scope,
        )
        .push(")")
        .and_opt("m.comment_id = ", filters.comment_id)
        .and_opt("m.reason = ", filters.hidden_reason.as_deref())
}

//! Every statement on `comment`, `comment_supporter` and `comment_moderation`.
//!
//! `write.rs` writes comments and what becomes of them, `listing.rs` lists and counts those of a scope, `moderation.rs`
//! is the log, `provisional.rs` has those whose reply's day is to be counted anew.

pub mod listing;
pub mod moderation;
pub mod provisional;
pub mod write;

use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{CommentKind, CommentState};
use super::dto::{CommentReply, CommentView, CommentedProblem, PublicCommentView};
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, sql};
use crate::directory::refs::{OrgRef, PersonRef, TermRef};
use crate::feedback::domain::may_know_rater;
use crate::http::Locale;
use crate::http::total;
use crate::problems::domain::State;
use crate::public_view::guarding::Guard;
use crate::reporters::domain::{Anonymity, PreferredChannel, Reader, Reporter, ReporterKind};
use crate::reporters::dto::ReporterView;

/// A comment with all that its view shows.
#[derive(Clone, Debug, FromRow)]
pub struct CommentRow {
    pub(crate) id: Uuid,
    pub(crate) problem_id: Uuid,
    tracking_no: String,
    pub(crate) problem_state: State,
    pub(crate) problem_erased_at: Option<Timestamp>,
    pub(crate) parent_id: Option<Uuid>,
    kind: CommentKind,
    pub(crate) anonymous: bool,
    author_name: Option<String>,
    pub(crate) author_hash: Option<Vec<u8>>,
    text: String,
    pub(crate) state: CommentState,
    hidden_reason: Option<String>,
    hidden_zh: Option<String>,
    hidden_en: Option<String>,
    hidden_by: Option<Uuid>,
    hidden_by_name: Option<String>,
    hidden_at: Option<Timestamp>,
    hidden_note: Option<String>,
    reply: Option<String>,
    replied_by: Option<Uuid>,
    replied_by_name: Option<String>,
    pub(crate) replied_at: Option<Timestamp>,
    replied_org_id: Option<Uuid>,
    replied_org_name: Option<String>,
    pub(crate) reply_due_at: Option<Timestamp>,
    supporters: i64,
    pub(crate) at: Timestamp,
    pub(crate) version: i64,
    pub(crate) reporter_id: Option<Uuid>,
    reporter_kind: Option<ReporterKind>,
    display_name: Option<String>,
    phone_masked: Option<String>,
    preferred_channel: Option<PreferredChannel>,
    anonymity: Option<Anonymity>,
    person_id: Option<Uuid>,
}

const COLUMNS: &str = "SELECT c.id, c.problem_id, p.tracking_no, p.state AS problem_state, p.erased_at AS problem_erased_at, c.parent_id, c.kind, c.anonymous, c.author_name, \
     c.author_hash, c.text, c.state, c.hidden_reason, t.zh AS hidden_zh, t.en AS hidden_en, c.hidden_by, \
     h.name AS hidden_by_name, c.hidden_at, c.hidden_note, c.reply, c.replied_by, w.name AS replied_by_name, \
     c.replied_at, c.replied_org_id, COALESCE(o.public_name, o.name) AS replied_org_name, c.reply_due_at, c.supporters, \
     c.at, c.version, c.reporter_id, r.kind AS reporter_kind, r.display_name, r.phone_masked, r.preferred_channel, \
     r.anonymity, r.person_id ";
const JOINS: &str = " JOIN problem p ON p.id = c.problem_id LEFT JOIN reporter r ON r.id = c.reporter_id \
     LEFT JOIN term t ON t.kind = 'reason' AND t.code = c.hidden_reason LEFT JOIN person h ON h.id = c.hidden_by \
     LEFT JOIN person w ON w.id = c.replied_by LEFT JOIN org o ON o.id = c.replied_org_id ";

/// One comment of a problem within these scopes.
pub async fn find(on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid) -> Result<Option<CommentRow>, DbError> {
    sql(COLUMNS)
        .push("FROM comment c")
        .push(JOINS)
        .push_bind("WHERE c.id = ", id)
        .push(" AND EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = c.problem_id AND s.scope_id")
        .in_list(scopes)
        .push(")")
        .optional(on)
        .await
}

/// One comment, whatever the scope: for whoever has asked otherwise whether its problem may be seen.
pub fn one(id: Uuid) -> Sql {
    sql(COLUMNS)
        .push("FROM comment c")
        .push(JOINS)
        .push_bind("WHERE c.id = ", id)
}

/// A page of a problem's comments, oldest first.
pub fn page(problem: Uuid, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let statement = sql(COLUMNS)
        .push("FROM comment c")
        .push(JOINS)
        .push_bind("WHERE c.problem_id = ", problem);
    let statement = statement.behind(" AND (c.at, c.id) > (", after);
    statement.push_bind(" ORDER BY c.at, c.id LIMIT ", fetch)
}

/// How many comments a problem has; counted to one more than lists do.
pub async fn count(db: &Db, problem: Uuid) -> Result<i64, DbError> {
    total::count(
        db,
        sql("SELECT 1 AS one FROM comment WHERE problem_id = $1").bind(problem),
    )
    .await
}

impl CommentRow {
    /// Without the words that not everybody may read.
    #[must_use]
    pub fn guarded(mut self, guard: Option<&Guard>) -> Self {
        if let Some(guard) = guard {
            self.text = guard.shown(self.text).unwrap_or_default();
            self.author_name = self.author_name.and_then(|name| guard.shown(name));
            self.reply = self.reply.and_then(|reply| guard.shown(reply));
        }
        self
    }

    /// As everybody reads it.
    pub fn public(self, locale: Locale) -> PublicCommentView {
        let shown = self.state == CommentState::Visible;
        let org = OrgRef::from_parts(self.replied_org_id, self.replied_org_name);
        let text = self.reply.filter(|text| !text.is_empty());
        let reply = self.replied_at.map(|at| CommentReply { text, org, at });
        let reason = match (self.hidden_reason, self.hidden_zh, self.hidden_en) {
            (Some(code), Some(zh), Some(en)) => Some(TermRef::new(code, zh, en, locale)),
            _ => None,
        };
        PublicCommentView {
            id: self.id,
            parent_id: self.parent_id,
            kind: self.kind,
            text: Some(self.text).filter(|text| shown && !text.is_empty()),
            author_name: self.author_name.filter(|_| shown),
            hidden: !shown,
            hidden_reason: reason,
            hidden_at: self.hidden_at,
            reply: reply.filter(|_| shown),
            reply_due_at: self.reply_due_at,
            supporters: self.supporters,
            at: self.at,
        }
    }

    /// As somebody in this capacity may see it; `None`: as everybody does.
    pub fn view(self, reader: Option<Reader>, locale: Locale) -> CommentView {
        let calls_back = reader == Some(Reader::CallsBack);
        let row = self.clone();
        let author = reader.and_then(|reader| self.author(reader));
        let mut shown = self.public(locale);
        if calls_back {
            shown.text = Some(row.text).filter(|text| !text.is_empty());
        }
        CommentView {
            shown,
            version: row.version,
            problem: CommentedProblem {
                id: row.problem_id,
                tracking_no: Some(row.tracking_no),
            },
            state: row.state,
            anonymous: row.anonymous,
            author,
            replied_by: PersonRef::from_parts(row.replied_by, row.replied_by_name).filter(|_| reader.is_some()),
            hidden_by: PersonRef::from_parts(row.hidden_by, row.hidden_by_name).filter(|_| reader.is_some()),
            hidden_note: row.hidden_note.filter(|_| calls_back),
        }
    }

    /// The author, where this reader may know him.
    fn author(&self, reader: Reader) -> Option<ReporterView> {
        let reporter = Reporter {
            id: self.reporter_id?,
            kind: self.reporter_kind?,
            display_name: self.display_name.clone(),
            phone_masked: self.phone_masked.clone(),
            preferred_channel: self.preferred_channel,
            anonymity: self.anonymity?,
            person_id: self.person_id,
        };
        let known = may_know_rater(reporter.anonymity, self.anonymous, reader);
        known.then(|| ReporterView::for_reader(reporter, reader))
    }
}

//! Writing a comment, and what becomes of it.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::comments::author::Author;
use crate::comments::domain::CommentKind;
use crate::db::{DbError, Tx, sql};
use crate::events::Act;

/// A comment to be inserted.
#[derive(Debug)]
pub struct Insert<'a> {
    /// Row id.
    pub id: Uuid,
    /// The problem.
    pub problem_id: Uuid,
    /// The comment that it replies to.
    pub parent_id: Option<Uuid>,
    /// Who wrote it.
    pub reporter_id: Uuid,
    /// What identified him.
    pub author_hash: Vec<u8>,
    /// The name that everybody sees.
    pub author_name: Option<&'a str>,
    /// Whether he wished not to be known.
    pub anonymous: bool,
    /// What it is.
    pub kind: CommentKind,
    /// The words.
    pub text: &'a str,
    /// By when the administration is to reply; `None`: it need not.
    pub reply_due_at: Option<Timestamp>,
    /// By which calendar that was counted, where it rests on days that are not settled.
    pub calendar_version: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}

/// Inserts a comment.
pub async fn insert(tx: &mut Tx, new: Insert<'_>) -> Result<(), DbError> {
    sql(
        "INSERT INTO comment (id, problem_id, parent_id, reporter_id, author_hash, author_name, anonymous, kind, text, \
         state, reply_due_at, at, reply_provisional, reply_calendar_version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'visible', $10, $11, $12, $13)",
    )
    .bind(new.id)
    .bind(new.problem_id)
    .bind(new.parent_id)
    .bind(new.reporter_id)
    .bind(new.author_hash)
    .bind(new.author_name.map(str::trim))
    .bind(new.anonymous)
    .bind(new.kind)
    .bind(new.text.trim())
    .bind(new.reply_due_at)
    .bind(new.at)
    .bind(new.calendar_version.is_some())
    .bind(new.calendar_version)
    .run(tx)
    .await?;
    Ok(())
}

/// Whether this voice said these words of the problem already.
pub async fn has_said(tx: &mut Tx, problem: Uuid, voice: &[u8], text: &str) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> =
        sql("SELECT c.id FROM comment c WHERE c.problem_id = $1 AND c.author_hash = $2 AND c.text = $3 LIMIT 1")
            .bind(problem)
            .bind(voice)
            .bind(text.trim())
            .optional(tx)
            .await?;
    Ok(found.is_some())
}

/// When this voice first spoke of the problem since, where it did so as often as it may.
pub async fn spoke_often(
    tx: &mut Tx,
    (problem, voice): (Uuid, &[u8]),
    since: Timestamp,
    most: i64,
) -> Result<Option<Timestamp>, DbError> {
    let found: Option<(Timestamp,)> =
        sql("SELECT MIN(c.at) AS since FROM comment c WHERE c.problem_id = $1 AND c.author_hash = $2")
            .bind(problem)
            .bind(voice)
            .push_bind(" AND c.at > ", since)
            .push_bind(" HAVING COUNT(*) >= ", most)
            .optional(tx)
            .await?;
    Ok(found.map(|(since,)| since))
}

/// Counts one more supporter and locks the comment; how many there are. `None` once it is hidden.
pub async fn count_supporter(tx: &mut Tx, comment: Uuid) -> Result<Option<i64>, DbError> {
    let counted: Option<(i64,)> =
        sql("UPDATE comment SET supporters = supporters + 1 WHERE id = $1 AND state = 'visible' RETURNING supporters")
            .bind(comment)
            .optional(tx)
            .await?;
    Ok(counted.map(|(supporters,)| supporters))
}

/// Notes a supporter of a comment that is locked; false where he supports it already, by whatever he goes by.
pub async fn support(tx: &mut Tx, comment: Uuid, author: &Author, at: Timestamp) -> Result<bool, DbError> {
    let known: Option<(Uuid,)> = sql("SELECT comment_id FROM comment_supporter WHERE comment_id = $1")
        .bind(comment)
        .and_in("supporter_hash", &author.hashes)
        .push(" LIMIT 1")
        .optional(&mut *tx)
        .await?;
    if known.is_some() {
        return Ok(false);
    }
    sql("INSERT INTO comment_supporter (comment_id, supporter_hash, reporter_id, at) VALUES ($1, $2, $3, $4)")
        .bind(comment)
        .bind(author.hash.as_slice())
        .bind(author.reporter_id)
        .bind(at)
        .run(tx)
        .await?;
    Ok(true)
}

/// Writes the administration's reply. The caller holds the lock of the problem.
pub async fn reply(tx: &mut Tx, act: &Act, comment: Uuid, text: &str) -> Result<(), DbError> {
    sql(
        "UPDATE comment SET reply = $1, replied_by = $2, replied_at = $3, replied_org_id = $4, version = version + 1, \
         reply_provisional = $6 WHERE id = $5",
    )
    .bind(text.trim())
    .bind(act.person)
    .bind(act.at)
    .bind(act.org)
    .bind(comment)
    .bind(false)
    .run(tx)
    .await?;
    Ok(())
}

/// Hides a comment.
pub async fn hide(tx: &mut Tx, act: &Act, comment: Uuid, reason: &str, note: &str) -> Result<(), DbError> {
    sql(
        "UPDATE comment SET state = 'hidden', hidden_reason = $1, hidden_note = $2, hidden_by = $3, hidden_at = $4, \
         version = version + 1 WHERE id = $5",
    )
    .bind(reason)
    .bind(note)
    .bind(act.person)
    .bind(act.at)
    .bind(comment)
    .run(tx)
    .await?;
    Ok(())
}

/// Shows a comment again.
pub async fn unhide(tx: &mut Tx, comment: Uuid) -> Result<(), DbError> {
    sql(
        "UPDATE comment SET state = 'visible', hidden_reason = NULL, hidden_note = NULL, hidden_by = NULL, \
         hidden_at = NULL, version = version + 1 WHERE id = $1",
    )
    .bind(comment)
    .run(tx)
    .await?;
    Ok(())
}

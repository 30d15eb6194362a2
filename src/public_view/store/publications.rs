//! Every statement on `publication`, and on what a problem's row says of it.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::events::Act;
use crate::full_text::domain::Document;
use crate::full_text::store::{Kind, forget, put};
use crate::http::total;
use crate::public_view::domain::PublicationKind;

/// Words to be published.
#[derive(Clone, Debug)]
pub struct NewPublication {
    pub(crate) id: Uuid,
    pub(crate) kind: PublicationKind,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) result: Option<String>,
    pub(crate) names_firm: bool,
    pub(crate) with_plan_texts: bool,
    pub(crate) consent: Option<(NaiveDate, String)>,
    pub(crate) until: Option<Timestamp>,
}

/// An edition as it is stored.
#[derive(Clone, Debug, FromRow)]
pub struct PublicationRow {
    pub(crate) id: Uuid,
    pub(crate) problem_id: Uuid,
    pub(crate) edition: i64,
    pub(crate) kind: PublicationKind,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) result: Option<String>,
    pub(crate) names_firm: bool,
    pub(crate) with_plan_texts: bool,
    pub(crate) consent_given_on: Option<NaiveDate>,
    pub(crate) consent_evidence: Option<String>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) published_at: Timestamp,
    pub(crate) published_by: Option<Uuid>,
    pub(crate) published_by_name: Option<String>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) withdrawn: bool,
}

const EDITION: &str = "SELECT b.id, b.problem_id, b.edition, b.kind, b.title, b.summary, b.result, b.names_firm, b.with_plan_texts, \
     b.consent_given_on, b.consent_evidence, b.until, b.published_at, b.published_by, q.name AS published_by_name, \
     b.ended_at, b.withdrawn FROM publication b LEFT JOIN person q ON q.id = b.published_by WHERE ";

/// A page of a problem's editions, the latest first; to be read as [`PublicationRow`]s.
pub fn page(problem: Uuid, after: Option<(i64, Uuid)>, fetch: i64) -> Sql {
    let statement = sql(EDITION).push_bind("b.problem_id = ", problem);
    statement
        .and_opt("b.edition < ", after.map(|(edition, _)| edition))
        .push_bind(" ORDER BY b.edition DESC LIMIT ", fetch)
}

/// How many editions a problem has; counted to one more than lists do.
pub async fn count(db: &Db, problem: Uuid) -> Result<i64, DbError> {
    total::count(
        db,
        sql("SELECT 1 AS one FROM publication WHERE problem_id = $1").bind(problem),
    )
    .await
}

/// One edition; to be read as a [`PublicationRow`].
pub fn one(id: Uuid) -> Sql {
    sql(EDITION).push_bind("b.id = ", id)
}

/// Whether a problem has a current edition, be it shown or not.
pub async fn is_current(on: impl Into<On<'_>>, problem: Uuid) -> Result<bool, DbError> {
    let (published,): (bool,) = sql("SELECT published FROM problem WHERE id = $1")
        .bind(problem)
        .one(on)
        .await?;
    Ok(published)
}

/// When the result of what was done at `done` will have been shown, or was, for as long as a notice stands; `None`
/// where no notice was published since, or each was withdrawn or replaced before its end.
pub async fn notice_until(on: impl Into<On<'_>>, problem: Uuid, done: Timestamp) -> Result<Option<Timestamp>, DbError> {
    let (until,): (Option<Timestamp>,) = sql(
        "SELECT MIN(until) FROM publication WHERE problem_id = $1 AND kind = 'result_notice' AND published_at >= $2 \
         AND (ended_at IS NULL OR ended_at >= until)",
    )
    .bind(problem)
    .bind(done)
    .one(on)
    .await?;
    Ok(until)
}

/// What a published problem is found by: the words of its current edition and nothing else.
pub async fn document(tx: &mut Tx, problem: Uuid) -> Result<Document, DbError> {
    Ok(current(tx, problem).await?.unwrap_or_default())
}

async fn current(tx: &mut Tx, problem: Uuid) -> Result<Option<Document>, DbError> {
    let found: Option<(String, String, Option<String>)> =
        sql("SELECT title, summary, result FROM publication WHERE problem_id = $1 AND ended_at IS NULL")
            .bind(problem)
            .optional(tx)
            .await?;
    let document = |(title, summary, result): (String, String, Option<String>)| of(&title, &summary, result.as_deref());
    Ok(found.map(document))
}

fn of(title: &str, summary: &str, result: Option<&str>) -> Document {
    Document::of([Some(title), Some(summary), result])
}

/// Brings what a published problem is found by into step with its current edition; without one it is found by nothing.
pub async fn index(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    match current(&mut *tx, problem).await? {
        Some(words) => put(tx, Kind::PublicProblem, problem, &words).await,
        None => forget(tx, Kind::PublicProblem, problem).await,
    }
}

/// Puts an edition in the place of the one before it, to be found by its words.
pub async fn publish(tx: &mut Tx, act: &Act, problem: Uuid, new: &NewPublication) -> Result<(), DbError> {
    end_current(tx, act, problem, false).await?;
    sql(
        "INSERT INTO publication (id, problem_id, edition, kind, title, summary, result, names_firm, consent_given_on, \
         consent_evidence, until, published_at, published_by, with_plan_texts) \
         SELECT $1, $2, 1 + COALESCE(MAX(b.edition), 0), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 \
         FROM publication b WHERE b.problem_id = $2",
    )
    .bind(new.id)
    .bind(problem)
    .bind(new.kind)
    .bind(&new.title)
    .bind(&new.summary)
    .bind(new.result.clone())
    .bind(new.names_firm)
    .bind(new.consent.as_ref().map(|(on, _)| *on))
    .bind(new.consent.as_ref().map(|(_, evidence)| evidence.clone()))
    .bind(new.until)
    .bind(act.at)
    .bind(act.person)
    .bind(new.with_plan_texts)
    .run(&mut *tx)
    .await?;
    let words = of(&new.title, &new.summary, new.result.as_deref());
    put(tx, Kind::PublicProblem, problem, &words).await?;
    mark(tx, problem, true, new.consent.is_some()).await
}

/// Ends the current edition without another in its place; whether there was one.
pub async fn withdraw(tx: &mut Tx, act: &Act, problem: Uuid) -> Result<bool, DbError> {
    let ended = end_current(tx, act, problem, true).await?;
    forget(tx, Kind::PublicProblem, problem).await?;
    mark(tx, problem, false, false).await?;
    Ok(ended)
}

async fn end_current(tx: &mut Tx, act: &Act, problem: Uuid, withdrawn: bool) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE publication SET ended_at = $1, ended_by = $2, withdrawn = $3 WHERE problem_id = $4 AND ended_at IS NULL",
    )
    .bind(act.at)
    .bind(act.person)
    .bind(withdrawn)
    .bind(problem)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

async fn mark(tx: &mut Tx, problem: Uuid, published: bool, consent: bool) -> Result<(), DbError> {
    sql("UPDATE problem SET published = $1, publish_consent = $2 WHERE id = $3")
        .bind(published)
        .bind(consent)
        .bind(problem)
        .run(tx)
        .await?;
    Ok(())
}

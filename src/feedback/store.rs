//! Every statement on `rating` and `rating_invitation`, and what they count in the roll-ups.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{is_satisfied, may_know_rater};
use super::dto::{NewRating, RatingView};
use crate::clock::Timestamp;
use crate::db::{Db, DbError, Sql, Tx, sql};
use crate::directory::words::{Audience, LeadingBody};
use crate::events::Act;
use crate::http::page::COUNTED;
use crate::metrics::rollup::{self, Outcome, ProblemKey};
use crate::problems::domain::Disposition;
use crate::reporters::domain::{Anonymity, PreferredChannel, Reader, Reporter, ReporterKind};
use crate::reporters::dto::ReporterView;
use crate::reporters::voice::Voice;

/// A rating to be inserted.
#[derive(Debug)]
pub struct Insert {
    /// Row id.
    pub id: Uuid,
    /// The problem.
    pub problem_id: Uuid,
    /// The round of handling.
    pub cycle_no: i64,
    /// Who rates.
    pub reporter_id: Uuid,
    /// By which way.
    pub voice: Voice,
}

/// Inserts one.
///
/// # Errors
/// `DbError::Unique` (409 `duplicate`) where the reporter has rated this round.
pub async fn insert(tx: &mut Tx, act: &Act, new: &Insert, body: &NewRating) -> Result<(), DbError> {
    sql(
        "INSERT INTO rating (id, problem_id, cycle_no, reporter_id, result, speed, attitude, words, anonymous, via, \
         rated_at, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)",
    )
    .bind(new.id)
    .bind(new.problem_id)
    .bind(new.cycle_no)
    .bind(new.reporter_id)
    .bind(body.result)
    .bind(body.speed)
    .bind(body.attitude)
    .bind(body.words.as_deref().map(str::trim))
    .bind(body.anonymous)
    .bind(new.voice)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Asks the primary reporter of a problem for a rating of a round of handling, and counts that; false where it was asked
/// before, and where nobody knows who it is. `reporter`: only where it is this one. To be called after
/// `problems::store::change::apply`, since roll-ups come last.
pub async fn invite(
    tx: &mut Tx,
    problem: Uuid,
    cycle: i64,
    reporter: impl Into<Option<Uuid>>,
    at: Timestamp,
) -> Result<bool, DbError> {
    let asked = sql(
        "INSERT INTO rating_invitation (problem_id, cycle_no, reporter_id, invited_at) \
         SELECT x.problem_id, $1, x.reporter_id, $2 FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id \
         WHERE x.problem_id = $3 AND x.part = 'primary' AND r.anonymity <> 'unknown'",
    )
    .bind(cycle)
    .bind(at)
    .bind(problem)
    .and_opt("x.reporter_id = ", reporter.into())
    .push(" ON CONFLICT (problem_id, cycle_no, reporter_id) DO NOTHING")
    .run(&mut *tx)
    .await?;
    if asked == 1 {
        let key = key_of(tx, problem).await?;
        rollup::outcome(tx, &key, Outcome::Invited, at.shanghai_date(), 1).await?;
    }
    Ok(asked == 1)
}

/// Counts a rating on its day. Who rates unasked was asked at that moment: there is never more answered than asked.
pub async fn count(tx: &mut Tx, new: &Insert, result: i64, at: Timestamp) -> Result<(), DbError> {
    let asked = sql(
        "INSERT INTO rating_invitation (problem_id, cycle_no, reporter_id, invited_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (problem_id, cycle_no, reporter_id) DO NOTHING",
    )
    .bind(new.problem_id)
    .bind(new.cycle_no)
    .bind(new.reporter_id)
    .bind(at)
    .run(&mut *tx)
    .await?;
    let (key, day) = (key_of(tx, new.problem_id).await?, at.shanghai_date());
    for (outcome, amount) in [
        (Outcome::Invited, i64::from(asked == 1)),
        (Outcome::Rated, 1),
        (Outcome::Satisfied, i64::from(is_satisfied(result))),
        (Outcome::Points, result),
    ] {
        rollup::outcome(tx, &key, outcome, day, amount).await?;
    }
    Ok(())
}

#[derive(FromRow)]
struct KeyRow {
    campaign_year_id: Uuid,
    recorded_at: Timestamp,
    division_id: Uuid,
    audience: Audience,
    category_id: Uuid,
    leading_body: Option<LeadingBody>,
    disposition: Option<Disposition>,
}

/// The roll-up row that counts a problem as it stands in this transaction.
async fn key_of(tx: &mut Tx, problem: Uuid) -> Result<ProblemKey, DbError> {
    let row: KeyRow = sql(
        "SELECT p.campaign_year_id, p.recorded_at, p.division_id, p.audience, p.category_id, v.leading_body, \
         p.disposition FROM problem p LEFT JOIN visit v ON v.id = p.visit_id WHERE p.id = $1",
    )
    .bind(problem)
    .one(tx)
    .await?;
    let day: NaiveDate = row.recorded_at.shanghai_date();
    Ok(ProblemKey {
        campaign_year_id: row.campaign_year_id,
        day,
        division_id: row.division_id,
        audience: row.audience,
        category_id: row.category_id,
        leading_body: row.leading_body,
        disposition: row.disposition.map(Disposition::as_str),
    })
}

/// A rating with who gave it.
#[derive(Debug, FromRow)]
pub struct RatingRow {
    /// Row id.
    pub id: Uuid,
    /// The round of handling.
    pub cycle_no: i64,
    result: i64,
    speed: i64,
    attitude: i64,
    words: Option<String>,
    anonymous: bool,
    via: Voice,
    rated_at: Timestamp,
    reporter_id: Uuid,
    kind: ReporterKind,
    display_name: Option<String>,
    phone_masked: Option<String>,
    preferred_channel: Option<PreferredChannel>,
    anonymity: Anonymity,
    person_id: Option<Uuid>,
}

const COLUMNS: &str = "SELECT t.id, t.cycle_no, t.result, t.speed, t.attitude, t.words, t.anonymous, t.via, t.rated_at, \
     t.reporter_id, r.kind, r.display_name, r.phone_masked, r.preferred_channel, r.anonymity, r.person_id \
     FROM rating t JOIN reporter r ON r.id = t.reporter_id WHERE ";

/// A page of the ratings of a problem (`only`: of one reporter), by round.
pub fn page(problem: Uuid, only: Option<Uuid>, after: Option<(i64, Uuid)>, fetch: i64) -> Sql {
    let statement = sql(COLUMNS)
        .push_bind("t.problem_id = ", problem)
        .and_opt("t.reporter_id = ", only);
    let statement = match after {
        Some((cycle, id)) => statement
            .push_bind(" AND (t.cycle_no, t.id) > (", cycle)
            .push_bind(", ", id)
            .push(")"),
        None => statement,
    };
    statement.push_bind(" ORDER BY t.cycle_no, t.id LIMIT ", fetch)
}

/// One rating.
pub fn one(id: Uuid) -> Sql {
    sql(COLUMNS).push_bind("t.id = ", id)
}

/// How many there are; counted to one more than lists do.
pub async fn total(db: &Db, problem: Uuid, only: Option<Uuid>) -> Result<i64, DbError> {
    let statement = sql("SELECT COUNT(*) FROM (SELECT 1 AS one FROM rating WHERE problem_id = $1").bind(problem);
    let statement = statement.and_opt("reporter_id = ", only);
    Ok(statement
        .push_bind(" LIMIT ", COUNTED + 1)
        .push(") counted")
        .one::<(i64,)>(db)
        .await?
        .0)
}

impl RatingRow {
    /// As somebody in this capacity may see it.
    pub fn view(self, reader: Reader) -> RatingView {
        let known = may_know_rater(self.anonymity, self.anonymous, reader);
        let reporter = Reporter {
            id: self.reporter_id,
            kind: self.kind,
            display_name: self.display_name,
            phone_masked: self.phone_masked,
            preferred_channel: self.preferred_channel,
            anonymity: self.anonymity,
            person_id: self.person_id,
        };
        RatingView {
            id: self.id,
            cycle_no: self.cycle_no,
            result: self.result,
            speed: self.speed,
            attitude: self.attitude,
            words: self.words,
            anonymous: self.anonymous,
            via: self.via,
            reporter: known.then(|| ReporterView::for_reader(reporter, reader)),
            rated_at: self.rated_at,
        }
    }
}

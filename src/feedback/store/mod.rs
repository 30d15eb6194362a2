//! Every statement on `rating` and `rating_invitation`, and what they count in the roll-ups: writing here, reading in
//! `read`, what is handed out with an invitation in `invitations`, reviews in `reviews`.

pub mod invitations;
pub mod read;
pub mod reviews;

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{is_low, is_satisfied};
use super::dto::NewRating;
use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};
use crate::directory::words::{Audience, LeadingBody};
use crate::events::Act;
use crate::metrics::rollup::{self, Outcome, ProblemKey};
use crate::problems::domain::Disposition;
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
         rated_at, created_at, created_by, review_due) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13)",
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
    .bind(is_low(body.result, body.speed, body.attitude))
    .run(tx)
    .await?;
    Ok(())
}

/// Asks the primary reporter of a problem for a rating of a round of handling, and counts that; false where it was
/// asked before, and where nobody knows who it is. `reporter`: only where it is this one. To be called after
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

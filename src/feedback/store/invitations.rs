//! Invitations to rate, and the links that were handed out with them.

use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::events::Act;
use crate::http::total;
use crate::reporters::domain::{Anonymity, PreferredChannel};

/// An invitation.
#[derive(Clone, Debug, FromRow)]
pub struct InvitationRow {
    /// The round of handling.
    pub cycle_no: i64,
    /// Whom it invites.
    pub reporter_id: Uuid,
    pub(crate) invited_at: Timestamp,
    pub(crate) channel: Option<PreferredChannel>,
    pub(crate) anonymity: Anonymity,
    pub(crate) link_issued_at: Option<Timestamp>,
    pub(crate) link_issued_by: Option<Uuid>,
    pub(crate) link_issued_by_name: Option<String>,
    pub(crate) rated: bool,
}

const INVITATION: &str = "SELECT i.cycle_no, i.reporter_id, i.invited_at, r.preferred_channel AS channel, \
     r.anonymity, i.link_issued_at, i.link_issued_by, n.name AS link_issued_by_name, EXISTS (SELECT 1 FROM rating t \
     WHERE t.problem_id = i.problem_id AND t.cycle_no = i.cycle_no AND t.reporter_id = i.reporter_id) AS rated \
     FROM rating_invitation i JOIN reporter r ON r.id = i.reporter_id LEFT JOIN person n ON n.id = i.link_issued_by ";

/// A page of a problem's invitations, by round.
pub fn page(problem: Uuid, after: Option<(i64, Uuid)>, fetch: i64) -> Sql {
    let statement = sql(INVITATION).push_bind("WHERE i.problem_id = ", problem);
    let statement = statement.behind(" AND (i.cycle_no, i.reporter_id) > (", after);
    statement.push_bind(" ORDER BY i.cycle_no, i.reporter_id LIMIT ", fetch)
}

/// How many there are; counted to one more than lists do.
pub async fn total(db: &Db, problem: Uuid) -> Result<i64, DbError> {
    total::count(
        db,
        sql("SELECT 1 AS one FROM rating_invitation WHERE problem_id = $1").bind(problem),
    )
    .await
}

/// That of a reporter in a round.
pub async fn find(
    on: impl Into<On<'_>>,
    problem: Uuid,
    cycle: i64,
    reporter: Uuid,
) -> Result<Option<InvitationRow>, DbError> {
    sql(INVITATION)
        .push_bind("WHERE i.problem_id = ", problem)
        .and("i.cycle_no = ", cycle)
        .and("i.reporter_id = ", reporter)
        .optional(on)
        .await
}

/// Whether a reporter has rated a round.
pub async fn has_rated(on: impl Into<On<'_>>, problem: Uuid, cycle: i64, reporter: Uuid) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> =
        sql("SELECT id FROM rating WHERE problem_id = $1 AND cycle_no = $2 AND reporter_id = $3")
            .bind(problem)
            .bind(cycle)
            .bind(reporter)
            .optional(on)
            .await?;
    Ok(found.is_some())
}

/// Keeps that its link was handed out.
pub async fn link_issued(tx: &mut Tx, act: &Act, problem: Uuid, cycle: i64, reporter: Uuid) -> Result<(), DbError> {
    sql("UPDATE rating_invitation SET link_issued_at = $1, link_issued_by = $2 \
         WHERE problem_id = $3 AND cycle_no = $4 AND reporter_id = $5")
    .bind(act.at)
    .bind(act.person)
    .bind(problem)
    .bind(cycle)
    .bind(reporter)
    .run(tx)
    .await?;
    Ok(())
}

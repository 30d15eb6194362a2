//! Reporters by their telephone number: equal numbers meet in the blind index, parts of numbers nowhere.

use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, On, sql};
use crate::problems::domain::State;
use crate::reporters::domain::{Anonymity, PreferredChannel, Reporter, ReporterKind};
use crate::reporters::dto::FoundProblem;

/// How many problems are told of at most.
pub const FOUND_AT_MOST: usize = 200;

/// A reporter, and one of his problems.
#[derive(Debug, FromRow)]
pub struct FoundRow {
    id: Uuid,
    kind: ReporterKind,
    display_name: Option<String>,
    phone_masked: Option<String>,
    preferred_channel: Option<PreferredChannel>,
    anonymity: Anonymity,
    person_id: Option<Uuid>,
    problem_id: Uuid,
    tracking_no: String,
    state: State,
    recorded_at: Timestamp,
}

impl FoundRow {
    /// The two apart.
    pub fn split(self) -> (Reporter, FoundProblem) {
        let reporter = Reporter {
            id: self.id,
            kind: self.kind,
            display_name: self.display_name,
            phone_masked: self.phone_masked,
            preferred_channel: self.preferred_channel,
            anonymity: self.anonymity,
            person_id: self.person_id,
        };
        let problem = FoundProblem {
            id: self.problem_id,
            tracking_no: self.tracking_no,
            state: self.state,
            recorded_at: self.recorded_at,
        };
        (reporter, problem)
    }
}

/// Who has the number of a blind index, with his problems in these scopes (of a masked one, in those of the second
/// kind), newest first: one more than are told of.
pub async fn by_phone(
    on: impl Into<On<'_>>,
    index: &[u8],
    scopes: &[Uuid],
    scopes_for_masked: &[Uuid],
) -> Result<Vec<FoundRow>, DbError> {
    let fetch = i64::try_from(FOUND_AT_MOST).unwrap_or(i64::MAX).saturating_add(1);
    sql(
        "SELECT r.id, r.kind, r.display_name, r.phone_masked, r.preferred_channel, r.anonymity, r.person_id, \
         p.id AS problem_id, p.tracking_no, p.state, p.recorded_at FROM reporter r \
         JOIN problem_reporter x ON x.reporter_id = r.id JOIN problem p ON p.id = x.problem_id \
         WHERE r.erased_at IS NULL",
    )
    .and("r.phone_index = ", index)
    .push(" AND EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = p.id AND ((r.anonymity = 'named' AND s.scope_id")
    .in_list(scopes)
    .push(") OR (r.anonymity = 'masked' AND s.scope_id")
    .in_list(scopes_for_masked)
    .push("))) ORDER BY p.recorded_at DESC, p.id DESC")
    .push_bind(" LIMIT ", fetch)
    .all(on)
    .await
}

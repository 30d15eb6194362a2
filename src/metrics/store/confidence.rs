//! What surveys found, by audience and item: sums of their roll-up, and the questions.

use sqlx::types::Json;

use super::figures::{Filters, SURVEYS, scoped};
use crate::db::{Sql, sql};
use crate::directory::words::Audience;
use crate::surveys::domain::{Item, Measure};

/// A sum.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SurveyRow {
    /// Whom it was asked.
    pub audience: Audience,
    /// The item.
    pub item: String,
    /// What was counted.
    pub measure: Measure,
    /// The sum.
    pub n: i64,
}

/// The sums' statement; to be read as [`SurveyRow`]s.
pub fn statement(filters: &Filters) -> Sql {
    let statement = sql("SELECT r.audience, r.item, r.measure, CAST(SUM(r.amount) AS bigint) AS n");
    scoped(statement, &SURVEYS, filters)
        .and_in("r.audience", &filters.audience)
        .push(" GROUP BY r.audience, r.item, r.measure")
}

/// The questions of a survey.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct QuestionsRow {
    /// Whom they are asked.
    pub audience: Audience,
    /// The questions.
    pub items: Json<Vec<Item>>,
}

/// The questions of every number of the surveys, the latest first; to be read as [`QuestionsRow`]s.
pub fn questions(audiences: &[Audience]) -> Sql {
    sql("SELECT t.audience, t.items FROM survey_template t WHERE t.number > 0")
        .and_in("t.audience", audiences)
        .push(" ORDER BY t.audience, t.number DESC LIMIT 300")
}

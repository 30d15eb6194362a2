//! Where problems stayed, and where they are: from the stays that are over, and from the problems that have not ended.

use chrono::NaiveDate;
use uuid::Uuid;

use super::figures::Filters;
use crate::db::{Db, DbError, Sql, sql};
use crate::directory::words::Level;
use crate::problems::domain::State;

/// The stays in one stage with one organisation.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StayRow {
    /// The stage.
    pub stage: State,
    /// With whom.
    pub org_id: Option<Uuid>,
    /// Its name.
    pub org_name: Option<String>,
    /// How many stays.
    pub n: i64,
    /// Working minutes of all.
    pub minutes: i64,
    /// Half of the stays took no longer.
    pub p50: i64,
    /// Nine in ten took no longer.
    pub p90: i64,
}

/// The problems that came into one stage with one organisation on one day and are there still.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenRow {
    /// The stage.
    pub stage: State,
    /// With whom.
    pub org_id: Option<Uuid>,
    /// Its name.
    pub org_name: Option<String>,
    /// Since which day.
    pub since: NaiveDate,
    /// How many.
    pub n: i64,
}

/// Stays that were left in the period, from the side that has fewer rows. A percentile is the smallest stay that so
/// many in a hundred did not exceed.
pub fn stays(filters: &Filters) -> Sql {
    let wide = matches!(filters.level, Level::Province | Level::City);
    sql("SELECT t.stage, t.org_id, o.name AS org_name, MAX(t.n) AS n, CAST(SUM(t.minutes) AS bigint) AS minutes, \
         MAX(CASE WHEN t.place = (t.n * 50 + 99) / 100 THEN t.minutes END) AS p50, \
         MAX(CASE WHEN t.place = (t.n * 90 + 99) / 100 THEN t.minutes END) AS p90 FROM (SELECT r.stage, r.org_id, r.minutes, \
         ROW_NUMBER() OVER (PARTITION BY r.stage, r.org_id ORDER BY r.minutes) AS place, \
         COUNT(*) OVER (PARTITION BY r.stage, r.org_id) AS n")
    .push(if wide {
        " FROM stay r CROSS JOIN division_ancestor s"
    } else {
        " FROM division_ancestor s CROSS JOIN stay r"
    })
    .push(" WHERE s.descendant_id = r.division_id")
    .and("s.ancestor_id = ", filters.division)
    .and("r.left_on < ", filters.period.until)
    .and_opt("r.left_on >= ", filters.period.since)
    .and_in("r.campaign_year_id", &filters.years)
    .and_in("r.audience", &filters.audience)
    .push(") t LEFT JOIN org o ON o.id = t.org_id GROUP BY t.stage, t.org_id, o.name")
}

/// What has not ended, by the day since which it is where it is.
pub async fn open(db: &Db, filters: &Filters) -> Result<Vec<OpenRow>, DbError> {
    // The date of an instant in Asia/Shanghai: SQLite keeps an instant as microseconds.
    let day = db.pick(
        "date(COALESCE(p.stage_entered_at, p.recorded_at) / 1000000, 'unixepoch', '+8 hours')",
        "CAST(COALESCE(p.stage_entered_at, p.recorded_at) AT TIME ZONE 'Asia/Shanghai' AS date)",
    );
    sql("SELECT w.stage, w.org_id, o.name AS org_name, w.since, COUNT(*) AS n FROM (SELECT p.state AS stage, \
         CASE WHEN p.state IN ('recorded', 'open') THEN NULL ELSE COALESCE(p.lead_org_id, q.study_org_id) END AS org_id, ")
    .push(day)
    .push(
        " AS since FROM problem_scope z JOIN problem p ON p.id = z.problem_id \
         LEFT JOIN disposition q ON q.problem_id = p.id AND q.replaced_at IS NULL WHERE z.state",
    )
    .in_list(State::NOT_ENDED)
    .and("z.scope_id = ", filters.division)
    .and_in("p.campaign_year_id", &filters.years)
    .and_in("p.audience", &filters.audience)
    .push(") w LEFT JOIN org o ON o.id = w.org_id GROUP BY w.stage, w.org_id, o.name, w.since")
    .all(db)
    .await
}

//! What an overview reads: first what the question means (division, campaign years, categories), then, in one
//! statement, every figure of it.
//!
//! Figures are sums over roll-ups and a count over `visit_fact`, both bounded by scope and period; no statement here
//! reads `problem` or `visit` rows by the number that there are.

pub mod causes;
pub mod commitments;
pub mod confidence;
pub mod dwell;
pub mod figures;
pub mod first_response;
pub mod matrix;
pub mod measures;
pub mod satisfaction;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::db::{Db, DbError, Sql, sql};
use crate::directory::refs::DivisionRef;

/// What the words of a question stand for.
#[derive(Debug, Default)]
pub struct Meaning {
    /// Divisions of the code asked for that lie in the caller's.
    pub divisions: Vec<MeantDivision>,
    /// Campaign years of the slug and year asked for.
    pub years: Vec<MeantYear>,
    /// Terms that were named, and those below a heading that was.
    pub terms: Vec<MeantTerm>,
}

/// A division that a code can mean.
#[derive(Clone, Debug)]
pub struct MeantDivision {
    /// Its id.
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its name with those above.
    pub full_name: String,
    /// The first day on which it exists.
    pub valid_from: Option<NaiveDate>,
    /// The first day on which it no longer does.
    pub valid_to: Option<NaiveDate>,
}

impl From<MeantDivision> for DivisionRef {
    fn from(meant: MeantDivision) -> Self {
        Self {
            code: meant.code,
            name: meant.name,
            full_name: meant.full_name,
        }
    }
}

/// A campaign year that is counted.
#[derive(Clone, Debug)]
pub struct MeantYear {
    /// Its id.
    pub id: Uuid,
    /// Its first day.
    pub opens_on: Option<NaiveDate>,
    /// Its last.
    pub closes_on: Option<NaiveDate>,
    /// Whether its figures are final.
    pub closed: bool,
    /// Whether it is demonstration data.
    pub illustrative: bool,
}

/// A term that a code means.
#[derive(Clone, Debug)]
pub struct MeantTerm {
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// Its code.
    pub code: String,
    /// The code of its heading.
    pub heading: Option<String>,
}

/// The words of a question.
#[derive(Clone, Copy, Debug)]
pub struct Words<'q> {
    /// The division's code.
    pub division: &'q str,
    /// The divisions of the caller, in one of which it must lie.
    pub within: &'q [Uuid],
    /// The campaign's slug.
    pub campaign: Option<&'q str>,
    /// The year.
    pub year: Option<i64>,
    /// Codes of categories.
    pub categories: &'q [String],
    /// Codes of visit modes.
    pub modes: &'q [String],
}

#[derive(sqlx::FromRow)]
struct Row {
    part: String,
    id: Uuid,
    code: String,
    name: Option<String>,
    full_name: Option<String>,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
    closed: bool,
    illustrative: bool,
}

/// Looks the words of a question up, all at once.
pub async fn meaning(db: &Db, words: Words<'_>) -> Result<Meaning, DbError> {
    let statement = sql(
        "SELECT 'division' AS part, d.id, d.code, d.name, d.full_name, d.valid_from AS since, d.valid_to AS until, \
         (1 = 0) AS closed, (1 = 0) AS illustrative FROM division d WHERE d.code = $1 AND EXISTS (SELECT 1 \
         FROM division_ancestor a WHERE a.descendant_id = d.id AND a.ancestor_id",
    )
    .bind(words.division)
    .in_list(words.within)
    .push(
        ") UNION ALL SELECT 'year', y.id, c.slug, NULL, NULL, y.opens_on, y.closes_on, y.closed_at IS NOT NULL, \
         c.illustrative FROM campaign_year y JOIN campaign c ON c.id = y.campaign_id WHERE (1 = 1)",
    )
    .and_opt("c.slug = ", words.campaign)
    .and_opt("y.year = ", words.year);
    let statement = terms(statement, " AND t.kind = 'category' AND (t.code", words.categories);
    let statement = terms(statement, " AND t.kind = 'visit_mode' AND (t.code", words.modes);
    let mut meaning = Meaning::default();
    for row in statement.all::<Row>(db).await? {
        match row.part.as_str() {
            "division" => meaning.divisions.push(MeantDivision {
                id: row.id,
                code: row.code,
                name: row.name.unwrap_or_default(),
                full_name: row.full_name.unwrap_or_default(),
                valid_from: row.since,
                valid_to: row.until,
            }),
            "year" => meaning.years.push(MeantYear {
                id: row.id,
                opens_on: row.since,
                closes_on: row.until,
                closed: row.closed,
                illustrative: row.illustrative,
            }),
            kind => meaning.terms.push(MeantTerm {
                id: row.id,
                kind: kind.to_owned(),
                code: row.code,
                heading: row.name,
            }),
        }
    }
    Ok(meaning)
}

fn terms(statement: Sql, of_kind: &'static str, codes: &[String]) -> Sql {
    if codes.is_empty() {
        return statement;
    }
    statement
        .push(
            " UNION ALL SELECT t.kind, t.id, t.code, h.code, NULL, NULL, NULL, (1 = 0), (1 = 0) FROM term t \
             LEFT JOIN term h ON h.id = t.parent_id WHERE (1 = 1)",
        )
        .push(of_kind)
        .in_list(codes)
        .push(" OR h.code")
        .in_list(codes)
        .push(")")
}

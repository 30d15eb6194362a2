//! Cases: outputs as every official may learn from them. No column of a problem, an object or a reporter is read into a
//! case but causes, and how many problems are solved.

use chrono::NaiveDate;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::super::domain::OutputKind;
use super::super::dto::CaseFilters;
use super::list::{Place, along, first, of_categories};
use crate::clock::Timestamp;
use crate::db::{Db, Sql, sql};
use crate::directory::refs::TermColumn;
use crate::directory::words::Audience;
use crate::http::window::{Rows, WINDOW, Windowed};

/// A case.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each is described where it is sent")]
pub struct CaseRow {
    pub id: Uuid,
    pub kind: OutputKind,
    pub title: String,
    pub document_no: Option<String>,
    pub effective_on: Option<NaiveDate>,
    pub summary: String,
    pub issuing_org_id: Uuid,
    pub issuing_org_name: String,
    pub audience: Option<Audience>,
    pub category_code: Option<String>,
    pub category_zh: Option<String>,
    pub category_en: Option<String>,
    pub causes: Option<Json<Vec<TermColumn>>>,
    pub solved: i64,
    pub created_at: Timestamp,
}

/// The problems of the output `o`, its own and its theme's, each once.
macro_rules! of_output {
    () => {
        "(SELECT x.problem_id FROM output_problem x WHERE x.output_id = o.id \
         UNION SELECT m.problem_id FROM theme_problem m WHERE m.theme_id = o.theme_id AND m.left_at IS NULL)"
    };
}

/// A problem that was solved: closed, and confirmed by its reporter or for him.
macro_rules! solved_of_output {
    () => {
        concat!(
            " FROM problem p JOIN cycle s ON s.problem_id = p.id AND s.n = p.cycle_no WHERE p.state = 'closed' \
             AND s.confirmed_via IS NOT NULL AND p.erased_at IS NULL AND p.id IN ",
            of_output!(),
            ")"
        )
    };
}

macro_rules! columns {
    ($array:literal, $object:literal) => {
        concat!(
            "SELECT o.id, o.kind, o.title, o.document_no, o.effective_on, o.summary, o.issuing_org_id, \
             g.name AS issuing_org_name, o.audience, c.code AS category_code, c.zh AS category_zh, c.en AS category_en, \
             (SELECT ",
            $array,
            "(",
            $object,
            "('code', h.code, 'zh', h.zh, 'en', h.en) ORDER BY h.code) FROM term h WHERE h.id IN \
             (SELECT u.term_id FROM problem_cause u WHERE u.problem_id IN ",
            of_output!(),
            ")) AS causes, (SELECT COUNT(*)",
            solved_of_output!(),
            " AS solved, o.created_at FROM output o JOIN org g ON g.id = o.issuing_org_id \
             LEFT JOIN term c ON c.id = o.category_id JOIN ("
        )
    };
}

/// A list of cases that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Cases<'q>(pub &'q CaseFilters);

impl Windowed for Cases<'_> {
    type Key = Timestamp;
    type Row = CaseRow;

    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        along(statement, after, rows)
    }

    fn page(&self, db: &Db, after: Option<Place>, fetch: i64) -> Sql {
        // SQLite and PostgreSQL call their JSON aggregates by other names.
        let columns = db.pick(
            columns!("json_group_array", "json_object"),
            columns!("json_agg", "json_build_object"),
        );
        self.taken(sql(columns), after, WINDOW)
            .push_bind(" ORDER BY o.created_at DESC, o.id DESC LIMIT ", fetch)
            .push(") k ON k.id = o.id ORDER BY o.created_at DESC, o.id DESC")
    }

    fn place(&self, row: &CaseRow) -> Place {
        (row.created_at, row.id)
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = first(statement, after, rows)
            .push(concat!(
                " AND o.ended_at IS NULL AND EXISTS (SELECT 1",
                solved_of_output!()
            ))
            .and_in("o.audience", &self.0.audience);
        let statement = of_categories(statement, &self.0.category);
        if self.0.cause.is_empty() {
            return statement;
        }
        statement
            .push(
                " AND EXISTS (SELECT 1 FROM problem_cause u JOIN term h ON h.id = u.term_id WHERE h.kind = 'cause' \
                 AND h.code",
            )
            .in_list(&self.0.cause)
            .push(" AND u.problem_id IN ")
            .push(of_output!())
            .push(")")
    }
}

//! 问题清单: the latest recorded first.

use sqlx::FromRow;
use uuid::Uuid;

use super::super::domain::Whose;
use super::super::dto::ProblemListFilters;
use super::Listing;
use crate::clock::Timestamp;
use crate::db::Sql;
use crate::directory::words::Audience;
use crate::http::window::Place;
use crate::problems::domain::{State, Urgency};

/// A line.
#[derive(Clone, Debug, FromRow)]
pub struct ProblemRow {
    pub(crate) id: Uuid,
    pub(crate) tracking_no: String,
    pub(crate) summary: Option<String>,
    pub(crate) audience: Audience,
    pub(crate) category_code: String,
    pub(crate) category_zh: String,
    pub(crate) category_en: String,
    pub(crate) division_code: String,
    pub(crate) division_name: String,
    pub(crate) division_full_name: String,
    pub(crate) object_id: Option<Uuid>,
    pub(crate) object_name: Option<String>,
    pub(crate) shows_object: bool,
    pub(crate) urgency: Urgency,
    pub(crate) state: State,
    pub(crate) lead_org_id: Option<Uuid>,
    pub(crate) lead_org_name: Option<String>,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) recorded_at: Timestamp,
}

/// The problem list.
#[derive(Debug)]
pub struct Problems;

impl Listing for Problems {
    type Filters = ProblemListFilters;
    type Line = ProblemRow;
    type Key = Timestamp;

    fn window(statement: Sql, whose: Whose) -> Sql {
        // Both name the columns alike, so that one order serves both.
        match whose {
            Whose::Org(org) => statement.push_bind(
                "SELECT q.problem_id AS id, q.recorded_at AS place FROM problem_scope q \
                 WHERE EXISTS (SELECT 1 FROM org g WHERE g.id = q.scope_id) AND q.scope_id = ",
                org,
            ),
            Whose::Object(object) => statement.push_bind(
                "SELECT q.problem_id AS id, q.recorded_at AS place FROM (SELECT p.id AS problem_id, p.recorded_at, \
                 p.object_id FROM problem p) q WHERE q.object_id = ",
                object,
            ),
        }
    }

    fn narrowed(statement: Sql, filters: &ProblemListFilters) -> Sql {
        statement.and_in("p.state", &filters.state)
    }

    fn place(line: &ProblemRow) -> Place<Timestamp> {
        (line.recorded_at, line.id)
    }

    const AFTER: &'static str = " AND (q.recorded_at, q.problem_id) < (";
    const ORDER: [&'static str; 3] = [
        " ORDER BY q.recorded_at DESC, q.problem_id DESC",
        " ORDER BY w.place DESC, w.id DESC",
        " ORDER BY f.place DESC, f.id DESC",
    ];
    const WITHIN: &'static str = ") w JOIN problem p ON p.id = w.id \
         WHERE EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = p.id AND z.scope_id";
    const PROBLEM: &'static str = "w.id";
    const SHOWS_OBJECT: bool = true;
    const LINES: [&'static str; 2] = [
        "SELECT p.id, p.tracking_no, p.summary, p.audience, c.code AS category_code, c.zh AS category_zh, \
         c.en AS category_en, d.code AS division_code, d.name AS division_name, d.full_name AS division_full_name, \
         p.object_id, coalesce(h.alias, o.name) AS object_name, p.urgency, p.state, p.lead_org_id, l.name AS lead_org_name, \
         p.due_at, p.recorded_at",
        ") f JOIN problem p ON p.id = f.id JOIN term c ON c.id = p.category_id JOIN division d ON d.id = p.division_id \
         LEFT JOIN service_object o ON o.id = p.object_id LEFT JOIN household h ON h.object_id = o.id \
         LEFT JOIN org l ON l.id = p.lead_org_id",
    ];
}

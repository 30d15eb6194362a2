//! 责任清单: who answers for what, the latest assigned first.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::domain::Whose;
use super::super::dto::AssignmentListFilters;
use super::Listing;
use crate::assignments::domain::{AssignmentOrigin, AssignmentPart, AssignmentState};
use crate::clock::Timestamp;
use crate::db::Sql;
use crate::http::window::Place;
use crate::problems::domain::State;

/// A line.
#[derive(Clone, Debug, FromRow)]
pub struct AssignmentRow {
    pub(crate) id: Uuid,
    pub(crate) problem_id: Uuid,
    pub(crate) tracking_no: String,
    pub(crate) summary: Option<String>,
    pub(crate) problem_state: State,
    pub(crate) org_id: Uuid,
    pub(crate) org_name: String,
    pub(crate) role: AssignmentPart,
    pub(crate) person_id: Option<Uuid>,
    pub(crate) person_name: Option<String>,
    pub(crate) duty: Option<String>,
    pub(crate) due_on: Option<NaiveDate>,
    pub(crate) origin: AssignmentOrigin,
    pub(crate) state: AssignmentState,
    pub(crate) assigned_at: Timestamp,
    pub(crate) accepted_at: Option<Timestamp>,
    pub(crate) done_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
}

/// The assignment list.
#[derive(Debug)]
pub struct Assignments;

impl Listing for Assignments {
    type Filters = AssignmentListFilters;
    type Line = AssignmentRow;
    type Key = Timestamp;

    fn window(statement: Sql, whose: Whose) -> Sql {
        match whose {
            Whose::Org(org) => statement.push_bind(
                "SELECT q.id, q.assigned_at AS place FROM assignment q WHERE q.org_id = ",
                org,
            ),
            Whose::Object(object) => statement.push_bind(
                "SELECT q.id, q.assigned_at AS place FROM problem p JOIN assignment q ON q.problem_id = p.id \
                 WHERE p.object_id = ",
                object,
            ),
        }
    }

    fn narrowed(statement: Sql, filters: &AssignmentListFilters) -> Sql {
        let all = filters.include_ended == Some(true) || !filters.state.is_empty();
        statement
            .and_in("s.state", &filters.state)
            .push(if all { "" } else { " AND s.ended_at IS NULL" })
    }

    fn place(line: &AssignmentRow) -> Place<Timestamp> {
        (line.assigned_at, line.id)
    }

    const AFTER: &'static str = " AND (q.assigned_at, q.id) < (";
    const ORDER: [&'static str; 3] = [
        " ORDER BY q.assigned_at DESC, q.id DESC",
        " ORDER BY w.place DESC, w.id DESC",
        " ORDER BY f.place DESC, f.id DESC",
    ];
    const WITHIN: &'static str = ") w JOIN assignment s ON s.id = w.id \
         WHERE EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = s.problem_id AND z.scope_id";
    const PROBLEM: &'static str = "s.problem_id";
    const SHOWS_OBJECT: bool = false;
    const LINES: [&'static str; 2] = [
        "SELECT s.id, s.problem_id, p.tracking_no, p.summary, p.state AS problem_state, s.org_id, g.name AS org_name, \
         s.role, s.person_id, n.name AS person_name, s.duty, s.due_on, s.origin, s.state, s.assigned_at, s.accepted_at, \
         s.done_at, s.ended_at",
        ") f JOIN assignment s ON s.id = f.id JOIN problem p ON p.id = s.problem_id JOIN org g ON g.id = s.org_id \
         LEFT JOIN person n ON n.id = s.person_id",
    ];
}

//! 落实清单: the steps of approved plans, the first due first.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::domain::Whose;
use super::super::dto::ActionListFilters;
use super::Listing;
use crate::action_plans::domain::{PlanState, StepState};
use crate::clock::Timestamp;
use crate::db::Sql;
use crate::http::window::Place;
use crate::problems::domain::State;

/// A line.
#[derive(Clone, Debug, FromRow)]
pub struct ActionRow {
    pub(crate) id: Uuid,
    pub(crate) action_plan_id: Uuid,
    pub(crate) plan_state: PlanState,
    pub(crate) problem_id: Uuid,
    pub(crate) tracking_no: String,
    pub(crate) summary: Option<String>,
    pub(crate) problem_state: State,
    pub(crate) text: String,
    pub(crate) owner_id: Uuid,
    pub(crate) owner_name: String,
    pub(crate) owner_org_id: Uuid,
    pub(crate) owner_org_name: String,
    pub(crate) due_on: NaiveDate,
    pub(crate) expected_result: String,
    pub(crate) result: Option<String>,
    pub(crate) done_at: Option<Timestamp>,
    pub(crate) waived_at: Option<Timestamp>,
}

/// The action list.
#[derive(Debug)]
pub struct Actions;

impl Listing for Actions {
    type Filters = ActionListFilters;
    type Line = ActionRow;
    type Key = NaiveDate;

    fn window(statement: Sql, whose: Whose) -> Sql {
        match whose {
            Whose::Org(org) => statement.push_bind(
                "SELECT q.id, q.due_on AS place FROM plan_step q WHERE q.ended_at IS NULL AND q.owner_org_id = ",
                org,
            ),
            Whose::Object(object) => statement.push_bind(
                "SELECT q.id, q.due_on AS place FROM problem p JOIN plan_step q ON q.problem_id = p.id \
                 WHERE q.ended_at IS NULL AND p.object_id = ",
                object,
            ),
        }
    }

    fn narrowed(statement: Sql, filters: &ActionListFilters) -> Sql {
        statement
            .push(" AND a.state IN ('approved', 'executing', 'done')")
            .push(match filters.state {
                None => "",
                Some(StepState::Open) => " AND t.done_at IS NULL AND t.waived_at IS NULL",
                Some(StepState::Done) => " AND t.done_at IS NOT NULL",
                Some(StepState::Waived) => " AND t.done_at IS NULL AND t.waived_at IS NOT NULL",
            })
    }

    fn place(line: &ActionRow) -> Place<NaiveDate> {
        (line.due_on, line.id)
    }

    const AFTER: &'static str = " AND (q.due_on, q.id) > (";
    const ORDER: [&'static str; 3] = [
        " ORDER BY q.due_on, q.id",
        " ORDER BY w.place, w.id",
        " ORDER BY f.place, f.id",
    ];
    const WITHIN: &'static str = ") w JOIN plan_step t ON t.id = w.id JOIN action_plan a ON a.id = t.action_plan_id \
         WHERE EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = t.problem_id AND z.scope_id";
    const PROBLEM: &'static str = "t.problem_id";
    const SHOWS_OBJECT: bool = false;
    const LINES: [&'static str; 2] = [
        "SELECT t.id, t.action_plan_id, a.state AS plan_state, t.problem_id, p.tracking_no, p.summary, \
         p.state AS problem_state, t.text, t.owner_id, n.name AS owner_name, t.owner_org_id, g.name AS owner_org_name, \
         t.due_on, t.expected_result, t.result, t.done_at, t.waived_at",
        ") f JOIN plan_step t ON t.id = f.id JOIN action_plan a ON a.id = t.action_plan_id \
         JOIN problem p ON p.id = t.problem_id JOIN person n ON n.id = t.owner_id JOIN org g ON g.id = t.owner_org_id",
    ];
}

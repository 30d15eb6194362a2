//! Lists of commitments, the first due first: of a visit or a problem along its index, of the caller's scopes along the
//! index of days, 5,000 rows a page at most.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{CommitmentRow, FROM, columns, within};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::commitments::domain::CommitmentState;
use crate::commitments::dto::CommitmentFilters;
use crate::db::{Db, DbError, Sql, sql};
use crate::http::total;
use crate::http::window::{self, Rows, WINDOW, Windowed};

/// A place in the order: the day and the id.
pub type Place = window::Place<NaiveDate>;

/// Whose commitments a sub-collection holds.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// Those made at a visit.
    Visit(Uuid),
    /// Those about a problem.
    Problem(Uuid),
}

impl Owner {
    fn of(self, statement: Sql) -> Sql {
        match self {
            Self::Visit(id) => statement.push_bind(" WHERE c.visit_id = ", id),
            Self::Problem(id) => statement.push_bind(" WHERE c.problem_id = ", id),
        }
    }
}

/// A page of a sub-collection; what was ended is left out.
pub fn page_of((who, now): (&Caller, Timestamp), owner: Owner, after: Option<Place>, fetch: i64) -> Sql {
    let statement = owner.of(columns(who, now).push(FROM)).push(" AND c.ended_at IS NULL");
    statement
        .behind(" AND (c.due_on, c.id) > (", after)
        .push_bind(" ORDER BY c.due_on, c.id LIMIT ", fetch)
}

/// How many it holds; counted to one more than lists do.
pub async fn count_of(db: &Db, owner: Owner) -> Result<i64, DbError> {
    let rows = owner.of(sql("SELECT 1 AS one FROM commitment c"));
    total::count(db, rows.push(" AND c.ended_at IS NULL")).await
}

/// A list that was asked for.
#[derive(Debug)]
pub struct Asked<'q> {
    /// Who asks.
    pub who: &'q Caller,
    /// The scopes in which he may read commitments.
    pub scopes: &'q [Uuid],
    /// What narrows it.
    pub filters: &'q CommitmentFilters,
    /// When.
    pub now: Timestamp,
}

impl Windowed for Asked<'_> {
    type Key = NaiveDate;
    type Row = CommitmentRow;

    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        let today = self.now.shanghai_date();
        let statement = statement
            .push("SELECT q.id, q.due_on, q.visit_id, q.problem_id, q.org_id FROM commitment q WHERE ")
            .push(if self.filters.include_ended == Some(true) {
                "q.due_on IS NOT NULL"
            } else {
                "q.ended_at IS NULL"
            })
            .and_opt("q.org_id = ", self.filters.org)
            .push(match self.filters.state {
                None => "",
                Some(CommitmentState::Open) => " AND q.state = 'open'",
                Some(CommitmentState::Kept) => " AND q.state = 'kept'",
                Some(CommitmentState::Broken) => " AND q.state = 'broken'",
            });
        let statement = match self.filters.overdue {
            None => statement,
            Some(true) => statement
                .push(" AND q.state = 'open' AND q.ended_at IS NULL")
                .and("q.due_on < ", today),
            Some(false) => statement
                .push_bind(" AND (q.due_on >= ", today)
                .push(" OR q.state <> 'open' OR q.ended_at IS NOT NULL)"),
        };
        let statement = statement.behind(" AND (q.due_on, q.id) > (", after);
        rows.of(statement.push(" ORDER BY q.due_on, q.id"))
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = statement.push("SELECT w.id, w.due_on FROM (");
        let statement = self.window(statement, after, Rows::First(rows)).push(") w WHERE 1 = 1");
        within!(statement, "w", self.scopes)
    }

    fn page(&self, _: &Db, after: Option<Place>, fetch: i64) -> Sql {
        self.taken(columns(self.who, self.now).push(FROM).push(" JOIN ("), after, WINDOW)
            .push_bind(" ORDER BY w.due_on, w.id LIMIT ", fetch)
            .push(") k ON k.id = c.id ORDER BY c.due_on, c.id")
    }

    fn place(&self, row: &CommitmentRow) -> Place {
        (row.due_on, row.id)
    }
}

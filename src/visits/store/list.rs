//! Lists of visits: a window along an index of `visit_scope`, and only then the visits themselves.
//!
//! The window is a range of (scope, planned_at) or (scope, state, planned_at), so a page costs the same at any depth
//! and however many visits there are. Filters that no index leads along look at no more than `WINDOW` rows of it; where
//! that does not fill the page, the cursor goes on behind them.

use uuid::Uuid;

use super::view::{Dialect, ViewRow, VisitReader, joined, list_columns};
use crate::calendar::start_of_shanghai_day;
use crate::clock::Timestamp;
use crate::db::{Db, Sql};
use crate::full_text::store::Found;
use crate::http::window::{self, Rows, Windowed};
use crate::visits::domain::VisitState;
use crate::visits::dto::{VisitFilters, VisitSort};

/// The place in the order after which a page begins, or which a row has.
pub type Place = window::Place<Timestamp>;

/// A list that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct VisitQuery<'a> {
    /// The scope that it runs in.
    pub scope: Uuid,
    /// Who reads it.
    pub reader: &'a VisitReader,
    /// What narrows it.
    pub filters: &'a VisitFilters,
    /// What the words of the filters find.
    pub words: Option<&'a Found>,
}

impl Windowed for VisitQuery<'_> {
    type Key = Timestamp;
    type Row = ViewRow;

    /// The rows of the scope, of the states asked for. Each state is a range of its own, and the few ranges are merged.
    fn window(&self, mut statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        let states = self.filters.state.as_deref().unwrap_or_default();
        if let [] | [_] = states {
            return rows.of(self.range(statement, states.first().copied(), after));
        }
        statement = statement.push("SELECT * FROM (");
        for (index, state) in states.iter().enumerate() {
            if states.iter().take(index).any(|earlier| earlier == state) {
                continue;
            }
            statement = statement.push(if index == 0 {
                "SELECT * FROM ("
            } else {
                " UNION ALL SELECT * FROM ("
            });
            let range = self.range(statement, Some(*state), after);
            statement = Rows::First(rows.reach()).of(range).push(") r");
        }
        rows.of(statement.push(") u").push(self.pick(
            " ORDER BY planned_at DESC, visit_id DESC",
            " ORDER BY planned_at, visit_id",
        )))
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = self.window(statement.push("SELECT 1 AS one FROM ("), after, Rows::First(rows));
        self.narrowed(statement.push(") w JOIN visit v ON v.id = w.visit_id WHERE 1 = 1"))
    }

    fn page(&self, db: &Db, after: Option<Place>, fetch: i64) -> Sql {
        let rows = Rows::First(self.looked_at(fetch));
        let statement = self.window(list_columns(Dialect::of(db), self.reader), after, rows);
        self.narrowed(joined(statement).push(" WHERE 1 = 1"))
            .push(self.pick(" ORDER BY v.planned_at DESC, v.id DESC", " ORDER BY v.planned_at, v.id"))
            .push_bind(" LIMIT ", fetch)
    }

    fn place(&self, row: &ViewRow) -> Place {
        (row.planned_at, row.id)
    }

    /// Words that few visits hold narrow the window itself.
    fn is_thinned(&self) -> bool {
        self.filters.narrows() || self.words.is_some_and(Found::is_many)
    }
}

impl VisitQuery<'_> {
    fn range(&self, statement: Sql, state: Option<VisitState>, after: Option<Place>) -> Sql {
        let at = |date| Timestamp::from(start_of_shanghai_day(date));
        let statement = statement.push("SELECT s.visit_id, s.planned_at");
        let statement = match self.words {
            Some(words) => words
                .from(statement, "visit_scope s", "s.visit_id")
                .and("s.scope_id = ", self.scope),
            None => statement.push_bind(" FROM visit_scope s WHERE s.scope_id = ", self.scope),
        };
        let statement = statement
            .and_opt("s.state = ", state)
            .and_opt("s.planned_at >= ", self.filters.from.map(at))
            .and_opt("s.planned_at < ", self.filters.to.map(at));
        let statement = match after {
            None => statement,
            Some((planned_at, id)) => statement
                .push(self.pick(
                    " AND (s.planned_at, s.visit_id) < (",
                    " AND (s.planned_at, s.visit_id) > (",
                ))
                .push_bind("", planned_at)
                .push_bind(", ", id)
                .push(")"),
        };
        statement.push(self.pick(
            " ORDER BY s.planned_at DESC, s.visit_id DESC",
            " ORDER BY s.planned_at, s.visit_id",
        ))
    }

    fn narrowed(&self, statement: Sql) -> Sql {
        let VisitFilters {
            campaign,
            mode,
            origin,
            place_kind,
            division,
            leader,
            leading_body,
            object,
            attended_by,
            ..
        } = self.filters;
        let statement = match self.words {
            Some(words) => words.filter(statement, "v.id"),
            None => statement,
        };
        let mut statement = statement
            .and_opt("v.mode = ", mode.as_deref())
            .and_opt("v.origin = ", *origin)
            .and_opt("v.place_kind = ", place_kind.as_deref())
            .and_opt("v.leader_id = ", *leader)
            .and_opt("v.leading_body = ", *leading_body);
        if let Some(slug) = campaign {
            statement = statement
                .and(
                    "v.campaign_year_id IN (SELECT cy.id FROM campaign_year cy JOIN campaign cc \
                     ON cc.id = cy.campaign_id WHERE cc.slug = ",
                    slug,
                )
                .push(")");
        }
        if let Some(code) = division {
            statement = statement
                .and(
                    "v.division_id IN (SELECT da.descendant_id FROM division_ancestor da JOIN division dd \
                     ON dd.id = da.ancestor_id WHERE dd.code = ",
                    code,
                )
                .push(")");
        }
        if let Some(object) = object {
            statement = statement
                .and(
                    "EXISTS (SELECT 1 FROM visit_object b WHERE b.visit_id = v.id AND b.object_id = ",
                    *object,
                )
                .push(" AND ");
            statement = self.reader.see_object(statement).push(")");
        }
        if let Some(person) = attended_by {
            statement = statement
                .and(
                    "EXISTS (SELECT 1 FROM visit_member vm WHERE vm.visit_id = v.id AND vm.person_id = ",
                    *person,
                )
                .and("vm.attended = ", true)
                .push(")");
        }
        statement
    }

    fn pick(&self, latest: &'static str, earliest: &'static str) -> &'static str {
        match self.filters.sort.unwrap_or(VisitSort::Latest) {
            VisitSort::Latest => latest,
            VisitSort::Earliest => earliest,
        }
    }
}

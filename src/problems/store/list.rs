//! A page of problems: a range of one index of `problem_scope`, whatever the scope, the sort and the depth.
//!
//! With no filter but one state, the range is exactly the page. Other filters look at no more than 5,000 rows along the
//! order and then answer what they have, with a cursor that goes on from there; so a page costs the same at any size.
//! Where words are asked for that few problems hold, the range is of those few.

use uuid::Uuid;

use super::super::dto::{ProblemFilters, ProblemSort};
use super::super::hiding::Eyes;
use super::late::{Late, LateAt, being_handled, is_left, is_of_handled};
use super::read::{ProblemRow, brief, joins};
use super::ties;
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, Sql, Value, sql};
use crate::full_text::store::Found;
use crate::http::page::PageRequest;
use crate::http::total::{self, Total};
use crate::http::window::{self, LOOKED_AT, Rows, WINDOW};

/// A place in the order: the sort key (µs for instants) and the id.
pub type Place = window::Place<i64>;

/// What filters mean now, found before.
#[derive(Clone, Debug)]
pub struct FilterIds {
    /// `division`.
    pub(crate) division: Option<Uuid>,
    /// `overdue`, `breached`, `stalled`.
    pub(crate) late: LateAt,
    /// `q`.
    pub(crate) words: Option<Found>,
    /// As whom an object is looked for.
    pub(crate) eyes: Eyes,
}

impl FilterIds {
    /// Whether words are asked for that each row along the order is to be looked at for.
    fn has_common_words(&self) -> bool {
        self.words.as_ref().is_some_and(Found::is_many)
    }
}

impl ProblemSort {
    /// Selects the key from the index, compares it with a cursor, orders by it.
    const fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::UrgencyDue => (
                "s.urgency_due_key AS sort_key",
                " AND (s.urgency_due_key, s.problem_id) > (",
                " ORDER BY s.urgency_due_key, s.problem_id",
            ),
            Self::Due => (
                "s.due_key AS sort_key",
                " AND (s.due_key, s.problem_id) > (",
                " ORDER BY s.due_key, s.problem_id",
            ),
            Self::RecordedDesc => (
                "s.recorded_at AS sort_key",
                " AND (s.recorded_at, s.problem_id) < (",
                " ORDER BY s.recorded_at DESC, s.problem_id DESC",
            ),
            Self::UpdatedDesc => (
                "s.updated_at AS sort_key",
                " AND (s.updated_at, s.problem_id) < (",
                " ORDER BY s.updated_at DESC, s.problem_id DESC",
            ),
            Self::ResponseDue => (
                "s.response_due_key AS sort_key",
                " AND (s.response_due_key, s.problem_id) > (",
                " ORDER BY s.response_due_key, s.problem_id",
            ),
            Self::Progress => (
                "s.last_progress_at AS sort_key",
                " AND (s.last_progress_at, s.problem_id) > (",
                " ORDER BY s.last_progress_at, s.problem_id",
            ),
        }
    }

    const fn outer_order(self) -> &'static str {
        match self {
            Self::UrgencyDue | Self::Due | Self::ResponseDue | Self::Progress => " ORDER BY s.sort_key, s.problem_id",
            Self::RecordedDesc | Self::UpdatedDesc => " ORDER BY s.sort_key DESC, s.problem_id DESC",
        }
    }

    fn key(self, micros: i64) -> Value {
        match self {
            Self::UrgencyDue | Self::Due | Self::ResponseDue => micros.into(),
            Self::RecordedDesc | Self::UpdatedDesc | Self::Progress => Timestamp::from_micros(micros).into(),
        }
    }

    /// Where a row stands in this order.
    pub fn place(self, row: &ProblemRow) -> Place {
        let key = match self {
            Self::UrgencyDue => row.urgency_due_key,
            Self::Due => row.due_key,
            Self::RecordedDesc => row.recorded_at.micros(),
            Self::UpdatedDesc => row.updated_at.micros(),
            Self::ResponseDue => row.response_due_key,
            Self::Progress => row.last_progress_at.micros(),
        };
        (key, row.id)
    }
}

/// The statement of one page.
pub fn page(
    db: &Db,
    scope: Uuid,
    (who, now): (&Caller, Timestamp),
    filters: &ProblemFilters,
    ids: &FilterIds,
    page: &PageRequest,
    after: Option<Place>,
) -> Sql {
    let sort = filters.order();
    let looked_at = if is_narrowed(filters, sort) || ids.has_common_words() {
        WINDOW
    } else {
        page.fetch()
    };
    let statement = ties::columns(sql(brief(db)), db.pick(ties::SQLITE, ties::POSTGRES), who, now).push("FROM (");
    let statement = range(statement, scope, sort, (filters, ids), after).push_bind(" LIMIT ", looked_at);
    let statement = statement
        .push(") s JOIN problem p ON p.id = s.problem_id ")
        .push(joins())
        .push(" WHERE 1 = 1");
    filtered(statement, filters, ids, sort)
        .push(sort.outer_order())
        .push_bind(" LIMIT ", page.fetch())
}

/// The place at which a filtered page stopped looking; `None` where it saw the end.
pub async fn stopped_at(
    db: &Db,
    scope: Uuid,
    filters: &ProblemFilters,
    ids: &FilterIds,
    after: Option<Place>,
) -> Result<Option<Place>, DbError> {
    let sort = filters.order();
    if !is_filtered(filters, sort) {
        return Ok(None);
    }
    let statement = Rows::Last(WINDOW).of(range(sql(""), scope, sort, (filters, ids), after));
    let place = match sort {
        ProblemSort::UrgencyDue | ProblemSort::Due | ProblemSort::ResponseDue => {
            statement.optional::<(Uuid, i64)>(db).await?.map(|(id, key)| (key, id))
        }
        ProblemSort::RecordedDesc | ProblemSort::UpdatedDesc | ProblemSort::Progress => statement
            .optional::<(Uuid, Timestamp)>(db)
            .await?
            .map(|(id, key)| (key.micros(), id)),
    };
    Ok(place)
}

/// How many problems the filters leave; exact where they looked at all. Where nothing filters, no more are counted than
/// a list tells.
pub async fn count(db: &Db, scope: Uuid, filters: &ProblemFilters, ids: &FilterIds) -> Result<Total, DbError> {
    let along = Late::asked(filters).first().map(|late| late.order());
    let sort = along.unwrap_or(if is_of_handled(filters, filters.order()) {
        filters.order()
    } else {
        ProblemSort::RecordedDesc
    });
    if !is_filtered(filters, sort) {
        let rows = range(sql(""), scope, sort, (filters, ids), None);
        return Ok(total::count(db, rows).await?.into());
    }
    let counting = sql("SELECT COUNT(*) FROM (");
    let looked = range(counting.clone(), scope, sort, (filters, ids), None)
        .push_bind(" LIMIT ", LOOKED_AT)
        .push(") s");
    let inner = range(counting, scope, sort, (filters, ids), None).push_bind(" LIMIT ", LOOKED_AT);
    let statement = filtered(
        inner.push(") s JOIN problem p ON p.id = s.problem_id WHERE 1 = 1"),
        filters,
        ids,
        sort,
    );
    let ((count,), (looked,)) = (statement.one::<(i64,)>(db).await?, looked.one::<(i64,)>(db).await?);
    let total = Total::Exactly(count);
    Ok(if looked < LOOKED_AT { total } else { total.at_least() })
}

/// The range of the index: scope, state where it is one or what is late along this order, and what comes after the
/// cursor, in order.
pub(super) fn range(
    statement: Sql,
    scope: Uuid,
    sort: ProblemSort,
    (filters, ids): (&ProblemFilters, &FilterIds),
    after: Option<Place>,
) -> Sql {
    let (key, compare, order) = sort.texts();
    let statement = statement.push("SELECT s.problem_id, ").push(key);
    let mut statement = match &ids.words {
        Some(words) => words
            .from(statement, "problem_scope s", "s.problem_id")
            .and("s.scope_id = ", scope),
        None => statement.push_bind(" FROM problem_scope s WHERE s.scope_id = ", scope),
    };
    if is_of_handled(filters, sort) {
        statement = statement.push(being_handled(sort));
        for late in Late::asked(filters) {
            if late.order() == sort {
                statement = statement.and(late.condition(), ids.late.value(late));
            }
        }
    } else if let [state] = filters.state.as_slice() {
        statement = statement.and("s.state = ", *state);
    }
    if let Some((micros, id)) = after {
        statement = statement
            .push_bind(compare, sort.key(micros))
            .push_bind(", ", id)
            .push(")");
    }
    statement.push(order)
}

/// Whether anything narrows the list that the range of this order does not say for sure.
pub(super) fn is_filtered(filters: &ProblemFilters, sort: ProblemSort) -> bool {
    filters.q.is_some() || is_narrowed(filters, sort)
}

/// The same but for words, which the range says where they are rare.
fn is_narrowed(filters: &ProblemFilters, sort: ProblemSort) -> bool {
    let ProblemFilters {
        scope: _,
        sort: _,
        state,
        disposition,
        undisposed,
        audience,
        category,
        urgency,
        campaign,
        division,
        level,
        theme_id,
        visit_id,
        object_id,
        lead_org_id,
        recorded_from,
        recorded_to,
        overdue: _,
        breached: _,
        stalled: _,
        goal,
        cause,
        q: _,
    } = filters;
    state.len() > usize::from(!is_of_handled(filters, sort))
        || is_left(filters, sort)
        || !disposition.is_empty()
        || undisposed.is_some()
        || !audience.is_empty()
        || !category.is_empty()
        || !urgency.is_empty()
        || !level.is_empty()
        || theme_id.is_some()
        || [campaign, division, goal, cause].into_iter().any(Option::is_some)
        || [visit_id, object_id, lead_org_id].into_iter().any(Option::is_some)
        || [recorded_from, recorded_to].into_iter().any(Option::is_some)
}

/// The level that received a problem: its studying organisation's, its leading one's, or its division's.
const LEVEL: &str = "COALESCE((SELECT o.level FROM disposition x JOIN org o ON o.id = x.study_org_id \
     WHERE x.problem_id = p.id AND x.replaced_at IS NULL), (SELECT o.level FROM org o WHERE o.id = p.lead_org_id), \
     (SELECT d.level FROM division d WHERE d.id = p.division_id))";

pub(super) fn filtered(statement: Sql, filters: &ProblemFilters, ids: &FilterIds, sort: ProblemSort) -> Sql {
    let statement = match &ids.words {
        Some(words) => words.filter(statement, "p.id"),
        None => statement,
    };
    let mut statement = ids
        .late
        .filtered(statement, filters, sort)
        .and_in("p.state", &filters.state)
        .and_in("p.disposition", &filters.disposition)
        .and_in("p.audience", &filters.audience)
        .and_in("p.urgency", &filters.urgency)
        .and_in(LEVEL, &filters.level)
        .and_opt("p.theme_id = ", filters.theme_id)
        .and_opt("p.visit_id = ", filters.visit_id)
        .and_opt("p.object_id = ", filters.object_id)
        .and_opt("p.lead_org_id = ", filters.lead_org_id)
        .and_opt("p.recorded_at >= ", filters.recorded_from)
        .and_opt("p.recorded_at < ", filters.recorded_to);
    if filters.object_id.is_some() {
        statement = ids.eyes.see_object(statement.push(" AND "));
    }
    match filters.undisposed {
        Some(true) => statement = statement.push(" AND p.disposition IS NULL"),
        Some(false) => statement = statement.push(" AND p.disposition IS NOT NULL"),
        None => {}
    }
    if !filters.category.is_empty() {
        statement = statement
            .push(" AND p.category_id IN (SELECT t.id FROM term t WHERE t.kind = 'category' AND t.code")
            .in_list(&filters.category)
            .push(")");
    }
    if let Some(slug) = &filters.campaign {
        statement = statement
            .push_bind(
                " AND p.campaign_year_id IN (SELECT y2.id FROM campaign_year y2 JOIN campaign c2 ON c2.id = y2.campaign_id \
                 WHERE c2.slug = ",
                slug,
            )
            .push(")");
    }
    if let Some(division) = ids.division {
        statement = statement
            .push_bind(
                " AND EXISTS (SELECT 1 FROM division_ancestor a WHERE a.descendant_id = p.division_id AND a.ancestor_id = ",
                division,
            )
            .push(")");
    }
    for (text, code) in [
        (
            " AND EXISTS (SELECT 1 FROM problem_goal x JOIN term t ON t.id = x.term_id WHERE x.problem_id = p.id AND t.code = ",
            &filters.goal,
        ),
        (
            " AND EXISTS (SELECT 1 FROM problem_cause x JOIN term t ON t.id = x.term_id WHERE x.problem_id = p.id AND t.code = ",
            &filters.cause,
        ),
    ] {
        if let Some(code) = code {
            statement = statement.push_bind(text, code).push(")");
        }
    }
    statement
}

/// A page of a visit's problems, in the order in which they were recorded.
pub fn of_visit(
    db: &Db,
    scopes: &[Uuid],
    (who, now): (&Caller, Timestamp),
    visit: Uuid,
    page: &PageRequest,
    after: Option<(Timestamp, Uuid)>,
) -> Sql {
    let mut statement = ties::columns(sql(brief(db)), db.pick(ties::SQLITE, ties::POSTGRES), who, now)
        .push("FROM problem p ")
        .push(joins())
        .push_bind(" WHERE p.visit_id = ", visit);
    statement = super::within(statement, scopes);
    statement = statement.behind(" AND (p.recorded_at, p.id) > (", after);
    statement
        .push(" ORDER BY p.recorded_at, p.id")
        .push_bind(" LIMIT ", page.fetch())
}

/// How many of a visit's problems these scopes see; counted to one more than `COUNTED`.
pub async fn count_of_visit(db: &Db, scopes: &[Uuid], visit: Uuid) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM problem p WHERE ").push_bind("p.visit_id = ", visit);
    total::count(db, super::within(rows, scopes)).await
}

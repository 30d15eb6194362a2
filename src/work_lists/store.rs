//! The statements of the working lists; each reads along one index of problems and writes nothing.

use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{Along, Branch, Found, Looked, Only, Place, Why};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, Sql, sql};
use crate::http::window::WINDOW;
use crate::problems::domain::NO_DUE;
use crate::problems::listing::{self, ProblemRow};

/// For whom, when.
#[derive(Clone, Copy, Debug)]
pub struct For<'q> {
    /// The caller's scopes.
    pub scopes: &'q [Uuid],
    /// Business time.
    pub now: Timestamp,
}

#[derive(Debug, FromRow)]
struct Row {
    id: Uuid,
    place: i64,
    branch: i64,
    stopped: bool,
}

/// What each branch finds behind a place, `fetch` at most.
pub async fn look(
    db: &Db,
    of: For<'_>,
    branches: &[Branch],
    after: Option<Place>,
    fetch: i64,
) -> Result<Vec<Looked>, DbError> {
    if branches.is_empty() {
        return Ok(Vec::new());
    }
    let mut looked: Vec<Looked> = branches.iter().map(|_| Looked::default()).collect();
    for row in statement(of, branches, after, fetch).all::<Row>(db).await? {
        let place = (row.place, row.id);
        let index = usize::try_from(row.branch).unwrap_or_default();
        let (Some(branch), Some(one)) = (branches.get(index), looked.get_mut(index)) else {
            continue;
        };
        if row.stopped {
            one.stopped = Some(place);
        } else {
            one.found.push(Found { place, why: branch.why });
        }
    }
    for one in &mut looked {
        // Where a branch has a whole page, it ends with what it found last.
        one.found.sort_by_key(|found| found.place);
        if i64::try_from(one.found.len()).is_ok_and(|count| count >= fetch) {
            one.stopped = one.found.last().map(|found| found.place);
        }
    }
    Ok(looked)
}

/// The statement of it: of each branch a page and the place where its window ends.
pub fn statement(of: For<'_>, branches: &[Branch], after: Option<Place>, fetch: i64) -> Sql {
    let mut statement = sql("");
    for (index, branch) in branches.iter().enumerate() {
        let number = i64::try_from(index).unwrap_or(0);
        statement = statement
            .push(if index == 0 { "" } else { " UNION ALL " })
            .push("SELECT f.id, f.place, f.branch, f.stopped FROM (")
            .push("SELECT b.id, b.place, (1 = 0) AS stopped, ")
            .push_bind("CAST(", number)
            .push(" AS bigint) AS branch FROM (");
        statement = window(statement, branch.along, after)
            .push_bind(" LIMIT ", WINDOW)
            .push(") b");
        statement = only(statement, branch.only, of)
            .push_bind(" ORDER BY b.place, b.id LIMIT ", fetch)
            .push(") f UNION ALL SELECT b.id, b.place, ")
            .push_bind("CAST(", number)
            .push(" AS bigint), (1 = 1) FROM (");
        statement = window(statement, branch.along, after)
            .push_bind(" LIMIT 1 OFFSET ", WINDOW - 1)
            .push(") b");
    }
    statement
}

/// A branch's rows along the urgency: `id`, `place`, `due_key`.
fn window(statement: Sql, along: Along, after: Option<Place>) -> Sql {
    const OF_PROBLEM: [&str; 2] = [
        " AND (s.urgency_due_key, s.id) > (",
        " ORDER BY s.urgency_due_key, s.id",
    ];
    const PARTS: &str = "SELECT s.id, s.urgency_due_key AS place, s.due_key FROM (SELECT a.problem_id FROM assignment a \
                         WHERE a.role = 'supporting' AND a.ended_at IS NULL AND a.org_id = ";
    const REFERRALS: &str = "SELECT s.id, s.urgency_due_key AS place, s.due_key FROM (SELECT DISTINCT f.problem_id \
                             FROM referral f WHERE f.answered_at IS NULL AND f.ended_at IS NULL AND f.org_id = ";
    const COMMENTS: &str = "SELECT s.id, s.urgency_due_key AS place, s.due_key FROM (SELECT DISTINCT k.problem_id \
                            FROM task k WHERE k.done_at IS NULL AND k.performer = 'person' AND k.kind = 'reply_comment' \
                            AND k.org_id = ";
    const OPEN: &str = ") w JOIN problem s ON s.id = w.problem_id WHERE s.merged_into IS NULL";
    let (statement, [behind, order]) = match along {
        Along::Scope(scope, state) => (
            statement
                .push_bind(
                    "SELECT s.problem_id AS id, s.urgency_due_key AS place, s.due_key FROM problem_scope s \
                     WHERE s.scope_id = ",
                    scope,
                )
                .and("s.state = ", state),
            [
                " AND (s.urgency_due_key, s.problem_id) > (",
                " ORDER BY s.urgency_due_key, s.problem_id",
            ],
        ),
        Along::Lead(org, state) => (
            statement
                .push_bind(
                    "SELECT s.id, s.urgency_due_key AS place, s.due_key FROM problem s WHERE s.lead_org_id = ",
                    org,
                )
                .and("s.state = ", state),
            OF_PROBLEM,
        ),
        Along::Person(person, state) => (
            statement
                .push_bind(
                    "SELECT s.id, s.urgency_due_key AS place, s.due_key FROM problem s WHERE s.lead_person_id = ",
                    person,
                )
                .and("s.state = ", state),
            OF_PROBLEM,
        ),
        Along::Part(org, state) => (
            statement
                .push_bind(PARTS, org)
                .and("a.state = ", state)
                .push_bind(" LIMIT ", WINDOW)
                .push(OPEN),
            OF_PROBLEM,
        ),
        Along::Referral(org) => (
            statement
                .push_bind(REFERRALS, org)
                .push_bind(" LIMIT ", WINDOW)
                .push(OPEN),
            OF_PROBLEM,
        ),
        Along::Comment(org) => (
            statement
                .push_bind(COMMENTS, org)
                .push_bind(" LIMIT ", WINDOW)
                .push(OPEN),
            OF_PROBLEM,
        ),
    };
    statement.behind(behind, after).push(order)
}

/// Which of the rows `b` wait.
fn only(statement: Sql, only: Only, of: For<'_>) -> Sql {
    match only {
        Only::All => statement,
        Only::Seen => statement
            .push(" WHERE EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = b.id AND z.scope_id")
            .in_list(of.scopes)
            .push(")"),
        Only::CompetentIs(org) => statement
            .push_bind(
                " JOIN problem p ON p.id = b.id LEFT JOIN disposition q ON q.problem_id = p.id AND q.replaced_at IS NULL \
                 WHERE (COALESCE(q.lead_org_id = ",
                org,
            )
            .push_bind(
                ", p.id IS NULL) OR EXISTS (SELECT 1 FROM competence k JOIN division_ancestor a ON a.ancestor_id = k.division_id \
                 WHERE a.descendant_id = p.division_id AND (k.category_id IS NULL OR k.category_id = p.category_id) \
                 AND (k.audience IS NULL OR k.audience = p.audience) AND k.ended_at IS NULL AND k.org_id = ",
                org,
            )
            .push_bind(" AND k.valid_from <= ", of.now)
            .push_bind(" AND (k.valid_to IS NULL OR k.valid_to > ", of.now)
            .push(")))"),
        Only::StudiedBy(org) => statement.push_bind(
            " JOIN disposition q ON q.problem_id = b.id AND q.replaced_at IS NULL WHERE q.study_org_id = ",
            org,
        ),
        Only::StudiedBelow(org) => statement.push_bind(
            " JOIN disposition q ON q.problem_id = b.id AND q.replaced_at IS NULL \
             JOIN org_ancestor a ON a.descendant_id = q.study_org_id WHERE a.ancestor_id = ",
            org,
        ),
        Only::LedBelow(org) => statement.push_bind(
            " JOIN problem p ON p.id = b.id JOIN org_ancestor a ON a.descendant_id = p.lead_org_id WHERE a.ancestor_id = ",
            org,
        ),
        Only::HeardBy(person) => statement.push_bind(
            " JOIN problem p ON p.id = b.id JOIN visit v ON v.id = p.visit_id WHERE p.disposition IS NULL AND v.leader_id = ",
            person,
        ),
        Only::RaisedBy(person) => statement
            .push_bind(
                " JOIN problem_reporter x ON x.problem_id = b.id AND x.part = 'primary' \
                 JOIN reporter r ON r.id = x.reporter_id WHERE (r.person_id = ",
                person,
            )
            .push_bind(
                " OR (r.kind = 'enterprise' AND EXISTS (SELECT 1 FROM enterprise_authorisation e \
                 WHERE e.enterprise_id = r.object_id AND e.ended_at IS NULL AND e.person_id = ",
                person,
            )
            .push_bind(" AND e.valid_from <= ", of.now)
            .push_bind(" AND (e.valid_to IS NULL OR e.valid_to > ", of.now)
            .push("))))"),
    }
}

/// What a summary shows of these problems, in any order.
pub async fn summaries(db: &Db, who: &Caller, now: Timestamp, ids: &[Uuid]) -> Result<Vec<ProblemRow>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    listing::summaries(db, who, now)
        .push("FROM problem p ")
        .push(listing::joins())
        .push(" WHERE p.id")
        .in_list(ids)
        .all(db)
        .await
}

/// How many wait for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct CountRow {
    /// The place of the reason; `None`: for a reason of whose branches one has more rows than were read.
    pub(crate) rank: i64,
    /// How many wait.
    pub(crate) problems: i64,
    /// How many of them are overdue.
    pub(crate) overdue: i64,
    /// How many are due within a working day.
    pub(crate) due_soon: i64,
    /// Whether the row says that there are more than were read.
    pub(crate) more: bool,
}

/// Counts each problem once, for its first reason; reads no more than `most` rows of an index for each branch. What is
/// due before `soon` is due soon.
pub fn counts(of: For<'_>, branches: &[Branch], most: i64, soon: Timestamp) -> Sql {
    let now = of.now.micros();
    let mut statement = sql("SELECT c.rank, COUNT(*) AS problems, ")
        .push_bind("CAST(SUM(CASE WHEN c.due_key < ", now)
        .push_bind(
            " THEN 1 ELSE 0 END) AS bigint) AS overdue, CAST(SUM(CASE WHEN c.due_key >= ",
            now,
        )
        .push_bind(" AND c.due_key < ", soon.micros())
        .push(
            " THEN 1 ELSE 0 END) AS bigint) AS due_soon, (1 = 0) AS more FROM (SELECT u.id, MIN(u.rank) AS rank, \
             MIN(u.due_key) AS due_key FROM (",
        );
    for (index, branch) in branches.iter().enumerate() {
        statement = statement
            .push(if index == 0 { "" } else { " UNION ALL " })
            .push("SELECT b.id, ")
            .push_bind("CAST(", branch.why.rank())
            .push(" AS bigint) AS rank, ");
        // What awaits its reporter's confirmation is done: its clock no longer runs.
        statement = if branch.why == Why::ToConfirm {
            statement
                .push_bind("CAST(", NO_DUE)
                .push(" AS bigint) AS due_key FROM (")
        } else {
            statement.push("b.due_key FROM (")
        };
        statement = window(statement, branch.along, None)
            .push_bind(" LIMIT ", most)
            .push(") b");
        statement = only(statement, branch.only, of);
    }
    statement = statement.push(") u GROUP BY u.id) c GROUP BY c.rank");
    for branch in branches {
        statement = statement
            .push(" UNION ALL SELECT ")
            .push_bind("CAST(", branch.why.rank())
            .push(" AS bigint), 0, 0, 0, (1 = 1) FROM (");
        statement = window(statement, branch.along, None)
            .push_bind(" LIMIT 1 OFFSET ", most)
            .push(") b");
    }
    statement
}

//! Problems of one scope, counted by what they bear.
//!
//! By state with no filter but states, a range of an index is counted, whole and without reading a problem. Otherwise
//! no more than 50,000 rows along the order of recording are looked at, as where a list counts its total.

use uuid::Uuid;

use super::super::dto::{ProblemFilters, ProblemSort};
use super::list::{FilterIds, filtered, is_filtered, range};
use crate::clock::Timestamp;
use crate::db::{Db, DbError, Sql, sql};
use crate::http::window::LOOKED_AT;

/// Along which order.
const ORDER: ProblemSort = ProblemSort::RecordedDesc;

/// A group: its key, what it is called in Chinese and in English where that is data, and how many.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CountedGroup {
    /// The key; `None` for what bears none.
    pub key: Option<String>,
    /// What it is called in Chinese.
    pub zh: Option<String>,
    /// In English.
    pub en: Option<String>,
    /// How many.
    pub n: i64,
}

/// What is counted by: the columns key, zh and en, and the tables behind them.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// Where they stand.
    State,
    /// How they were disposed of; `undisposed` where they were not.
    Disposition,
    /// Their category.
    Category,
    /// Whom they concern.
    Audience,
    /// The divisions right below this one; itself where they lie in none of those.
    DivisionsBelow(Uuid),
    /// Their counties; what is above, where they lie in none.
    Counties,
    /// Who leads.
    LeadOrg,
    /// How pressing they are.
    Urgency,
    /// How their clocks stand at a time, `due_soon` before another.
    Status(Timestamp, Timestamp),
}

/// Counts; and whether that is all: otherwise each group has at least so many.
pub async fn counted(
    db: &Db,
    scope: Uuid,
    filters: &ProblemFilters,
    ids: &FilterIds,
    by: By,
) -> Result<(Vec<CountedGroup>, bool), DbError> {
    if matches!(by, By::State) && only_states(filters) {
        return Ok((by_state(scope, filters).all(db).await?, true));
    }
    let groups = statement(db, scope, filters, ids, by).all(db).await?;
    let looked = range(sql("SELECT COUNT(*) FROM ("), scope, ORDER, (filters, ids), None);
    let (looked,): (i64,) = looked.push_bind(" LIMIT ", LOOKED_AT + 1).push(") w").one(db).await?;
    Ok((groups, looked <= LOOKED_AT))
}

/// Whether nothing but states narrows what is counted.
fn only_states(filters: &ProblemFilters) -> bool {
    let without = ProblemFilters {
        state: Vec::new(),
        ..filters.clone()
    };
    !is_filtered(&without, ORDER)
}

/// By state, from an index alone.
pub fn by_state(scope: Uuid, filters: &ProblemFilters) -> Sql {
    sql(
        "SELECT s.state AS key, CAST(NULL AS text) AS zh, CAST(NULL AS text) AS en, COUNT(*) AS n FROM problem_scope s \
         WHERE s.scope_id = $1",
    )
    .bind(scope)
    .and_in("s.state", &filters.state)
    .push(" GROUP BY s.state")
}

/// By anything else.
pub fn statement(db: &Db, scope: Uuid, filters: &ProblemFilters, ids: &FilterIds, by: By) -> Sql {
    const NO_LABELS: &str = ", CAST(NULL AS text) AS zh, CAST(NULL AS text) AS en";
    let select = sql("SELECT ");
    let select = match by {
        By::State => select.push("p.state AS key").push(NO_LABELS),
        By::Disposition => select
            .push("COALESCE(p.disposition, 'undisposed') AS key")
            .push(NO_LABELS),
        By::Category => select.push("c.code AS key, c.zh, c.en"),
        By::Audience => select.push("p.audience AS key").push(NO_LABELS),
        By::DivisionsBelow(_) | By::Counties => select.push("g.code AS key, g.name AS zh, g.name AS en"),
        // SQLite has no UUIDs: an id goes as hexadecimal text.
        By::LeadOrg => select
            .push(db.pick("lower(hex(g.id))", "CAST(g.id AS text)"))
            .push(" AS key, g.name AS zh, g.name AS en"),
        By::Urgency => select.push("p.urgency AS key").push(NO_LABELS),
        By::Status(now, soon) => select
            .push(
                "CASE WHEN cy.pause_began IS NOT NULL THEN 'paused' WHEN p.due_at IS NULL THEN NULL \
                 WHEN COALESCE(cy.resolution_at, ",
            )
            .push_bind("", now)
            .push(") > p.due_at THEN 'overdue' WHEN cy.resolution_at IS NOT NULL THEN 'on_time' WHEN p.due_at < ")
            .push_bind("", soon)
            .push(" THEN 'due_soon' ELSE 'on_time' END AS key")
            .push(NO_LABELS),
    };
    let statement = range(
        select.push(", COUNT(*) AS n FROM ("),
        scope,
        ORDER,
        (filters, ids),
        None,
    );
    let statement = statement
        .push_bind(" LIMIT ", LOOKED_AT)
        .push(") s JOIN problem p ON p.id = s.problem_id");
    let statement = match by {
        By::Category => statement.push(" JOIN term c ON c.id = p.category_id"),
        By::LeadOrg => statement.push(" LEFT JOIN org g ON g.id = p.lead_org_id"),
        By::Status(..) => statement.push(" JOIN cycle cy ON cy.problem_id = p.id AND cy.n = p.cycle_no"),
        By::DivisionsBelow(base) => statement
            .push_bind(
                " LEFT JOIN division_ancestor b ON b.descendant_id = p.division_id AND b.ancestor_id = ",
                base,
            )
            .push(
                " LEFT JOIN division_ancestor d ON d.descendant_id = p.division_id AND d.depth = b.depth - 1 \
                 LEFT JOIN division g ON g.id = COALESCE(d.ancestor_id, p.division_id)",
            ),
        By::Counties => statement.push(
            " LEFT JOIN division g ON g.id = COALESCE((SELECT x.id FROM division_ancestor a \
             JOIN division x ON x.id = a.ancestor_id WHERE a.descendant_id = p.division_id AND x.level = 'county'), \
             p.division_id)",
        ),
        By::State | By::Disposition | By::Audience | By::Urgency => statement,
    };
    filtered(statement.push(" WHERE 1 = 1"), filters, ids, ORDER).push(" GROUP BY 1, 2, 3")
}

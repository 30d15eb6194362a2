//! What must hold of the rows after every step, whatever was asked, and every so often of all of them together.

use chrono::NaiveDate;
use uuid::Uuid;

use super::expected::Expected;
use super::people::Persona;
use crate::clock::Timestamp;
use crate::db::{Sql, Tx, sql};
use crate::lifecycle::diagram::decisions;
use crate::lifecycle::workflow::TRANSITIONS;
use crate::metrics::rebuild::rebuild;
use crate::problems::domain::{State, due_key};
use crate::test_support::World;

/// What never holds of a problem `p` with its present cycle `c`.
const NEVER: &[(&str, &str)] = &[
    (
        "'two open leads'",
        "(SELECT COUNT(*) FROM assignment a WHERE a.problem_id = p.id AND a.role = 'lead' AND a.ended_at IS NULL) > 1",
    ),
    (
        "'the open lead is not who leads'",
        "EXISTS (SELECT 1 FROM assignment a WHERE a.problem_id = p.id AND a.role = 'lead' AND a.ended_at IS NULL \
         AND a.org_id IS DISTINCT FROM p.lead_org_id)",
    ),
    (
        "'handled by nobody'",
        "p.state IN ('assigned', 'accepted', 'in_progress', 'awaiting_reporter', 'escalated') AND NOT EXISTS (SELECT 1 FROM assignment a \
         WHERE a.problem_id = p.id AND a.role = 'lead' AND a.ended_at IS NULL AND a.cycle_no = p.cycle_no)",
    ),
    (
        "'a lead where none is due'",
        "p.state NOT IN ('assigned', 'accepted', 'in_progress', 'awaiting_reporter', 'escalated', 'on_hold', 'in_dispute') AND EXISTS (SELECT 1 FROM assignment a \
         WHERE a.problem_id = p.id AND a.role = 'lead' AND a.ended_at IS NULL)",
    ),
    (
        "'a part in what has ended'",
        "p.state IN ('closed', 'declined', 'merged', 'withdrawn') AND EXISTS (SELECT 1 FROM assignment a \
         WHERE a.problem_id = p.id AND a.ended_at IS NULL)",
    ),
    (
        "'two open parts of one organisation'",
        "EXISTS (SELECT 1 FROM assignment a WHERE a.problem_id = p.id AND a.ended_at IS NULL \
         GROUP BY a.org_id HAVING COUNT(*) > 1)",
    ),
    (
        "'its parts name another lead'",
        "(p.lead_org_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM problem_org z WHERE z.problem_id = p.id \
         AND z.part = 'lead' AND z.org_id = p.lead_org_id)) OR (p.lead_org_id IS NULL AND EXISTS \
         (SELECT 1 FROM problem_org z WHERE z.problem_id = p.id AND z.part = 'lead'))",
    ),
    (
        "'studied by whom no disposition names'",
        "EXISTS (SELECT 1 FROM problem_org z WHERE z.problem_id = p.id AND z.part = 'study' AND NOT EXISTS \
         (SELECT 1 FROM disposition d WHERE d.problem_id = p.id AND d.replaced_at IS NULL AND d.study_org_id = z.org_id))",
    ),
    (
        "'two dispositions'",
        "(SELECT COUNT(*) FROM disposition d WHERE d.problem_id = p.id AND d.replaced_at IS NULL) > 1",
    ),
    (
        "'another disposition than its row'",
        "COALESCE(p.disposition, '') <> COALESCE((SELECT MIN(d.class) FROM disposition d WHERE d.problem_id = p.id \
         AND d.replaced_at IS NULL), '')",
    ),
    (
        "'a gap in its cycles'",
        "(SELECT COUNT(*) * 1000000 + MIN(x.n) * 1000 + MAX(x.n) FROM cycle x WHERE x.problem_id = p.id) \
         <> p.cycle_no * 1000000 + 1000 + p.cycle_no",
    ),
    (
        "'another due time than its cycle'",
        "p.state NOT IN ('merged', 'withdrawn') AND c.resolution_due IS DISTINCT FROM p.due_at",
    ),
    (
        "'due though it ended'",
        "p.state IN ('merged', 'withdrawn') AND p.due_at IS NOT NULL",
    ),
    (
        "'paused out of turn'",
        "(p.state IN ('awaiting_reporter', 'on_hold')) <> (c.pause_began IS NOT NULL)",
    ),
    (
        "'nowhere to return to'",
        "(p.state IN ('awaiting_reporter', 'in_dispute', 'escalated', 'on_hold')) <> (p.return_state IS NOT NULL)",
    ),
    (
        "'done without a result'",
        "p.state IN ('pending_confirmation', 'closed', 'declined') AND (c.resolution_at IS NULL OR c.result IS NULL)",
    ),
    (
        "'closed without a day, or with one and open'",
        "(p.state = 'closed') <> (c.closed_at IS NOT NULL)",
    ),
    (
        "'confirmed and unconfirmed'",
        "(c.closed_at IS NOT NULL AND c.confirmed_via IS NULL) <> (CASE WHEN c.unconfirmed THEN 1 = 1 ELSE 1 = 0 END)",
    ),
    (
        "'scope rows that lag'",
        "EXISTS (SELECT 1 FROM problem_scope s WHERE s.problem_id = p.id AND (s.state <> p.state \
         OR s.recorded_at <> p.recorded_at OR s.due_key <> p.due_key OR s.updated_at <> p.updated_at \
         OR s.urgency_due_key <> p.urgency_due_key))",
    ),
    (
        "'a head that is not the end of its chain'",
        "p.event_seq <> (SELECT COUNT(*) FROM event e WHERE e.aggregate_id = p.id) \
         OR p.event_seq <> (SELECT MAX(e.aggregate_seq) FROM event e WHERE e.aggregate_id = p.id)",
    ),
    (
        "'a look-back at what is not closed'",
        "p.state <> 'closed' AND EXISTS (SELECT 1 FROM look_back l WHERE l.problem_id = p.id AND l.done_at IS NULL \
         AND l.ended_at IS NULL)",
    ),
    (
        "'in dispute exactly while a return or an appeal waits'",
        "(p.state = 'in_dispute') <> EXISTS (SELECT 1 FROM request r WHERE r.problem_id = p.id AND r.state = 'open' \
         AND r.kind IN ('return', 'appeal'))",
    ),
    (
        "'escalated exactly while an escalation waits'",
        "(p.state = 'escalated') <> EXISTS (SELECT 1 FROM request r WHERE r.problem_id = p.id AND r.state = 'open' \
         AND r.kind = 'escalate')",
    ),
    (
        "'asked where it cannot be'",
        "p.state NOT IN ('recorded', 'open', 'accepted', 'studying', 'in_progress', 'awaiting_reporter', 'in_dispute', \
         'escalated') AND EXISTS (SELECT 1 FROM request r WHERE r.problem_id = p.id AND r.state = 'open')",
    ),
    (
        "'two open requests'",
        "(SELECT COUNT(*) FROM request r WHERE r.problem_id = p.id AND r.state = 'open') > 1",
    ),
    (
        "'decided by nobody, or lapsed by somebody'",
        "EXISTS (SELECT 1 FROM request r WHERE r.problem_id = p.id AND ((r.state IN ('granted', 'refused')) \
         <> (r.decided_by IS NOT NULL) OR (r.state = 'open') <> (r.decided_at IS NULL)))",
    ),
    (
        "'on hold without an end'",
        "p.state = 'on_hold' AND NOT EXISTS (SELECT 1 FROM request r WHERE r.problem_id = p.id AND r.kind = 'hold' \
         AND r.state = 'granted' AND r.until_on IS NOT NULL)",
    ),
    (
        "'a request whose head is not the end of its chain'",
        "EXISTS (SELECT 1 FROM request r WHERE r.problem_id = p.id AND (r.event_seq = 0 OR r.event_seq \
         <> (SELECT COUNT(*) FROM event e WHERE e.aggregate_id = r.id AND e.problem_id = p.id)))",
    ),
    (
        "'a receipt that ends out of turn'",
        "EXISTS (SELECT 1 FROM case_link l WHERE l.problem_id = p.id AND l.replaced_at IS NULL \
         AND (l.expires_at IS NOT NULL) <> (p.state IN ('closed', 'declined', 'withdrawn')))",
    ),
    (
        "'a plan that outlives its problems, or is done before them'",
        "EXISTS (SELECT 1 FROM action_plan_problem y JOIN action_plan q ON q.id = y.action_plan_id \
         WHERE y.problem_id = p.id AND y.left_at IS NULL AND ((q.state = 'executing' \
         AND p.state IN ('closed', 'declined', 'merged', 'withdrawn')) OR (q.state = 'done' \
         AND p.state NOT IN ('closed', 'declined', 'merged', 'withdrawn'))))",
    ),
];

/// Every way in which a problem, or any, breaks what must hold.
fn broken(problem: Option<Uuid>) -> Sql {
    let mut statement = sql("");
    for (index, (name, condition)) in NEVER.iter().enumerate() {
        let union = if index == 0 { "SELECT " } else { " UNION ALL SELECT " };
        statement = statement
            .push(union)
            .push(name)
            .push(
                " AS broken, p.tracking_no FROM problem p JOIN cycle c ON c.problem_id = p.id AND c.n = p.cycle_no WHERE (",
            )
            .push(condition)
            .push(")")
            .and_opt("p.id = ", problem);
    }
    statement
}

/// Asserts that nothing is broken: of one problem, or of all.
pub async fn hold(world: &World, problem: Option<Uuid>, context: &str) {
    let found: Vec<(String, String)> = broken(problem).all(&world.app.db).await.expect("rows");
    assert!(found.is_empty(), "{found:?}: {context}");
}

/// Asserts that a problem's events add up to its state, along the table, in a whole chain.
pub async fn add_up(world: &World, problem: &Expected, context: &str) {
    let db = &world.app.db;
    let (state, due_at, key): (State, Option<Timestamp>, i64) =
        sql("SELECT state, due_at, due_key FROM problem WHERE id = $1")
            .bind(problem.id)
            .one(db)
            .await
            .expect("the problem");
    assert_eq!(key, due_key(due_at), "{context}");
    assert!(
        TRANSITIONS
            .iter()
            .any(|row| row.from.contains(&state) || row.to.contains(&state)),
        "{state}: {context}"
    );
    let moves: Vec<(Option<State>, State)> = sql("SELECT from_state, to_state FROM event \
         WHERE aggregate_id = $1 AND to_state IS NOT NULL ORDER BY aggregate_seq")
    .bind(problem.id)
    .all(db)
    .await
    .expect("events");
    let mut stands = None;
    for (from, to) in moves {
        assert_eq!(from, stands, "an event begins where the one before it ended: {context}");
        let fits = |from: State| {
            TRANSITIONS
                .iter()
                .any(|row| row.from.contains(&from) && row.to.contains(&to))
                || !decisions(from, to).is_empty()
        };
        assert!(from.is_none_or(fits), "{from:?} to {to} is not in the table: {context}");
        stands = Some(to);
    }
    assert_eq!(stands, Some(state), "the events add up to the state: {context}");
    let whole = crate::events::store::verify(db, problem.id).await.expect("a chain");
    assert_eq!(whole, None, "the chain is whole: {context}");
}

/// How many rows there are of all that a transition can write, and what their versions add up to: equal before and
/// after what was refused.
pub async fn fingerprint(world: &World) -> Vec<i64> {
    let rows: Vec<(i64,)> = sql(
        "SELECT COUNT(*) FROM event UNION ALL SELECT CAST(SUM(version) AS bigint) FROM problem \
         UNION ALL SELECT COALESCE(CAST(SUM(version) AS bigint), 0) FROM assignment \
         UNION ALL SELECT COUNT(*) FROM disposition UNION ALL SELECT COUNT(*) FROM cycle \
         UNION ALL SELECT COUNT(*) FROM problem_org UNION ALL SELECT COUNT(*) FROM problem_actor \
         UNION ALL SELECT COUNT(*) FROM problem_scope UNION ALL SELECT COUNT(*) FROM problem_reporter \
         UNION ALL SELECT COUNT(*) FROM supplement UNION ALL SELECT COUNT(*) FROM contact_log \
         UNION ALL SELECT COUNT(*) FROM output UNION ALL SELECT COUNT(*) FROM rating \
         UNION ALL SELECT COUNT(*) FROM rating_invitation UNION ALL SELECT COALESCE(CAST(SUM(version) AS bigint), 0) FROM request \
         UNION ALL SELECT COALESCE(CAST(SUM(version) AS bigint), 0) FROM look_back \
         UNION ALL SELECT COALESCE(CAST(SUM(version) AS bigint), 0) FROM action_plan \
         UNION ALL SELECT COUNT(*) FROM case_link WHERE expires_at IS NOT NULL",
    )
    .all(&world.app.db)
    .await
    .expect("counts");
    rows.into_iter().map(|(count,)| count).collect()
}

/// Asserts that the four parts sum to the total, and the total to the problems that count.
pub async fn parts_sum(world: &World, context: &str) {
    let overview = world
        .get("/metrics/overview?as_of=2020-12-31")
        .by("dispatcher")
        .send()
        .await
        .expect(200);
    let problems = &overview["problems"];
    let of = |part: &str| {
        problems[part]
            .as_i64()
            .unwrap_or_else(|| panic!("{part} in {problems}"))
    };
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM problem WHERE state NOT IN ('merged', 'withdrawn')")
        .one(&world.app.db)
        .await
        .expect("a count");
    let sum = of("resolved_on_site") + of("follow_up") + of("typical") + of("undisposed");
    assert_eq!((of("total"), sum), (count, count), "{context}");
}

type Kept = (
    Uuid,
    NaiveDate,
    Uuid,
    String,
    Uuid,
    String,
    String,
    String,
    Option<NaiveDate>,
    i64,
);

async fn kept(tx: &mut Tx) -> Vec<Kept> {
    let mut rows: Vec<Kept> = sql(
        "SELECT campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, '' AS outcome, \
         CASE WHEN 1 = 0 THEN day END AS since, problems FROM problem_rollup WHERE problems > 0 \
         UNION ALL SELECT campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, outcome, \
         since, amount FROM outcome_rollup WHERE amount > 0",
    )
    .all(tx)
    .await
    .expect("roll-ups");
    rows.sort();
    rows
}

/// Asserts that the roll-ups are what counting everything anew makes of them.
pub async fn rollups_are_true(world: &World, context: &str) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    let before = kept(&mut tx).await;
    rebuild(&mut tx).await.expect("rebuilt");
    let after = kept(&mut tx).await;
    drop(tx);
    let only = |these: &[Kept], those: &[Kept]| {
        these
            .iter()
            .filter(|row| !those.contains(row))
            .cloned()
            .collect::<Vec<_>>()
    };
    let (stale, missing) = (only(&before, &after), only(&after, &before));
    assert!(
        stale.is_empty() && missing.is_empty(),
        "kept {stale:?}, counted {missing:?}: {context}"
    );
}

/// Asserts that the list of each of somebody's scopes holds exactly the problems that lie in it.
pub async fn lists_fit(world: &World, who: &Persona, problems: &[Expected], context: &str) {
    for (scope, name) in who.scopes() {
        let mut listed = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/problems?limit=200&sort=-recorded_at&scope={name}{cursor}");
            let page = world
                .get(&path)
                .header("Authorization", &who.token)
                .send()
                .await
                .expect(200);
            let ids = page["items"]
                .as_array()
                .expect("items")
                .iter()
                .map(|item| item["id"].as_str().expect("an id").to_owned());
            listed.extend(ids.map(|id| id.parse::<Uuid>().expect("an id")));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let rows: Vec<(Uuid,)> = sql("SELECT problem_id FROM problem_scope WHERE scope_id = $1")
            .bind(scope)
            .all(&world.app.db)
            .await
            .expect("rows");
        let mut rows: Vec<Uuid> = rows.into_iter().map(|(id,)| id).collect();
        let mut seen: Vec<Uuid> = problems
            .iter()
            .filter(|problem| problem.seen.contains(&scope))
            .map(|problem| problem.id)
            .collect();
        for ids in [&mut listed, &mut rows, &mut seen] {
            ids.sort_unstable();
        }
        assert_eq!(listed, rows, "{} {name}: {context}", who.name);
        assert_eq!(listed, seen, "{} {name} sees what he must: {context}", who.name);
    }
}

//! The roll-ups' definition, as statements over what they count: fills them anew.
//!
//! `rollup` keeps them in every transaction; this is for rows that were written in bulk (generated data, an import) and
//! for whoever suspects that the two have parted. A caller that compares before and after knows. Roll-ups are no
//! history, so they are emptied here, which no other table ever is.

use super::stay;
use crate::db::{DbError, Tx, sql};

/// Empties the roll-ups and `visit_fact` and fills them from problems, visits, cycles, look-backs, ratings, answered
/// surveys and commitments, and the stays from events. The time it takes grows with their number; on PostgreSQL writers
/// of roll-ups wait until it commits. Stays are locked first: a transition writes its stay before it touches the
/// roll-ups.
pub async fn rebuild(tx: &mut Tx) -> Result<(), DbError> {
    let all = "LOCK TABLE stay, problem_rollup, outcome_rollup, visit_rollup, visit_fact, survey_rollup, \
         commitment_rollup IN SHARE ROW EXCLUSIVE MODE";
    tx.hold(sql(all)).await?;
    sql("DELETE FROM problem_rollup").run(tx).await?;
    sql("DELETE FROM outcome_rollup").run(tx).await?;
    sql("DELETE FROM visit_rollup").run(tx).await?;
    sql("DELETE FROM visit_fact").run(tx).await?;
    sql("DELETE FROM survey_rollup").run(tx).await?;
    sql("DELETE FROM commitment_rollup").run(tx).await?;
    problems(tx).await?;
    outcomes(tx).await?;
    visits(tx).await?;
    surveys(tx).await?;
    commitments(tx).await?;
    stay::rebuild(tx).await
}

/// The date of an instant in Asia/Shanghai. The two databases have different words for it, and SQLite keeps an instant
/// as microseconds.
macro_rules! day_of {
    ($tx:ident, $column:literal) => {
        $tx.pick(
            concat!("date(", $column, " / 1000000, 'unixepoch', '+8 hours')"),
            concat!("CAST(", $column, " AT TIME ZONE 'Asia/Shanghai' AS date)"),
        )
    };
}

/// The key columns behind the day, and the rows that count: what was merged counts at its target.
const KEY: &str =
    ", p.division_id, p.audience, p.category_id, COALESCE(v.leading_body, ''), COALESCE(p.disposition, '')";
const COUNTED: &str = " LEFT JOIN visit v ON v.id = p.visit_id WHERE p.state NOT IN ('merged', 'withdrawn')";

async fn problems(tx: &mut Tx) -> Result<(), DbError> {
    sql(
        "INSERT INTO problem_rollup (campaign_year_id, day, division_id, audience, category_id, leading_body, \
         disposition, problems) SELECT p.campaign_year_id, ",
    )
    .push(day_of!(tx, "p.recorded_at"))
    .push(KEY)
    .push(", COUNT(*) FROM problem p")
    .push(COUNTED)
    .push(" GROUP BY 1, 2, 3, 4, 5, 6, 7")
    .run(tx)
    .await?;
    Ok(())
}

async fn outcomes(tx: &mut Tx) -> Result<(), DbError> {
    let closed = day_of!(tx, "c.closed_at");
    let cycle = " FROM problem p JOIN cycle c ON c.problem_id = p.id AND c.n = p.cycle_no";
    let is_closed = " AND p.state = 'closed' AND c.closed_at IS NOT NULL";
    // Of two instants the smaller: MIN of two in SQLite, LEAST in PostgreSQL, which ignores NULL where MIN does not.
    let settled = tx.pick(
        "date(min(COALESCE(p.due_at, c.closed_at), COALESCE(CASE WHEN p.state = 'closed' THEN c.closed_at END, \
         p.due_at)) / 1000000, 'unixepoch', '+8 hours')",
        "CAST(LEAST(p.due_at, CASE WHEN p.state = 'closed' THEN c.closed_at END) AT TIME ZONE 'Asia/Shanghai' AS date)",
    );
    let is_settled = " AND (p.due_at IS NOT NULL OR (p.state = 'closed' AND c.closed_at IS NOT NULL))";
    // 90 days after closing, or the first look-back, whichever comes first; one that found a relapse began a new cycle.
    let solved = tx.pick(
        "min(date(c.closed_at / 1000000, 'unixepoch', '+8 hours', '+90 days'), COALESCE((SELECT \
         date(MIN(l.done_at) / 1000000, 'unixepoch', '+8 hours') FROM look_back l WHERE l.problem_id = p.id \
         AND l.cycle_no = p.cycle_no AND l.done_at IS NOT NULL), '9999-12-31'))",
        "LEAST(CAST(c.closed_at AT TIME ZONE 'Asia/Shanghai' AS date) + 90, (SELECT CAST(MIN(l.done_at) \
         AT TIME ZONE 'Asia/Shanghai' AS date) FROM look_back l WHERE l.problem_id = p.id \
         AND l.cycle_no = p.cycle_no AND l.done_at IS NOT NULL))",
    );
    let is_solved = " AND p.state = 'closed' AND c.closed_at IS NOT NULL AND c.confirmed_via IS NOT NULL";
    // One of the five for each that is closed.
    let confirmed = ", CASE WHEN c.confirmed_via IS NULL THEN 'unconfirmed' ELSE 'confirmed_' || c.confirmed_via END, ";
    let invited = " FROM problem p JOIN rating_invitation i ON i.problem_id = p.id";
    let invited_on = day_of!(tx, "i.invited_at");
    let rated = " FROM problem p JOIN rating t ON t.problem_id = p.id";
    let rated_on = day_of!(tx, "t.rated_at");
    let asked = " FROM problem p JOIN request q ON q.problem_id = p.id AND q.kind = 'return'";
    let asked_on = day_of!(tx, "q.asked_at");
    let moved = " FROM problem p JOIN event e ON e.aggregate_id = p.id AND e.type = 'problem.transferred'";
    let moved_on = day_of!(tx, "e.occurred_at");
    let led = " FROM problem p";
    let led_on = day_of!(tx, "p.first_led_at");
    // A return that nobody asked for is what a transfer back to whoever led before opens; the first counts.
    let back = " AND q.asked_by IS NULL AND NOT EXISTS (SELECT 1 FROM request f WHERE f.problem_id = p.id \
                AND f.kind = 'return' AND f.asked_by IS NULL AND (f.asked_at, f.id) < (q.asked_at, q.id))";
    for (outcome, since, amount, from, only) in [
        (", 'settled', ", settled, ", COUNT(*)", cycle, is_settled),
        (", 'closed', ", closed, ", COUNT(*)", cycle, is_closed),
        (", 'solved', ", solved, ", COUNT(*)", cycle, is_solved),
        (
            ", 'own_level', ",
            solved,
            ", COUNT(*)",
            cycle,
            " AND p.state = 'closed' AND c.closed_at IS NOT NULL AND c.confirmed_via IS NOT NULL AND c.own_level",
        ),
        (
            ", 'run_once', ",
            closed,
            ", COUNT(*)",
            cycle,
            " AND p.state = 'closed' AND c.closed_at IS NOT NULL AND p.reporter_trips <= 1 AND p.info_requests <= 1",
        ),
        (confirmed, closed, ", COUNT(*)", cycle, is_closed),
        (", 'invited', ", invited_on, ", COUNT(*)", invited, ""),
        (", 'rated', ", rated_on, ", COUNT(*)", rated, ""),
        (", 'satisfied', ", rated_on, ", COUNT(*)", rated, " AND t.result >= 4"),
        (", 'points', ", rated_on, ", SUM(t.result)", rated, ""),
        (
            ", 'returned', ",
            asked_on,
            ", COUNT(*)",
            asked,
            " AND q.asked_by IS NOT NULL",
        ),
        (
            ", 'claimed', ",
            led_on,
            ", COUNT(*)",
            led,
            " AND p.first_lead_origin = 'claimed'",
        ),
        (
            ", 'assigned', ",
            led_on,
            ", COUNT(*)",
            led,
            " AND p.first_lead_origin IN ('assigned', 'ruled')",
        ),
        (", 'transferred', ", moved_on, ", COUNT(*)", moved, ""),
        (", 'ping_pong', ", asked_on, ", COUNT(*)", asked, back),
    ] {
        sql(
            "INSERT INTO outcome_rollup (campaign_year_id, day, division_id, audience, category_id, leading_body, \
             disposition, outcome, since, amount) SELECT p.campaign_year_id, ",
        )
        .push(day_of!(tx, "p.recorded_at"))
        .push(KEY)
        .push(outcome)
        .push(since)
        .push(amount)
        .push(from)
        .push(COUNTED)
        .push(only)
        .push(" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9")
        .run(tx)
        .await?;
    }
    Ok(())
}

async fn visits(tx: &mut Tx) -> Result<(), DbError> {
    let day = day_of!(tx, "COALESCE(v.started_at, v.planned_at)");
    sql(
        "INSERT INTO visit_rollup (campaign_year_id, day, division_id, leading_body, mode, origin, place_kind, visits) \
         SELECT v.campaign_year_id, ",
    )
    .push(day)
    .push(
        ", v.division_id, v.leading_body, v.mode, v.origin, v.place_kind, COUNT(*) FROM visit v \
         WHERE v.state = 'completed' GROUP BY 1, 2, 3, 4, 5, 6, 7",
    )
    .run(tx)
    .await?;
    sql(
        "INSERT INTO visit_fact (visit_id, object_id, object_type, division_id, day, campaign_year_id, org_id) \
         SELECT v.id, o.id, o.type, o.division_id, ",
    )
    .push(day)
    .push(
        ", v.campaign_year_id, v.org_id FROM visit v JOIN visit_object x ON x.visit_id = v.id \
         JOIN service_object o ON o.id = x.object_id WHERE v.state = 'completed'",
    )
    .run(tx)
    .await?;
    Ok(())
}

/// An answer counts where its problem lies, else where the object of its visit does; a pair on the day of its later
/// answer.
async fn surveys(tx: &mut Tx) -> Result<(), DbError> {
    let items = tx.pick("json_each(a.answers)", "jsonb_each_text(a.answers)");
    let day = day_of!(tx, "a.answered_at");
    for (measure, amount, only) in [
        ("before", "COUNT(*)", "a.moment = 'before'"),
        ("before_points", "SUM(CAST(e.value AS bigint))", "a.moment = 'before'"),
        ("after", "COUNT(*)", "a.moment = 'after'"),
        ("after_points", "SUM(CAST(e.value AS bigint))", "a.moment = 'after'"),
        ("once", "COUNT(*)", "a.moment = 'once'"),
        ("once_points", "SUM(CAST(e.value AS bigint))", "a.moment = 'once'"),
        ("pairs", "COUNT(*)", "b.answers ->> e.key IS NOT NULL"),
        (
            "pairs_before",
            "SUM(CAST(b.answers ->> e.key AS bigint))",
            "b.answers ->> e.key IS NOT NULL",
        ),
        (
            "pairs_after",
            "SUM(CAST(e.value AS bigint))",
            "b.answers ->> e.key IS NOT NULL",
        ),
        (
            "risen",
            "COUNT(*)",
            "CAST(e.value AS bigint) > CAST(b.answers ->> e.key AS bigint)",
        ),
        (
            "fallen",
            "COUNT(*)",
            "CAST(e.value AS bigint) < CAST(b.answers ->> e.key AS bigint)",
        ),
    ] {
        sql("INSERT INTO survey_rollup (campaign_year_id, day, division_id, audience, item, measure, amount) \
             SELECT COALESCE(p.campaign_year_id, v.campaign_year_id), ")
        .push(day)
        .push_bind(", COALESCE(p.division_id, o.division_id), t.audience, e.key, CAST(", measure)
        .push(" AS text), ")
        .push(amount)
        .push(
            " FROM survey_answer a JOIN survey_template t ON t.id = a.survey_template_id \
             LEFT JOIN problem p ON p.id = a.problem_id LEFT JOIN visit v ON v.id = a.visit_id \
             LEFT JOIN service_object o ON o.id = a.object_id LEFT JOIN survey_answer b ON b.id = a.before_id CROSS JOIN ",
        )
        .push(items)
        .push(" e WHERE ")
        .push(only)
        .push(" GROUP BY 1, 2, 3, 4, 5, 6")
        .run(tx)
        .await?;
    }
    Ok(())
}

async fn commitments(tx: &mut Tx) -> Result<(), DbError> {
    let day = day_of!(tx, "COALESCE(v.started_at, v.planned_at)");
    let made = day_of!(tx, "c.created_at");
    let settled = day_of!(tx, "c.settled_at");
    let ended = day_of!(tx, "c.ended_at");
    let in_time = tx.pick(
        "CASE WHEN date(c.settled_at / 1000000, 'unixepoch', '+8 hours') <= c.due_on THEN 'kept' ELSE 'late' END",
        "CASE WHEN CAST(c.settled_at AT TIME ZONE 'Asia/Shanghai' AS date) <= c.due_on THEN 'kept' ELSE 'late' END",
    );
    for (outcome, since, only) in [
        ("'made'", made, "1 = 1"),
        (in_time, settled, "c.state = 'kept'"),
        ("'broken'", settled, "c.state = 'broken'"),
        ("'ended'", ended, "c.ended_at IS NOT NULL"),
    ] {
        sql(
            "INSERT INTO commitment_rollup (campaign_year_id, day, division_id, leading_body, due_on, outcome, since, \
             amount) SELECT v.campaign_year_id, ",
        )
        .push(day)
        .push(", v.division_id, v.leading_body, c.due_on, ")
        .push(outcome)
        .push(", ")
        .push(since)
        .push(", COUNT(*) FROM commitment c JOIN visit v ON v.id = c.visit_id WHERE ")
        .push(only)
        .push(" GROUP BY 1, 2, 3, 4, 5, 6, 7")
        .run(tx)
        .await?;
    }
    Ok(())
}

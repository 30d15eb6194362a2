//! Writing down who is to be told: one statement, whoever it is.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::{DbError, Sql, Tx, sql};
use crate::events::Act;
use crate::notices::domain::Circle;

/// How many are told of one event at most: reporters, then the circles in their order.
const MOST: i64 = 200;

/// What is told to whom.
#[derive(Debug)]
pub struct Telling<'a> {
    /// Of which problem, if of one.
    pub problem: Option<Uuid>,
    /// The kind of notice.
    pub kind: &'static str,
    /// The circles, with whom the event names for those that need it; the first ones are told before the others.
    pub people: &'a [(Circle, Option<Uuid>)],
    /// Whether the reporters are told.
    pub reporters: bool,
    /// Codes, ids and numbers for people.
    pub for_people: Value,
    /// The same for reporters.
    pub for_reporters: Value,
}

/// That a membership holds. In all these texts $1 is the problem and $2 the time.
macro_rules! holds {
    () => {
        " AND m.ended_at IS NULL AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to > $2)"
    };
}

/// The people of an organisation's roles, from a statement that names it.
macro_rules! of_org {
    ($roles:literal, $from:literal) => {
        concat!(
            "SELECT m.person_id FROM ",
            $from,
            " AND m.role IN (",
            $roles,
            ")",
            holds!()
        )
    };
}

/// The holders of a role in the nearest division that has any.
macro_rules! nearest {
    ($role:literal, $while:literal) => {
        concat!(
            "SELECT m.person_id FROM (SELECT a.ancestor_id AS id FROM problem p \
             JOIN division_ancestor a ON a.descendant_id = p.division_id \
             LEFT JOIN disposition q ON q.problem_id = p.id AND q.replaced_at IS NULL WHERE p.id = $1",
            $while,
            " AND EXISTS (SELECT 1 FROM membership m WHERE m.division_id = a.ancestor_id AND m.role = '",
            $role,
            "'",
            holds!(),
            ") ORDER BY a.depth LIMIT 1) d JOIN membership m ON m.division_id = d.id AND m.role = '",
            $role,
            "'",
            holds!()
        )
    };
}

fn people(statement: Sql, circle: Circle, named: Option<Uuid>) -> Sql {
    match circle {
        Circle::Responsible => {
            statement.push("SELECT p.lead_person_id AS person_id FROM problem p WHERE p.id = $1 AND p.lead_person_id IS NOT NULL")
        }
        Circle::Lead => statement.push(of_org!(
            "'handler', 'head'",
            "problem p LEFT JOIN disposition q ON q.problem_id = p.id AND q.replaced_at IS NULL \
             JOIN membership m ON m.org_id = COALESCE(p.lead_org_id, q.study_org_id) WHERE p.id = $1"
        )),
        Circle::LeadHeads => statement.push(of_org!(
            "'head'",
            "problem p LEFT JOIN disposition q ON q.problem_id = p.id AND q.replaced_at IS NULL \
             JOIN membership m ON m.org_id = COALESCE(p.lead_org_id, q.study_org_id) WHERE p.id = $1"
        )),
        Circle::ProposedLead => statement.push(of_org!(
            "'officer', 'handler', 'head'",
            "problem p JOIN disposition q ON q.problem_id = p.id AND q.replaced_at IS NULL \
             JOIN membership m ON m.org_id = q.lead_org_id WHERE p.id = $1 AND p.lead_org_id IS NULL"
        )),
        Circle::Supporting => statement.push(of_org!(
            "'handler', 'head'",
            "assignment s JOIN membership m ON m.org_id = s.org_id WHERE s.problem_id = $1 AND s.role = 'supporting' \
             AND s.ended_at IS NULL"
        )),
        Circle::Org(_) => statement
            .push_bind("SELECT m.person_id FROM membership m WHERE m.org_id = ", named)
            .push(" AND m.role IN ('handler', 'head')")
            .push(holds!()),
        Circle::DispatchersOf(_) => statement
            .push_bind("SELECT m.person_id FROM membership m WHERE m.division_id = ", named)
            .push(" AND m.role = 'dispatcher'")
            .push(holds!()),
        Circle::SupervisorsOf(_) => statement
            .push_bind("SELECT m.person_id FROM membership m WHERE m.division_id = ", named)
            .push(" AND m.role = 'supervisor'")
            .push(holds!()),
        Circle::Person(_) => statement.push_bind("SELECT x.id AS person_id FROM person x WHERE x.id = ", named),
        Circle::Dispatchers => statement.push(nearest!("dispatcher", "")),
        Circle::DispatchersOfTheUnled => statement.push(nearest!(
            "dispatcher",
            " AND p.lead_org_id IS NULL AND q.study_org_id IS NULL"
        )),
        Circle::Supervisors => statement.push(nearest!("supervisor", "")),
        Circle::SupervisorsOfTheDisputed => statement.push(nearest!("supervisor", " AND p.state = 'in_dispute'")),
        Circle::SupervisorsOfTheLowlyRated => statement.push(nearest!(
            "supervisor",
            " AND (SELECT t.review_due AND t.reviewed_at IS NULL FROM rating t WHERE t.problem_id = p.id \
             ORDER BY t.rated_at DESC, t.id DESC LIMIT 1)"
        )),
        Circle::Recorder => {
            statement.push("SELECT p.recorded_by AS person_id FROM problem p WHERE p.id = $1 AND p.recorder_org_id IS NOT NULL AND p.recorded_by IS NOT NULL")
        }
        Circle::Watchers => statement.push("SELECT w.person_id FROM watch w WHERE w.problem_id = $1"),
    }
}

/// Writes a notice for the author of a comment; none for one whom nobody knows, or who wants no contact.
pub async fn author(
    tx: &mut Tx,
    id: Uuid,
    act: &Act,
    problem: Uuid,
    kind: &'static str,
    reporter: Uuid,
    anonymous: bool,
) -> Result<(), DbError> {
    sql("INSERT INTO notice (id, kind, person_id, reporter_id, problem_id, channel, payload, state, created_at, \
         division_id) SELECT $1, $2, r.person_id, CASE WHEN $3 THEN NULL ELSE r.id END, $4, r.preferred_channel, $5, \
         'pending', $6, (SELECT d.id FROM problem p JOIN division_ancestor a ON a.descendant_id = p.division_id \
         JOIN division d ON d.id = a.ancestor_id WHERE p.id = $4 AND d.level IN ('county', 'city', 'province') \
         ORDER BY a.depth LIMIT 1) FROM reporter r WHERE r.id = $7 AND r.anonymity <> 'unknown' AND r.erased_at IS NULL \
         AND (r.preferred_channel IS NULL OR r.preferred_channel <> 'none') AND (r.person_id IS NOT NULL OR NOT $3)")
    .bind(id)
    .bind(kind)
    .bind(anonymous)
    .bind(problem)
    .bind(json!({}))
    .bind(act.at)
    .bind(reporter)
    .run(tx)
    .await?;
    Ok(())
}

/// Writes a notice for each who is told, but for whoever does it. Ids are made of `base`: its fourth group counts them.
pub async fn insert(tx: &mut Tx, base: Uuid, act: &Act, telling: Telling<'_>) -> Result<(), DbError> {
    let hex = base.simple().to_string();
    let (head, tail) = (hex.get(..16).unwrap_or_default(), hex.get(20..).unwrap_or_default());
    // 32768 is the variant's bits: with it, the group is what a UUID has there.
    let id = tx.pick(
        "unhex($6 || printf('%04x', 32768 + t.n) || $7)",
        "CAST($6 || to_hex(32768 + t.n) || $7 AS uuid)",
    );
    let doers: Vec<Uuid> = [act.person, act.on_behalf_of].into_iter().flatten().collect();
    let mut statement = sql("INSERT INTO notice (id, kind, person_id, reporter_id, problem_id, channel, payload, state, \
         created_at, division_id) SELECT ")
    .bind(telling.problem)
    .bind(act.at)
    .bind(telling.kind)
    .bind(telling.for_people)
    .bind(telling.for_reporters)
    .bind(head)
    .bind(tail)
    .push(id)
    .push(
        ", $3, t.person_id, t.reporter_id, $1, t.channel, CASE WHEN t.reporter_id IS NULL THEN $4 ELSE $5 END, 'pending', \
         $2, CASE WHEN t.reporter_id IS NOT NULL THEN (SELECT d.id FROM problem p \
         JOIN division_ancestor a ON a.descendant_id = p.division_id JOIN division d ON d.id = a.ancestor_id \
         WHERE p.id = $1 AND d.level IN ('county', 'city', 'province') ORDER BY a.depth LIMIT 1) END \
         FROM (SELECT u.person_id, u.reporter_id, u.channel, \
         ROW_NUMBER() OVER (ORDER BY u.place, u.person_id) AS n FROM (",
    );
    if telling.reporters {
        statement = statement.push(
            "SELECT r.person_id, r.id AS reporter_id, r.preferred_channel AS channel, -1 AS place FROM problem_reporter x \
             JOIN reporter r ON r.id = x.reporter_id WHERE x.problem_id = $1 AND r.anonymity <> 'unknown' \
             AND r.erased_at IS NULL AND (r.preferred_channel IS NULL OR r.preferred_channel <> 'none')",
        );
    }
    if !telling.people.is_empty() {
        let begin = "SELECT x.id AS person_id, CAST(NULL AS uuid) AS reporter_id, CAST(NULL AS text) AS channel, c.place \
                     FROM person x JOIN (SELECT y.person_id, MIN(y.place) AS place FROM (";
        statement = statement
            .push(if telling.reporters { " UNION ALL " } else { "" })
            .push(begin);
        for (place, (circle, named)) in (0_i64..).zip(telling.people) {
            statement = statement.push(if place == 0 { "" } else { " UNION ALL " });
            statement = statement
                .push_bind("SELECT ", place)
                .push(" AS place, z.person_id FROM (");
            statement = people(statement, *circle, *named).push(") z");
        }
        statement = statement.push(") y GROUP BY y.person_id) c ON c.person_id = x.id WHERE x.active");
    }
    statement = statement.push(") u");
    if !doers.is_empty() {
        statement = statement
            .push(" WHERE u.person_id IS NULL OR u.person_id NOT")
            .in_list(&doers);
    }
    statement.push_bind(") t WHERE t.n <= ", MOST).run(tx).await?;
    Ok(())
}

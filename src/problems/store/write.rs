//! Writing problems. Every change keeps with the row what is derived from it: scope rows, sort keys, roll-ups, chain.

use chrono::Datelike as _;
use uuid::Uuid;

use super::super::domain::{
    Channel, Disposition, Matter, OrgPart, ProblemAct, State, Urgency, due_key, tracking_no, urgency_due_key,
};
pub use super::acts::{acted, actor};
use super::{ProblemFacts, texts};
use crate::calendar::Calendar;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, Value, sql};
use crate::directory::orgs::tree::STEADY;
use crate::directory::words::{Audience, LeadingBody};
use crate::events::{self, Act, Head, NewEvent};
use crate::metrics::rollup::{self, ProblemKey};
use crate::notices::telling;
use crate::tasks::planning;

/// A problem about to be inserted, every reference looked up.
#[derive(Clone, Debug)]
pub struct Insert {
    pub(crate) id: Uuid,
    pub(crate) client: Option<Uuid>,
    pub(crate) client_ref: Option<Uuid>,
    pub(crate) campaign_year_id: Uuid,
    pub(crate) visit_id: Option<Uuid>,
    pub(crate) visit_leading_body: Option<LeadingBody>,
    pub(crate) channel: Channel,
    pub(crate) audience: Audience,
    pub(crate) category_id: Uuid,
    pub(crate) cause_ids: Vec<Uuid>,
    pub(crate) goal_ids: Vec<Uuid>,
    pub(crate) statement: String,
    pub(crate) summary: Option<String>,
    pub(crate) object_id: Option<Uuid>,
    pub(crate) division_id: Uuid,
    pub(crate) place: Option<String>,
    pub(crate) urgency: Urgency,
    pub(crate) matter: Matter,
    pub(crate) state: State,
    pub(crate) observed_at: Option<Timestamp>,
    pub(crate) recorder_org_id: Option<Uuid>,
    pub(crate) reporter_id: Option<Uuid>,
    /// Whether the recorder is the reporter himself.
    pub(crate) self_reported: bool,
    pub(crate) first_response_due: Timestamp,
    pub(crate) provisional: bool,
    pub(crate) calendar_version: String,
}

/// Inserts a problem with its first cycle, its parts, its scope rows and its event; gives it its number.
pub async fn insert(tx: &mut Tx, ids: &Ids, calendar: &Calendar, act: &Act, new: &Insert) -> Result<String, DbError> {
    let now = act.at;
    let number = next_number(tx, new.division_id, now).await?;
    sql("INSERT INTO problem (id, tracking_no, client_app_id, client_ref, campaign_year_id, visit_id, channel, audience, \
         category_id, statement, summary, object_id, division_id, place, urgency, matter, state, observed_at, recorded_at, \
         recorded_by, recorder_org_id, due_key, urgency_due_key, last_progress_at, created_at, created_by, updated_at, \
         updated_by, event_seq, response_due_key) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
         $24, $25, $26, $27, $28, 0, $29)")
    .bind(new.id)
    .bind(&number)
    .bind(new.client)
    .bind(new.client_ref)
    .bind(new.campaign_year_id)
    .bind(new.visit_id)
    .bind(new.channel)
    .bind(new.audience)
    .bind(new.category_id)
    .bind(&new.statement)
    .bind(new.summary.clone())
    .bind(new.object_id)
    .bind(new.division_id)
    .bind(new.place.clone())
    .bind(new.urgency)
    .bind(new.matter)
    .bind(new.state)
    .bind(new.observed_at)
    .bind(now)
    .bind(act.person)
    .bind(new.recorder_org_id)
    .bind(due_key(None))
    .bind(urgency_due_key(new.urgency, None))
    .bind(now)
    .bind(now)
    .bind(act.person)
    .bind(now)
    .bind(act.person)
    .bind(due_key(Some(new.first_response_due)))
    .run(tx)
    .await?;
    sql(
        "INSERT INTO cycle (id, problem_id, n, origin, started_at, first_response_due, provisional, calendar_version) \
         VALUES ($1, $2, 1, 'first', $3, $4, $5, $6)",
    )
    .bind(ids.next())
    .bind(new.id)
    .bind(now)
    .bind(new.first_response_due)
    .bind(new.provisional)
    .bind(&new.calendar_version)
    .run(tx)
    .await?;
    links(tx, new, now).await?;
    texts::index(tx, new.id).await?;
    if let Some(person) = act.person {
        let recorded = if new.self_reported {
            ProblemAct::Recorded
        } else {
            ProblemAct::RecordedForOther
        };
        actor(tx, ids, new.id, person, act, recorded).await?;
    }
    scope_rows(tx, new.id).await?;
    let event = NewEvent::of("problem", new.id, "problem.recorded")
        .moving(None, new.state.as_str())
        .public()
        .with(serde_json::json!({ "tracking_no": number, "audience": new.audience, "channel": new.channel, "visit": new.visit_id }));
    telling::tell(tx, ids, act, new.id, &event).await?;
    let head = events::store::append(tx, ids, act, &Head::default(), event).await?;
    keep_head(tx, new.id, &head).await?;
    planning::replan(tx, ids, calendar, act, new.id).await?;
    rollup::problem(tx, &key_of(new, now), 1).await?;
    Ok(number)
}

fn key_of(new: &Insert, now: Timestamp) -> ProblemKey {
    ProblemKey {
        campaign_year_id: new.campaign_year_id,
        day: now.shanghai_date(),
        division_id: new.division_id,
        audience: new.audience,
        category_id: new.category_id,
        leading_body: new.visit_leading_body,
        disposition: None,
    }
}

/// The roll-up row that counts a stored problem.
pub fn rollup_key(facts: &ProblemFacts) -> ProblemKey {
    ProblemKey {
        campaign_year_id: facts.campaign_year_id,
        day: facts.recorded_at.shanghai_date(),
        division_id: facts.division_id,
        audience: facts.audience,
        category_id: facts.category_id,
        leading_body: facts.visit_leading_body,
        disposition: facts.disposition.map(Disposition::as_str),
    }
}

async fn links(tx: &mut Tx, new: &Insert, now: Timestamp) -> Result<(), DbError> {
    terms(
        tx,
        "INSERT INTO problem_cause (problem_id, term_id)",
        new.id,
        &new.cause_ids,
    )
    .await?;
    terms(
        tx,
        "INSERT INTO problem_goal (problem_id, term_id)",
        new.id,
        &new.goal_ids,
    )
    .await?;
    if let Some(org) = new.recorder_org_id {
        part(tx, new.id, org, OrgPart::Recorder, now).await?;
    }
    if let Some(reporter) = new.reporter_id {
        sql("INSERT INTO problem_reporter (problem_id, reporter_id, part, since) VALUES ($1, $2, 'primary', $3)")
            .bind(new.id)
            .bind(reporter)
            .bind(now)
            .run(tx)
            .await?;
    }
    Ok(())
}

async fn terms(tx: &mut Tx, insert: &'static str, problem: Uuid, terms: &[Uuid]) -> Result<(), DbError> {
    if terms.is_empty() {
        return Ok(());
    }
    sql(insert)
        .values(
            terms
                .iter()
                .map(|term| -> [Value; 2] { [problem.into(), (*term).into()] }),
        )
        .run(tx)
        .await?;
    Ok(())
}

/// Replaces the causes or goals of a problem.
pub async fn replace_terms(
    tx: &mut Tx,
    problem: Uuid,
    causes: Option<&[Uuid]>,
    goals: Option<&[Uuid]>,
) -> Result<(), DbError> {
    if let Some(causes) = causes {
        sql("DELETE FROM problem_cause WHERE problem_id = $1")
            .bind(problem)
            .run(tx)
            .await?;
        terms(tx, "INSERT INTO problem_cause (problem_id, term_id)", problem, causes).await?;
    }
    if let Some(goals) = goals {
        sql("DELETE FROM problem_goal WHERE problem_id = $1")
            .bind(problem)
            .run(tx)
            .await?;
        terms(tx, "INSERT INTO problem_goal (problem_id, term_id)", problem, goals).await?;
    }
    Ok(())
}

/// Gives an organisation a part in a problem.
pub async fn part(tx: &mut Tx, problem: Uuid, org: Uuid, part: OrgPart, now: Timestamp) -> Result<(), DbError> {
    sql(
        "INSERT INTO problem_org (problem_id, org_id, part, since) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (problem_id, org_id, part) DO NOTHING",
    )
    .bind(problem)
    .bind(org)
    .bind(part)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// Makes an organisation the one that leads; who led before is a former lead.
pub async fn lead(tx: &mut Tx, problem: Uuid, org: Uuid, now: Timestamp) -> Result<(), DbError> {
    sql("INSERT INTO problem_org (problem_id, org_id, part, since) \
         SELECT problem_id, org_id, 'former_lead', $1 FROM problem_org \
         WHERE problem_id = $2 AND part = 'lead' AND org_id <> $3 ON CONFLICT (problem_id, org_id, part) DO NOTHING")
    .bind(now)
    .bind(problem)
    .bind(org)
    .run(&mut *tx)
    .await?;
    sql("DELETE FROM problem_org WHERE problem_id = $1 AND part = 'lead' AND org_id <> $2")
        .bind(problem)
        .bind(org)
        .run(&mut *tx)
        .await?;
    part(tx, problem, org, OrgPart::Lead, now).await
}

/// Makes nobody the one that leads or studies: who did is a former lead, which had a part in handling and has none now.
pub async fn no_lead(tx: &mut Tx, problem: Uuid, now: Timestamp) -> Result<(), DbError> {
    sql("INSERT INTO problem_org (problem_id, org_id, part, since) \
         SELECT problem_id, org_id, 'former_lead', $1 FROM problem_org \
         WHERE problem_id = $2 AND part IN ('lead', 'study') ON CONFLICT (problem_id, org_id, part) DO NOTHING")
    .bind(now)
    .bind(problem)
    .run(&mut *tx)
    .await?;
    sql("DELETE FROM problem_org WHERE problem_id = $1 AND part IN ('lead', 'study')")
        .bind(problem)
        .run(tx)
        .await?;
    Ok(())
}

/// The organisations that the present disposition proposed to support, each with its duty, but for those that have
/// ended.
pub async fn proposed_supporting(tx: &mut Tx, problem: Uuid) -> Result<Vec<(Uuid, String)>, DbError> {
    sql(
        "SELECT x.org_id, COALESCE(x.agreed, '') FROM disposition q JOIN disposition_org x ON x.disposition_id = q.id \
         JOIN org o ON o.id = x.org_id WHERE q.problem_id = $1 AND q.replaced_at IS NULL \
         AND x.part = 'proposed_supporting' AND o.ended_at IS NULL ORDER BY x.org_id",
    )
    .bind(problem)
    .all(tx)
    .await
}

/// The next number of the problem's county (or city, or province, where it has none) in this year of Asia/Shanghai.
async fn next_number(tx: &mut Tx, division: Uuid, now: Timestamp) -> Result<String, DbError> {
    // It runs before the counter and every scope row, so it also waits for the tree of organisations.
    let steady = tx.lock_clause(STEADY);
    let (code6,): (String,) = sql(
        "SELECT d.code FROM division_ancestor a JOIN division d ON d.id = a.ancestor_id \
         WHERE a.descendant_id = $1 AND d.level IN ('county', 'city', 'province')",
    )
    .bind(division)
    .push(steady)
    .push(" ORDER BY a.depth LIMIT 1")
    .one(&mut *tx)
    .await?;
    let year = now.shanghai_date().year();
    let (number,): (i64,) = sql("INSERT INTO counter (year, code6, value) VALUES ($1, $2, 1) \
         ON CONFLICT (year, code6) DO UPDATE SET value = counter.value + 1 RETURNING value")
    .bind(year)
    .bind(&code6)
    .one(&mut *tx)
    .await?;
    Ok(tracking_no(year, &code6, number))
}

/// The scopes `s.scope_id` that the problem $1 now belongs to.
macro_rules! its_scopes {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "( \
             SELECT a.ancestor_id AS scope_id FROM division_ancestor a JOIN problem x ON x.division_id = a.descendant_id WHERE x.id = $1 \
             UNION SELECT a.ancestor_id FROM org_ancestor a JOIN problem_org x ON x.org_id = a.descendant_id WHERE x.problem_id = $1 \
             UNION SELECT r.person_id FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id \
             WHERE x.problem_id = $1 AND x.part = 'primary' AND r.person_id IS NOT NULL \
             UNION SELECT e.person_id FROM problem x JOIN problem_reporter y ON y.problem_id = x.id AND y.part = 'primary' \
             JOIN reporter r ON r.id = y.reporter_id AND r.kind = 'enterprise' \
             JOIN enterprise_authorisation e ON e.enterprise_id = r.object_id \
             WHERE x.id = $1 AND e.ended_at IS NULL AND (e.valid_to IS NULL OR e.valid_to > x.updated_at) \
             UNION SELECT v.leader_id FROM visit v JOIN problem x ON x.visit_id = v.id WHERE x.id = $1 \
             UNION SELECT m.person_id FROM visit_member m JOIN problem x ON x.visit_id = m.visit_id WHERE x.id = $1 \
             UNION SELECT x.recorded_by FROM problem x WHERE x.id = $1 AND x.recorded_by IS NOT NULL \
             UNION SELECT x.id FROM problem x WHERE x.id = $1 \
             UNION SELECT a.ancestor_id FROM problem x JOIN division_ancestor d ON d.descendant_id = x.division_id \
             JOIN competence k ON k.division_id = d.ancestor_id JOIN org_ancestor a ON a.descendant_id = k.org_id \
             WHERE x.id = $1 AND x.state = 'open' AND k.ended_at IS NULL AND (k.category_id IS NULL OR k.category_id = x.category_id) \
             AND (k.audience IS NULL OR k.audience = x.audience) AND k.valid_from <= x.updated_at \
             AND (k.valid_to IS NULL OR k.valid_to > x.updated_at) \
             ) s",
            $after
        )
    };
}

/// Puts a problem into every scope that it now belongs to: its division and those above, its organisations and those
/// above, the people of its visit, its recorder, its primary reporter and whom that enterprise authorises, and itself
/// (for who bears its receipt); while it is open also those of the organisations that are competent to claim it. Not of
/// its followers: each keeps the view of his own number, and the other's case stays the other's. Scopes are only added:
/// who once had a part goes on seeing it.
pub async fn scope_rows(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    sql(its_scopes!(
        "INSERT INTO problem_scope (scope_id, problem_id, state, recorded_at, due_key, updated_at, urgency_due_key, \
         response_due_key, last_progress_at) \
         SELECT s.scope_id, p.id, p.state, p.recorded_at, p.due_key, p.updated_at, p.urgency_due_key, \
         p.response_due_key, p.last_progress_at FROM problem p, ",
        " WHERE p.id = $1 ON CONFLICT (scope_id, problem_id) DO NOTHING"
    ))
    .bind(problem)
    .run(tx)
    .await?;
    Ok(())
}

/// Takes a part from an organisation that was given it by mistake or in vain, and the scopes that the problem lay in by
/// that alone.
pub async fn no_part(tx: &mut Tx, problem: Uuid, org: Uuid, part: OrgPart) -> Result<(), DbError> {
    sql("DELETE FROM problem_org WHERE problem_id = $1 AND org_id = $2 AND part = $3")
        .bind(problem)
        .bind(org)
        .bind(part)
        .run(&mut *tx)
        .await?;
    sql(its_scopes!(
        "DELETE FROM problem_scope WHERE problem_id = $1 AND scope_id IN \
         (SELECT o.ancestor_id FROM org_ancestor o WHERE o.descendant_id = $2) \
         AND scope_id NOT IN (SELECT s.scope_id FROM ",
        ")"
    ))
    .bind(problem)
    .bind(org)
    .run(tx)
    .await?;
    Ok(())
}

/// Takes the problem out of the sight of these people, but for those whose scope it lies in for another reason.
pub(super) async fn hide_from(tx: &mut Tx, problem: Uuid, people: &[Uuid]) -> Result<(), DbError> {
    sql(its_scopes!(
        "DELETE FROM problem_scope WHERE problem_id = $1 AND scope_id NOT IN (SELECT s.scope_id FROM ",
        ")"
    ))
    .bind(problem)
    .push(" AND scope_id")
    .in_list(people)
    .run(tx)
    .await?;
    Ok(())
}

pub(super) async fn keep_head(tx: &mut Tx, problem: Uuid, head: &Head) -> Result<(), DbError> {
    sql("UPDATE problem SET event_seq = $1, event_hash = $2 WHERE id = $3")
        .bind(head.seq)
        .bind(head.hash.clone())
        .bind(problem)
        .run(tx)
        .await?;
    Ok(())
}

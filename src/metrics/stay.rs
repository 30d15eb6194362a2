//! How long problems stayed in a stage with an organisation (S-69): a fact for each stay that is over, written in the
//! transaction of the transition that leaves it. What ended waits for nobody.

use sqlx::FromRow;
use uuid::Uuid;

use crate::calendar::{self, Calendar};
use crate::clock::Timestamp;
use crate::db::{DbError, Tx, Value, sql};
use crate::directory::words::Audience;
use crate::problems::domain::State;

/// Events that a rebuild reads, and stays that it writes, at a time.
const BATCH: i64 = 1_000;

/// A stay that is over.
#[derive(Clone, Debug)]
pub struct Stay {
    /// Of which problem.
    pub problem_id: Uuid,
    /// The number in its chain of the event by which it was left.
    pub left_seq: i64,
    /// In which round of handling.
    pub cycle_no: i64,
    /// In which stage.
    pub stage: State,
    /// With whom: who led or studied; `None` before anybody did.
    pub org_id: Option<Uuid>,
    /// The problem's division.
    pub division_id: Uuid,
    /// Its campaign-year.
    pub campaign_year_id: Uuid,
    /// Whom it concerns.
    pub audience: Audience,
    /// Since when.
    pub entered_at: Timestamp,
    /// Until when.
    pub left_at: Timestamp,
}

impl Stay {
    fn row(&self, calendar: &Calendar) -> [Value; 11] {
        let minutes = calendar.working_minutes_between(self.entered_at.utc(), self.left_at.utc());
        [
            self.problem_id.into(),
            self.left_seq.into(),
            self.cycle_no.into(),
            self.stage.into(),
            self.org_id.into(),
            self.division_id.into(),
            self.campaign_year_id.into(),
            self.audience.into(),
            self.entered_at.into(),
            self.left_at.into(),
            minutes.into(),
        ]
    }
}

/// Writes a stay down.
pub async fn leave(tx: &mut Tx, calendar: &Calendar, stay: &Stay) -> Result<(), DbError> {
    write(tx, calendar, std::slice::from_ref(stay)).await
}

async fn write(tx: &mut Tx, calendar: &Calendar, stays: &[Stay]) -> Result<(), DbError> {
    if stays.is_empty() {
        return Ok(());
    }
    let rows = stays.iter().map(|stay| -> [Value; 12] {
        let [
            problem,
            seq,
            cycle,
            stage,
            org,
            division,
            year,
            audience,
            entered,
            left,
            minutes,
        ] = stay.row(calendar);
        let left_on = stay.left_at.shanghai_date().into();
        [
            problem, seq, cycle, stage, org, division, year, audience, entered, left, left_on, minutes,
        ]
    });
    sql("INSERT INTO stay (problem_id, left_seq, cycle_no, stage, org_id, division_id, campaign_year_id, audience, entered_at, \
         left_at, left_on, minutes)")
    .values(rows)
    .run(tx)
    .await?;
    Ok(())
}

/// An event that moved a problem, with who led or studied before and after it.
#[derive(Clone, Debug, FromRow)]
struct Moving {
    problem_id: Uuid,
    seq: i64,
    from_state: State,
    to_state: State,
    at: Timestamp,
    division_id: Uuid,
    campaign_year_id: Uuid,
    audience: Audience,
    recorded_at: Timestamp,
    cycle_no: i64,
    led: Option<Uuid>,
    leads: Option<Uuid>,
    studied: Option<Uuid>,
}

const MOVING: &str = "SELECT e.aggregate_id AS problem_id, e.aggregate_seq AS seq, e.from_state, e.to_state, \
     e.occurred_at AS at, p.division_id, p.campaign_year_id, p.audience, p.recorded_at, \
     COALESCE((SELECT MAX(c.n) FROM cycle c WHERE c.problem_id = p.id AND c.started_at < e.occurred_at), 1) AS cycle_no, \
     (SELECT a.org_id FROM assignment a WHERE a.problem_id = p.id AND a.role = 'lead' AND a.assigned_at < e.occurred_at \
     ORDER BY a.assigned_at DESC, a.id DESC LIMIT 1) AS led, \
     (SELECT a.org_id FROM assignment a WHERE a.problem_id = p.id AND a.role = 'lead' AND a.assigned_at <= e.occurred_at \
     ORDER BY a.assigned_at DESC, a.id DESC LIMIT 1) AS leads, \
     (SELECT d.study_org_id FROM disposition d WHERE d.problem_id = p.id AND d.decided_at < e.occurred_at \
     AND (d.replaced_at IS NULL OR d.replaced_at >= e.occurred_at) ORDER BY d.decided_at DESC LIMIT 1) AS studied \
     FROM event e JOIN problem p ON p.id = e.aggregate_id WHERE e.from_state IS NOT NULL AND e.to_state IS NOT NULL";

/// Writes every stay anew, from the events of the problems. Part of the rebuild of the roll-ups; whoever led is read
/// from the assignments. Since when a problem is where it is stands with the problem, and is left alone: roll-ups are
/// locked behind problems.
pub async fn rebuild(tx: &mut Tx) -> Result<(), DbError> {
    sql("DELETE FROM stay").run(&mut *tx).await?;
    let calendar = calendar::store::load(&mut *tx).await?;
    let mut after: Option<(Uuid, i64)> = None;
    let mut last: Option<(Uuid, Timestamp)> = None;
    loop {
        let statement = match after {
            Some((problem, seq)) => sql(MOVING)
                .push_bind(" AND (e.aggregate_id, e.aggregate_seq) > (", problem)
                .push_bind(", ", seq)
                .push(")"),
            None => sql(MOVING),
        };
        let statement = statement.push_bind(" ORDER BY e.aggregate_id, e.aggregate_seq LIMIT ", BATCH);
        let events: Vec<Moving> = statement.all(&mut *tx).await?;
        let Some(end) = events.last() else { break };
        after = Some((end.problem_id, end.seq));
        let stays: Vec<Stay> = events
            .iter()
            .filter_map(|event| stay_before(event, &mut last))
            .collect();
        write(tx, &calendar, &stays).await?;
    }
    Ok(())
}

/// The stay that an event ended, if it did; `last` is since when the problem before it was where it was.
fn stay_before(event: &Moving, last: &mut Option<(Uuid, Timestamp)>) -> Option<Stay> {
    let entered_at = last
        .filter(|(problem, _)| *problem == event.problem_id)
        .map_or(event.recorded_at, |(_, at)| at);
    let stage = event.from_state;
    let changed = stage != event.to_state || event.led != event.leads;
    *last = Some((event.problem_id, if changed { event.at } else { entered_at }));
    let unled = matches!(stage, State::Recorded | State::Open);
    (changed && !stage.has_ended()).then(|| Stay {
        problem_id: event.problem_id,
        left_seq: event.seq,
        cycle_no: event.cycle_no,
        stage,
        org_id: event.led.or(event.studied).filter(|_| !unled),
        division_id: event.division_id,
        campaign_year_id: event.campaign_year_id,
        audience: event.audience,
        entered_at,
        left_at: event.at,
    })
}

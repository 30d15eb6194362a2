//! What happens by itself as time passes, by the rules of the domain model.

use super::Run;
use super::expected::Expected;
use crate::calendar::{Calendar, NOON, shanghai_time};
use crate::clock::Timestamp;
use crate::db::sql;
use crate::problems::domain::State;
use crate::test_support::World;

impl Expected {
    /// Until when it may stand where it stands.
    fn stands_until(&self) -> Option<Timestamp> {
        let calendar = Calendar::shipped();
        let working_days = |from: Timestamp, days| Timestamp::from(calendar.due_at(from.utc(), days).0);
        match self.state {
            State::Recorded => Some(working_days(self.recorded_at, 1)),
            State::Open => {
                let day = calendar.next_working_day(self.opened_at.shanghai_date()).date;
                Some(shanghai_time(day, NOON).into())
            }
            State::AwaitingReporter => Some(working_days(self.asked_at.expect("asked"), 5)),
            State::OnHold => Some(Self::end_of(self.held_until.expect("held"))),
            _ => None,
        }
    }

    /// Moves it as time has by now; whether it did.
    pub fn pass(&mut self, now: Timestamp) -> bool {
        let mut moved = false;
        self.now = now;
        while self.stands_until().is_some_and(|until| now >= until) {
            (moved, self.version) = (true, self.version + 1);
            match self.state {
                State::Recorded => self.enter(State::Open),
                State::Open => {
                    let org = self.proposed.unwrap_or(self.competent);
                    let rule = self.rule(self.disposition, Some(org), self.began);
                    self.due = self.due.or(Some(rule));
                    self.follow_up(org);
                    self.lead_by(org);
                    self.help_as_proposed(org);
                    self.enter(State::Assigned);
                }
                _ => self.go_on(self.stands_until().map_or(now, |until| until.min(now))),
            }
        }
        moved
    }
}

/// What never holds once everything that is due by `$1` has happened.
const NEVER: &[&str] = &[
    "SELECT 'waits past its time' AS broken, p.tracking_no FROM problem p JOIN task t ON t.problem_id = p.id \
         WHERE t.done_at IS NULL AND t.performer = 'service' AND t.due_at <= $1",
    " UNION ALL SELECT 'overdue and not told of', p.tracking_no FROM problem p \
         JOIN cycle c ON c.problem_id = p.id AND c.n = p.cycle_no WHERE p.due_at <= $1 AND c.resolution_at IS NULL \
         AND p.state NOT IN ('pending_confirmation', 'closed', 'merged', 'withdrawn') \
         AND NOT EXISTS (SELECT 1 FROM task t WHERE t.problem_id = p.id AND t.kind = 'overdue' AND t.due_at = p.due_at \
         AND t.outcome = 'done')",
    " UNION ALL SELECT 'told twice, or without a task', p.tracking_no FROM problem p JOIN ( \
         SELECT e.problem_id AS id, e.type FROM event e WHERE e.type IN ('problem.due_soon', 'problem.overdue') \
         GROUP BY e.problem_id, e.type HAVING COUNT(*) <> (SELECT COUNT(*) FROM task t WHERE t.problem_id = e.problem_id \
         AND 'problem.' || t.kind = e.type AND t.outcome = 'done')) x ON x.id = p.id",
    " UNION ALL SELECT 'a task of what has ended', p.tracking_no FROM problem p JOIN task t ON t.problem_id = p.id \
         WHERE t.done_at IS NULL AND t.kind <> 'erase' AND p.state IN ('merged', 'withdrawn')",
    " UNION ALL SELECT 'a task that failed', p.tracking_no FROM problem p JOIN task t ON t.problem_id = p.id \
         WHERE t.last_error IS NOT NULL",
];

/// Asserts that nothing waits past its time, and that each clock told once what it had to tell.
pub async fn nothing_waits(world: &World, context: &str) {
    let now = world.app.clock.now();
    let statement = NEVER.iter().fold(sql(""), |statement, text| statement.push(text));
    let found: Vec<(String, String)> = statement.bind(now).all(&world.app.db).await.expect("rows");
    assert!(found.is_empty(), "{found:?}: {context}");
}

impl Run {
    /// Time passes, and what is due by then happens by itself: to the problems of earlier episodes, too.
    pub(super) async fn pass_time(&mut self, context: &str) {
        let hours = match self.random.below(20) {
            0..=11 => 0,
            12..=16 => self.random.between(1, 12),
            17..=18 => self.random.between(13, 72),
            _ => self.random.between(100, 400),
        };
        let clock = &self.world.app.clock;
        clock.set(clock.now().plus_seconds(i64::try_from(hours).unwrap_or(0) * 3600));
        let now = clock.now();
        self.happened += self.engine.work_off(usize::MAX).await.expect("tasks");
        for index in 0..self.problems.len() {
            if self.problems[index].pass(now) {
                self.look(index, context).await;
            }
        }
        if hours > 0 {
            nothing_waits(&self.world, context).await;
        }
    }
}

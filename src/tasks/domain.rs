//! Which tasks a problem needs, and when they are due. Pure.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use crate::calendar::{CLOSE_OF_BUSINESS, Calendar, NOON, shanghai_time, start_of_shanghai_day};
use crate::clock::Timestamp;
use crate::erasure::domain::kept_until;
use crate::feedback::domain::REVIEW_DAYS;
use crate::problems::domain::State;
use crate::text_enum;

text_enum! {
    /// What happens by itself.
    pub enum ServiceTask {
        Open = "open" / "自动转为待认领" / "open what was recorded",
        Assign = "assign" / "自动交办" / "assign what nobody claimed",
        GoOn = "go_on" / "反映人未答复，自动恢复办理" / "go on without the reporter's answer",
        Resume = "resume" / "挂起期满，自动恢复办理" / "resume what was on hold",
        DueSoon = "due_soon" / "临期" / "it is due within a working day",
        Overdue = "overdue" / "超期" / "it is overdue",
        PromiseDue = "promise_due" / "承诺临期" / "a promise is due within a working day",
        Erase = "erase" / "到期擦除个人信息和原文" / "erase words and personal data",
    }
}

text_enum! {
    /// What is left to people.
    pub enum ToDo {
        LookBack = "look_back" / "回头看" / "look back",
        FollowUp = "follow_up" / "销号后跟进联系" / "contact the reporter after closure",
        CloseUnanswered = "close_unanswered" / "反映人未确认：回访或按无回应销号" / "the reporter has not confirmed: call him back, or close unanswered",
        ReviewRating = "review_rating" / "低分评价复核" / "review a low rating",
        ReplyComment = "reply_comment" / "回复评论" / "reply to a comment",
        KeepPromise = "keep_promise" / "兑现承诺" / "keep what was promised on site, and say so",
    }
}

text_enum! {
    /// How a task ended.
    pub enum Outcome {
        Done = "done" / "已完成" / "done",
        Lapsed = "lapsed" / "已失效" / "its occasion has passed",
        Failed = "failed" / "失败" / "failed too often",
    }
}

/// A task's kind: who performs it follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By itself.
    Service(ServiceTask),
    /// Somebody's to-do.
    Person(ToDo),
}

impl Kind {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service(kind) => kind.as_str(),
            Self::Person(kind) => kind.as_str(),
        }
    }

    /// Who performs it, as the database has it.
    pub const fn performer(self) -> &'static str {
        match self {
            Self::Service(_) => "service",
            Self::Person(_) => "person",
        }
    }
}

/// Working days that a reporter has to answer a question, before work goes on without him.
const ANSWER_DAYS: u32 = 5;
/// Calendar days after closure when somebody is to have contacted him (S-71).
const FOLLOW_UP_DAYS: u64 = 30;
/// Calendar days after closure when that is left: as long as he may have it reopened.
const FOLLOWED_UP_FOR: i64 = 365;

/// A planned look-back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedLookBack {
    /// Its row.
    pub id: Uuid,
    /// Its day.
    pub due_on: NaiveDate,
    /// Whether it was made.
    pub done: bool,
}

/// A comment that the administration has not replied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// The comment.
    pub comment: Uuid,
    /// By when it is to be replied to.
    pub due_at: Timestamp,
    /// Whether everybody reads it: what is hidden waits for nobody.
    pub visible: bool,
}

/// A promise made on site, about a problem or about none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The commitment.
    pub commitment: Uuid,
    /// The organisation that is to keep it.
    pub org: Uuid,
    /// By the end of which day.
    pub due_on: NaiveDate,
    /// Whether somebody has said that it was kept, or broken.
    pub settled: bool,
    /// Whether it was ended: entered in error, or erased.
    pub ended: bool,
}

impl Promise {
    /// What it needs until it is settled: a reminder, and somebody who keeps it. `about` is its problem, or else its
    /// visit.
    fn wanted(&self, calendar: &Calendar, about: Uuid) -> Vec<Wanted> {
        if self.settled || self.ended {
            return Vec::new();
        }
        let due_at = end_of(self.due_on);
        let of = |kind: Kind, due_at| Wanted {
            kind,
            due_at,
            key: format!("{}/{about}/{}", kind.as_str(), self.commitment),
        };
        vec![
            of(Kind::Service(ServiceTask::PromiseDue), due_soon_at(calendar, due_at)),
            of(Kind::Person(ToDo::KeepPromise), due_at),
        ]
    }
}

/// What the promises about no problem that were made at a visit need.
pub fn wanted_of_visit(promises: &[Promise], calendar: &Calendar, visit: Uuid) -> Vec<Wanted> {
    let wanted = promises.iter().flat_map(|promise| promise.wanted(calendar, visit));
    wanted.collect()
}

/// The promise that a task is about.
pub fn promise_of(kind: &str, key: &str) -> Option<Uuid> {
    let is_one = kind == ServiceTask::PromiseDue.as_str() || kind == ToDo::KeepPromise.as_str();
    let last = key.rsplit('/').next().filter(|_| is_one)?;
    Uuid::try_parse(last).ok()
}

/// How a task about a promise ends that is needed no longer: the to-do is done once the promise is settled, either way.
pub fn outcome_of_promise(promises: &[Promise], kind: &str, key: &str) -> Outcome {
    let about = promise_of(kind, key).filter(|_| kind == ToDo::KeepPromise.as_str());
    let is_settled = |promise: &Promise| promise.settled && Some(promise.commitment) == about;
    if promises.iter().any(is_settled) {
        Outcome::Done
    } else {
        Outcome::Lapsed
    }
}

/// How a problem stands, as far as that decides what must happen later.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The problem.
    pub problem: Uuid,
    /// Where it stands.
    pub state: State,
    /// Which round of handling.
    pub cycle: i64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it is due; `None`: at no time, or paused.
    pub due_at: Option<Timestamp>,
    /// While open: place in its chain, and time, of the event that made it so.
    pub opened: Option<(i64, Timestamp)>,
    /// While paused: since when.
    pub paused_at: Option<Timestamp>,
    /// While on hold: up to the end of which day.
    pub until: Option<NaiveDate>,
    /// When the work of this cycle was reported done.
    pub resolved_at: Option<Timestamp>,
    /// Working days that the reporter has from then on to confirm it.
    pub confirmation_days: u32,
    /// When this cycle was closed.
    pub closed_at: Option<Timestamp>,
    /// Whether it was closed without an answer.
    pub unconfirmed: bool,
    /// Once closed: whether somebody has spoken with the reporter since.
    pub contacted: bool,
    /// Once closed: its look-backs that are planned or were made in their turn.
    pub look_backs: Vec<PlannedLookBack>,
    /// Low ratings of any round that nobody has reviewed, and when they were given.
    pub to_review: Vec<(Uuid, Timestamp)>,
    /// Comments that nobody has replied to.
    pub unanswered: Vec<Unanswered>,
    /// Promises about it.
    pub promised: Vec<Promise>,
    /// The organisation that leads or studies it: another one has to-dos of its own.
    pub responsible: Option<Uuid>,
    /// Once it has ended: when it did, or was last looked back at.
    pub ended_at: Option<Timestamp>,
    /// Whether its words and personal data are erased.
    pub erased: bool,
    /// Whether others commented on it whose words are not: its reporter asked before the term.
    pub keeps_comments: bool,
}

/// A task that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What is to happen.
    pub kind: Kind,
    /// When.
    pub due_at: Timestamp,
    /// Its occasion: one task for each.
    pub key: String,
}

impl Standing {
    /// Every task that is needed, as it stands at `now`.
    pub fn wanted(&self, calendar: &Calendar, now: Timestamp) -> Vec<Wanted> {
        // Nobody can ask anything about what is erased.
        if self.erased {
            return self
                .end_of_keeping()
                .filter(|_| self.keeps_comments)
                .into_iter()
                .collect();
        }
        let mut wanted: Vec<Wanted> = self.moves(calendar).into_iter().collect();
        wanted.extend(self.end_of_keeping());
        wanted.extend(self.alarms(calendar));
        wanted.extend(self.to_dos(calendar, now));
        wanted.extend(self.to_review.iter().map(|(rating, given)| Wanted {
            kind: Kind::Person(ToDo::ReviewRating),
            due_at: calendar.due_at(given.utc(), REVIEW_DAYS).0.into(),
            key: self.key(ToDo::ReviewRating.as_str(), &rating.to_string()),
        }));
        wanted.extend(self.replies());
        let promised = self.promised.iter();
        wanted.extend(promised.flat_map(|promise| promise.wanted(calendar, self.problem)));
        wanted
    }

    /// The replies that wait, of whoever answers for it now; a problem that was merged is answered for no longer.
    fn replies(&self) -> impl Iterator<Item = Wanted> + '_ {
        let merged = self.state == State::Merged;
        let due = self.unanswered.iter().filter(move |one| one.visible && !merged);
        due.map(|one| Wanted {
            kind: Kind::Person(ToDo::ReplyComment),
            due_at: one.due_at,
            key: self.key(
                ToDo::ReplyComment.as_str(),
                &format!("{}/{}", one.comment, self.responsible.unwrap_or_default()),
            ),
        })
    }

    /// What moves it by itself.
    fn moves(&self, calendar: &Calendar) -> Option<Wanted> {
        let after = |from: Timestamp, days| Timestamp::from(calendar.due_at(from.utc(), days).0);
        let task = |kind, due_at, occasion: String| Wanted {
            kind: Kind::Service(kind),
            due_at,
            key: self.key(kind.as_str(), &occasion),
        };
        match self.state {
            State::Recorded => Some(task(ServiceTask::Open, after(self.recorded_at, 1), String::new())),
            State::Open => self.opened.map(|(seq, at)| {
                let day = calendar.next_working_day(at.shanghai_date()).date;
                task(ServiceTask::Assign, shanghai_time(day, NOON).into(), seq.to_string())
            }),
            State::AwaitingReporter => self
                .paused_at
                .map(|asked| task(ServiceTask::GoOn, after(asked, ANSWER_DAYS), self.cycle.to_string())),
            State::OnHold => self.until.map(|until| {
                let occasion = format!("{}/{until}", self.cycle);
                task(
                    ServiceTask::Resume,
                    shanghai_time(until, CLOSE_OF_BUSINESS).into(),
                    occasion,
                )
            }),
            _ => None,
        }
    }

    /// When nothing that is personal is kept any longer. A problem that is revived before goes by another occasion
    /// later.
    fn end_of_keeping(&self) -> Option<Wanted> {
        let ended = self.ended_at.filter(|_| self.state.has_ended())?;
        let kind = ServiceTask::Erase;
        let due_at = kept_until(ended);
        Some(Wanted {
            kind: Kind::Service(kind),
            due_at,
            key: self.key(kind.as_str(), &format!("{}/{}", self.cycle, due_at.seconds())),
        })
    }

    /// What is told of its clock: once for each time at which it is due.
    fn alarms(&self, calendar: &Calendar) -> Vec<Wanted> {
        let over = self.state.has_ended() || self.state == State::PendingConfirmation || self.resolved_at.is_some();
        let Some(due) = self.due_at.filter(|_| !over) else {
            return Vec::new();
        };
        [
            (ServiceTask::DueSoon, due_soon_at(calendar, due)),
            (ServiceTask::Overdue, due),
        ]
        .map(|(kind, due_at)| Wanted {
            kind: Kind::Service(kind),
            due_at,
            key: self.key(kind.as_str(), &format!("{}/{}", self.cycle, due.seconds())),
        })
        .into()
    }

    /// What is left to people.
    fn to_dos(&self, calendar: &Calendar, now: Timestamp) -> Vec<Wanted> {
        let task = |kind: ToDo, due_at, occasion: String| Wanted {
            kind: Kind::Person(kind),
            due_at,
            key: self.key(kind.as_str(), &occasion),
        };
        match (self.state, self.resolved_at, self.closed_at) {
            (State::PendingConfirmation, Some(done), _) => {
                let due = calendar.due_at(done.utc(), self.confirmation_days).0.into();
                vec![task(ToDo::CloseUnanswered, due, self.cycle.to_string())]
            }
            (State::Closed, _, Some(closed)) => {
                let open = self.look_backs.iter().filter(|planned| !planned.done);
                let mut all: Vec<Wanted> = open
                    .map(|planned| task(ToDo::LookBack, end_of(planned.due_on), planned.id.to_string()))
                    .collect();
                let day = closed.shanghai_date() + Days::new(FOLLOW_UP_DAYS);
                let due = end_of(calendar.working_day_on_or_after(day).date);
                let left = closed.plus_seconds(FOLLOWED_UP_FOR * 24 * 3600) < now;
                all.extend((!self.contacted && !left).then(|| task(ToDo::FollowUp, due, self.cycle.to_string())));
                all
            }
            _ => Vec::new(),
        }
    }

    /// How a task ends that is needed no longer.
    pub fn outcome(&self, kind: &str, key: &str) -> Outcome {
        let closed = self.state == State::Closed;
        let done = match ToDo::parse(kind) {
            Some(ToDo::LookBack) => self
                .look_backs
                .iter()
                .any(|planned| planned.done && self.key(kind, &planned.id.to_string()) == key),
            Some(ToDo::FollowUp) => closed && self.contacted,
            Some(ToDo::CloseUnanswered) => closed && self.unconfirmed,
            // A low rating stays until it is reviewed.
            Some(ToDo::ReviewRating) => true,
            // Another answers for it, it is hidden or merged: whatever it is, it still waits.
            Some(ToDo::ReplyComment) => {
                let waits = |one: &Unanswered| key.contains(&one.comment.to_string());
                !self.unanswered.iter().any(waits)
            }
            Some(ToDo::KeepPromise) => return outcome_of_promise(&self.promised, kind, key),
            None => false,
        };
        if done { Outcome::Done } else { Outcome::Lapsed }
    }

    fn key(&self, kind: &str, occasion: &str) -> String {
        format!("{kind}/{}/{occasion}", self.problem)
    }
}

/// The end of business of a day.
pub fn end_of(day: NaiveDate) -> Timestamp {
    shanghai_time(day, CLOSE_OF_BUSINESS).into()
}

/// When a clock that is due at `due` begins to say `due_soon`: as the first day begins after which no more than one
/// working day is left.
pub fn due_soon_at(calendar: &Calendar, due: Timestamp) -> Timestamp {
    let due_on = due.shanghai_date();
    let mut day = due_on;
    while let Some(before) = day.pred_opt()
        && calendar.working_days_between(before, due_on) <= 1
    {
        day = before;
    }
    start_of_shanghai_day(day).into()
}

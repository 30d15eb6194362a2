//! The moments themselves, for every day.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use uuid::Uuid;

use crate::calendar::{CLOSE_OF_BUSINESS, Calendar, shanghai_time};
use crate::clock::Timestamp;
use crate::problems::domain::{ClockStatus, State, clock_status};
use crate::tasks::domain::{Kind, ServiceTask, Standing, due_soon_at};

fn a_day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..8_000).prop_map(|days| NaiveDate::from_ymd_opt(2004, 2, 1).expect("a day") + Days::new(days))
}

fn standing(state: State, at: Timestamp) -> Standing {
    Standing {
        problem: Uuid::nil(),
        state,
        cycle: 1,
        recorded_at: at,
        due_at: None,
        opened: Some((1, at)),
        paused_at: Some(at),
        until: Some(at.shanghai_date()),
        resolved_at: None,
        confirmation_days: 10,
        closed_at: None,
        unconfirmed: false,
        contacted: false,
        look_backs: Vec::new(),
        to_review: Vec::new(),
        unanswered: Vec::new(),
        promised: Vec::new(),
        responsible: None,
        ended_at: None,
        erased: false,
        keeps_comments: false,
    }
}

proptest! {
    /// The alarm rings at the very moment from which the clock says `due_soon`.
    #[test]
    fn it_is_told_that_it_is_due_soon_when_its_status_becomes_so(day in a_day()) {
        let calendar = Calendar::shipped();
        let due: Timestamp = shanghai_time(day, CLOSE_OF_BUSINESS).into();
        let rings = due_soon_at(calendar, due);
        let status = |at| clock_status(calendar, Some(due), false, None, at);
        prop_assert_eq!(status(rings), Some(ClockStatus::DueSoon));
        prop_assert_eq!(status(rings.plus_seconds(-1)), Some(ClockStatus::OnTime));
    }

    /// Nothing that moves by itself does so outside working days, but for a hold whose last day somebody chose; and
    /// never at or before the moment from which it waits.
    #[test]
    fn what_moves_by_itself_does_so_later_and_on_a_working_day(day in a_day(), seconds in 0_i64..86_400) {
        let calendar = Calendar::shipped();
        let at = Timestamp::from(crate::calendar::start_of_shanghai_day(day)).plus_seconds(seconds);
        for state in [State::Recorded, State::Open, State::AwaitingReporter] {
            let wanted = standing(state, at).wanted(calendar, at);
            prop_assert_eq!(wanted.len(), 1);
            prop_assert!(wanted[0].due_at > at);
            prop_assert!(calendar.is_working_day(wanted[0].due_at.shanghai_date()).working);
            let hours = if state == State::Open { 12 } else { 17 };
            let local = wanted[0].due_at.utc() + chrono::TimeDelta::hours(8);
            prop_assert_eq!(chrono::Timelike::hour(&local), hours);
        }
    }
}

#[test]
fn every_state_needs_what_the_domain_model_says() {
    let at: Timestamp = "2019-01-10T02:00:00Z".parse().expect("an instant");
    for state in State::ALL {
        let mut stands = standing(*state, at);
        stands.due_at = Some(at);
        let wanted = stands.wanted(Calendar::shipped(), at);
        let moves: Vec<Kind> = wanted
            .iter()
            .map(|task| task.kind)
            .filter(|kind| !matches!(kind, Kind::Service(ServiceTask::DueSoon | ServiceTask::Overdue)))
            .collect();
        let expected = match state {
            State::Recorded => vec![Kind::Service(ServiceTask::Open)],
            State::Open => vec![Kind::Service(ServiceTask::Assign)],
            State::AwaitingReporter => vec![Kind::Service(ServiceTask::GoOn)],
            State::OnHold => vec![Kind::Service(ServiceTask::Resume)],
            _ => Vec::new(),
        };
        assert_eq!(moves, expected, "{state}");
        let alarms = wanted.len() - moves.len();
        let over = state.has_ended() || *state == State::PendingConfirmation;
        assert_eq!(alarms, if over { 0 } else { 2 }, "{state}");
    }
}

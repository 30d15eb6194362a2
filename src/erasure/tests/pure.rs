//! How long is kept, and what is left of a text.

use proptest::prelude::*;
use uuid::Uuid;

use super::instant;
use crate::calendar::Calendar;
use crate::erasure::domain::{MARK, blot, is_of_the_mark, kept_until};
use crate::problems::domain::State;
use crate::tasks::domain::{Kind, ServiceTask, Standing};

#[test]
fn what_is_personal_is_kept_for_24_calendar_months() {
    for (ended, until) in [
        ("2019-01-10T02:00:00Z", "2021-01-10T09:00:00Z"),
        ("2020-02-29T03:00:00Z", "2022-02-28T09:00:00Z"), // a shorter month
        ("2019-01-10T16:30:00Z", "2021-01-11T09:00:00Z"), // it is the next day in Shanghai
        ("2024-02-28T03:00:00Z", "2026-02-28T09:00:00Z"),
    ] {
        assert_eq!(kept_until(instant(ended)), instant(until), "{ended}");
    }
}

#[test]
fn it_is_planned_for_what_has_ended_and_is_not_erased() {
    let at = instant("2019-01-10T02:00:00Z");
    let standing = |state: State, ended, erased| Standing {
        problem: Uuid::nil(),
        state,
        cycle: 1,
        recorded_at: at,
        due_at: None,
        opened: Some((1, at)),
        paused_at: None,
        until: None,
        resolved_at: Some(at),
        confirmation_days: 10,
        to_review: Vec::new(),
        unanswered: Vec::new(),
        promised: Vec::new(),
        responsible: None,
        closed_at: Some(at),
        unconfirmed: false,
        contacted: false,
        look_backs: Vec::new(),
        ended_at: ended,
        erased,
        keeps_comments: false,
    };
    let erases = |standing: &Standing| {
        let wanted = standing.wanted(Calendar::shipped(), at);
        let erase = wanted
            .iter()
            .find(|task| task.kind == Kind::Service(ServiceTask::Erase));
        erase.map(|task| task.due_at)
    };
    for state in State::ALL.iter().copied() {
        let expected = state.has_ended().then(|| kept_until(at));
        assert_eq!(erases(&standing(state, Some(at), false)), expected, "{state}");
        assert!(
            standing(state, Some(at), true)
                .wanted(Calendar::shipped(), at)
                .is_empty(),
            "{state}"
        );
    }
    // A look-back after the closure begins the term anew, as another occasion.
    let later = at.plus_seconds(40 * 24 * 3600);
    let (first, second) = (
        standing(State::Closed, Some(at), false),
        standing(State::Closed, Some(later), false),
    );
    assert_eq!(erases(&second), Some(kept_until(later)));
    let key = |standing: &Standing| {
        standing
            .wanted(Calendar::shipped(), at)
            .iter()
            .find(|task| task.kind == Kind::Service(ServiceTask::Erase))
            .map(|task| task.key.clone())
    };
    assert_ne!(key(&first), key(&second));
}

#[test]
fn a_passage_of_the_mark_itself_is_none() {
    for passage in ["隐去", " （已隐去） ", "（", " "] {
        assert!(is_of_the_mark(passage), "{passage}");
    }
    assert!(!is_of_the_mark("李某"));
    assert_eq!(blot("没有他", "李某"), None);
    assert_eq!(blot("李某与李某", "李某"), Some("（已隐去）与（已隐去）".to_owned()));
}

proptest! {
    /// All that stood beside the passage stays, in its order, and nothing of the passage's length is told.
    #[test]
    fn a_blotted_text_is_the_rest(
        parts in prop::collection::vec("[甲乙丙丁，。a-z]{0,8}", 2..6),
        passage in "[李王张0-9]{1,6}",
    ) {
        let text = parts.join(&passage);
        let left = blot(&text, &passage).expect("it holds the passage");
        prop_assert!(!left.contains(&passage));
        prop_assert_eq!(left, parts.join(MARK));
    }
}

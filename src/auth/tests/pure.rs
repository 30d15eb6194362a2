//! The rules of signing in by themselves.

use uuid::Uuid;

use crate::auth::caller::TokenMembership;
use crate::auth::domain::{Delegated, Reach, Username, code_letters, lifetime, wait_after, widest};
use crate::auth::password::is_weak;
use crate::auth::policy::{self, Role};
use crate::clock::Timestamp;
use crate::directory::words::Level;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000).expect("an instant")
}

fn reach(id: u128, role: Role, level: Level) -> Reach {
    Reach {
        membership: TokenMembership {
            id: Uuid::from_u128(id),
            role,
            org: Uuid::nil(),
            division: Uuid::nil(),
            division_code: String::new(),
        },
        level,
    }
}

#[test]
fn waits_double_from_the_fifth_failure_to_a_quarter_of_an_hour() {
    let waits: Vec<i64> = (0..=16).map(wait_after).collect();
    assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    assert_eq!((wait_after(-1), wait_after(i64::MAX)), (0, 900));
}

#[test]
fn a_user_name_is_folded_and_bounded() {
    let name = |text: &str| Username::parse(text).map(|name| name.as_str().to_owned());
    assert_eq!(name(" Ｌｉ．Ming "), Some("li.ming".to_owned()));
    assert_eq!(name("李明"), Some("李明".to_owned()));
    for none in ["", "x", "a b", "a\u{0}b", "a\u{3000}b", &"x".repeat(65)] {
        assert_eq!(name(none), None, "{none:?}");
    }
    assert_eq!(code_letters(" abcde-fghjk "), "ABCDEFGHJK");
}

#[test]
fn a_weak_password_is_short_long_monotonous_or_the_name() {
    for weak in [
        "short",
        &"x".repeat(129),
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "my officer word",
    ] {
        assert!(is_weak(weak, "officer"), "{weak}");
    }
    assert!(!is_weak("三个词的口令也可以很长", "officer"));
    assert!(!is_weak("an ordinary sentence", "li"));
}

#[test]
fn the_widest_membership_sees_furthest_then_stands_highest_then_by_role() {
    let chosen = |reaches: &[Reach]| widest(reaches).map(|membership| membership.id.as_u128());
    let officer = reach(1, Role::Officer, Level::Province);
    let leader = reach(2, Role::Leader, Level::County);
    let city = reach(3, Role::Leader, Level::City);
    let dispatcher = reach(4, Role::Dispatcher, Level::County);
    assert_eq!(chosen(&[]), None);
    assert_eq!(chosen(&[officer.clone(), leader.clone()]), Some(2));
    assert_eq!(chosen(&[leader.clone(), city.clone(), dispatcher.clone()]), Some(3));
    assert_eq!(chosen(&[leader.clone(), dispatcher]), Some(4));
    assert_eq!(chosen(&[reach(9, Role::Leader, Level::County), leader]), Some(2));
    assert_eq!(chosen(&[reach(5, Role::Reporter, Level::Province), officer]), Some(1));
}

#[test]
fn a_token_lives_no_longer_than_what_it_carries() {
    assert_eq!(lifetime(at(0), []), 900);
    assert_eq!(lifetime(at(0), [at(10_000)]), 900);
    assert_eq!(lifetime(at(0), [at(10_000), at(60)]), 60);
    assert_eq!(lifetime(at(100), [at(60)]), 0);
}

#[test]
fn a_delegation_hands_on_what_may_be_handed_on() {
    for never in [
        "create_org",
        "get_me",
        "rate_problem",
        "look_back_problem",
        "decide_request",
        "no_such_thing",
    ] {
        assert!(!policy::may_be_delegated(never, Role::ALL), "{never}");
    }
    let operations = |names: [&str; 2]| names.map(ToOwned::to_owned).to_vec();
    let delegations = [
        (operations(["dispose_problem", "create_reset_code"]), at(50)),
        (operations(["create_visit", "open_problem"]), at(40)),
    ];
    let delegated = Delegated::of(delegations, &[Role::Leader, Role::Admin]);
    assert_eq!(delegated.ends_at, Some(at(40)));
    assert_eq!(
        delegated.actions.iter().collect::<Vec<_>>(),
        ["create_visit", "dispose_problem"]
    );
    assert!(delegated.needs(Role::Leader) && !delegated.needs(Role::Admin));
}

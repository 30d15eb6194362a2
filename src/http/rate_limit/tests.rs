use std::net::IpAddr;
use std::num::NonZeroU32;

use serde_json::json;
use uuid::Uuid;

use super::{Allowance, Kind, Rate, RateLimits, network_of};
use crate::auth::Caller;
use crate::clock::Clock;
use crate::config::Settings;
use crate::error::Code;

fn limits(clock: &Clock) -> RateLimits {
    let mut settings = Settings::load(None, &serde_json::Map::new()).expect("defaults");
    (settings.rate_limit_address, settings.rate_limit_public) = (0, 3);
    (settings.rate_limit_token, settings.rate_limit_caller) = (2, 3);
    RateLimits::new(&settings, clock.clone())
}

fn frozen() -> Clock {
    Clock::frozen("2026-01-05T00:00:00Z".parse().expect("a literal"))
}

fn pass(clock: &Clock, seconds: i64) {
    clock.set(clock.now().plus_seconds(seconds));
}

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// How many of so many requests at this moment are let through.
fn let_through(limits: &RateLimits, from: &str, kind: Kind, requests: usize) -> usize {
    let counted = (0..requests).map(|_| limits.count_address(address(from), kind, &mut Allowance::default()));
    counted.filter(Result::is_ok).count()
}

#[test]
fn a_quota_may_be_used_at_once_and_comes_back_evenly() {
    let clock = frozen();
    let limits = limits(&clock);
    assert_eq!(let_through(&limits, "203.0.113.9", Kind::Public, 5), 3);
    assert_eq!(
        let_through(&limits, "203.0.113.10", Kind::Public, 5),
        3,
        "each address by itself"
    );
    assert_eq!(
        let_through(&limits, "203.0.113.9", Kind::Token, 5),
        2,
        "each class by itself"
    );
    assert_eq!(let_through(&limits, "203.0.113.9", Kind::Other, 5), 5, "0 is no limit");
    pass(&clock, 19);
    assert_eq!(let_through(&limits, "203.0.113.9", Kind::Public, 2), 0);
    pass(&clock, 1);
    assert_eq!(let_through(&limits, "203.0.113.9", Kind::Public, 2), 1);
    pass(&clock, 3600);
    assert_eq!(let_through(&limits, "203.0.113.9", Kind::Public, 5), 3);
}

#[test]
fn who_is_refused_is_told_when_to_come_back() {
    let clock = frozen();
    let limits = limits(&clock);
    let mut headers = actix_web::http::header::HeaderMap::new();
    for (limit, ok) in [
        ("\"public\";r=2;t=20", true),
        ("\"public\";r=1;t=40", true),
        ("\"public\";r=0;t=60", true),
        ("\"public\";r=0;t=60", false),
    ] {
        let mut allowance = Allowance::default();
        let counted = limits.count_address(address("203.0.113.9"), Kind::Public, &mut allowance);
        assert_eq!(counted.is_ok(), ok);
        allowance.write(&mut headers);
        assert_eq!(
            headers.get("ratelimit").and_then(|value| value.to_str().ok()),
            Some(limit)
        );
        assert_eq!(
            headers.get("ratelimit-policy").and_then(|value| value.to_str().ok()),
            Some("\"public\";q=3;w=60")
        );
        if let Err(refused) = counted {
            assert_eq!(refused.code(), Code::RateLimited);
            let answer = refused.render(crate::http::Locale::Zh, "/", "");
            assert_eq!(
                answer
                    .headers()
                    .get("retry-after")
                    .and_then(|value| value.to_str().ok()),
                Some("20")
            );
        }
    }
}

#[test]
fn an_address_of_ipv6_is_its_network() {
    assert_eq!(network_of(address("2001:db8:1:2:3:4:5:6")), address("2001:db8:1:2::"));
    assert_eq!(network_of(address("::ffff:203.0.113.9")), address("203.0.113.9"));
    let limits = limits(&frozen());
    assert_eq!(let_through(&limits, "2001:db8:1:2::1", Kind::Public, 3), 3);
    assert_eq!(let_through(&limits, "2001:db8:1:2:ffff::9", Kind::Public, 1), 0);
    assert_eq!(let_through(&limits, "2001:db8:1:3::1", Kind::Public, 1), 1);
}

#[test]
fn a_client_with_a_rate_of_its_own_has_that_one() {
    let limits = limits(&frozen());
    let client = Uuid::from_u128(1);
    let through = |person: u128, client: Option<Uuid>, requests: usize| {
        let caller = Caller {
            subject: Uuid::from_u128(person),
            client,
            ..Caller::nobody()
        };
        (0..requests)
            .filter(|_| limits.count_caller(&caller, &mut Allowance::default()).is_ok())
            .count()
    };
    assert_eq!(through(7, Some(client), 9), 3);
    assert_eq!(through(8, Some(client), 9), 3, "each person through it by himself");
    assert_eq!(through(7, None, 9), 3, "and without it");
    let policy = |requests: i64| vec![(client, json!({ "requests": requests, "seconds": 60 }))];
    limits.learn(policy(5));
    assert_eq!(
        (through(7, Some(client), 4), through(8, Some(client), 4)),
        (4, 1),
        "the client as a whole"
    );
    limits.learn(policy(5));
    assert_eq!(
        through(7, Some(client), 1),
        0,
        "what was counted stays where the rate does"
    );
    limits.learn(vec![(client, json!({ "requests": 0, "seconds": 60 }))]);
    assert_eq!(
        through(9, Some(client), 9),
        3,
        "what cannot be read is as if it were not there"
    );
    limits.learn(Vec::new());
    assert_eq!(through(10, Some(client), 9), 3);
}

#[test]
fn a_clock_that_is_set_back_locks_nobody_out() {
    let clock = frozen();
    let limits = limits(&clock);
    assert_eq!(let_through(&limits, "203.0.113.9", Kind::Public, 5), 3);
    pass(&clock, -7200);
    assert_eq!(
        let_through(&limits, "203.0.113.9", Kind::Public, 5),
        4,
        "the one that shows it, and a whole quota"
    );
}

#[test]
fn who_has_his_whole_quota_again_is_forgotten() {
    let clock = frozen();
    let limits = limits(&clock);
    for last in 1..=200 {
        let_through(&limits, &format!("203.0.113.{last}"), Kind::Public, 1);
    }
    assert_eq!(limits.remembered(), 200);
    limits.sweep();
    assert_eq!(limits.remembered(), 200, "what is still owed is remembered");
    pass(&clock, 120);
    limits.sweep();
    assert_eq!(limits.remembered(), 0);
}

#[test]
fn a_flood_of_addresses_fills_a_bounded_memory() {
    let limits = limits(&frozen());
    for number in 0..(super::MOST_KEYS + 3 * 1024) {
        let number = u32::try_from(number).expect("small");
        let from = IpAddr::V4(std::net::Ipv4Addr::from_bits(number));
        let _ = limits.count_address(from, Kind::Public, &mut Allowance::default());
    }
    assert!(limits.remembered() <= super::MOST_KEYS, "{}", limits.remembered());
}

#[test]
fn every_rate_makes_a_quota() {
    for (requests, seconds) in [(1, 1), (1, 86_400), (1_000_000, 1), (u32::MAX, 60)] {
        let number = |number| NonZeroU32::new(number).expect("not 0");
        let rate = Rate {
            requests: number(requests),
            seconds: number(seconds),
        };
        assert_eq!(rate.quota().map(|quota| quota.burst_size().get()), Some(requests));
    }
}

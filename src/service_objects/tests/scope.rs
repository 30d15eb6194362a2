//! No list and no read shows an object outside the caller's divisions.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::*;
use crate::auth::caller::TokenMembership;
use crate::on_both;
use crate::test_support::seed;

/// Divisions of the tests' world, one inside another and beside each other.
const DIVISIONS: [&str; 7] = [
    "330000",
    "330700",
    "330782",
    "330782001",
    "330782001001",
    "330500",
    "330521",
];

/// Whether one code of `DIVISIONS` lies in the subtree of another.
fn lies_in(code: &str, ancestor: &str) -> bool {
    let stem = match ancestor {
        "330000" => "33",
        "330700" | "330500" => ancestor.trim_end_matches("00"),
        whole => whole,
    };
    code.starts_with(stem)
}

on_both! {
    async fn what_is_outside_does_not_exist(world: World) {
        let object = enter(&world, "officer", enterprise("示例", "330782")).await;
        let foreign = world.get(&path_of(&object)).by("deqing-officer").send().await;
        let missing = world.get("/service-objects/00000000-0000-7000-8000-000000000000").by("deqing-officer").send().await;
        assert_eq!((foreign.status, missing.status), (404, 404));
        world.patch(&path_of(&object)).by("deqing-officer").at(&json!(1)).json(json!({ "hardship": 1 })).send().await
            .expect_error(404, "not_found");
        world.post(&format!("{}/end", path_of(&object))).by("deqing-dispatcher").at(&json!(1))
            .json(json!({ "reason": "试" })).send().await.expect_error(404, "not_found");
        assert_eq!(names(&world, "deqing-leader", "").await, Vec::<String>::new());
        assert_eq!(names(&world, "province-leader", "").await, ["示例"]);
        assert_eq!(names(&world, "province-leader", "scope=division:330000").await, ["示例"]);
        world.post("/service-objects").by("deqing-officer").json(enterprise("示例", "330782")).send().await
            .expect_error(422, "invalid");
    }

    async fn s86_no_list_shows_an_object_outside_the_callers_divisions(world: World) {
        for code in DIVISIONS {
            enter(&world, "province-dispatcher", enterprise(code, code)).await;
        }
        let strategy = (
            prop::collection::vec((prop::sample::select(DIVISIONS.to_vec()), 0_usize..3), 1..4),
            prop::sample::select(vec!["", "&sort=-updated_at", "&type=enterprise", "&division=330700", "&q=33"]),
        );
        let mut runner =
            TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        for _ in 0..40 {
            let (memberships, query) = strategy.new_tree(&mut runner).expect("a value").current();
            let token = token_with(&world, &memberships);
            // A reporter's membership gives no sight of objects, however wide its division.
            let seeing: Vec<&str> =
                memberships.iter().filter(|(_, role)| ROLES[*role] != crate::auth::Role::Reporter).map(|(code, _)| *code).collect();
            let get = |path: String| world.get(&path).header("Authorization", &format!("Bearer {token}"));
            let answer = get(format!("/service-objects?limit=200&with_total=true{query}")).send().await;
            if seeing.is_empty() {
                answer.expect_error(403, "forbidden");
                continue;
            }
            let page = answer.expect(200);
            let items = page["items"].as_array().expect("items");
            assert_eq!(page["total"], items.len());
            for item in items {
                let code = item["name"].as_str().expect("a name");
                assert!(seeing.iter().any(|root| lies_in(code, root)), "{code} is shown to {memberships:?}");
                get(path_of(item)).send().await.expect(200);
            }
            // Each of the caller's divisions, and no other, can be named; its list is its subtree, whole.
            for root in DIVISIONS {
                let answer = get(format!("/service-objects?scope=division:{root}")).send().await;
                if seeing.contains(&root) {
                    let page = answer.expect(200);
                    let inside = DIVISIONS.iter().filter(|code| lies_in(code, root)).count();
                    assert_eq!(page["items"].as_array().map(Vec::len), Some(inside), "{root}");
                } else {
                    answer.expect_error(422, "invalid");
                }
            }
        }
    }
}

const ROLES: [crate::auth::Role; 3] = [
    crate::auth::Role::Officer,
    crate::auth::Role::Supervisor,
    crate::auth::Role::Reporter,
];

/// A token whose memberships have these divisions and roles.
fn token_with(world: &World, memberships: &[(&str, usize)]) -> String {
    let member = seed::member("officer");
    let mut claims = world.claims(&member, false);
    claims.memberships = memberships
        .iter()
        .map(|(code, role)| TokenMembership {
            id: world.app.ids.next(),
            role: ROLES[*role],
            org: member.org,
            division: seed::division(code),
            division_code: (*code).to_owned(),
        })
        .collect();
    claims.membership = claims.memberships.first().map(|membership| membership.id);
    world.app.tokens.sign(&claims).expect("a signature")
}

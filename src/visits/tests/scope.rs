//! Whatever visits there are: a list shows those of its scope, all of them, and no other; so does a single read.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{id, plan};
use crate::auth::Scope;
use crate::auth::caller::TokenMembership;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::seed::{self, Member, member, org};

const PLANNERS: [&str; 6] = [
    "officer",
    "officer2",
    "leader",
    "province-leader",
    "deqing-officer",
    "deqing-leader",
];
const LEADERS: [&str; 3] = ["leader", "province-leader", "deqing-leader"];
const DIVISIONS: [&str; 7] = [
    "330000",
    "330700",
    "330782",
    "330782001",
    "330782001001",
    "330500",
    "330521",
];
const ORGS: [&str; 4] = [
    "yiwu-government",
    "yiwu-finance",
    "province-government",
    "deqing-government",
];

/// A visit, and the team that it is changed to afterwards.
#[derive(Clone, Debug)]
struct Arbitrary {
    planner: &'static str,
    leader: &'static str,
    division: &'static str,
    team: Vec<&'static str>,
    later: Option<Vec<&'static str>>,
}

fn team() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(&PLANNERS[..], 0..=3)
}

fn visits() -> impl Strategy<Value = Vec<Arbitrary>> {
    let one = (
        proptest::sample::select(&PLANNERS[..]),
        proptest::sample::select(&LEADERS[..]),
        proptest::sample::select(&DIVISIONS[..]),
        team(),
        proptest::option::of(team()),
    );
    let one = one.prop_map(|(planner, leader, division, team, later)| Arbitrary {
        planner,
        leader,
        division,
        team,
        later,
    });
    proptest::collection::vec(one, 60)
}

/// A reader: anybody's person, in any role, organisation and division.
fn readers() -> impl Strategy<Value = Vec<Member>> {
    let one = (
        proptest::sample::select(&PLANNERS[..]),
        proptest::sample::select(
            &[
                "officer",
                "leader",
                "handler",
                "head",
                "dispatcher",
                "supervisor",
                "assessor",
            ][..],
        ),
        proptest::sample::select(&ORGS[..]),
        proptest::sample::select(&DIVISIONS[..]),
    );
    let one = one.prop_map(|(person, role, org_key, code)| Member {
        role: member(role).role,
        org: org(org_key),
        division: (seed::division(code), code),
        ..member(person)
    });
    proptest::collection::vec(one, 12)
}

async fn made(world: &World, visit: &Arbitrary) -> Option<Value> {
    let members = |team: &[&str]| -> Value {
        team.iter()
            .map(|who| json!({ "person_id": member(who).person }))
            .collect()
    };
    let body = plan(json!({
        "division": visit.division, "leader_id": member(visit.leader).person, "members": members(&visit.team),
    }));
    let answer = world.post("/visits").by(visit.planner).json(body).send().await;
    // Beyond the planner's or the leader's reach.
    if answer.status == 422 {
        return None;
    }
    let view = answer.expect(201);
    let Some(later) = &visit.later else { return Some(view) };
    let path = format!("/visits/{}", id(&view));
    let body = json!({ "members": members(later) });
    Some(
        world
            .patch(&path)
            .by(visit.planner)
            .at(&view["version"])
            .json(body)
            .send()
            .await
            .expect(200),
    )
}

/// What the rule book says, told from the representation alone.
fn lies_in(view: &Value, scope: &Scope) -> bool {
    let is = |value: &Value, id: Uuid| value["id"] == json!(id);
    match scope {
        Scope::Division { code, .. } => {
            let stem = match code.strip_suffix("0000") {
                Some(province) => province,
                None => code.strip_suffix("00").filter(|_| code.len() == 6).unwrap_or(code),
            };
            view["division"]["code"].as_str().unwrap_or_default().starts_with(stem)
        }
        Scope::Org(id) => {
            is(&view["org"], *id) || (*id == org("yiwu-government") && is(&view["org"], org("yiwu-finance")))
        }
        Scope::Own(person) => {
            let on_it = |one: &Value| is(&one["person"], *person);
            is(&view["recorded_by"], *person) || view["members"].as_array().is_some_and(|team| team.iter().any(on_it))
        }
    }
}

async fn listed(world: &World, token: &str, scope: &Scope) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/visits?limit=7&scope={}{cursor}", scope.name());
        let call = world.get(&path).header("Authorization", &format!("Bearer {token}"));
        let page = call.send().await.expect(200);
        for visit in page["items"].as_array().expect("a list") {
            assert!(seen.insert(id(visit).to_owned()), "a visit comes once");
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return seen,
        }
    }
}

on_both! {
    async fn s86_no_list_shows_what_lies_outside_its_scope(world: World) {
        let mut runner = TestRunner::deterministic();
        let mut views = Vec::new();
        for visit in visits().new_tree(&mut runner).expect("visits").current() {
            views.extend(made(&world, &visit).await);
        }
        assert!(views.len() > 10, "most of it was refused: {}", views.len());
        for reader in readers().new_tree(&mut runner).expect("readers").current() {
            let token = world.app.tokens.sign(&world.claims(&reader, false)).expect("a token");
            let membership = TokenMembership {
                id: reader.membership,
                role: reader.role,
                org: reader.org,
                division: reader.division.0,
                division_code: reader.division.1.to_owned(),
            };
            let scopes = Scope::of(reader.person, &membership);
            for scope in &scopes {
                let expected: BTreeSet<String> =
                    views.iter().filter(|view| lies_in(view, scope)).map(|view| id(view).to_owned()).collect();
                assert_eq!(listed(&world, &token, scope).await, expected, "{reader:?} {scope:?}");
            }
            for view in &views {
                let path = format!("/visits/{}", id(view));
                let call = world.get(&path).header("Authorization", &format!("Bearer {token}"));
                let seen = scopes.iter().any(|scope| lies_in(view, scope));
                assert_eq!(call.send().await.status, if seen { 200 } else { 404 }, "{reader:?}");
            }
        }
    }
}

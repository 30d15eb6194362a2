use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::domain::{RuleInForce, Term, Terms, effective};
use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::{World, seed};

fn rule(above: i64, height: i64, term: Term, days: u32, began: i64) -> RuleInForce {
    RuleInForce {
        id: Uuid::nil(),
        term,
        days,
        above,
        is_top: above == height,
        valid_from: NaiveDate::default() + chrono::TimeDelta::days(began),
    }
}

fn any_rules() -> impl Strategy<Value = Vec<(i64, usize, u32, i64)>> {
    proptest::collection::vec((0_i64..4, 0..Term::ALL.len(), 1_u32..60, 0_i64..5), 0..20)
}

proptest! {
    /// Whatever rules there are in a chain of four levels: nobody has less time than the level above him.
    #[test]
    fn a_child_is_never_tighter_than_its_parent(rules in any_rules()) {
        // Levels from 0, the top, to 3; what a level sees are the rules of its own and those above.
        let seen = |level: i64| -> Vec<RuleInForce> {
            let within = rules.iter().filter(|(of, ..)| *of <= level);
            within.map(|(of, term, days, began)| rule(level - of, level, Term::ALL[*term], *days, *began)).collect()
        };
        for term in Term::ALL {
            for level in 1..4 {
                let (child, parent) = (Terms::of(&seen(level)), Terms::of(&seen(level - 1)));
                prop_assert!(child.days(*term) >= parent.days(*term), "{term} at {level}");
            }
        }
    }

    /// What is in force is the default, the top's, or the loosest of those below that are looser.
    #[test]
    fn what_is_in_force_is_the_loosest_below_the_top(rules in any_rules()) {
        let chain: Vec<RuleInForce> = rules.iter().map(|(above, term, days, began)| rule(*above, 3, Term::ALL[*term], *days, *began)).collect();
        for term in Term::ALL {
            let current = |above: i64| {
                let mut of_level: Vec<_> = chain.iter().filter(|rule| rule.term == *term && rule.above == above).collect();
                of_level.sort_by_key(|rule| rule.valid_from);
                let last = of_level.last()?.valid_from;
                // Of two that began on the same day, which the schema forbids, the first of the chain.
                of_level.into_iter().find(|rule| rule.valid_from == last).map(|rule| rule.days)
            };
            let top = current(3).unwrap_or(term.default_days());
            let loosest = (0..3).filter_map(current).fold(top, u32::max);
            prop_assert_eq!(effective(*term, &chain).0, loosest);
        }
    }
}

#[test]
fn without_rules_the_defaults_are_those_of_the_specification() {
    let days = |term| Terms::default().days(term);
    assert_eq!(
        Term::ALL.iter().map(|term| days(*term)).collect::<Vec<_>>(),
        [1, 1, 3, 7, 30, 3, 10, 1]
    );
}

async fn set(world: &World, who: &str, division: &str, term: &str, days: u32) -> crate::test_support::world::Answer {
    let body = json!({ "division": division, "term": term, "working_days": days });
    world.post("/clock-rules").by(who).json(body).send().await
}

async fn in_force(world: &World, division: &str, term: &str) -> (i64, Value) {
    let path = format!("/clock-rules/effective?division={division}");
    let answer = world.get(&path).by("officer").send().await.expect(200);
    let terms = answer["terms"].as_array().unwrap();
    let found = terms.iter().find(|one| one["term"] == term).unwrap().clone();
    (
        found["working_days"].as_i64().unwrap(),
        found["rule"]["division"]["code"].clone(),
    )
}

async fn attempts(world: &World) -> Vec<(Option<Uuid>, Value)> {
    sql("SELECT subject_id, detail FROM access_log WHERE kind = 'layered_burden' ORDER BY id")
        .all(&world.app.db)
        .await
        .unwrap()
}

on_both! {
    async fn s73_a_lower_level_cannot_set_a_stricter_term_and_the_attempt_is_on_record(world: World) {
        // Against the default, before anybody has set anything.
        let refused = set(&world, "admin", "330782", "complex", 5).await;
        assert_eq!(refused.json()["above"], 7);
        assert_eq!(refused.expect_error(422, "invalid"), ["/working_days layered_burden"]);
        // The province may be stricter than the default.
        set(&world, "province-admin", "330000", "complex", 5).await.expect(201);
        assert_eq!(in_force(&world, "330782", "complex").await, (5, json!("330000")));
        set(&world, "admin", "330782", "complex", 4).await.expect_error(422, "invalid");
        set(&world, "supervisor", "330782", "complex", 10).await.expect(201);
        assert_eq!(in_force(&world, "330782", "complex").await, (10, json!("330782")));
        assert_eq!(in_force(&world, "330521", "complex").await, (5, json!("330000")));
        assert_eq!(in_force(&world, "330782", "simple").await, (3, Value::Null));
        let attempts = attempts(&world).await;
        let seen: Vec<_> = attempts.iter().map(|(division, detail)| (*division, &detail["working_days"], &detail["above"])).collect();
        let yiwu = Some(seed::division("330782"));
        assert_eq!(seen, [(yiwu, &json!(5), &json!(7)), (yiwu, &json!(4), &json!(5))]);
        // A province that becomes looser than a county carries the county along: no rule below is stricter for that.
        world.app.clock.set("2019-01-11T02:00:00Z".parse().unwrap());
        set(&world, "province-admin", "330000", "complex", 12).await.expect(201);
        assert_eq!(in_force(&world, "330782", "complex").await, (12, json!("330000")));
    }

    async fn a_rule_chooses_times_from_its_day_on_and_moves_none_that_runs(world: World) {
        let before = world.assigned(problem_body()).await;
        assert_eq!(before["clock"]["due_at"], "2019-01-21T09:00:00Z");
        set(&world, "province-admin", "330000", "complex", 10).await.expect(201);
        set(&world, "province-admin", "330000", "first_response", 2).await.expect(201);
        let later = json!({ "division": "330782", "term": "complex", "working_days": 20, "valid_from": "2019-02-01" });
        world.post("/clock-rules").by("admin").json(later).send().await.expect(201);
        let read = world.get(&format!("/problems/{}", before["id"].as_str().unwrap())).by("dispatcher").send().await.expect(200);
        assert_eq!((&read["clock"], &read["version"]), (&before["clock"], &before["version"]));
        let problem = world.open_problem().await;
        assert_eq!(problem["clock"]["first_response_due"], "2019-01-14T09:00:00Z");
        let assign = |due_on: &str| json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": due_on });
        let call = |due_on: &str| {
            let path = format!("/problems/{}/assign", problem["id"].as_str().unwrap());
            world.post(&path).by("dispatcher").at(&problem["version"]).json(assign(due_on)).send()
        };
        call("2019-01-25").await.expect_error(422, "invalid");
        assert_eq!(call("2019-01-24").await.expect(200)["clock"]["due_at"], "2019-01-24T09:00:00Z");
    }

    async fn rules_are_kept_within_the_division_and_ended_with_a_reason(world: World) {
        set(&world, "officer", "330782", "simple", 5).await.expect_error(403, "forbidden");
        assert_eq!(set(&world, "admin", "330000", "simple", 5).await.expect_error(422, "invalid"), ["/division unknown_reference"]);
        assert_eq!(set(&world, "deqing-admin", "330782", "simple", 5).await.expect_error(422, "invalid"), ["/division unknown_reference"]);
        let bad = json!({ "division": "330782", "term": "simple", "working_days": 2, "valid_from": "2019-01-09", "valid_to": "2019-01-09" });
        let faults = world.post("/clock-rules").by("admin").json(bad).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/valid_from not_within", "/valid_to not_within", "/working_days layered_burden"]);
        let rule = set(&world, "admin", "330782", "simple", 5).await.expect(201);
        set(&world, "admin", "330782", "simple", 6).await.expect_error(409, "duplicate");
        let path = format!("/clock-rules/{}", rule["id"].as_str().unwrap());
        let end = |who: &'static str| world.post(&format!("{path}/end")).by(who).at(&rule["version"]).json(json!({ "reason": "恢复原规定" })).send();
        end("deqing-admin").await.expect_error(404, "not_found");
        world.post(&format!("{path}/end")).by("admin").json(json!({ "reason": "恢复原规定" })).send().await.expect_error(428, "precondition_required");
        let ended = end("admin").await.expect(200);
        assert_eq!(ended["end_reason"], "恢复原规定");
        end("admin").await.expect_error(409, "ended");
        assert_eq!(in_force(&world, "330782", "simple").await, (3, Value::Null));
        let listed = |query: &'static str| world.get(&format!("/clock-rules?{query}")).by("officer").send();
        assert_eq!(listed("division=330700").await.expect(200)["items"], json!([]));
        assert_eq!(listed("division=330700&include_ended=true&term=simple").await.expect(200)["items"], json!([ended]));
        assert_eq!(world.get(&path).by("officer").send().await.expect(200), ended);
        let types = world.event_types(rule["id"].as_str().unwrap().parse().unwrap()).await;
        assert_eq!(types, ["clock_rule.set", "clock_rule.ended"]);
    }
}

//! Changes of the tree, of competence and of who lives, beside work that rests on them: afterwards all is as if one had
//! come after the other.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{id_of, new_org};
use crate::db::sql;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::builders::{problem_body, with};
use crate::test_support::seed::{self, YIWU};
use crate::test_support::world::Answer;

const ROUNDS: usize = 6;

async fn enter(world: &World, name: &str, parent: Option<Uuid>) -> Answer {
    let body = json!({ "name": name, "kind": "department", "division": YIWU, "parent_id": parent });
    world.post("/orgs").by("admin").json(body).send().await
}

async fn change(world: &World, org: Uuid, patch: Value) -> Answer {
    let call = world.patch(&format!("/orgs/{org}")).by("admin").header("If-Match", "*");
    call.json(patch).send().await
}

async fn claim(world: &World, who: &str, problem: &Value) -> Answer {
    let path = format!("/problems/{}/claim", id_of(problem));
    let call = world.post(&path).by(who).header("If-Match", "*");
    call.json(json!({})).send().await
}

async fn record(world: &World, category: &str) -> Value {
    let body = with(problem_body(), json!({ "category": category }));
    world.recorded("officer", body).await
}

async fn make_competent(world: &World, org: Uuid, category: &str) {
    let body = json!({ "org_id": org, "category": category, "division": YIWU });
    world
        .post("/competences")
        .by("admin")
        .json(body)
        .send()
        .await
        .expect(201);
}

async fn count(world: &World, statement: &'static str) -> i64 {
    let (count,): (i64,) = sql(statement).one(&world.app.db).await.expect("a count");
    count
}

/// Every organisation has itself and all above it for ancestors, and no other.
async fn assert_the_closure_is_whole(world: &World) {
    let orgs: Vec<(Uuid, Option<Uuid>)> = sql("SELECT id, parent_id FROM org")
        .all(&world.app.db)
        .await
        .expect("rows");
    let parents: BTreeMap<Uuid, Option<Uuid>> = orgs.into_iter().collect();
    let mut expected = BTreeSet::new();
    for org in parents.keys() {
        let mut above = Some(*org);
        while let Some(ancestor) = above {
            expected.insert((ancestor, *org));
            above = parents[&ancestor];
        }
    }
    let stored: Vec<(Uuid, Uuid)> = sql("SELECT ancestor_id, descendant_id FROM org_ancestor")
        .all(&world.app.db)
        .await
        .expect("rows");
    assert_eq!(stored.into_iter().collect::<BTreeSet<_>>(), expected);
}

/// Everybody sees what he is to see, and as it stands.
async fn assert_all_is_seen(world: &World) {
    let parts = "SELECT COUNT(*) FROM problem_org x JOIN org_ancestor a ON a.descendant_id = x.org_id WHERE NOT EXISTS \
         (SELECT 1 FROM problem_scope s WHERE s.problem_id = x.problem_id AND s.scope_id = a.ancestor_id)";
    assert_eq!(count(world, parts).await, 0, "parts that are not seen");
    let open = "SELECT COUNT(*) FROM competence k JOIN division_ancestor d ON d.ancestor_id = k.division_id \
         JOIN problem p ON p.division_id = d.descendant_id AND p.category_id = k.category_id AND p.state = 'open' \
         WHERE k.ended_at IS NULL AND NOT EXISTS \
         (SELECT 1 FROM problem_scope s WHERE s.problem_id = p.id AND s.scope_id = k.org_id)";
    assert_eq!(
        count(world, open).await,
        0,
        "open problems that a competent organisation does not see"
    );
    let stale = "SELECT COUNT(*) FROM problem_scope s JOIN problem p ON p.id = s.problem_id WHERE s.state <> p.state \
         OR s.due_key <> p.due_key OR s.updated_at <> p.updated_at";
    assert_eq!(
        count(world, stale).await,
        0,
        "scope rows that are not as the problem stands"
    );
}

on_both! {
    async fn what_is_entered_below_a_branch_that_moves_moves_along(world: World) {
        for round in 0..ROUNDS {
            let top = new_org(&world, &format!("上级{round}")).await;
            let middle = id_of(&enter(&world, &format!("中级{round}"), Some(top)).await.expect(201));
            let new = new_org(&world, &format!("新上级{round}")).await;
            let names: Vec<String> = (0..4).map(|number| format!("下级{round}之{number}")).collect();
            let entered = join_all(names.iter().map(|name| enter(&world, name, Some(middle))));
            let (moved, entered) = join(change(&world, top, json!({ "parent_id": new })), entered).await;
            moved.expect(200);
            for org in entered {
                org.expect(201);
            }
        }
        assert_the_closure_is_whole(&world).await;
    }

    async fn what_is_claimed_below_a_branch_that_moves_is_seen_above_it(world: World) {
        let bureau = seed::org("yiwu-hr");
        make_competent(&world, bureau, "E01").await;
        let above = new_org(&world, "中级").await;
        change(&world, bureau, json!({ "parent_id": above })).await.expect(200);
        for round in 0..ROUNDS {
            let new = new_org(&world, &format!("新上级{round}")).await;
            let problems = [record(&world, "E01").await, record(&world, "E01").await, record(&world, "E01").await];
            let claimed = join_all(problems.iter().map(|problem| claim(&world, "handler", problem)));
            let (moved, claimed) = join(change(&world, above, json!({ "parent_id": new })), claimed).await;
            moved.expect(200);
            for problem in claimed {
                problem.expect(200);
            }
        }
        assert_the_closure_is_whole(&world).await;
        assert_all_is_seen(&world).await;
    }

    async fn whoever_becomes_competent_sees_what_is_recorded_and_claimed_at_that_moment(world: World) {
        make_competent(&world, seed::org("yiwu-hr"), "E01").await;
        for round in 0..ROUNDS {
            let new = new_org(&world, &format!("新主管{round}")).await;
            let recorded = join_all((0..4).map(|_| record(&world, "E02")));
            join(make_competent(&world, new, "E02"), recorded).await;
            let problems = [record(&world, "E01").await, record(&world, "E01").await, record(&world, "E01").await];
            let claimed = join_all(problems.iter().map(|problem| claim(&world, "handler", problem)));
            let ((), claimed) = join(make_competent(&world, new, "E01"), claimed).await;
            for problem in claimed {
                problem.expect(200);
            }
        }
        assert_all_is_seen(&world).await;
    }

    async fn an_organisation_that_ends_leads_nothing_open(world: World) {
        let finance = seed::org("yiwu-finance");
        make_competent(&world, finance, "E01").await;
        let mut problems = Vec::new();
        for _ in 0..8 {
            problems.push(record(&world, "E01").await);
        }
        let end = world.post(&format!("/orgs/{finance}/end")).by("admin").at(&json!(1));
        let end = end.json(json!({ "reason": "撤销" })).send();
        let claims = join_all(problems.iter().map(|problem| claim(&world, "finance-handler", problem)));
        let (ended, claims) = join(end, claims).await;
        let claimed = claims.iter().filter(|claim| claim.status == 200).count();
        match ended.status {
            200 => assert_eq!(claimed, 0),
            _ => assert_eq!(ended.json()["code"], "has_open_work"),
        }
        let left = "SELECT COUNT(*) FROM problem p JOIN org o ON o.id = p.lead_org_id WHERE o.ended_at IS NOT NULL";
        assert_eq!(count(&world, left).await, 0);
    }

    async fn of_the_living_organisations_of_a_division_no_two_bear_one_name(world: World) {
        let calls = (0..6).map(|_| enter(&world, "义乌市教育局", None));
        let answers = join_all(calls).await;
        let entered: Vec<Value> = answers.iter().filter(|answer| answer.status == 201).map(Answer::json).collect();
        assert_eq!(entered.len(), 1);
        let is_twin = |answer: &Answer| {
            let body = answer.json();
            assert_eq!((answer.status, &body["code"]), (409, &json!("duplicate")), "{body}");
            assert_eq!(body["existing_id"], entered[0]["id"]);
        };
        answers.iter().filter(|answer| answer.status != 201).for_each(is_twin);
        let other = new_org(&world, "义乌市体育局").await;
        is_twin(&change(&world, other, json!({ "name": "义乌市教育局" })).await);
        // Its own name is no other's, and an ended organisation's is free.
        change(&world, other, json!({ "name": "义乌市体育局", "public_name": "体育局" })).await.expect(200);
        let end = world.post(&format!("/orgs/{}/end", id_of(&entered[0]))).by("admin").at(&json!(1));
        end.json(json!({ "reason": "撤销" })).send().await.expect(200);
        change(&world, other, json!({ "name": "义乌市教育局" })).await.expect(200);
    }
}

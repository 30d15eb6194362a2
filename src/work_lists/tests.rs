//! Working lists, badges and counts.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::domain::{Along, Branch, CountBy, Found, Looked, Only, Why, merge};
use super::store::{For, counts as badges, statement};
use crate::db::sql;
use crate::demo::script::random::Random;
use crate::on_both;
use crate::problems::domain::State;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::{id_of, problem_of};
use crate::test_support::{World, seed};

impl World {
    /// What waits for somebody: reason and number.
    async fn work(&self, who: &str) -> Vec<(String, String)> {
        let page = self.get("/me/work").by(who).send().await.expect(200);
        let items = page["items"].as_array().expect("items").iter();
        items
            .map(|item| (text(&item["why"]), text(&item["tracking_no"])))
            .collect()
    }

    async fn badges(&self, who: &str) -> (BTreeMap<String, i64>, i64, i64, i64) {
        let answer = self.get("/me/work/summary").by(who).send().await.expect(200);
        let work = answer["work"].as_array().expect("work").iter();
        let work = work.map(|one| (text(&one["why"]), one["problems"]["count"].as_i64().expect("a count")));
        let of = |name: &str| answer[name]["count"].as_i64().expect("a count");
        (work.collect(), of("overdue"), of("due_soon"), of("unread_notices"))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

async fn competent(world: &World, org: &str) {
    let body = json!({ "org_id": seed::org(org), "category": "E01", "division": "330782", "priority": 10 });
    world
        .post("/competences")
        .by("admin")
        .json(body)
        .send()
        .await
        .expect(201);
}

on_both! {
    async fn what_waits_for_each_is_listed_with_its_reason(world: World) {
        competent(&world, "yiwu-hr").await;
        let open = world.open_problem().await;
        let assigned = world.assigned(problem_body()).await;
        let accepted = world.accepted().await;
        let visit = world.visit_in_progress().await;
        let heard = world.problem_of(&visit).await;
        let typical = world.open_problem().await;
        let study = json!({ "disposition": "typical", "study_org_id": seed::org("yiwu-hr"), "due_on": "2019-02-01" });
        world.dispose("leader", &typical, study).await.expect(200);
        let no = |problem: &Value| text(&problem["tracking_no"]);
        let mut all = world.work("handler").await;
        all.sort();
        let mut expected = vec![
            ("to_accept".to_owned(), no(&assigned)), ("to_handle".to_owned(), no(&accepted)),
            ("to_study".to_owned(), no(&typical)), ("to_claim".to_owned(), no(&open)),
        ];
        expected.sort();
        assert_eq!(all, expected);
        assert_eq!(world.work("dispatcher").await, [("to_assign".to_owned(), no(&open))]);
        assert_eq!(world.work("leader").await, [("to_dispose".to_owned(), no(&heard))]);
        let mut head = world.work("head").await;
        head.sort();
        assert_eq!(head, [("to_oversee".to_owned(), no(&accepted)), ("to_study".to_owned(), no(&typical))]);
        for who in ["finance-handler", "deqing-dispatcher", "supervisor", "reporter", "study-handler"] {
            assert_eq!(world.work(who).await, [], "{who}");
        }
        world.get("/me/work").by("assessor").send().await.expect_error(403, "forbidden");
        let (work, overdue, due_soon, unread) = world.badges("handler").await;
        let expected = [("to_accept", 1), ("to_claim", 1), ("to_handle", 1), ("to_study", 1), ("to_support", 0), ("to_reply", 0), ("to_reply_comment", 0)].map(|(why, count)| (why.to_owned(), count));
        assert_eq!((work, overdue, due_soon), (expected.into_iter().collect(), 0, 0));
        assert!(unread > 0);
    }

    async fn parts_questions_requests_and_to_dos_wait_too(world: World) {
        let accepted = world.accepted().await;
        let id = id_of(&accepted);
        let part = json!({ "org_id": seed::org("yiwu-finance"), "duty": "核定补贴", "due_on": "2019-01-15" });
        world.post(&format!("/problems/{id}/assignments")).by("dispatcher").at(&accepted["version"]).json(part).send().await.expect(201);
        let no = text(&accepted["tracking_no"]);
        assert_eq!(world.work("finance-handler").await, [("to_support".to_owned(), no.clone())]);
        let question = json!({ "org_id": seed::org("province-hr"), "question": "有无先例？", "due_on": "2019-01-18" });
        let seen = world.get(&format!("/problems/{id}")).by("dispatcher").send().await.expect(200);
        world.post(&format!("/problems/{id}/referrals")).by("dispatcher").at(&seen["version"]).json(question).send().await.expect(201);
        assert_eq!(world.work("study-handler").await, [("to_reply".to_owned(), no)]);
        assert_eq!(world.badges("study-handler").await.0["to_reply"], 1);
        let beside = async |who: &'static str| {
            let answer = world.get("/me/work/summary").by(who).send().await.expect(200);
            (answer["requests_to_decide"]["count"].clone(), answer["to_dos"]["count"].clone())
        };
        assert_eq!(beside("dispatcher").await, (json!(0), json!(0)));
        let extend = json!({ "kind": "extend", "reason": "部门会签未完成。", "due_on": "2019-01-25" });
        let seen = world.get(&format!("/problems/{id}")).by("head").send().await.expect(200);
        world.post(&format!("/problems/{id}/requests")).by("head").at(&seen["version"]).json(extend).send().await.expect(201);
        assert_eq!(beside("dispatcher").await.0, 1);
        // A hold and the like are the supervisor's; this is not.
        assert_eq!((beside("supervisor").await.0, beside("handler").await.0), (json!(0), json!(0)));
        let completed = world.completed().await;
        assert_eq!(beside("dispatcher").await.1, 1, "to be confirmed, or called back");
        world.called_back(&completed).await;
        assert_eq!(beside("dispatcher").await.1, 0);
    }

    async fn the_most_urgent_comes_first_page_by_page_and_each_once(world: World) {
        // Somebody who handles and heads sees what is his own once.
        let mut numbers = Vec::new();
        for index in 0..7 {
            let mut body = problem_body();
            body["urgency"] = json!(["normal", "critical", "urgent"][index % 3]);
            let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
            let due = if index % 3 == 1 { "2019-01-15" } else { "2019-01-21" };
            let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": due });
            let problem = world.act("dispatcher", &problem, "assign", assign).await.expect(200);
            let problem = world.act("handler", &problem, "accept", json!({ "person_id": seed::member("head").person })).await.expect(200);
            numbers.push((index % 3, text(&problem["tracking_no"])));
        }
        let mut seen = Vec::new();
        let mut path = "/me/work?limit=2&with_total=true".to_owned();
        loop {
            let page = world.get(&path).by("head").send().await.expect(200);
            assert_eq!(page["total"], 7);
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| (text(&item["why"]), text(&item["tracking_no"]))));
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/me/work?limit=2&with_total=true&cursor={cursor}"),
                None => break,
            }
        }
        numbers.sort_by_key(|(kind, _)| [2, 0, 1][*kind]);
        let expected: Vec<_> = numbers.into_iter().map(|(_, number)| ("to_handle".to_owned(), number)).collect();
        assert_eq!(seen, expected);
        let (work, overdue, due_soon, _) = world.badges("head").await;
        assert_eq!((work["to_handle"], work["to_oversee"], overdue, due_soon), (7, 0, 0, 0));
        // Monday: the critical ones are due on Tuesday. On Wednesday they are late.
        world.app.clock.set("2019-01-14T02:00:00Z".parse().unwrap());
        let (_, overdue, due_soon, _) = world.badges("head").await;
        assert_eq!((overdue, due_soon), (0, 2));
        world.app.clock.set("2019-01-16T02:00:00Z".parse().unwrap());
        let (_, overdue, due_soon, _) = world.badges("head").await;
        assert_eq!((overdue, due_soon), (2, 0));
    }

    async fn a_reporter_is_asked_and_confirms(world: World) {
        let mut own = problem_body();
        own.as_object_mut().unwrap().remove("reporter");
        own["matter"] = json!("simple");
        let problem = world.post("/problems").by("reporter").json(own).send().await.expect(201);
        assert_eq!(world.work("reporter").await, []);
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-15" });
        let problem = world.act("dispatcher", &problem, "assign", assign).await.expect(200);
        let problem = world.act("handler", &problem, "accept", json!({})).await.expect(200);
        let problem = world.act("handler", &problem, "ask_reporter", json!({ "question": "编号？" })).await.expect(200);
        assert_eq!(world.work("reporter").await[0].0, "to_supply");
        let problem = world.act("reporter", &problem, "supply", json!({ "answer": "如下" })).await.expect(200);
        let problem = world.act("handler", &problem, "answer", json!({ "text": "可以办理。" })).await.expect(200);
        assert_eq!(world.work("reporter").await[0].0, "to_confirm");
        // Its work is done: it is not overdue, however long he waits.
        world.app.clock.set("2019-02-20T02:00:00Z".parse().unwrap());
        assert_eq!(world.badges("reporter").await.1, 0);
        world.act("reporter", &problem, "confirm", json!({})).await.expect(200);
        assert_eq!(world.work("reporter").await, []);
    }

    async fn counts_sum_to_the_lists_total_and_stay_within_the_scope(world: World) {
        let mut random = Random::new(27);
        let recorders = ["officer", "deqing-officer", seed::CLIENT];
        for number in 0..24 {
            let (audience, category) = *random.pick(&[("enterprise", "E01"), ("enterprise", "E02"), ("masses", "M01"), ("grassroots", "G01")]);
            let recorder = *random.pick(&recorders);
            let mut body = problem_of(audience, category);
            body["urgency"] = json!(*random.pick(&["normal", "urgent", "critical"]));
            body["division"] = json!(if recorder == "deqing-officer" { "330521" } else { *random.pick(&["330782", "330782001"]) });
            if recorder == seed::CLIENT {
                body["reporter"]["external_id"] = json!({ "system": "portal", "value": format!("r-{number}") });
            }
            let problem = world.post("/problems").by(recorder).json(body).send().await.expect(201);
            if random.chance(60) && recorder != "deqing-officer" {
                let lead = if random.chance(50) { "yiwu-hr" } else { "yiwu-finance" };
                let assign = json!({ "lead_org_id": seed::org(lead), "due_on": "2019-01-15" });
                world.act("dispatcher", &problem, "assign", assign).await.expect(200);
            }
        }
        world.app.clock.set("2019-01-15T10:00:00Z".parse().unwrap());
        let filters = [
            "", "&state=open", "&state=open&state=assigned", "&audience=enterprise", "&undisposed=true", "&urgency=critical&audience=masses",
            "&division=330782", "&division=330782001", "&category=E01", "&campaign=2019",
        ];
        for who in ["dispatcher", "province-dispatcher", "deqing-dispatcher", "handler", "officer", "finance-handler", seed::CLIENT] {
            for filter in filters {
                let listed = world.get(&format!("/problems?with_total=true&limit=200{filter}")).by(who).send().await.expect(200);
                for by in CountBy::ALL {
                    let context = format!("{who} {filter} {by}");
                    let counted = world.get(&format!("/problems/counts?group_by={by}{filter}")).by(who).send().await.expect(200);
                    assert_eq!((counted["total"].clone(), counted["complete"].as_bool()), (listed["total"].clone(), Some(true)), "{context}");
                    let groups = counted["groups"].as_array().unwrap();
                    assert_eq!(groups.iter().filter_map(|group| group["problems"].as_i64()).sum::<i64>(), counted["total"].as_i64().unwrap(), "{context}");
                    // Each group holds what the list shows of it, and nothing else.
                    let field = |item: &Value| match by {
                        CountBy::State => item["state"].clone(),
                        CountBy::Disposition => if item["disposition"].is_null() { json!("undisposed") } else { item["disposition"].clone() },
                        CountBy::Category => item["category"]["code"].clone(),
                        CountBy::Audience => item["audience"].clone(),
                        CountBy::LeadOrg => item["lead_org"]["id"].clone(),
                        CountBy::Urgency => item["urgency"].clone(),
                        CountBy::Status => item["clock"]["status"].clone(),
                        CountBy::Division => Value::Null,
                    };
                    if *by != CountBy::Division {
                        for group in groups {
                            let same = listed["items"].as_array().unwrap().iter().filter(|item| field(item) == group["key"]).count();
                            assert_eq!(json!(same), group["problems"], "{context} {group}");
                        }
                    }
                }
            }
        }
        let towns = world.get("/problems/counts?group_by=division").by("dispatcher").send().await.expect(200);
        let codes: Vec<&str> = towns["groups"].as_array().unwrap().iter().filter_map(|group| group["key"].as_str()).collect();
        assert!(codes.contains(&"330782") && codes.contains(&"330782001"), "{codes:?}");
        let cities = world.get("/problems/counts?group_by=division").by("province-dispatcher").send().await.expect(200);
        assert_eq!(cities["groups"][0]["key"], "330700");
        world.get("/problems/counts?group_by=state&scope=division:330782").by("deqing-dispatcher").send().await.expect_error(422, "invalid");
        world.get("/problems/counts?group_by=state").by("reporter").send().await.expect_error(403, "forbidden");
        world.get("/problems/counts").by("dispatcher").send().await.expect_error(422, "invalid");
        let labelled = world.get("/problems/counts?group_by=state&state=open").by("dispatcher").header("Accept-Language", "en").send().await.expect(200);
        assert_eq!(labelled["groups"][0]["label"], "open");
    }

    async fn badges_are_exact_up_to_a_thousand_and_say_where_they_are_not(world: World) {
        let problem = world.open_problem().await;
        let mut tx = world.app.db.begin().await.unwrap();
        // A thousand and one more rows of the index, of one problem's scopes.
        for _ in 0..1_001 {
            let id = world.app.ids.next();
            sql("INSERT INTO problem (id, tracking_no, campaign_year_id, channel, audience, category_id, statement, division_id, state, \
                 recorded_at, due_key, urgency_due_key, last_progress_at, created_at, updated_at) SELECT $1, $2, p.campaign_year_id, p.channel, \
                 p.audience, p.category_id, p.statement, p.division_id, p.state, p.recorded_at, p.due_key, p.urgency_due_key, \
                 p.last_progress_at, p.created_at, p.updated_at FROM problem p WHERE p.id = $3")
                .bind(id).bind(id.to_string()).bind(id_of(&problem)).run(&mut tx).await.unwrap();
            sql("INSERT INTO problem_scope (scope_id, problem_id, state, recorded_at, due_key, updated_at, urgency_due_key) \
                 SELECT s.scope_id, $1, s.state, s.recorded_at, s.due_key, s.updated_at, s.urgency_due_key FROM problem_scope s \
                 WHERE s.problem_id = $2 AND s.scope_id = $3")
                .bind(id).bind(id_of(&problem)).bind(seed::division(seed::YIWU)).run(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        let answer = world.get("/me/work/summary").by("dispatcher").send().await.expect(200);
        let of = |why: &str| answer["work"].as_array().unwrap().iter().find(|one| one["why"] == why).unwrap()["problems"].clone();
        assert_eq!(of("to_assign"), json!({ "count": 1000, "at_least": true }));
        assert_eq!(of("to_reply_comment"), json!({ "count": 0, "at_least": false }));
    }

    async fn each_branch_is_a_range_of_an_index(world: World) {
        let id = world.app.ids.next();
        let scopes = [id];
        let of = For { scopes: &scopes, now: world.app.clock.now() };
        for (index, along) in [
            ("problem_scope_state_urgency", Along::Scope(id, State::Open)),
            ("problem_lead_org", Along::Lead(id, State::Assigned)),
            ("problem_lead_person", Along::Person(id, State::Accepted)),
        ] {
            let branch = [Branch { why: Why::ToClaim, along, only: Only::All }];
            for statement in [statement(of, &branch, Some((7, id)), 51), badges(of, &branch, 1_000, of.now)] {
                let plan = world.plan_of(statement).await;
                assert!(plan.contains(index), "{index}: {plan}");
            }
        }
    }
}

/// Branches that look at `window` rows each, as the store does, over places 0..n; some belong to several.
fn looked(all: &[Vec<i64>], after: Option<i64>, window: usize, fetch: usize) -> Vec<Looked> {
    let place = |key: i64| (key, Uuid::from_u128(u128::try_from(key).unwrap_or(0)));
    let branch = |(index, keys): (usize, &Vec<i64>)| {
        let mut rest: Vec<i64> = keys
            .iter()
            .copied()
            .filter(|key| after.is_none_or(|after| *key > after))
            .collect();
        rest.sort_unstable();
        rest.dedup();
        let seen: Vec<i64> = rest.iter().copied().take(window).collect();
        // Odd ones do not wait for him, though the index has them.
        let mut found: Vec<i64> = seen.iter().copied().filter(|key| key % 2 == 0).collect();
        let mut stopped = seen.get(window - 1).copied();
        found.truncate(fetch);
        if found.len() == fetch {
            stopped = found.last().copied();
        }
        let why = Why::ALL[index];
        Looked {
            found: found.into_iter().map(|key| Found { place: place(key), why }).collect(),
            stopped: stopped.map(place),
        }
    };
    all.iter().enumerate().map(branch).collect()
}

proptest! {
    #[test]
    fn pages_pass_over_nothing_and_show_nothing_twice(
        all in proptest::collection::vec(proptest::collection::vec(0_i64..60, 0..40), 1..4),
        window in 1_usize..8,
        limit in 1_usize..6,
    ) {
        let mut expected: Vec<i64> = all.iter().flatten().copied().filter(|key| key % 2 == 0).collect();
        expected.sort_unstable();
        expected.dedup();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let (found, next) = merge(looked(&all, after, window, limit + 1), limit);
            prop_assert!(found.len() <= limit);
            for one in &found {
                let first = all.iter().position(|keys| keys.contains(&one.place.0)).map(|index| Why::ALL[index]);
                prop_assert_eq!(Some(one.why), first);
            }
            seen.extend(found.iter().map(|one| one.place.0));
            let Some((key, _)) = next else { break };
            prop_assert!(after.is_none_or(|after| key > after), "a page goes on");
            after = Some(key);
        }
        prop_assert_eq!(seen, expected);
    }
}

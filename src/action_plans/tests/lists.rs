use serde_json::{Value, json};

use super::{act, draft, enterprise_plan_body, force, plan_body, with};
use crate::action_plans::dto::PlanFilters;
use crate::action_plans::store::list::PlanQuery;
use crate::db::sql;
use crate::http::window::{Rows, WINDOW, Windowed as _};
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

async fn ids(world: &World, who: &str, query: &str) -> Vec<Value> {
    let page = world
        .get(&format!("/action-plans?{query}"))
        .by(who)
        .send()
        .await
        .expect(200);
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].clone())
        .collect()
}

/// An enterprise with a plan of two problems, and three plans of one matter each, a minute apart.
async fn arrange(world: &World) -> (Value, Vec<Value>) {
    let enterprise = world.enterprise("浙江示例纺织有限公司").await;
    let about = || world.analysed(with(problem_body(), json!({ "object_id": enterprise["id"] })));
    let one = about().await;
    let mut plans = Vec::new();
    for minute in 1..=3 {
        world
            .app
            .clock
            .set(format!("2019-01-10T02:{minute:02}:00Z").parse().unwrap());
        plans.push(draft(world, plan_body(&world.analysed(problem_body()).await)).await);
    }
    world.app.clock.set("2019-01-10T02:30:00Z".parse().unwrap());
    let two = about().await;
    plans.push(draft(world, enterprise_plan_body(&enterprise, &[&one, &two])).await);
    plans.reverse();
    (enterprise, plans)
}

on_both! {
    async fn each_plan_is_listed_once_at_its_latest_problem(world: World) {
        let (_, plans) = arrange(&world).await;
        let all: Vec<Value> = plans.iter().map(|plan| plan["id"].clone()).collect();
        for who in ["handler", "dispatcher", "province-dispatcher", "officer"] {
            assert_eq!(ids(&world, who, "").await, all, "{who}");
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = world.get(&format!("/action-plans?limit=1{cursor}")).by("handler").send().await.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, all);
        let counted = world.get("/action-plans?limit=1&with_total=true").by("handler").send().await.expect(200);
        assert_eq!((&counted["total"], &counted["total_at_least"]), (&json!(4), &Value::Null));
        let item = &counted["items"][0];
        assert_eq!((item["problems"].as_array().map(Vec::len), item["counts"]["open_steps"].as_i64()), (Some(2), Some(2)));
        assert_eq!((&item["need"], item["allowed_actions"].as_array().map(Vec::len)), (&Value::Null, Some(5)));
        assert_eq!(ids(&world, "deqing-dispatcher", "").await, Vec::<Value>::new());
        let filtered = format!("/action-plans?limit=1&state=draft{cursor}");
        assert_eq!(world.get(&filtered).by("handler").send().await.expect_error(400, "malformed"), ["?cursor cursor"]);
    }

    async fn filters_narrow_a_list(world: World) {
        let (enterprise, plans) = arrange(&world).await;
        let id = |index: usize| plans[index]["id"].clone();
        force(&world, &plans[1], "submitted").await;
        act(&world, "handler", &plans[2], "abandon", json!({ "reason": "不办" })).await;
        let problem = plans[2]["problems"][0]["id"].as_str().unwrap();
        for (query, expected) in [
            ("state=submitted".to_owned(), vec![id(1)]),
            ("state=draft&state=submitted".to_owned(), vec![id(0), id(1), id(3)]),
            (String::new(), vec![id(0), id(1), id(3)]),
            ("include_ended=true".to_owned(), vec![id(0), id(1), id(2), id(3)]),
            ("state=abandoned".to_owned(), vec![id(2)]),
            ("kind=one_enterprise_one_policy".to_owned(), vec![id(0)]),
            (format!("object_id={}", id_of(&enterprise)), vec![id(0)]),
            (format!("org_id={}", seed::org("yiwu-hr")), vec![id(0), id(1), id(3)]),
            (format!("org_id={}", seed::org("yiwu-finance")), vec![]),
            (format!("problem_id={problem}"), vec![]),
            (format!("problem_id={problem}&include_ended=true"), vec![id(2)]),
            (format!("problem_id={problem}&include_ended=true&object_id={}", id_of(&enterprise)), vec![]),
        ] {
            assert_eq!(ids(&world, "dispatcher", &query).await, expected, "{query}");
            let counted = world.get(&format!("/action-plans?with_total=true&{query}")).by("dispatcher").send().await.expect(200);
            assert_eq!(counted["total"], json!(expected.len()), "{query}");
            assert_eq!(ids(&world, "deqing-dispatcher", &query).await, Vec::<Value>::new(), "{query}");
        }
        // What the problem left stays with it.
        let next = draft(&world, plan_body(&json!({ "id": problem }))).await;
        assert_eq!(ids(&world, "dispatcher", &format!("problem_id={problem}&include_ended=true")).await, [next["id"].clone(), id(2)]);
        assert_eq!(ids(&world, "dispatcher", "state=abandoned").await, Vec::<Value>::new());
    }

    async fn whoever_newly_sees_a_problem_sees_its_plan(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, plan_body(&problem)).await;
        assert_eq!(ids(&world, "officer2", "").await, Vec::<Value>::new());
        world.take_part(&problem, "yiwu-finance", "supporting").await;
        assert_eq!(ids(&world, "officer2", "").await, [plan["id"].clone()]);
    }

    async fn a_page_of_plans_is_a_range_of_an_index(world: World) {
        let caller = crate::auth::Caller::from(world.claims(&seed::member("dispatcher"), false));
        let (object_id, org_id) = (Some(seed::org("yiwu-hr")), Some(seed::org("yiwu-hr")));
        for (filters, index) in [
            (PlanFilters::default(), "problem_scope_recorded"),
            (PlanFilters { org_id, ..PlanFilters::default() }, "problem_scope_recorded"),
            (PlanFilters { object_id, ..PlanFilters::default() }, "problem_object"),
        ] {
            let after = Some((world.app.clock.now(), uuid::Uuid::nil()));
            let query = PlanQuery { scope: seed::division("330782"), who: (&caller, world.app.clock.now()), filters: &filters, words: None };
            let plan = world.plan_of(query.window(sql(""), after, Rows::First(WINDOW))).await;
            assert!(plan.contains(index), "{plan}");
            let whole = world.plan_of(query.page(&world.app.db, after, 51)).await;
            for scanned in ["SCAN p", "SCAN x", "SCAN q", "Seq Scan"] {
                assert!(!whole.contains(scanned), "{scanned}: {whole}");
            }
        }
    }
}

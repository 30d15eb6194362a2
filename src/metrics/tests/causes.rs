//! Problems by cause (S-53).

use serde_json::{Value, json};

use crate::directory::words::Level;
use crate::metrics::domain::Period;
use crate::metrics::store::causes::statement;
use crate::metrics::store::figures::Filters;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::{World, seed};

async fn ask(world: &World, who: &str, query: &str) -> Value {
    let path = format!("/metrics/causes?{query}");
    world.get(&path).by(who).send().await.expect(200)
}

fn of(causes: &Value, code: &str) -> i64 {
    let mut groups = causes["groups"].as_array().expect("groups").iter();
    let group = groups.find(|group| group["cause"]["code"] == code);
    group.map_or(-1, |group| group["problems"].as_i64().expect("a count"))
}

on_both! {
    async fn s53_each_cause_of_a_problem_counts_and_the_total_is_said_to_be_multi_count(world: World) {
        let record = async |causes: Value| {
            let mut body = problem_body();
            body["causes"] = causes;
            world.post("/problems").by("officer").json(body).send().await.expect(201)
        };
        record(json!(["schooling", "industry_mismatch", "credential_recognition"])).await;
        record(json!(["schooling"])).await;
        record(json!([])).await;
        let merged = record(json!(["schooling"])).await;
        world.put_into(&merged, "merged").await;
        let mut tx = world.app.db.begin().await.unwrap();
        crate::metrics::rebuild::rebuild(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let causes = ask(&world, "dispatcher", "").await;
        assert_eq!([of(&causes, "schooling"), of(&causes, "industry_mismatch"), of(&causes, "credential_recognition")], [2, 1, 1]);
        assert_eq!((&causes["mentions"], &causes["multi_count"]), (&json!(4), &json!(true)));
        assert_eq!((&causes["problems_with_causes"]["numerator"], &causes["problems_with_causes"]["denominator"]), (&json!(2), &json!(3)));
        let shown = causes["groups"].as_array().unwrap();
        assert!(shown.len() > 3 && shown.iter().any(|group| group["problems"] == 0), "those that nobody names are there too");
        // Scope and filters are those of the overview.
        assert_eq!(ask(&world, "deqing-dispatcher", "").await["mentions"], 0);
        assert_eq!(ask(&world, "dispatcher", "audience=masses").await["mentions"], 0);
        assert_eq!(ask(&world, "dispatcher", "category=E01&audience=enterprise&campaign=2019&year=2019").await["mentions"], 4);
        assert_eq!(ask(&world, "dispatcher", "to=2019-01-10").await["mentions"], 0);
        assert_eq!(ask(&world, "dispatcher", "disposition=typical").await["problems_with_causes"]["denominator"], 0);
        world.get("/metrics/causes?division=330521").by("dispatcher").send().await.expect_error(422, "invalid");
        world.get("/metrics/causes").by("reporter").send().await.expect_error(403, "forbidden");
        for level in [Level::County, Level::Province] {
            let as_of = world.app.clock.today();
            let filters = Filters::all_of(seed::division("330782"), level, Period::new(None, None, as_of).unwrap());
            let plan = world.plan_of(statement(&filters)).await;
            for scanned in ["SCAN p\n", "Seq Scan on problem p"] {
                assert!(!plan.contains(scanned), "{level}: {scanned}: {plan}");
            }
        }
    }
}

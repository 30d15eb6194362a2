//! Measures of approved plans by type (S-54).

use serde_json::{Value, json};

use crate::directory::words::Level;
use crate::metrics::domain::Period;
use crate::metrics::store::figures::Filters;
use crate::metrics::store::measures::statement;
use crate::on_both;
use crate::test_support::{World, seed};

async fn ask(world: &World, who: &str, query: &str) -> Value {
    let path = format!("/metrics/measures?{query}");
    world.get(&path).by(who).send().await.expect(200)
}

fn of(figures: &Value, code: &str) -> (i64, i64) {
    let mut groups = figures["groups"].as_array().expect("groups").iter();
    let group = groups.find(|group| group["type"]["code"] == code).expect("every type");
    (
        group["measures"].as_i64().expect("a count"),
        group["plans"].as_i64().expect("a count"),
    )
}

on_both! {
    async fn s54_measures_of_approved_plans_are_counted_by_type(world: World) {
        let problem = world.accepted().await;
        assert_eq!(ask(&world, "dispatcher", "").await["measures_proposed"], 0);
        // Analysed, and planned with a green channel; the plan is approved.
        world.plan(&problem).await;
        let figures = ask(&world, "dispatcher", "").await;
        assert_eq!((of(&figures, "green_channel"), of(&figures, "implement_policy"), &figures["measures_proposed"]), ((1, 1), (0, 0), &json!(1)));
        // Scope and filters are those of the overview.
        assert_eq!(ask(&world, "deqing-dispatcher", "").await["measures_proposed"], 0);
        assert_eq!(ask(&world, "leader", "").await["measures_proposed"], 1);
        assert_eq!(ask(&world, "dispatcher", "audience=masses").await["measures_proposed"], 0);
        assert_eq!(ask(&world, "dispatcher", "to=2019-01-10").await["measures_proposed"], 0);
        // A draft proposes nothing yet, and what is abandoned nothing more.
        let second = world.accepted().await;
        let mut tx = world.app.db.begin().await.unwrap();
        crate::db::sql("UPDATE action_plan SET state = 'abandoned'").run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        world.plan(&second).await;
        assert_eq!(of(&ask(&world, "dispatcher", "").await, "green_channel"), (1, 1));
        world.get("/metrics/measures?division=330521").by("dispatcher").send().await.expect_error(422, "invalid");
        world.get("/metrics/measures").by("reporter").send().await.expect_error(403, "forbidden");
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

//! How long reporters waited, counted by hand and through the router.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::metrics::first_response::Waits;
use crate::metrics::store::first_response::ResponseRow;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;

async fn ask(world: &World, who: &str, query: &str) -> [Value; 4] {
    let path = format!("/metrics/first-response?{query}");
    let answer = world.get(&path).by(who).send().await.expect(200);
    ["responded", "waiting", "p50_minutes", "p90_minutes"].map(|name| answer[name].clone())
}

async fn answered(world: &World, problem: &Value, now: &str) {
    world.app.clock.set(now.parse().unwrap());
    let path = format!("/problems/{}/contacts", id_of(problem));
    let body = json!({ "purpose": "reply", "channel": "phone", "with_reporter": true, "words": "正在办理。" });
    world.post(&path).by("handler").json(body).send().await.expect(201);
}

on_both! {
    async fn s19_first_response_times_are_working_minutes_and_who_still_waits_is_counted(world: World) {
        assert_eq!(ask(&world, "dispatcher", "").await, [json!(0), json!(0), Value::Null, Value::Null]);
        // Recorded on Thursday 10 January at ten in the morning.
        let first = world.assigned(problem_body()).await;
        let second = world.assigned(problem_body()).await;
        let third = world.assigned(problem_body()).await;
        assert_eq!(ask(&world, "dispatcher", "").await, [json!(0), json!(3), Value::Null, Value::Null]);
        answered(&world, &first, "2019-01-10T02:45:30Z").await;
        answered(&world, &second, "2019-01-12T02:00:00Z").await; // a Saturday: Thursday's seven hours and Friday
        assert_eq!(ask(&world, "dispatcher", "").await, [json!(2), json!(1), json!(45), json!(900)]);
        answered(&world, &third, "2019-01-14T02:00:00Z").await;
        assert_eq!(ask(&world, "dispatcher", "").await, [json!(3), json!(0), json!(900), json!(960)]);
        // As of the evening of the first day only one had a response.
        assert_eq!(ask(&world, "dispatcher", "as_of=2019-01-10").await, [json!(1), json!(2), json!(45), json!(45)]);
        assert_eq!(ask(&world, "dispatcher", "from=2019-01-11").await, [json!(0), json!(0), Value::Null, Value::Null]);
        assert_eq!(ask(&world, "dispatcher", "audience=masses").await, [json!(0), json!(0), Value::Null, Value::Null]);
        assert_eq!(ask(&world, "deqing-dispatcher", "").await, [json!(0), json!(0), Value::Null, Value::Null], "another county's are not seen");
        let above = world.get("/metrics/first-response?division=330782").by("province-dispatcher").send().await.expect(200);
        assert_eq!((&above["responded"], &above["formulas"][0]["figure"]), (&json!(3), &json!("p50_minutes")));
        // What was withdrawn is not counted.
        world.put_into(&third, "withdrawn").await;
        assert_eq!(ask(&world, "dispatcher", "").await, [json!(2), json!(0), json!(45), json!(900)]);
    }

    async fn first_responses_are_read_along_an_index(world: World) {
        use crate::directory::words::Level;
        use crate::metrics::domain::Period;
        use crate::metrics::store::figures::Filters;
        let period = Period::new(Some("2019-01-01".parse().unwrap()), None, "2019-01-31".parse().unwrap()).unwrap();
        let filters = Filters::all_of(crate::test_support::seed::division("330782"), Level::County, period);
        let plan = world.plan_of(crate::metrics::store::first_response::statement(&filters)).await;
        assert!(plan.contains("problem_scope_recorded"), "{plan}");
    }
}

proptest! {
    /// At least so many in a hundred waited no longer, and fewer waited less.
    #[test]
    fn percentiles_are_values_that_so_many_do_not_exceed(waits in proptest::collection::vec(0_i64..400, 1..60)) {
        let start: Timestamp = "2019-01-14T01:00:00Z".parse().unwrap();
        let rows: Vec<ResponseRow> = waits.iter().map(|minutes| ResponseRow {
            started_at: start, first_response_at: Some(start.plus_seconds(minutes * 60)),
        }).collect();
        let found = Waits::of(&rows, Calendar::shipped(), "2019-01-14".parse().unwrap());
        for (value, hundredths) in [(found.p50.unwrap(), 50), (found.p90.unwrap(), 90)] {
            let (within, less) = (waits.iter().filter(|wait| **wait <= value).count(), waits.iter().filter(|wait| **wait < value).count());
            prop_assert!(within * 100 >= waits.len() * hundredths && less * 100 < waits.len() * hundredths);
        }
    }
}

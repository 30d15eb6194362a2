//! What ratings and invitations count.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::*;
use crate::feedback::store::invite;
use crate::metrics::rebuild::rebuild;

async fn ask(world: &World, problem: &Value, cycle: i64) -> bool {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    let now = world.app.clock.now();
    let asked = invite(&mut tx, id_of(problem), cycle, None, now)
        .await
        .expect("an answer");
    tx.commit().await.expect("a commit");
    asked
}

async fn figures(world: &World, query: &str) -> Value {
    let path = format!("/metrics/overview?{query}");
    world.get(&path).by("leader").send().await.expect(200)["satisfaction"].clone()
}

fn ratio(numerator: i64, denominator: i64, value: impl Into<Value>) -> Value {
    json!({ "numerator": numerator, "denominator": denominator, "value": value.into() })
}

/// What is counted of outcomes, in an order that both databases share.
async fn counted(world: &World) -> Vec<(String, String, String, i64)> {
    let mut rows: Vec<(String, String, String, i64)> = sql(
        "SELECT CAST(o.since AS text), o.outcome, t.code || '/' || o.disposition, o.amount FROM outcome_rollup o \
         JOIN term t ON t.id = o.category_id WHERE o.amount > 0",
    )
    .all(&world.app.db)
    .await
    .expect("rows");
    rows.sort();
    rows
}

on_both! {
    async fn s83_silence_is_counted_as_nothing_and_the_response_rate_stands_beside(world: World) {
        let problems = [
            done(&world, "reporter", Value::Null).await, done(&world, "reporter", Value::Null).await,
            done(&world, "reporter", Value::Null).await, done(&world, "reporter", Value::Null).await,
        ];
        let nothing = json!({
            "mean": ratio(0, 0, Value::Null), "satisfied": ratio(0, 0, Value::Null), "response_rate": ratio(0, 0, Value::Null),
        });
        assert_eq!(figures(&world, "").await, nothing);
        for problem in &problems[..3] {
            assert!(ask(&world, problem, 1).await);
            assert!(!ask(&world, problem, 1).await, "nobody is asked twice");
        }
        let silent = json!({
            "mean": ratio(0, 0, Value::Null), "satisfied": ratio(0, 0, Value::Null), "response_rate": ratio(0, 3, 0.0),
        });
        assert_eq!(figures(&world, "").await, silent);
        world.app.clock.set("2019-01-11T02:00:00Z".parse().expect("a literal"));
        rate(&world, "reporter", &problems[0], stars(5)).await.expect(201);
        rate(&world, "reporter", &problems[1], stars(2)).await.expect(201);
        let two = json!({
            "mean": ratio(7, 2, 3.5), "satisfied": ratio(1, 2, 0.5), "response_rate": ratio(2, 3, 0.6667),
        });
        assert_eq!(figures(&world, "").await, two);
        // As of the day before nobody had answered; of another category nobody was asked.
        assert_eq!(figures(&world, "as_of=2019-01-10").await, silent);
        assert_eq!(figures(&world, "category=E02").await, nothing);
        // Who answers unasked was asked at that moment.
        rate(&world, "reporter", &problems[3], stars(4)).await.expect(201);
        let three = json!({
            "mean": ratio(11, 3, 3.6667), "satisfied": ratio(2, 3, 0.6667), "response_rate": ratio(3, 4, 0.75),
        });
        assert_eq!(figures(&world, "").await, three);
    }

    async fn s76_trust_and_satisfaction_are_a_series_with_how_many_were_asked_and_said_so(world: World) {
        let first = [done(&world, "reporter", Value::Null).await, done(&world, "reporter", Value::Null).await, done(&world, "reporter", Value::Null).await];
        for problem in &first {
            assert!(ask(&world, problem, 1).await);
        }
        rate(&world, "reporter", &first[0], stars(5)).await.expect(201);
        rate(&world, "reporter", &first[1], stars(3)).await.expect(201);
        world.app.clock.set("2019-08-10T02:00:00Z".parse().expect("a literal"));
        let later = done(&world, "reporter", Value::Null).await;
        rate(&world, "reporter", &later, stars(4)).await.expect(201);
        let series = async |query: &str| world.get(&format!("/metrics/satisfaction?{query}")).by("leader").send().await.expect(200);
        let quarters = series("interval=quarter").await;
        let of = |one: &Value| (one["interval"].clone(), one["invited"].clone(), one["rated"].clone(), one["satisfaction"].clone());
        let all: Vec<_> = quarters["intervals"].as_array().expect("intervals").iter().map(of).collect();
        let nothing = json!({ "mean": ratio(0, 0, Value::Null), "satisfied": ratio(0, 0, Value::Null), "response_rate": ratio(0, 0, Value::Null) });
        let said = json!({ "mean": ratio(8, 2, 4.0), "satisfied": ratio(1, 2, 0.5), "response_rate": ratio(2, 3, 0.6667) });
        let one = json!({ "mean": ratio(4, 1, 4.0), "satisfied": ratio(1, 1, 1.0), "response_rate": ratio(1, 1, 1.0) });
        // Who kept silent is asked, and in no mean; an idle quarter is shown.
        assert_eq!(all, [
            (json!("2019-Q1"), json!(3), json!(2), said), (json!("2019-Q2"), json!(0), json!(0), nothing), (json!("2019-Q3"), json!(1), json!(1), one),
        ]);
        assert_eq!((&quarters["intervals"][0]["from"], &quarters["intervals"][2]["to"]), (&json!("2019-01-01"), &json!("2019-08-11")));
        // All together they are the overview's.
        assert_eq!(quarters["total"]["satisfaction"], figures(&world, "").await);
        assert_eq!(quarters["total"]["interval"], Value::Null);
        assert_eq!(series("interval=month&from=2019-01-01").await["intervals"].as_array().map(Vec::len), Some(8));
        assert_eq!(series("").await["interval"], "quarter");
        let year = series("interval=year&as_of=2019-01-10&category=E01").await;
        assert_eq!((&year["intervals"][0]["rated"], &year["intervals"][0]["interval"]), (&json!(2), &json!("2019")));
        assert_eq!(series("category=E02").await["intervals"], json!([]));
        let elsewhere = world.get("/metrics/satisfaction").by("deqing-dispatcher").send().await.expect(200);
        assert_eq!((&elsewhere["total"]["invited"], &elsewhere["intervals"]), (&json!(0), &json!([])));
        world.get("/metrics/satisfaction?division=330521").by("leader").send().await.expect_error(422, "invalid");
        // Trust is what the people's surveys say.
        let mut asked = problem_body();
        (asked["audience"], asked["category"]) = (json!("masses"), json!("M01"));
        let told = world.post("/problems").by("officer").json(asked).send().await.expect(201);
        let token = world.receipt_token(&told).await;
        let answers = json!({ "gain": 4, "happiness": 4, "security": 5, "convenience": 3, "trust": 5 });
        let body = json!({ "template_id": "019fb0c5-3f8e-7000-8000-000000003002", "moment": "once", "problem_id": told["id"], "answers": answers });
        world.post("/surveys/answers").bearer(&token).json(body).send().await.expect(201);
        let trust = series("interval=quarter").await;
        assert_eq!((&trust["intervals"][2]["trust"], &trust["total"]["trust"]), (&ratio(5, 1, 5.0), &ratio(5, 1, 5.0)));
        assert_eq!(series("audience=enterprise").await["total"]["trust"], ratio(0, 0, Value::Null));
    }

    async fn s83_of_any_invitations_and_ratings_only_what_was_said_counts(world: World) {
        let problems = [
            done(&world, "reporter", Value::Null).await, done(&world, "reporter", Value::Null).await,
            done(&world, "reporter", Value::Null).await,
        ];
        let drawn = prop::collection::vec((any::<bool>(), prop::option::of(1_i64..=5)), 3);
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let (mut invited, mut said) = (0_i64, Vec::new());
        for cycle in 1..=6 {
            let round = drawn.new_tree(&mut runner).expect("a value").current();
            for (problem, (asked, result)) in problems.iter().zip(round) {
                if asked {
                    assert!(ask(&world, problem, cycle).await);
                }
                if let Some(result) = result {
                    rate(&world, "reporter", problem, stars(result)).await.expect(201);
                    said.push(result);
                }
                invited += i64::from(asked || result.is_some());
                next_cycle(&world, problem).await;
            }
            let figures = figures(&world, "").await;
            let count = i64::try_from(said.len()).expect("few");
            let happy = i64::try_from(said.iter().filter(|result| **result >= 4).count()).expect("few");
            let of = |name: &str| (figures[name]["numerator"].as_i64(), figures[name]["denominator"].as_i64());
            assert_eq!(of("mean"), (Some(said.iter().sum()), Some(count)));
            assert_eq!(of("satisfied"), (Some(happy), Some(count)));
            assert_eq!(of("response_rate"), (Some(count), Some(invited)));
        }
        assert!(said.len() > 3, "{said:?}");
    }

    async fn what_was_said_goes_along_with_its_problem_and_is_what_a_rebuild_finds(world: World) {
        let problem = done(&world, "officer", person("named")).await;
        ask(&world, &problem, 1).await;
        let token = world.receipt_token(&problem).await;
        world.app.clock.set("2019-01-11T02:00:00Z".parse().expect("a literal"));
        world.post(&path_of(&problem)).bearer(&token).json(stars(4)).send().await.expect(201);
        let patch = json!({ "category": "E02" });
        let path = format!("/problems/{}", id_of(&problem));
        world.patch(&path).by("officer").at(&problem["version"]).json(patch).send().await.expect(200);
        let kept = counted(&world).await;
        let row = |day: &str, outcome: &str, amount| (day.to_owned(), outcome.to_owned(), "E02/".to_owned(), amount);
        assert_eq!(
            kept,
            [
                row("2019-01-10", "invited", 1), row("2019-01-11", "points", 4), row("2019-01-11", "rated", 1),
                row("2019-01-11", "satisfied", 1),
            ]
        );
        let mut tx = world.app.db.begin().await.expect("a transaction");
        rebuild(&mut tx).await.expect("rebuilt");
        tx.commit().await.expect("a commit");
        assert_eq!(counted(&world).await, kept);
        // What leaves the count takes along what was said of it.
        let mut tx = world.app.db.begin().await.expect("a transaction");
        let key = crate::metrics::rollup::ProblemKey {
            campaign_year_id: crate::directory::stable_id::stable_id("test-campaign-year", "2019"),
            day: "2019-01-10".parse().expect("a date"),
            division_id: seed::division("330782"),
            audience: crate::directory::words::Audience::Enterprise,
            category_id: crate::directory::terms_shipped::term_id("category", "E02"),
            leading_body: None,
            disposition: None,
        };
        crate::metrics::carry::feedback(&mut tx, id_of(&problem), Some(&key), None).await.expect("taken away");
        tx.commit().await.expect("a commit");
        assert_eq!(counted(&world).await, []);
    }

    async fn nobody_is_asked_whom_nobody_knows(world: World) {
        let problem = done(&world, "officer", json!({ "kind": "person", "anonymity": "unknown" })).await;
        assert!(!ask(&world, &problem, 1).await);
        let token = world.receipt_token(&problem).await;
        let rated = world.post(&path_of(&problem)).bearer(&token).json(stars(3)).send().await.expect(201);
        assert_eq!(rated["reporter"], Value::Null);
        assert_eq!(figures(&world, "").await["response_rate"], ratio(1, 1, 1.0));
        let other = done(&world, "officer", person("named")).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        let (somebody, now) = (world.app.ids.next(), world.app.clock.now());
        assert!(!invite(&mut tx, id_of(&other), 1, somebody, now).await.expect("an answer"), "only who reported it");
    }
}

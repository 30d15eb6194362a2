use proptest::prelude::*;
use serde_json::{Value, json};

use super::arrange::{Problem, campaign_year, day, morning, problem, problems};
use crate::db::sql;
use crate::directory::words::{Audience, LeadingBody, Level};
use crate::metrics::domain::Period;
use crate::metrics::store::figures::Filters;
use crate::metrics::store::matrix::statement;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::{analysis_body, id_of};
use crate::test_support::{World, seed};

async fn ask(world: &World, who: &str, query: &str) -> Value {
    world
        .get(&format!("/metrics/matrix?{query}"))
        .by(who)
        .send()
        .await
        .expect(200)
}

/// long-institutional, long-operational, short-institutional, short-operational; and analysed of all.
fn figures(matrix: &Value) -> ([i64; 4], [i64; 2]) {
    let cell = |at: usize| matrix["cells"][at]["problems"].as_i64().expect("a count");
    let part = |name: &str| matrix["analysed"][name].as_i64().expect("a count");
    (
        [cell(0), cell(1), cell(2), cell(3)],
        [part("numerator"), part("denominator")],
    )
}

/// An analysis as it is stored: signed on a day, and perhaps replaced on another.
async fn analysis(
    world: &World,
    problem: uuid::Uuid,
    (number, horizon, nature): (i64, &'static str, &'static str),
    signed: &str,
    replaced: Option<&str>,
) {
    let mut tx = world.app.db.begin().await.unwrap();
    sql(
        "INSERT INTO analysis (id, problem_id, number, cycle_no, horizon, nature, findings, signed_by, signed_at, replaced_at, \
         created_at) VALUES ($1, $2, $3, 1, $4, $5, '示例', $6, $7, $8, $7)",
    )
    .bind(world.app.ids.next())
    .bind(problem)
    .bind(number)
    .bind(horizon)
    .bind(nature)
    .bind(seed::member("handler").person)
    .bind(morning(day(signed)))
    .bind(replaced.map(|replaced| morning(day(replaced))))
    .run(&mut tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn s45_the_matrix_is_two_by_two_and_sums_to_what_was_analysed(world: World) {
        let empty = ask(&world, "dispatcher", "").await;
        assert_eq!((figures(&empty), &empty["analysed"]["value"]), (([0; 4], [0, 0]), &Value::Null));
        let cells: Vec<_> = empty["cells"].as_array().unwrap().iter().map(|cell| (cell["horizon"].as_str().unwrap(), cell["nature"].as_str().unwrap())).collect();
        assert_eq!(cells, [("long", "institutional"), ("long", "operational"), ("short", "institutional"), ("short", "operational")]);
        for (horizon, nature) in [("long", "institutional"), ("short", "operational"), ("short", "operational")] {
            let problem = world.assigned(problem_body()).await;
            let mut body = analysis_body();
            (body["horizon"], body["nature"]) = (json!(horizon), json!(nature));
            world.post(&format!("/problems/{}/analyses", id_of(&problem))).by("handler").json(body).send().await.expect(201);
        }
        world.open_problem().await;
        for who in ["dispatcher", "handler", "province-leader"] {
            assert_eq!(figures(&ask(&world, who, "campaign=2019").await), ([1, 0, 0, 2], [3, 4]), "{who}");
        }
        assert_eq!(figures(&ask(&world, "deqing-dispatcher", "").await), ([0; 4], [0, 0]));
        assert_eq!(world.get("/metrics/matrix?division=330521").by("dispatcher").send().await.expect_error(422, "invalid"), ["?division unknown_reference"]);
        world.get("/metrics/matrix").by("reporter").send().await.expect_error(403, "forbidden");
        // What is withdrawn is counted no longer.
        let one = world.get("/problems?state=assigned&limit=1").by("dispatcher").send().await.expect(200)["items"][0].clone();
        world.force(&one, crate::problems::domain::State::Withdrawn).await;
        assert_eq!(figures(&ask(&world, "dispatcher", "").await).1[0], 2);
    }

    async fn as_of_a_day_the_analysis_of_that_day_counts(world: World) {
        let ids = problems(&world, &[problem("2019-01-07", "330782", Some("follow_up")), problem("2019-01-10", "330782", None)]).await;
        analysis(&world, ids[0], (1, "short", "operational"), "2019-01-08", Some("2019-01-11")).await;
        analysis(&world, ids[0], (2, "long", "institutional"), "2019-01-11", None).await;
        for (as_of, expected) in [
            ("2019-01-07", ([0; 4], [0, 1])), ("2019-01-08", ([0, 0, 0, 1], [1, 1])), ("2019-01-10", ([0, 0, 0, 1], [1, 2])),
            ("2019-01-11", ([1, 0, 0, 0], [1, 2])),
        ] {
            for who in ["dispatcher", "province-leader"] {
                assert_eq!(figures(&ask(&world, who, &format!("as_of={as_of}")).await), expected, "{as_of} {who}");
            }
        }
    }

    async fn filters_choose_the_same_problems_for_cells_and_total(world: World) {
        let written = |audience, category, leading_body, disposition| Problem {
            audience, category, leading_body, ..problem("2019-01-09", "330782", disposition)
        };
        let all = [
            written(Audience::Enterprise, "E01", Some(LeadingBody::Government), Some("follow_up")),
            written(Audience::Enterprise, "E03", Some(LeadingBody::Cppcc), Some("typical")),
            written(Audience::Masses, "M02", None, None),
            written(Audience::Grassroots, "G02", Some(LeadingBody::Government), Some("typical")),
        ];
        for (index, id) in problems(&world, &all).await.into_iter().enumerate() {
            if index < 3 {
                analysis(&world, id, (1, "long", "operational"), "2019-01-10", None).await;
            }
        }
        for (query, analysed, of) in [
            ("", 3, 4), ("audience=enterprise", 2, 2), ("audience=grassroots", 0, 1), ("category=E01&category=M02", 2, 2),
            ("category=cost", 1, 1), ("leading_body=government", 1, 2), ("disposition=typical", 1, 2), ("disposition=undisposed", 1, 1),
            ("from=2019-01-10", 0, 0), ("to=2019-01-09", 0, 0), ("from=2019-01-09&to=2019-01-10", 3, 4), ("year=2019", 3, 4),
        ] {
            for who in ["dispatcher", "province-leader"] {
                assert_eq!(figures(&ask(&world, who, query).await), ([0, analysed, 0, 0], [analysed, of]), "{query} {who}");
            }
        }
    }

    async fn the_matrix_never_reads_problems_or_the_texts_of_analyses_from_end_to_end(world: World) {
        for (level, code) in [(Level::Province, "330000"), (Level::County, seed::YIWU)] {
            let period = Period::new(Some(day("2019-01-01")), None, day("2019-01-14")).unwrap();
            let filters = Filters {
                years: vec![campaign_year()], leading_body: vec![LeadingBody::Cppcc],
                ..Filters::all_of(seed::division(code), level, period)
            };
            let plan = world.plan_of(statement(&filters)).await;
            assert!(plan.contains("analysis_matrix"), "{plan}");
            for scanned in ["SCAN p\n", "SCAN a\n", "Seq Scan on problem p", "Seq Scan on analysis"] {
                assert!(!plan.contains(scanned), "{scanned}: {plan}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever rows the database gives, the four cells are there once each and sum to the numerator.
    #[test]
    fn s45_the_cells_sum_to_the_numerator(counts in prop::collection::vec((0_usize..2, 0_usize..2, 0_i64..1_000), 0..4), rest in 0_i64..1_000) {
        use crate::analyses::domain::{Horizon, Nature};
        use crate::metrics::store::matrix::MatrixRow;
        let sum: i64 = counts.iter().map(|(_, _, n)| n).sum();
        let mut rows: Vec<MatrixRow> = counts
            .iter()
            .map(|(horizon, nature, n)| MatrixRow { horizon: Some(Horizon::ALL[*horizon]), nature: Some(Nature::ALL[*nature]), n: *n, claimed: 0, led: 0 })
            .collect();
        rows.push(MatrixRow { horizon: None, nature: None, n: sum + rest, claimed: 0, led: 0 });
        let cells = crate::metrics::matrix::cells(&rows);
        prop_assert_eq!(cells.len(), 4);
        prop_assert_eq!(cells.iter().map(|cell| cell.problems).sum::<i64>(), sum);
    }
}

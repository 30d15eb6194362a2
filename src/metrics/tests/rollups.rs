use super::arrange::{campaign_year, day, morning, object, problem, problems, visit, visits};
use crate::db::{DbError, Sql, sql};
use crate::directory::words::Level;
use crate::metrics::domain::{GroupBy, Period};
use crate::metrics::rollup::{self, Outcome, ProblemKey};
use crate::metrics::store::figures::{Filters, statement};
use crate::on_both;
use crate::test_support::{Kind, World, seed};

async fn rows(world: &World, text: &'static str) -> Vec<(String, String, i64)> {
    sql(text).all(&world.app.db).await.expect("rows")
}

on_both! {
    async fn a_count_moves_with_its_problem_and_is_never_negative(world: World) {
        let (before, after) = (problem("2019-01-08", "330782", None), problem("2019-01-08", "330782", Some("typical")));
        problems(&world, &[before.clone(), before.clone()]).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        rollup::move_problem(&mut tx, &before.key(), &after.key()).await.expect("moved");
        rollup::move_problem(&mut tx, &after.key(), &after.key()).await.expect("nothing to do");
        tx.commit().await.expect("committed");
        let counts = "SELECT disposition, audience, problems FROM problem_rollup ORDER BY disposition";
        let enterprise = || "enterprise".to_owned();
        assert_eq!(rows(&world, counts).await, [(String::new(), enterprise(), 1), ("typical".to_owned(), enterprise(), 1)]);
        let mut tx = world.app.db.begin().await.expect("a transaction");
        let refused = rollup::problem(&mut tx, &after.key(), -2).await;
        assert!(matches!(refused, Err(DbError::Other(sqlx::Error::RowNotFound))));
    }

    async fn a_rebuild_finds_what_was_kept(world: World) {
        let firm = object(&world, "enterprise", "330782").await;
        let mut visited = visit("2019-01-08", "330782");
        visited.objects = vec![firm];
        visits(&world, &[visited.clone(), visited, visit("2019-01-09", "330782001")]).await;
        let all = [
            problem("2019-01-08", "330782", None),
            problem("2019-01-08", "330782", Some("follow_up")),
            problem("2019-01-08", "330782", Some("follow_up")),
            problem("2019-01-09", "330521", Some("typical")),
        ];
        let ids = problems(&world, &all).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        // The second was closed by its reporter and held; the third was closed without an answer; the last is due.
        for (id, key, confirmed, due) in [
            (ids[1], all[1].key(), Some("account"), "2019-01-17"),
            (ids[2], all[2].key(), None, "2019-01-09"),
        ] {
            close(&mut tx, id, confirmed, due).await;
            count_closed(&mut tx, &key, confirmed.is_some(), due).await;
        }
        sql("UPDATE problem SET due_at = $1 WHERE id = $2").bind(morning(day("2019-02-01"))).bind(ids[3]).run(&mut tx).await.expect("due");
        cycle(&mut tx, ids[3], None, None).await;
        rollup::outcome(&mut tx, &all[3].key(), Outcome::Settled, day("2019-02-01"), 1).await.expect("counted");
        tx.commit().await.expect("committed");
        let kept = world.rollups().await;
        world.rebuild_rollups().await;
        assert_eq!(world.rollups().await, kept);

        let ask = async |as_of: &str| {
            let path = format!("/metrics/overview?as_of={as_of}");
            let figures = world.get(&path).by("province-leader").send().await.expect(200);
            let of = |ratio: &str| (figures[ratio]["numerator"].as_i64(), figures[ratio]["denominator"].as_i64());
            (of("completion_rate"), of("finally_solved_rate"))
        };
        assert_eq!(ask("2019-01-08").await, ((Some(0), Some(0)), (Some(0), Some(0))));
        assert_eq!(ask("2019-01-10").await, ((Some(2), Some(2)), (Some(0), Some(2))));
        assert_eq!(ask("2019-02-01").await, ((Some(2), Some(3)), (Some(0), Some(3))));
        assert_eq!(ask("2019-04-10").await, ((Some(2), Some(3)), (Some(1), Some(3))));
    }

    async fn ratings_count_only_where_they_were_given(world: World) {
        let one = problem("2019-01-08", "330782", Some("resolved_on_site"));
        problems(&world, std::slice::from_ref(&one)).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        for (outcome, amount) in [(Outcome::Invited, 4), (Outcome::Rated, 3), (Outcome::Satisfied, 2), (Outcome::Points, 11)] {
            rollup::outcome(&mut tx, &one.key(), outcome, day("2019-01-09"), amount).await.expect("counted");
        }
        tx.commit().await.expect("committed");
        let figures = world.get("/metrics/overview").by("leader").send().await.expect(200);
        let value = |name: &str| figures["satisfaction"][name]["value"].as_f64();
        assert_eq!((value("mean"), value("satisfied"), value("response_rate")), (Some(3.6667), Some(0.6667), Some(0.75)));
        let before = world.get("/metrics/overview?as_of=2019-01-08").by("leader").send().await.expect(200);
        assert!(before["satisfaction"]["mean"]["value"].is_null());
    }

    async fn figures_never_read_problems_or_visits_from_end_to_end(world: World) {
        for level in [Level::Province, Level::County] {
            for group_by in [None].into_iter().chain(GroupBy::ALL.iter().copied().map(Some)) {
                let plan = explain(&world, statement(&filters(level, group_by))).await;
                for table in ["problem", "visit", "event", "cycle", "rating"] {
                    let scanned = plan.iter().any(|line| {
                        let words: Vec<&str> = line.split([' ', '(', ')']).collect();
                        let scan = words.windows(2).any(|pair| pair == ["SCAN", table]);
                        scan || words.windows(4).any(|four| four == ["Seq", "Scan", "on", table])
                    });
                    assert!(!scanned, "{table} is read from end to end: {plan:#?}");
                }
            }
        }
    }
}

fn filters(level: Level, group_by: Option<GroupBy>) -> Filters {
    let code = if level == Level::Province { "330000" } else { seed::YIWU };
    let period = Period::new(None, None, day("2019-01-14")).expect("a period");
    Filters {
        years: vec![campaign_year()],
        leading_body: vec![crate::directory::words::LeadingBody::Cppcc],
        mode: vec!["symposium".to_owned()],
        group_by,
        ..Filters::all_of(seed::division(code), level, period)
    }
}

async fn explain(world: &World, statement: Sql) -> Vec<String> {
    match world.kind {
        Kind::Sqlite => {
            let rows: Vec<(i64, i64, i64, String)> = statement
                .led_by("EXPLAIN QUERY PLAN ")
                .all(&world.app.db)
                .await
                .expect("a plan");
            rows.into_iter().map(|row| row.3).collect()
        }
        Kind::Postgres => {
            // Tables of a few rows are read from end to end whatever their indexes: ask what it would do otherwise.
            let mut tx = world.app.db.begin().await.expect("a transaction");
            sql("SET LOCAL enable_seqscan = off")
                .run(&mut tx)
                .await
                .expect("a setting");
            let rows: Vec<(String,)> = statement.led_by("EXPLAIN ").all(&mut tx).await.expect("a plan");
            rows.into_iter().map(|row| row.0).collect()
        }
    }
}

async fn close(tx: &mut crate::db::Tx, problem: uuid::Uuid, confirmed: Option<&str>, due: &str) {
    sql("UPDATE problem SET state = 'closed', due_at = $1 WHERE id = $2")
        .bind(morning(day(due)))
        .bind(problem)
        .run(tx)
        .await
        .expect("closed");
    cycle(tx, problem, Some("2019-01-10"), confirmed).await;
}

async fn cycle(tx: &mut crate::db::Tx, problem: uuid::Uuid, closed: Option<&str>, confirmed: Option<&str>) {
    sql(
        "INSERT INTO cycle (id, problem_id, n, origin, started_at, first_response_due, closed_at, confirmed_via, \
         unconfirmed, provisional, calendar_version) VALUES ($1, $1, 1, 'first', $2, $2, $3, $4, $5, $6, '1')",
    )
    .bind(problem)
    .bind(morning(day("2019-01-08")))
    .bind(closed.map(|text| morning(day(text))))
    .bind(confirmed)
    .bind(closed.is_some() && confirmed.is_none())
    .bind(false)
    .run(tx)
    .await
    .expect("a cycle");
}

async fn count_closed(tx: &mut crate::db::Tx, key: &ProblemKey, confirmed: bool, due: &str) {
    let closed = day("2019-01-10");
    let settled = closed.min(day(due));
    let mut outcomes = vec![
        (Outcome::Settled, settled),
        (Outcome::Closed, closed),
        (Outcome::RunOnce, closed),
    ];
    if confirmed {
        outcomes.push((Outcome::Solved, closed + chrono::Days::new(90)));
        outcomes.push((Outcome::ConfirmedAccount, closed));
    } else {
        outcomes.push((Outcome::Unconfirmed, closed));
    }
    for (outcome, since) in outcomes {
        rollup::outcome(tx, key, outcome, since, 1).await.expect("counted");
    }
}

//! How the databases run a search: never along a whole table.

use crate::auth::Caller;
use crate::db::{Sql, sql};
use crate::full_text::store::{Kind, search, search_up_to};
use crate::http::ListParams;
use crate::http::total::Total;
use crate::on_both;
use crate::problems::dto::{ProblemFilters, ProblemSort};
use crate::problems::store::late::LateAt;
use crate::problems::store::list::{self, FilterIds};
use crate::problems::store::read::ProblemRow;
use crate::test_support::{Kind as Database, World, seed};

/// What a statement's plan says. PostgreSQL is kept from scanning tables that are small only in a test.
async fn plan_of(world: &World, statement: Sql) -> String {
    match world.kind {
        Database::Sqlite => world.plan_of(statement).await,
        Database::Postgres => {
            let mut tx = world.app.db.begin().await.expect("a transaction");
            sql("SET LOCAL enable_seqscan = off")
                .run(&mut tx)
                .await
                .expect("a setting");
            let rows: Vec<(String,)> = statement.led_by("EXPLAIN ").all(&mut tx).await.expect("a plan");
            rows.into_iter().map(|(line,)| line).collect::<Vec<_>>().join("\n")
        }
    }
}

on_both! {
    async fn few_are_looked_up_and_many_are_looked_at(world: World) {
        for number in 0..6 {
            world.recorded_as("officer", &format!("停车{number}"), "小区停车难，车位不足。").await;
        }
        let (db, now) = (&world.app.db, world.app.clock.now());
        let caller = Caller::from(world.claims(&seed::member("dispatcher"), false));
        let (scope, page) = (seed::division("330782"), ListParams::default().page(&"explain").unwrap());
        let few = search(db, Kind::Problem, "停车").await.unwrap();
        let many = search_up_to(db, Kind::Problem, "停车", 0).await.unwrap();
        assert!(many.is_many() && !few.is_many());
        for sort in ProblemSort::ALL {
            let filters = ProblemFilters { sort: Some(*sort), q: Some("停车".to_owned()), ..ProblemFilters::default() };
            let mut answers = Vec::new();
            for words in [&few, &many] {
                let ids = FilterIds { words: Some(words.clone()), division: None, late: LateAt::new(&world.app.calendar(), now), eyes: crate::problems::hiding::Eyes::of(&caller, now) };
                let statement = list::page(db, scope, (&caller, now), &filters, &ids, &page, None);
                let plan = plan_of(&world, statement.clone()).await;
                let expected: &[&str] = match (world.kind, words.is_many()) {
                    (Database::Sqlite, false) => &["SCAN fg VIRTUAL TABLE INDEX", "SEARCH s USING PRIMARY KEY (scope_id=? AND problem_id=?)"],
                    (Database::Sqlite, true) => &["SEARCH s USING", "SEARCH ft USING", "SCAN fg VIRTUAL TABLE INDEX"],
                    (Database::Postgres, false) => &["Bitmap Index Scan on full_text_grams", "problem_scope"],
                    (Database::Postgres, true) => &["full_text_kind_id_key"],
                };
                for part in expected {
                    assert!(plan.contains(part), "{sort} {part}\n{plan}");
                }
                // `s` is the page's own window there.
                let whole = ["SCAN p\n", "SCAN ft\n", "SCAN problem_scope"];
                assert!(whole.iter().all(|scan| !format!("{plan}\n").contains(scan)), "{sort}\n{plan}");
                let rows: Vec<ProblemRow> = statement.all(db).await.unwrap();
                answers.push(rows.into_iter().map(|row| row.id).collect::<Vec<_>>());
                let counted = list::count(db, scope, &filters, &ids).await.unwrap();
                assert_eq!(counted, Total::Exactly(6), "{sort}");
                assert_eq!(list::stopped_at(db, scope, &filters, &ids, None).await.unwrap(), None);
            }
            assert_eq!(answers[0].len(), 6);
            assert_eq!(answers[0], answers[1], "{sort}: the same in the same order");
        }
    }
}

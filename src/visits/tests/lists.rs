//! Lists of visits: filters, order, cursors, and what a page costs.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{completed, enterprise, id, planned, problem, under_way};
use crate::auth::Caller;
use crate::db::{Sql, Value as DbValue, sql};
use crate::http::window::{Rows, WINDOW, Windowed as _};
use crate::on_both;
use crate::test_support::seed::{YIWU, division, member};
use crate::test_support::{Kind, World};
use crate::visits::domain::VisitState;
use crate::visits::dto::{VisitFilters, VisitSort};
use crate::visits::references::reader;
use crate::visits::store::list::VisitQuery;

async fn list(world: &World, who: &str, query: &str) -> Value {
    world.get(&format!("/visits?{query}")).by(who).send().await.expect(200)
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().expect("a list").iter().map(id).collect()
}

/// What a statement's plan says, line by line.
async fn plan_of(world: &World, statement: Sql) -> String {
    match world.kind {
        Kind::Sqlite => {
            let rows: Vec<(i64, i64, i64, String)> = statement
                .led_by("EXPLAIN QUERY PLAN ")
                .all(&world.app.db)
                .await
                .expect("a plan");
            rows.into_iter().map(|row| row.3).collect::<Vec<_>>().join("\n")
        }
        Kind::Postgres => {
            let mut tx = world.app.db.begin().await.expect("a transaction");
            // A table of nothing is read whole, whatever indexes it has.
            sql("SET LOCAL enable_seqscan = off")
                .run(&mut tx)
                .await
                .expect("a setting");
            sql("SET LOCAL enable_bitmapscan = off")
                .run(&mut tx)
                .await
                .expect("a setting");
            let rows: Vec<(String,)> = statement.led_by("EXPLAIN ").all(&mut tx).await.expect("a plan");
            rows.into_iter().map(|row| row.0).collect::<Vec<_>>().join("\n")
        }
    }
}

on_both! {
    async fn a_list_goes_latest_first_and_pages_to_the_end(world: World) {
        let mut made = Vec::new();
        for day in [11, 13, 12, 13, 14] {
            made.push(planned(&world, json!({ "planned_at": format!("2019-01-{day}T01:00:00Z") })).await);
        }
        made.sort_by_key(|visit| (visit["planned_at"].to_string(), id(visit).to_owned()));
        let earliest: Vec<&str> = made.iter().map(id).collect();
        let latest: Vec<&str> = earliest.iter().rev().copied().collect();
        for (sort, expected) in [("-planned_at", &latest), ("planned_at", &earliest)] {
            let mut seen: Vec<String> = Vec::new();
            let mut query = format!("sort={sort}&limit=2&with_total=true");
            loop {
                let page = list(&world, "officer", &query).await;
                assert_eq!(page["total"], 5);
                seen.extend(ids(&page).into_iter().map(ToOwned::to_owned));
                match page["next_cursor"].as_str() {
                    Some(cursor) => query = format!("sort={sort}&limit=2&with_total=true&cursor={cursor}"),
                    None => break,
                }
            }
            assert_eq!(&seen, expected, "{sort}");
        }
        let page = list(&world, "officer", "limit=2").await;
        let cursor = page["next_cursor"].as_str().expect("a cursor");
        let other = format!("/visits?limit=2&sort=planned_at&cursor={cursor}");
        world.get(&other).by("officer").send().await.expect_error(400, "malformed");
    }

    async fn an_item_is_the_single_read_without_its_long_texts(world: World) {
        let firm = enterprise(&world, "甲", YIWU).await;
        let visit = under_way(&world, json!({ "heard": "缺人才", "object_ids": [firm] })).await;
        problem(&world, &visit, 1, "recorded", None).await;
        let mut read = world.get(&format!("/visits/{}", id(&visit))).by("leader").send().await.expect(200);
        let fields = read.as_object_mut().expect("an object");
        fields.remove("heard");
        fields.remove("observations");
        assert_eq!(list(&world, "leader", "").await["items"], json!([read]));
    }

    async fn s04_filters_find_what_they_name(world: World) {
        let firm = enterprise(&world, "甲", YIWU).await;
        let symposium = planned(&world, json!({ "mode": "symposium", "place_kind": "office", "origin": "requested" })).await;
        let village = planned(&world, json!({
            "division": "330782001001", "planned_at": "2019-01-12T16:00:00Z", "object_ids": [firm],
            "leader_id": member("province-leader").person, "leading_body": "peoples_congress",
        })).await;
        let done = completed(&world, &under_way(&world, json!({})).await).await;
        let (symposium, village, done) = (id(&symposium), id(&village), id(&done));
        let leader = member("province-leader").person;
        for (query, expected) in [
            (String::new(), vec![village, symposium, done]),
            ("mode=symposium".to_owned(), vec![symposium]),
            ("origin=requested".to_owned(), vec![symposium]),
            ("place_kind=office".to_owned(), vec![symposium]),
            ("division=330782001".to_owned(), vec![village]),
            (format!("division={YIWU}"), vec![village, symposium, done]),
            ("division=330521".to_owned(), vec![]),
            (format!("leader={leader}"), vec![village]),
            ("leading_body=peoples_congress".to_owned(), vec![village]),
            (format!("object={firm}"), vec![village]),
            (format!("attended_by={leader}"), vec![village]),
            ("campaign=2019".to_owned(), vec![village, symposium, done]),
            ("campaign=2018".to_owned(), vec![]),
            ("state=completed".to_owned(), vec![done]),
            ("state=completed&state=planned".to_owned(), vec![village, symposium, done]),
            ("state=planned&state=planned&state=completed&mode=symposium".to_owned(), vec![symposium]),
            ("state=cancelled&state=in_progress".to_owned(), vec![]),
            // 16:00 UTC is the next day in Shanghai.
            ("from=2019-01-13".to_owned(), vec![village]),
            ("from=2019-01-11&to=2019-01-13".to_owned(), vec![symposium]),
            ("scope=own".to_owned(), vec![village, symposium, done]),
        ] {
            let page = list(&world, "officer", &format!("with_total=true&{query}")).await;
            assert_eq!(ids(&page), expected, "{query}");
            assert_eq!(page["total"], expected.len(), "{query}");
        }
    }

    async fn filters_that_are_none_are_refused(world: World) {
        let refused = |query: &str| {
            let path = format!("/visits?{query}");
            let world = world.clone();
            async move { world.get(&path).by("officer").send().await }
        };
        assert_eq!(refused("state=finished").await.expect_error(422, "invalid"), ["?state enum"]);
        assert_eq!(refused("leader=me").await.expect_error(422, "invalid"), ["?leader format"]);
        assert_eq!(refused("from=yesterday").await.expect_error(422, "invalid"), ["?from format"]);
        assert_eq!(refused("sort=leader").await.expect_error(422, "invalid"), ["?sort enum"]);
        assert_eq!(refused("limit=201").await.expect_error(422, "invalid"), ["?limit out_of_range"]);
        assert_eq!(refused("scope=division:330521").await.expect_error(422, "invalid"), ["?scope unknown_scope"]);
        assert_eq!(refused("colour=red").await.expect_error(400, "malformed"), ["?colour unknown_parameter"]);
        assert_eq!(refused("cursor=abc").await.expect_error(400, "malformed"), ["?cursor cursor"]);
    }

    async fn a_sparse_filter_goes_on_behind_its_window(world: World) {
        let target = planned(&world, json!({ "mode": "remote", "planned_at": "2019-01-03T01:00:00Z" })).await;
        copies(&world, &planned(&world, json!({})).await, WINDOW + 10).await;
        let first = list(&world, "dispatcher", "mode=remote").await;
        assert_eq!(ids(&first), Vec::<&str>::new());
        let cursor = first["next_cursor"].as_str().expect("the search goes on");
        let second = list(&world, "dispatcher", &format!("mode=remote&cursor={cursor}")).await;
        assert_eq!(ids(&second), [id(&target)]);
        assert_eq!(second["next_cursor"], Value::Null);
    }

    async fn a_guaranteed_page_is_a_range_of_an_index(world: World) {
        for state in [None, Some(VisitState::Planned)] {
            for sort in [VisitSort::Latest, VisitSort::Earliest] {
                for after in [None, Some((super::at("2019-01-10T00:00:00Z"), Uuid::nil()))] {
                    let filters = VisitFilters { sort: Some(sort), state: state.map(|state| vec![state]), ..Default::default() };
                    let reader = reader(&Caller::nobody(), super::at("2019-01-11T00:00:00Z"));
                    let query = VisitQuery { scope: division(YIWU), reader: &reader, filters: &filters, words: None };
                    let window = plan_of(&world, query.window(sql(""), after, Rows::First(51))).await;
                    let index = if state.is_some() { "visit_scope_state_planned" } else { "visit_scope_planned" };
                    assert!(window.contains(index), "{window}");
                    assert!(!window.contains("Sort") && !window.contains("TEMP B-TREE"), "{window}");
                    let page = plan_of(&world, query.page(&world.app.db, after, 51)).await;
                    assert!(page.contains(index), "{page}");
                    assert!(!page.contains("Seq Scan on visit") && !page.contains("SCAN v\n"), "{page}");
                }
            }
        }
    }
}

/// Copies of a visit, seen by those of its division.
async fn copies(world: &World, visit: &Value, count: i64) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    let copy =
        |number: i64| Uuid::from_u128((9 << 96) | (0x7000 << 64) | (0x8000 << 48) | u128::from(number.unsigned_abs()));
    for start in (0..count).step_by(1_000) {
        let numbers = start..count.min(start + 1_000);
        let planned_at = super::at("2019-01-11T01:00:00Z");
        let rows = numbers.clone().map(|number| -> [DbValue; 4] {
            [
                copy(number).into(),
                super::uuid(visit).into(),
                "planned".into(),
                planned_at.into(),
            ]
        });
        sql("CREATE TEMPORARY TABLE IF NOT EXISTS copied (id uuid, source uuid, state text, planned_at timestamptz)")
            .run(&mut tx)
            .await
            .expect("a table");
        sql("DELETE FROM copied").run(&mut tx).await.expect("an empty table");
        sql("INSERT INTO copied").values(rows).run(&mut tx).await.expect("rows");
        sql(
            "INSERT INTO visit (id, campaign_year_id, mode, origin, place_kind, division_id, planned_at, leader_id, \
             leading_body, org_id, state, created_at, updated_at) SELECT n.id, v.campaign_year_id, v.mode, v.origin, \
             v.place_kind, v.division_id, v.planned_at, v.leader_id, v.leading_body, v.org_id, v.state, v.created_at, \
             v.updated_at FROM copied n JOIN visit v ON v.id = n.source",
        )
        .run(&mut tx)
        .await
        .expect("copies");
        sql("INSERT INTO visit_scope (scope_id, visit_id, state, planned_at) \
             SELECT v.division_id, n.id, n.state, n.planned_at FROM copied n JOIN visit v ON v.id = n.id")
        .run(&mut tx)
        .await
        .expect("scopes");
    }
    tx.commit().await.expect("a commit");
}

//! Lists behind a window, over numbers: what a page looks at, where it goes on, how far a count goes.

use uuid::Uuid;

use crate::db::{Db, Sql, sql};
use crate::http::ListParams;
use crate::http::total::Total;
use crate::http::window::{Place, Rows, WINDOW, Windowed};
use crate::on_both;

/// The numbers up to the last, of which those are left that can be divided by `every`.
struct Numbers {
    last: i64,
    every: i64,
}

impl Windowed for Numbers {
    type Key = i64;
    type Row = (Uuid, i64);

    fn window(&self, statement: Sql, after: Option<Place<i64>>, rows: Rows) -> Sql {
        let statement = statement
            .push_bind("SELECT ", Uuid::nil())
            .push_bind(
                " AS id, q.n FROM (WITH RECURSIVE s(n) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM s WHERE n < ",
                self.last,
            )
            .push(") SELECT n FROM s) q WHERE 1 = 1")
            .and_opt("q.n > ", after.map(|(n, _)| n));
        rows.of(statement.push(" ORDER BY q.n"))
    }

    fn taken(&self, statement: Sql, after: Option<Place<i64>>, rows: i64) -> Sql {
        let statement = self.window(statement.push("SELECT w.id, w.n FROM ("), after, Rows::First(rows));
        statement.push_bind(") w WHERE w.n % ", self.every).push(" = 0")
    }

    fn page(&self, _: &Db, after: Option<Place<i64>>, fetch: i64) -> Sql {
        let statement = self.taken(sql(""), after, self.looked_at(fetch));
        statement.push_bind(" ORDER BY w.n LIMIT ", fetch)
    }

    fn place(&self, (id, n): &(Uuid, i64)) -> Place<i64> {
        (*n, *id)
    }

    fn is_thinned(&self) -> bool {
        self.every > 1
    }
}

/// The pages of two, each with where it goes on.
async fn pages(db: &Db, numbers: &Numbers) -> Vec<Vec<i64>> {
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let params = ListParams {
            limit: Some(2),
            cursor,
            with_total: None,
        };
        let request = params.page(&"numbers").expect("a page");
        let page = request.windowed(db, numbers, |(_, n)| n).await.expect("rows");
        pages.push(page.items);
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return pages,
        }
    }
}

on_both! {
    async fn a_page_that_is_not_full_goes_on_behind_its_window(world: World) {
        let db = &world.app.db;
        let sparse = Numbers { last: 2 * WINDOW + 2_000, every: 6_000 };
        assert_eq!(pages(db, &sparse).await, [vec![], vec![6_000], vec![12_000]]);
        let dense = Numbers { last: 9, every: 2 };
        assert_eq!(pages(db, &dense).await, [[2, 4], [6, 8]]);
        let whole = Numbers { last: 3, every: 1 };
        assert_eq!(pages(db, &whole).await, [vec![1, 2], vec![3]]);
    }

    async fn a_count_is_exact_where_all_was_looked_at(world: World) {
        for (last, every, total) in [
            (49_999, 7_000, Total::Exactly(7)),
            (60_000, 7_000, Total::AtLeast(7)),
            (20_003, 2, Total::AtLeast(10_000)),
            (20_001, 2, Total::Exactly(10_000)),
            (10_000, 1, Total::Exactly(10_000)),
            (10_001, 1, Total::AtLeast(10_000)),
        ] {
            let counted = Numbers { last, every }.count(&world.app.db).await.expect("a count");
            assert_eq!(counted, total, "up to {last}, every {every}th");
        }
    }
}

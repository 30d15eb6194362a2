//! What is written is what is read, on both databases.

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, sql};
use crate::on_both;

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
struct Probe {
    words: Option<String>,
    id: Option<Uuid>,
    number: Option<i64>,
    fraction: Option<f64>,
    flag: Option<bool>,
    at: Option<Timestamp>,
    day: Option<NaiveDate>,
    data: Option<Json>,
    raw: Option<Vec<u8>>,
}

/// Any text but one with NUL, which PostgreSQL cannot store and the gate refuses.
fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[^\u{0}]{0,40}").expect("a pattern")
}

fn data() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        text().prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::btree_map(text(), inner, 0..5).prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

fn probe() -> impl Strategy<Value = Probe> {
    // From the year 1 to 9999, which both databases and RFC 3339 have.
    let micros = -62_135_596_800_000_000_i64..253_402_300_800_000_000;
    let days = 1_i32..3_652_060;
    let real = any::<f64>().prop_filter("finite", |number| number.is_finite());
    (
        proptest::option::of(text()),
        proptest::option::of(any::<u128>().prop_map(Uuid::from_u128)),
        proptest::option::of(any::<i64>()),
        proptest::option::of(real),
        proptest::option::of(any::<bool>()),
        proptest::option::of(micros.prop_map(|micros| Timestamp::from_micros(micros).expect("in range"))),
        proptest::option::of(days.prop_map(|days| NaiveDate::from_num_days_from_ce_opt(days).expect("in range"))),
        proptest::option::of(data()),
        proptest::option::of(prop::collection::vec(any::<u8>(), 0..40)),
    )
        .prop_map(|(words, id, number, fraction, flag, at, day, data, raw)| Probe {
            words,
            id,
            number,
            fraction,
            flag,
            at,
            day,
            data,
            raw,
        })
}

async fn make_table(db: &Db) {
    let statement = db.pick(
        "CREATE TABLE probe (words TEXT, id BLOB, number INTEGER, fraction REAL, flag INTEGER, at INTEGER, day TEXT, \
         data TEXT, raw BLOB) STRICT",
        "CREATE TABLE probe (words text, id uuid, number bigint, fraction double precision, flag boolean, \
         at timestamptz, day date, data jsonb, raw bytea)",
    );
    let mut tx = db.begin().await.expect("a transaction");
    sql(statement).run(&mut tx).await.expect("a table");
    tx.commit().await.expect("commit");
}

on_both! {
    async fn a_value_comes_back_as_it_was_written(world: World) {
        let db = &world.app.db;
        make_table(db).await;
        let mut runner = TestRunner::default();
        for _ in 0..100 {
            let written = probe().new_tree(&mut runner).expect("a value").current();
            let mut tx = db.begin().await.expect("a transaction");
            sql("DELETE FROM probe").run(&mut tx).await.expect("empty");
            let Probe { words, id, number, fraction, flag, at, day, data, raw } = written.clone();
            sql("INSERT INTO probe (words, id, number, fraction, flag, at, day, data, raw) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
                .bind(words).bind(id).bind(number).bind(fraction).bind(flag).bind(at).bind(day).bind(data).bind(raw)
                .run(&mut tx)
                .await
                .unwrap_or_else(|fault| panic!("{written:?}: {fault}"));
            let read: Probe = sql("SELECT * FROM probe").one(&mut tx).await.expect("a row");
            assert_eq!(read, written);
            tx.commit().await.expect("commit");
        }
    }

    async fn a_set_filters_as_its_members_do(world: World) {
        let db = &world.app.db;
        let of = async |keys: &[&str]| -> i64 {
            let rows = sql("SELECT COUNT(*) FROM org WHERE 1 = 1").and_in("kind", keys);
            let (count,): (i64,) = rows.one(db).await.expect("a count");
            count
        };
        let (all, three) = (of(&[]).await, of(&["government", "department", "none"]).await);
        assert_eq!(three, of(&["government"]).await + of(&["department"]).await);
        assert!(three < all);
        let empty: &[i64] = &[];
        let (none,): (i64,) =
            sql("SELECT COUNT(*) FROM org WHERE version").in_list(empty).one(db).await.expect("a count");
        assert_eq!(none, 0);
    }

    async fn a_row_that_does_not_fit_its_type_is_an_error(world: World) {
        let db = &world.app.db;
        let wrong: Result<Vec<(Uuid,)>, _> = sql("SELECT name FROM org").all(db).await;
        assert!(wrong.is_err());
        let no_json: Result<Vec<(Json,)>, _> = sql("SELECT name FROM org").all(db).await;
        assert!(no_json.is_err());
        // SQLite's driver reads a NULL as an empty text; a column that may be null and is not read as an Option is
        // found by PostgreSQL's, since every test runs on both.
        let null: Result<Vec<(String,)>, _> = sql("SELECT leading_body FROM org WHERE leading_body IS NULL").all(db).await;
        assert_eq!(null.is_err(), !db.is_embedded());
        let (object,): (Json,) = sql("SELECT value FROM setting WHERE key = 'shipped'").one(db).await.expect("a row");
        assert_eq!(object["terms"], json!("2019-01-14"));
    }
}

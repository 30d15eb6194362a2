//! Both databases answer what the definition says.

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use super::ODD;
use crate::db::{Db, sql};
use crate::full_text::domain::{Document, Query};
use crate::full_text::store::{Found, Kind, forget, put, search, search_up_to};
use crate::on_both;

/// What is found, whether it is few or many.
async fn found(db: &Db, kind: Kind, typed: &str) -> Vec<Uuid> {
    let few = search(db, kind, typed).await.expect("few");
    assert!(!few.is_many());
    let many = search_up_to(db, kind, typed, 0).await.expect("many");
    let (few, many) = (listed(db, &few).await, listed(db, &many).await);
    assert_eq!(few, many, "{typed}");
    few
}

async fn listed(db: &Db, found: &Found) -> Vec<Uuid> {
    let statement = found.from(sql("SELECT f.id"), "full_text f", "f.id");
    let statement = statement.and("f.kind = ", found.kind().as_str());
    let rows: Vec<(Uuid,)> = found
        .filter(statement, "f.id")
        .push(" ORDER BY f.id")
        .all(db)
        .await
        .expect("rows");
    rows.into_iter().map(|(id,)| id).collect()
}

on_both! {
    async fn both_databases_find_what_the_definition_says(world: World) {
        let mut runner = TestRunner::deterministic();
        // Few characters, so that much is found.
        let texts = "[纾困解难人才入学电梯一二三𠮷aB1-2，。 😀]{0,40}";
        let mut draw = |pattern: &'static str| {
            proptest::string::string_regex(pattern).expect("a pattern").new_tree(&mut runner).expect("a text").current()
        };
        let written: Vec<(Uuid, Document)> = (0..120)
            .map(|_| (world.app.ids.next(), Document::default().text(&draw(texts)))).collect();
        let mut tx = world.app.db.begin().await.expect("a transaction");
        for (id, document) in &written {
            put(&mut tx, Kind::Visit, *id, document).await.expect("indexed");
            // What is of another kind is found as another kind.
            put(&mut tx, Kind::PublicProblem, *id, &Document::default().text("公开")).await.expect("indexed");
        }
        tx.commit().await.expect("a commit");
        let mut queries: Vec<String> = (0..60).map(|_| draw("[纾困解难人才入学电梯一二三𠮷aB1 ]{1,4}")).collect();
        queries.extend(["纾困", "困", "人才 入学", "公开"].map(ToOwned::to_owned));
        queries.extend(ODD.iter().map(|odd| (*odd).to_owned()));
        queries.push("电梯".repeat(50));
        let mut hits = 0;
        for typed in &queries {
            let query = Query::of(typed);
            let mut expected: Vec<Uuid> =
                written.iter().filter(|(_, document)| query.is_met_by(document)).map(|(id, _)| *id).collect();
            expected.sort_unstable();
            hits += expected.len();
            assert_eq!(found(&world.app.db, Kind::Visit, typed).await, expected, "{typed:?}");
        }
        assert!(hits > 100, "{hits} hits");
        assert_eq!(found(&world.app.db, Kind::PublicProblem, "公开").await.len(), written.len());
        assert_eq!(found(&world.app.db, Kind::Problem, "公开").await, Vec::<Uuid>::new());
    }

    async fn what_is_written_anew_or_forgotten_is_not_found_by_what_it_was(world: World) {
        let (db, id, other) = (&world.app.db, world.app.ids.next(), world.app.ids.next());
        let write = async |id, text: &str| {
            let mut tx = db.begin().await.expect("a transaction");
            put(&mut tx, Kind::PublicProblem, id, &Document::default().text(text)).await.expect("indexed");
            tx.commit().await.expect("a commit");
        };
        write(id, "老旧小区加装电梯").await;
        write(other, "加装充电桩").await;
        assert_eq!(found(db, Kind::PublicProblem, "加装").await, [id, other]);
        write(id, "异地就医").await;
        assert_eq!(found(db, Kind::PublicProblem, "加装").await, [other]);
        assert_eq!(found(db, Kind::PublicProblem, "就医").await, [id]);
        let mut tx = db.begin().await.expect("a transaction");
        forget(&mut tx, Kind::PublicProblem, other).await.expect("forgotten");
        forget(&mut tx, Kind::PublicProblem, world.app.ids.next()).await.expect("nothing to forget");
        tx.undo().await;
        assert_eq!(found(db, Kind::PublicProblem, "充电").await, [other], "a transaction that was undone has forgotten nothing");
        let mut tx = db.begin().await.expect("a transaction");
        forget(&mut tx, Kind::PublicProblem, other).await.expect("forgotten");
        tx.commit().await.expect("a commit");
        assert_eq!(found(db, Kind::PublicProblem, "充电").await, Vec::<Uuid>::new());
        assert_eq!(found(db, Kind::PublicProblem, "就医").await, [id]);
        // A number that was free again finds nothing of who had it.
        write(other, "农房确权").await;
        assert_eq!(found(db, Kind::PublicProblem, "充电").await, Vec::<Uuid>::new());
        assert_eq!(found(db, Kind::PublicProblem, "确权").await, [other]);
    }
}

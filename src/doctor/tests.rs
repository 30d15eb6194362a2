//! An installation that is sound, and each way in which it can be unsound.

use super::{FilesRead, Finding, Outcome, examine};
use crate::attachments::tests::{id, of_problem, ownerless, photo, place_of};
use crate::auth::keys::Keys;
use crate::clock::Clock;
use crate::db::sql;
use crate::events::{Act, NewEvent, store as events};
use crate::on_both;
use crate::test_support::{World, seed, world};

async fn examined(world: &World, keys: Result<Option<Keys>, String>) -> Vec<Finding> {
    examine(&world.app.settings, &world.app.db, keys, &Clock::real(), FilesRead::No).await
}

#[track_caller]
fn of<'f>(findings: &'f [Finding], check: &str) -> &'f Outcome {
    let found = findings.iter().find(|finding| finding.check == check);
    &found.expect("the check").outcome
}

async fn two_events(world: &World) {
    let app = &world.app;
    let mut tx = app.db.begin().await.expect("a transaction");
    let act = Act::of_the_service(app.clock.now());
    for kind in ["org.created", "org.updated"] {
        let event = NewEvent::of("org", seed::org("yiwu-hr"), kind).with_text(Some("缘由".to_owned()));
        events::append_to(&mut tx, &app.ids, &act, event)
            .await
            .expect("an event");
    }
    tx.commit().await.expect("commit");
}

async fn phone(world: &World, keys: &Keys) {
    let (id, now) = (world.app.ids.next(), world.app.clock.now());
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql(
        "INSERT INTO reporter (id, kind, anonymity, phone_cipher, created_at, updated_at) \
         VALUES ($1, 'person', 'unknown', $2, $3, $3)",
    )
    .bind(id)
    .bind(keys.encrypt(id, "13812345678").expect("a cipher"))
    .bind(now)
    .run(&mut tx)
    .await
    .expect("a reporter");
    tx.commit().await.expect("commit");
}

on_both! {
    async fn a_sound_installation_has_no_fault(world: World) {
        two_events(&world).await;
        phone(&world, &world::keys()).await;
        let findings = examined(&world, Ok(Some(world::keys()))).await;
        assert!(findings.iter().all(|finding| !finding.is_fault()), "{findings:#?}");
        assert_eq!(*of(&findings, "events"), Outcome::Sound("2 events in 1 chains are whole".to_owned()));
        assert!(findings[0].to_string().starts_with("ok   schema    migration "), "{}", findings[0]);
    }

    async fn an_event_that_was_changed_behind_the_databases_back_is_found(world: World) {
        two_events(&world).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        let drop = world.app.db.pick(
            "DROP TRIGGER event_text_is_only_erased",
            "DROP TRIGGER event_text_is_only_erased ON event_text",
        );
        sql(drop).run(&mut tx).await.expect("a statement");
        sql("UPDATE event_text SET text = '另一缘由' WHERE event_id = \
             (SELECT id FROM event WHERE aggregate_id = $1 AND aggregate_seq = 2)")
            .bind(seed::org("yiwu-hr"))
            .run(&mut tx)
            .await
            .expect("a statement");
        tx.commit().await.expect("commit");
        let findings = examined(&world, Ok(Some(world::keys()))).await;
        let Outcome::Fault(text) = of(&findings, "events") else { panic!("{findings:#?}") };
        assert!(text.starts_with("1 of 1 chains are broken") && text.ends_with("at event 2"), "{text}");
        assert_eq!(findings.iter().filter(|finding| finding.is_fault()).count(), 1);
    }

    async fn keys_that_are_missing_or_of_another_database_are_found(world: World) {
        phone(&world, &world::keys()).await;
        let other = || Keys::parse(&Keys::generate_text().expect("keys")).expect("keys");
        for keys in [Ok(None), Ok(Some(other())), Err("sanfuwu.key: no key text".to_owned())] {
            let findings = examined(&world, keys).await;
            assert!(matches!(of(&findings, "keys"), Outcome::Fault(_)), "{findings:#?}");
        }
    }

    async fn a_schema_that_is_another_is_found_and_nothing_else_is_read(world: World) {
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)")
            .run(&mut tx)
            .await
            .expect("a statement");
        tx.commit().await.expect("commit");
        let findings = examined(&world, Ok(Some(world::keys()))).await;
        assert_eq!(*of(&findings, "schema"), Outcome::Fault("1 migrations are missing: run `sanfuwu migrate`".to_owned()));
        assert!(matches!(of(&findings, "events"), Outcome::Skipped(_)));
    }

    async fn a_clock_that_is_behind_is_found(world: World) {
        let mut tx = world.app.db.begin().await.expect("a transaction");
        let now = Clock::real().now();
        sql("INSERT INTO session_family (id, person_id, created_at, last_used_at, expires_at) VALUES ($1, $2, $3, $3, $3)")
            .bind(world.app.ids.next())
            .bind(seed::member("officer").person)
            .bind(now)
            .run(&mut tx)
            .await
            .expect("a session");
        tx.commit().await.expect("commit");
        let behind = Clock::frozen(now.plus_seconds(-3600));
        let findings = examine(&world.app.settings, &world.app.db, Ok(Some(world::keys())), &behind, FilesRead::No).await;
        assert!(matches!(of(&findings, "clock"), Outcome::Fault(_)), "{findings:#?}");
    }

    async fn files_that_are_missing_or_altered_are_found(world: World) {
        let look = async |read| {
            let findings = examine(&world.app.settings, &world.app.db, Ok(Some(world::keys())), &world.app.real_clock, read).await;
            of(&findings, "files").clone()
        };
        assert_eq!(look(FilesRead::No).await, Outcome::Sound("no attachments yet".to_owned()));
        let problem = world.open_problem().await;
        let first = of_problem(&world, &problem, 1).await;
        of_problem(&world, &problem, 1).await;
        let alone = ownerless(&world, 2).await;
        let folder = world.app.settings.attachment_folder.clone();
        for (read, how) in [(FilesRead::No, "in its size"), (FilesRead::Whole, "as its hash says")] {
            let Outcome::Sound(text) = look(read).await else { panic!("{read:?}") };
            assert!(text.starts_with("2 files, 1 KiB") && text.contains(how), "{text}");
        }
        // Other bytes of the same length are found by reading alone.
        let file = folder.join(place_of(&photo(1)));
        std::fs::write(&file, photo(3)).expect("a file");
        assert!(matches!(look(FilesRead::No).await, Outcome::Sound(_)));
        let Outcome::Fault(text) = look(FilesRead::Whole).await else { panic!("it was altered") };
        assert!(text.starts_with("1 of 2 files") && text.ends_with(&format!("(attachment {}): damaged", id(&first))), "{text}");
        std::fs::write(&file, [&photo(1)[..], b"more"].concat()).expect("a file");
        assert!(matches!(look(FilesRead::No).await, Outcome::Fault(_)));
        std::fs::write(&file, photo(1)).expect("a file");
        std::fs::remove_file(folder.join(place_of(&photo(2)))).expect("the file");
        let Outcome::Fault(text) = look(FilesRead::No).await else { panic!("it is gone") };
        assert!(text.ends_with(&format!("(attachment {}): missing", id(&alone))), "{text}");
        // What has expired is missed by nobody.
        world.app.real_clock.set(world.app.real_clock.now().plus_seconds(24 * 3600));
        assert!(matches!(look(FilesRead::Whole).await, Outcome::Sound(_)));
    }
}

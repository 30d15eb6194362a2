//! A backup of everything, what it says of files that are lost, and what a restore makes of it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{Amount, BackedUp, BackupFault, Restored, backup, files, folder_of, restore};
use crate::attachments::kept;
use crate::attachments::storage::{Condition, Storage};
use crate::attachments::sweep;
use crate::attachments::tests::{id, of_problem, ownerless, photo, place_of, stored};
use crate::config::Settings;
use crate::db::{Db, FileFault, sql};
use crate::on_both;
use crate::test_support::{Kind, World};

/// What lies below a folder: its mode, and the bytes of files.
fn tree(folder: &Path) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            let mode = std::fs::metadata(&path).expect("about it").permissions().mode() & 0o777;
            let name = path
                .strip_prefix(folder)
                .expect("within")
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                folders.push(path);
                found.insert(name, (mode, Vec::new()));
            } else {
                found.insert(name, (mode, std::fs::read(&path).expect("a file")));
            }
        }
    }
    found
}

/// The world's attachments: one of a problem that was uploaded twice, and one that waits for its owner.
async fn fill(world: &World) {
    let problem = world.open_problem().await;
    of_problem(world, &problem, 1).await;
    of_problem(world, &problem, 1).await;
    ownerless(world, 2).await;
}

async fn back_up(world: &World, copy: &Path) -> Result<BackedUp, BackupFault> {
    backup(&world.app.settings, &world.app.db, copy, world.app.real_clock.now()).await
}

/// Settings of another machine.
fn elsewhere(world: &World, folder: &Path) -> Settings {
    let mut settings = world.app.settings.clone();
    settings.sqlite_file = folder.join("there.db");
    settings.attachment_folder = folder.join("files");
    settings
}

async fn bring_back(
    world: &World,
    settings: &Settings,
    copy: &Path,
    incomplete: bool,
) -> Result<Restored, BackupFault> {
    restore(settings, copy, false, incomplete, world.app.real_clock.now()).await
}

fn sqlite(test: impl AsyncFnOnce(World, &Path)) {
    World::run(Kind::Sqlite, async |world| {
        let folder = tempfile::tempdir().expect("a folder");
        test(world, folder.path()).await;
    });
}

fn amount(numbers: &[u32]) -> Amount {
    let sizes = numbers.iter().map(|number| photo(*number).len());
    Amount {
        files: u64::try_from(numbers.len()).expect("few"),
        bytes: u64::try_from(sizes.sum::<usize>()).expect("small"),
    }
}

#[test]
fn one_backup_brings_the_database_and_its_files_back() {
    sqlite(async |world, folder| {
        fill(&world).await;
        let copy = folder.join("copy.db");
        let made = back_up(&world, &copy).await.expect("a backup").files.expect("files");
        assert_eq!(
            (made.sound, made.copied, &*made.lost),
            (amount(&[1, 2]), amount(&[1, 2]), &[][..])
        );
        let copied = tree(&folder_of(&copy));
        let files: Vec<&String> = copied.keys().filter(|name| name.contains('/')).collect();
        assert_eq!(
            files,
            stored(&world).iter().collect::<Vec<_>>(),
            "the layout of the folder of attachments"
        );
        assert_eq!(copied[&place_of(&photo(2))], (0o600, photo(2)));
        assert_eq!(
            copied.len(),
            4,
            "two files, each in its folder, and nothing that was arriving: {copied:?}"
        );
        assert!(
            copied
                .iter()
                .all(|(name, (mode, _))| *mode == if name.contains('/') { 0o600 } else { 0o700 })
        );
        let top = std::fs::metadata(folder_of(&copy)).expect("the folder").permissions();
        assert_eq!(top.mode() & 0o777, 0o700);
        let again = back_up(&world, &copy).await.expect_err("never over another");
        assert!(matches!(again, BackupFault::File(FileFault::Io { .. })), "{again}");

        let there = elsewhere(&world, folder);
        let restored = bring_back(&world, &there, &copy, false).await.expect("a restore");
        assert_eq!(restored.placed.contents.rows["attachment"], 3);
        let files = restored.files.expect("files");
        assert_eq!((files.sound, files.copied), (amount(&[1, 2]), amount(&[1, 2])));
        for number in [1, 2] {
            let file = there.attachment_folder.join(place_of(&photo(number)));
            assert_eq!(std::fs::read(file).expect("a file"), photo(number));
        }
        // A folder that has kept its files needs none of the backup's; one that was altered is put right.
        std::fs::remove_file(&there.sqlite_file).expect("the database");
        std::fs::write(there.attachment_folder.join(place_of(&photo(1))), photo(3)).expect("a file");
        let files = bring_back(&world, &there, &copy, false)
            .await
            .expect("a restore")
            .files
            .expect("files");
        assert_eq!((files.sound, files.copied), (amount(&[1, 2]), amount(&[1])));
    });
}

#[test]
fn a_backup_without_attachments_is_one_file() {
    sqlite(async |world, folder| {
        let copy = folder.join("copy.db");
        let made = back_up(&world, &copy).await.expect("a backup").files.expect("files");
        assert_eq!((made.sound, &*made.lost), (Amount::default(), &[][..]));
        assert_eq!(tree(folder).keys().collect::<Vec<_>>(), ["copy.db"]);
        let there = elsewhere(&world, folder);
        bring_back(&world, &there, &copy, false).await.expect("a restore");
        assert!(there.sqlite_file.exists());
    });
}

#[test]
fn a_lost_file_is_told_and_costs_no_other() {
    sqlite(async |world, folder| {
        fill(&world).await;
        ownerless(&world, 3).await;
        let files = &world.app.settings.attachment_folder;
        std::fs::remove_file(files.join(place_of(&photo(1)))).expect("the file");
        std::fs::write(files.join(place_of(&photo(2))), photo(4)).expect("a file");
        let copy = folder.join("copy.db");
        let made = back_up(&world, &copy)
            .await
            .expect("a backup all the same")
            .files
            .expect("files");
        assert_eq!(made.sound, amount(&[3]));
        let mut lost: Vec<_> = made.lost.iter().map(|lost| lost.condition.clone()).collect();
        lost.sort_by_key(ToString::to_string);
        assert_eq!(lost, [Condition::Damaged, Condition::Missing]);

        // A restore without them has to be asked for, and changes nothing else until it is.
        let there = elsewhere(&world, folder);
        let refused = bring_back(&world, &there, &copy, false)
            .await
            .expect_err("files are nowhere");
        let text = refused.to_string();
        assert!(
            text.starts_with("2 files of attachments are neither in ") && text.contains("--incomplete"),
            "{text}"
        );
        assert!(
            text.contains(&crate::events::domain::hex(&crate::auth::keys::sha256(&photo(1)))),
            "{text}"
        );
        assert!(!there.sqlite_file.exists() && !folder.join("there.db.partial").exists());
        // Here they are again.
        for number in [1, 2] {
            let place = there.attachment_folder.join(place_of(&photo(number)));
            std::fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
            std::fs::write(place, photo(number)).expect("a file");
        }
        let restored = bring_back(&world, &there, &copy, false).await.expect("a restore");
        assert_eq!(restored.files.expect("files").sound, amount(&[1, 2, 3]));
        // A backup's own file may have been damaged since.
        let third = elsewhere(&world, &folder.join("third"));
        std::fs::create_dir(folder.join("third")).expect("a folder");
        std::fs::write(folder_of(&copy).join(place_of(&photo(3))), photo(4)).expect("a file");
        let restored = bring_back(&world, &third, &copy, true)
            .await
            .expect("a restore as it was asked for");
        let files = restored.files.expect("files");
        assert_eq!((files.sound, files.lost.len()), (Amount::default(), 3));
        assert!(third.sqlite_file.exists());
        assert!(!third.attachment_folder.join(place_of(&photo(3))).exists());
    });
}

#[test]
fn a_backup_that_fails_leaves_nothing_behind() {
    sqlite(async |world, folder| {
        fill(&world).await;
        let (copy, before) = (folder.join("copy.db"), ["copy.db.attachments.partial"]);
        std::fs::write(folder.join(before[0]), "of another").expect("a file");
        let refused = back_up(&world, &copy).await.expect_err("it cannot make the folder");
        assert!(refused.to_string().contains(before[0]), "{refused}");
        assert_eq!(tree(folder).keys().collect::<Vec<_>>(), before);
        std::fs::remove_file(folder.join(before[0])).expect("the file");
        // Files of an earlier backup are not taken for those of another.
        std::fs::create_dir(folder_of(&copy)).expect("a folder");
        back_up(&world, &copy).await.expect_err("a folder is there");
        assert_eq!(tree(folder).keys().collect::<Vec<_>>(), ["copy.db.attachments"]);
    });
}

on_both! {
    async fn what_was_removed_by_right_meanwhile_is_not_lost(world: World) {
        let folder = tempfile::tempdir().expect("a folder");
        fill(&world).await;
        let now = world.app.real_clock.now();
        let due = kept::all(&world.app.db, now).await.expect("rows");
        assert_eq!(due.len(), 2);
        // The upload that nobody attached expires, and is swept while files are being copied.
        world.app.real_clock.set(now.plus_seconds(24 * 3600));
        for _ in 0..200 {
            sweep::ownerless(&world.app, world.app.real_clock.now()).await.expect("a sweep");
            sweep::contents(&world.app, world.app.real_clock.now()).await.expect("a sweep");
            if stored(&world).len() == 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let from = Storage::of(&world.app.settings).expect("a folder");
        let copied = files::copy(&from, &folder.path().join("copy"), &due, &world.app.db).await.expect("copies");
        assert_eq!((copied.copied, &*copied.lost), (amount(&[1]), &[][..]));
    }

    async fn a_database_of_before_there_were_attachments_counts_on_no_files(world: World) {
        fill(&world).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("DELETE FROM _sqlx_migrations WHERE version >= 20").run(&mut tx).await.expect("a statement");
        tx.commit().await.expect("commit");
        assert_eq!(kept::all(&world.app.db, world.app.real_clock.now()).await.expect("nothing is read"), []);
    }

    async fn equal_files_are_named_once_and_by_their_first_attachment(world: World) {
        let problem = world.open_problem().await;
        let first = of_problem(&world, &problem, 1).await;
        of_problem(&world, &problem, 1).await;
        let kept = kept::all(&world.app.db, world.app.real_clock.now()).await.expect("rows");
        assert_eq!(kept.len(), 1);
        let line = kept[0].in_words(&Condition::Missing);
        assert!(line.ends_with(&format!("(attachment {}): missing", id(&first))), "{line}");
    }
}

#[actix_web::test]
async fn an_old_database_is_backed_up_before_it_is_migrated() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::load(None, &serde_json::Map::new()).expect("defaults");
    settings.sqlite_file = folder.path().join("s.db");
    settings.attachment_folder = folder.path().join("files");
    let db = Db::sqlite(&settings.sqlite_file).await.expect("a database");
    db.migrate(Some(&settings.sqlite_file)).await.expect("migrations");
    let mut tx = db.begin().await.expect("a transaction");
    sql("DELETE FROM _sqlx_migrations WHERE version >= 20")
        .run(&mut tx)
        .await
        .expect("a statement");
    sql("DROP TABLE attachment").run(&mut tx).await.expect("a statement");
    tx.commit().await.expect("commit");
    let copy = folder.path().join("copy.db");
    let now = crate::clock::Clock::real().now();
    backup(&settings, &db, &copy, now).await.expect("a backup");
    db.close().await;
    restore(&settings, &copy, true, false, now).await.expect("a restore");
}

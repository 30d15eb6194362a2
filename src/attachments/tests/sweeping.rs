use std::time::{Duration, SystemTime};

use serde_json::json;

use super::{Form, id, of_problem, ownerless, photo, place_of, stored};
use crate::attachments::storage::StorageFault;
use crate::attachments::store::contents;
use crate::attachments::sweep;
use crate::db::sql;
use crate::error::Code;
use crate::on_both;
use crate::test_support::World;

/// Everything that a sweep does at a time; how many uploads it removed, and how many contents it settled.
async fn sweep(world: &World) -> (u64, u64) {
    let now = world.app.real_clock.now();
    let uploads = sweep::ownerless(&world.app, now).await.expect("a sweep");
    let mut settled = 0;
    while sweep::contents(&world.app, now).await.expect("a sweep") > 0 {
        settled += 1;
    }
    (uploads, settled)
}

fn pass(world: &World, seconds: i64) {
    world
        .app
        .real_clock
        .set(world.app.real_clock.now().plus_seconds(seconds));
}

on_both! {
    async fn an_upload_that_nobody_attached_is_gone_after_a_day(world: World) {
        let problem = world.open_problem().await;
        let (alone, shared) = (ownerless(&world, 1).await, ownerless(&world, 2).await);
        of_problem(&world, &problem, 2).await;
        pass(&world, 24 * 3600 - 1);
        assert_eq!(sweep(&world).await, (0, 0));
        world.get(&format!("/attachments/{}", id(&alone))).by("officer").send().await.expect(200);
        pass(&world, 1);
        // It is gone before it is swept.
        for upload in [&alone, &shared] {
            world.get(&format!("/attachments/{}", id(upload))).by("officer").send().await.expect_error(404, "not_found");
            let body = json!({ "owner_kind": "problem", "owner_id": problem["id"] });
            world.post(&format!("/attachments/{}/attach", id(upload))).by("officer").json(body).send().await.expect_error(404, "not_found");
        }
        // Both uploads; of the two contents one goes, and one is found to be in use. A row that a refused request has
        // not let go of yet is passed over and comes next time.
        let mut swept = (0, 0);
        for _ in 0..200 {
            let (uploads, contents) = sweep(&world).await;
            swept = (swept.0 + uploads, swept.1 + contents);
            if swept == (2, 2) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(swept, (2, 2));
        assert_eq!(sweep(&world).await, (0, 0));
        assert_eq!(stored(&world), [place_of(&photo(2))], "another attachment has these bytes");
        let rows: (i64, i64) = sql("SELECT (SELECT COUNT(*) FROM attachment), (SELECT COUNT(*) FROM attachment_content)")
            .one(&world.app.db)
            .await
            .expect("counts");
        assert_eq!(rows, (1, 1));
        let chain: Vec<(String,)> = sql("SELECT type FROM event WHERE aggregate_id = $1 ORDER BY aggregate_seq")
            .bind(super::uuid(&alone))
            .all(&world.app.db)
            .await
            .expect("events");
        assert_eq!(chain, [("attachment.uploaded".to_owned(),), ("attachment.expired".to_owned(),)]);
        // The same bytes may come again.
        ownerless(&world, 1).await;
        assert_eq!(stored(&world).len(), 2);
    }

    async fn the_bytes_of_an_upload_under_way_are_not_swept(world: World) {
        let now = world.app.real_clock.now();
        ownerless(&world, 1).await;
        pass(&world, 24 * 3600);
        // The same bytes are being uploaded again at the moment when the first upload expires.
        let hash = crate::auth::keys::sha256(&photo(1));
        let mut tx = world.app.db.begin().await.expect("a transaction");
        contents::announce(&mut tx, &hash, 1, world.app.real_clock.now()).await.expect("an announcement");
        tx.commit().await.expect("commit");
        assert_eq!(sweep(&world).await, (1, 0));
        assert_eq!(stored(&world).len(), 1);
        // An upload that was cut off between its bytes and its row is cleaned up an hour later.
        pass(&world, 3600);
        assert_eq!(sweep(&world).await, (0, 1));
        assert_eq!(stored(&world), Vec::<String>::new());
        assert!(world.app.real_clock.now() > now);
    }

    async fn bytes_whose_owner_was_refused_are_swept(world: World) {
        let form = Form::file("a.jpg", None, &photo(1)).and("owner_kind", "problem").and("owner_id", "019fb0c5-3f8e-7000-8000-0000000000ff");
        form.send(&world, "officer").await.expect_error(422, "invalid");
        assert_eq!(stored(&world).len(), 1);
        pass(&world, 3600);
        assert_eq!(sweep(&world).await, (0, 1));
        assert_eq!(stored(&world), Vec::<String>::new());
    }

    async fn a_demo_that_starts_over_leaves_no_bytes(world: World) {
        let problem = world.open_problem().await;
        ownerless(&world, 1).await;
        of_problem(&world, &problem, 2).await;
        assert_eq!(stored(&world).len(), 2);
        sweep::everything(&world.app).await.expect("an end");
        assert_eq!(stored(&world), Vec::<String>::new());
    }

    async fn what_a_cut_off_upload_left_behind_is_removed_after_a_day(world: World) {
        let folder = world.app.settings.attachment_folder.clone();
        assert_eq!(sweep::remains(&world.app).await.expect("no folder yet"), 0);
        ownerless(&world, 1).await;
        let (old, new) = (folder.join("incoming/old"), folder.join("incoming/new"));
        std::fs::write(&old, b"half").expect("a file");
        std::fs::write(&new, b"half").expect("a file");
        let yesterday = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        std::fs::File::options().write(true).open(&old).and_then(|file| file.set_modified(yesterday)).expect("a time");
        assert_eq!(sweep::remains(&world.app).await.expect("a sweep"), 1);
        assert!(!old.exists() && new.exists());
    }
}

#[test]
fn a_full_disk_is_said_to_be_full() {
    use crate::error::ApiError;
    let code = |kind: std::io::ErrorKind| ApiError::from(StorageFault::from(std::io::Error::from(kind))).code();
    assert_eq!(code(std::io::ErrorKind::StorageFull), Code::StorageFull);
    assert_eq!(code(std::io::ErrorKind::QuotaExceeded), Code::StorageFull);
    assert_eq!(code(std::io::ErrorKind::PermissionDenied), Code::Internal);
}

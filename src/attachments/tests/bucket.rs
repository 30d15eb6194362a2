//! The same against a bucket: a server that speaks enough of S3, on a port of its own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, HttpServer, web};
use secrecy::SecretString;

use super::{Form, id, ownerless, photo, sha256, stored};
use crate::attachments::sweep;
use crate::backup;
use crate::doctor::{self, FilesRead};
use crate::test_support::{Kind, World};

/// What the store holds, and what it was asked.
#[derive(Debug, Default)]
struct Store {
    objects: BTreeMap<String, web::Bytes>,
    parts: BTreeMap<u32, web::Bytes>,
    asked: Vec<String>,
    refuses: bool,
}

type Shared = web::Data<Mutex<Store>>;

async fn answer(store: Shared, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let mut store = store.lock().expect("a lock");
    let key = request.path().to_owned();
    let query = request.query_string().to_owned();
    store.asked.push(format!(
        "{} {}",
        request.method(),
        query.split('=').next().unwrap_or_default()
    ));
    let signed = request
        .headers()
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if store.refuses
        || !signed.starts_with("AWS4-HMAC-SHA256 Credential=test-id/")
        || !signed.contains("/us-east-1/s3/")
    {
        return HttpResponse::Forbidden().finish();
    }
    let xml = |text: &str| HttpResponse::Ok().content_type("application/xml").body(text.to_owned());
    let part = query.split('&').find_map(|pair| pair.strip_prefix("partNumber="));
    match (request.method().clone(), part) {
        (Method::PUT, Some(number)) => {
            store.parts.insert(number.parse().expect("a number"), body);
            HttpResponse::Ok()
                .insert_header(("ETag", format!("\"part-{number}\"")))
                .finish()
        }
        (Method::PUT, None) => {
            store.objects.insert(key, body);
            HttpResponse::Ok().insert_header(("ETag", "\"whole\"")).finish()
        }
        (Method::POST, _) if query.starts_with("uploads") => {
            xml("<InitiateMultipartUploadResult><UploadId>upload</UploadId></InitiateMultipartUploadResult>")
        }
        (Method::POST, _) => {
            let whole: Vec<u8> = std::mem::take(&mut store.parts).into_values().flatten().collect();
            store.objects.insert(key, whole.into());
            xml("<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>")
        }
        (Method::DELETE, _) => {
            store.objects.remove(&key);
            HttpResponse::NoContent().finish()
        }
        (Method::GET | Method::HEAD, _) => match store.objects.get(&key).cloned() {
            None => HttpResponse::NotFound().finish(),
            Some(bytes) => HttpResponse::Ok()
                .insert_header(("ETag", "\"whole\""))
                .insert_header(("Last-Modified", "Thu, 10 Jan 2019 02:00:00 GMT"))
                .body(bytes),
        },
        _ => HttpResponse::MethodNotAllowed().finish(),
    }
}

/// A world whose attachments are in a bucket, and the store behind it.
async fn with_bucket(world: &World) -> (World, Shared, actix_web::dev::ServerHandle) {
    let store: Shared = web::Data::from(Arc::new(Mutex::new(Store::default())));
    let shared = store.clone();
    let http = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(shared.clone())
            .app_data(web::PayloadConfig::new(64 << 20))
            .default_service(web::to(answer))
    });
    let http = http.workers(1).disable_signals().bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", http.addrs()[0]);
    let server = http.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let world = world.with_settings(|settings| {
        settings.attachment_s3_endpoint = Some(endpoint);
        settings.attachment_s3_bucket = Some("sanfuwu".to_owned());
        settings.attachment_s3_access_key = Some("test-id".to_owned());
        settings.attachment_s3_secret_key = Some(SecretString::from("test-key"));
    });
    (world.await, store, handle)
}

fn run(test: impl AsyncFnOnce(World, Shared)) {
    World::run(Kind::Sqlite, async |world| {
        let (world, store, handle) = with_bucket(&world).await;
        test(world, store).await;
        handle.stop(false).await;
    });
}

async fn bytes_of(world: &World, attachment: &serde_json::Value) -> web::Bytes {
    let link = world
        .post(&format!("/attachments/{}/link", id(attachment)))
        .by("officer")
        .send()
        .await
        .expect(200);
    let url = link["url"].as_str().expect("a url").to_owned();
    let path = url
        .strip_prefix(&world.app.settings.public_url)
        .expect("this installation");
    let answer = world.call(Method::GET, path).send().await;
    assert_eq!(answer.status, 200);
    answer.bytes
}

#[test]
fn a_bucket_keeps_hands_out_and_removes_attachments() {
    run(async |world, store| {
        let attachment = ownerless(&world, 1).await;
        let key = format!("/sanfuwu/attachments/{}", sha256(&photo(1)));
        assert_eq!(store.lock().expect("a lock").objects[&key].as_ref(), photo(1));
        assert_eq!(
            stored(&world),
            Vec::<String>::new(),
            "the folder is only where uploads arrive"
        );
        assert_eq!(bytes_of(&world, &attachment).await.as_ref(), photo(1));
        // Equal contents are not sent again.
        ownerless(&world, 1).await;
        let sent = store
            .lock()
            .expect("a lock")
            .asked
            .iter()
            .filter(|asked| asked.starts_with("PUT"))
            .count();
        assert_eq!(sent, 1);
        world
            .app
            .real_clock
            .set(world.app.real_clock.now().plus_seconds(24 * 3600));
        let now = world.app.real_clock.now();
        assert_eq!(sweep::ownerless(&world.app, now).await.expect("a sweep"), 2);
        assert_eq!(sweep::contents(&world.app, now).await.expect("a sweep"), 1);
        assert!(store.lock().expect("a lock").objects.is_empty());
    });
}

#[test]
fn a_large_file_goes_to_a_bucket_in_parts() {
    run(async |world, store| {
        let bytes = [photo(1), vec![7; 6 << 20]].concat();
        let attachment = Form::file("a.jpg", None, &bytes)
            .send(&world, "officer")
            .await
            .expect(201);
        let key = format!("/sanfuwu/attachments/{}", sha256(&bytes));
        {
            let store = store.lock().expect("a lock");
            assert_eq!(
                store.asked,
                [
                    "HEAD ",
                    "POST uploads",
                    "PUT partNumber",
                    "PUT partNumber",
                    "POST uploadId"
                ]
            );
            assert!(store.objects[&key] == bytes, "the parts in their order");
        }
        assert!(bytes_of(&world, &attachment).await == bytes);
    });
}

#[test]
fn a_bucket_that_refuses_is_503_and_keeps_nothing() {
    run(async |world, store| {
        store.lock().expect("a lock").refuses = true;
        let answer = Form::file("a.jpg", None, &photo(1)).send(&world, "officer").await;
        assert!(answer.headers.contains_key("retry-after"));
        answer.expect_error(503, "unavailable");
        let rows: (i64,) = crate::db::sql("SELECT COUNT(*) FROM attachment")
            .one(&world.app.db)
            .await
            .expect("a count");
        assert_eq!((rows, stored(&world)), ((0,), Vec::new()));
        store.lock().expect("a lock").refuses = false;
        ownerless(&world, 1).await;
    });
}

#[test]
fn a_bucket_is_not_backed_up_but_looked_into() {
    run(async |world, store| {
        ownerless(&world, 1).await;
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("copy.db");
        let (settings, now) = (&world.app.settings, world.app.real_clock.now());
        let made = backup::backup(settings, &world.app.db, &copy, now)
            .await
            .expect("a backup");
        assert_eq!(made.files, None);
        assert!(copy.exists() && !backup::folder_of(&copy).exists());
        let look = async |read| {
            let findings = doctor::examine(settings, &world.app.db, Ok(None), &world.app.real_clock, read).await;
            let files = findings.into_iter().find(|finding| finding.check == "files");
            files.expect("the check").to_string()
        };
        for read in [FilesRead::No, FilesRead::Whole] {
            let line = look(read).await;
            assert!(
                line.starts_with("ok   files     1 files, 1 KiB, are in the bucket"),
                "{line}"
            );
        }
        assert_eq!(store.lock().expect("a lock").asked[2..], ["HEAD ", "GET "]);
        store.lock().expect("a lock").objects.clear();
        let line = look(FilesRead::No).await;
        assert!(
            line.starts_with("FAIL files     1 of 1 files in the bucket") && line.ends_with("missing"),
            "{line}"
        );
        store.lock().expect("a lock").refuses = true;
        let line = look(FilesRead::No).await;
        assert!(line.starts_with("FAIL files     the bucket of attachments: "), "{line}");
    });
}

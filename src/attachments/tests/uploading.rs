use serde_json::{Value, json};

use super::samples::{compound, mp4, zip};
use super::{Form, of_problem, ownerless, photo, place_of, reported, sha256, stored};
use crate::db::sql;
use crate::on_both;
use crate::test_support::World;

/// What becomes of a file: its media type, or its faults.
async fn outcome(world: &World, name: &str, said: Option<&str>, bytes: &[u8]) -> Result<String, Vec<String>> {
    let answer = Form::file(name, said, bytes).send(world, "officer").await;
    match answer.status {
        201 => Ok(answer.json()["media_type"].as_str().expect("a type").to_owned()),
        _ => Err(answer.expect_error(422, "invalid")),
    }
}

on_both! {
    async fn s66_evidence_has_hash_time_and_author(world: World) {
        let problem = world.open_problem().await;
        let bytes = photo(1);
        let form = Form::file("现场照片.jpg", Some("image/jpeg"), &bytes)
            .and("sha256", &sha256(&bytes).to_uppercase())
            .and("taken_at", "2019-01-10T09:30:00+08:00")
            .of("problem", &problem);
        let answer = form.send(&world, "officer").await;
        assert_eq!(answer.headers["location"], format!("/api/v1/attachments/{}", answer.json()["id"].as_str().expect("an id")));
        let uploaded = answer.expect(201);
        let expected = json!({
            "id": uploaded["id"], "version": 1, "file_name": "现场照片.jpg", "media_type": "image/jpeg",
            "size": bytes.len(), "sha256": sha256(&bytes), "taken_at": "2019-01-10T01:30:00Z", "public": false,
            "owner": { "kind": "problem", "id": problem["id"] },
            "author": { "id": crate::test_support::seed::member("officer").person, "name": "示例走访干部" },
            "author_org": { "id": crate::test_support::seed::org("yiwu-government"), "name": "义乌市人民政府" },
            "created_at": "2019-01-10T02:00:00Z", "expires_at": null, "ended_at": null, "end_reason": null, "erased_at": null,
        });
        assert_eq!(uploaded, expected);
        let path = format!("/attachments/{}", super::id(&uploaded));
        assert_eq!(world.get(&path).by("dispatcher").send().await.expect(200), expected);
        let known = world.get(&path).by("dispatcher").send().await.headers["etag"].clone();
        assert_eq!(world.get(&path).by("dispatcher").header("If-None-Match", &known).send().await.status, 304);

        let events = world.get(&format!("/problems/{}/events", super::id(&problem))).by("dispatcher").send().await.expect(200);
        let last = events["items"].as_array().and_then(|items| items.last()).expect("events").clone();
        assert_eq!(last["type"], "attachment.added");
        assert_eq!(last["payload"]["sha256"], sha256(&bytes));
    }

    async fn s66_another_hash_than_that_of_the_bytes_is_refused(world: World) {
        let form = Form::file("a.jpg", None, &photo(1));
        let other = form.clone().and("sha256", &sha256(&photo(2))).send(&world, "officer").await;
        assert_eq!(other.expect_error(422, "invalid"), ["/sha256 checksum"]);
        let none = form.and("sha256", "abc").send(&world, "officer").await;
        let mut faults = none.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/sha256 checksum", "/sha256 format"]);
        assert_eq!(stored(&world), Vec::<String>::new(), "nothing of a refused upload stays");
    }

    async fn s66_no_rule_asks_for_a_photo(world: World) {
        let visit = world.visit_in_progress().await;
        let problem = world.problem_of(&visit).await;
        let answered = json!({ "disposition": "resolved_on_site", "on_site_kind": "answered", "text": "当场答复。" });
        world.dispose("officer", &problem, answered).await.expect(200);
        let visit = world.get(&format!("/visits/{}", super::id(&visit))).by("officer").send().await.expect(200);
        let complete = format!("/visits/{}/complete", super::id(&visit));
        let completed = world.post(&complete).by("officer").at(&visit["version"]).json(json!({})).send().await.expect(200);
        assert_eq!(completed["state"], "completed");
        reported(&world).await;
        let kept: (i64,) = sql("SELECT COUNT(*) FROM attachment").one(&world.app.db).await.expect("a count");
        assert_eq!(kept, (0,));
        // And no body of the API has a field that asks for one.
        let document = crate::openapi::document();
        let operations = document["paths"].as_object().into_iter().flatten().flat_map(|(_, path)| path.as_object()).flatten();
        let bodies = operations.filter_map(|(_, operation)| operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str());
        let bodies: Vec<&str> = bodies.collect();
        assert!(bodies.len() > 50, "{bodies:?}");
        for body in bodies {
            let schema = body.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).expect("a schema");
            let required = schema["required"].to_string();
            assert!(!required.contains("attachment") && !required.contains("photo"), "{body}");
        }
    }

    async fn a_file_is_of_the_type_of_its_content_and_not_of_its_name(world: World) {
        let docx = zip(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"]);
        let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        // 00020906-0000-0000-c000-000000000046: Word.
        let old_word = compound([6, 9, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46]);
        let accepted: [(&str, Option<&str>, &[u8], &str); 12] = [
            ("照片.txt", None, &photo(1), "image/jpeg"),
            ("a.png", Some("image/png"), b"\x89PNG\r\n\x1a\n\x00", "image/png"),
            ("a", None, b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
            ("a.heic", Some("image/heif"), b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "image/heic"),
            ("a.pdf", Some("application/pdf"), b"%PDF-1.7\n1 0 obj", "application/pdf"),
            ("a.docx", Some("application/octet-stream"), &docx, word),
            ("a.doc", Some("application/msword"), &old_word, "application/msword"),
            ("a.mp4", Some("video/mp4"), &mp4(b"vide"), "video/mp4"),
            ("a.m4a", Some("audio/x-m4a"), &mp4(b"soun"), "audio/mp4"),
            ("a.mp3", Some("audio/mp3"), b"\xff\xfb\x90\x00", "audio/mpeg"),
            ("纪要.txt", Some("text/plain; charset=utf-8"), "走访记录：用地、用工。".as_bytes(), "text/plain"),
            ("名单.csv", Some("application/vnd.ms-excel"), "名称,金额\r\n甲,1\r\n".as_bytes(), "text/csv"),
        ];
        for (name, said, bytes, media_type) in accepted {
            assert_eq!(outcome(&world, name, said, bytes).await, Ok(media_type.to_owned()), "{name}");
        }
        let refused: [(&str, &[u8]); 9] = [
            ("a.jpg", b"<html><script>alert(1)</script></html>"),
            ("a.png", b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
            ("a.jpg", b"MZ\x90\x00\x03\x00\x00\x00"),
            ("a.jpg", b"\x7fELF\x02\x01\x01\x00"),
            ("a.txt", b"#!/bin/sh\nrm -rf /\n"),
            ("a.docx", &zip(&["META-INF/MANIFEST.MF", "Main.class"])),
            ("a.zip", &zip(&["a.txt"])),
            ("a.txt", b"\xd7\xdf\xb7\xc3\xbc\xc7\xc2\xbc"),
            ("a.gif", b"GIF89a\x01\x00\x01\x00\x00"),
        ];
        for (name, bytes) in refused {
            assert_eq!(outcome(&world, name, None, bytes).await, Err(vec!["/file file_type".to_owned()]), "{name}");
        }
        assert_eq!(outcome(&world, "a.txt", None, b"").await, Err(vec!["/file too_short".to_owned()]));
    }

    async fn a_lying_content_type_is_refused(world: World) {
        let lies = Err(vec!["/file other_file_type".to_owned()]);
        assert_eq!(outcome(&world, "a.png", Some("image/png"), &photo(1)).await, lies);
        assert_eq!(outcome(&world, "a.pdf", Some("application/pdf"), "不是 PDF".as_bytes()).await, lies);
        assert_eq!(outcome(&world, "a.jpg", Some("text/html"), &photo(1)).await, lies);
        assert_eq!(outcome(&world, "a.mp4", Some("video/mp4"), &mp4(b"soun")).await, lies);
        assert_eq!(stored(&world), Vec::<String>::new());
    }

    async fn a_path_in_a_file_name_is_refused(world: World) {
        let refused = Err(vec!["/file file_name".to_owned()]);
        let long = "a".repeat(256);
        for name in ["../../etc/passwd", "/etc/cron.d/x", "a/b.jpg", "C:\\\\x.jpg", "..", ".", "", "a\u{202e}gpj.exe", &long] {
            assert_eq!(outcome(&world, name, None, &photo(1)).await, refused, "{name:?}");
        }
        // Nor by the other way to say a name (RFC 8187), which may even hold a NUL.
        for name in ["..%2F..%2Fx.jpg", "a%00.jpg", "a%7F.jpg", "%2Fx"] {
            let mut form = Form::default();
            form.part(&format!("Content-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"; filename*=UTF-8''{name}"), &photo(1));
            assert_eq!(form.send(&world, "officer").await.expect_error(422, "invalid"), ["/file file_name"], "{name}");
        }
        assert_eq!(outcome(&world, "11010519491231002X.jpg", None, &photo(1)).await, Err(vec!["/file id_number_not_accepted".to_owned()]));
        assert_eq!(stored(&world), Vec::<String>::new());
        // A file is kept by its hash, whatever it is called.
        assert_eq!(outcome(&world, "a..b...jpg", None, &photo(1)).await, Ok("image/jpeg".to_owned()));
        assert_eq!(stored(&world), [place_of(&photo(1))]);
    }

    async fn every_fault_of_a_form_is_named_at_once(world: World) {
        let form = Form::file("a/b.jpg", Some("image/png"), &photo(1))
            .and_file("second.jpg", None, &photo(2))
            .and("colour", "red")
            .and("public", "yes")
            .and("owner_kind", "planet")
            .and("taken_at", "yesterday");
        let mut faults = form.send(&world, "officer").await.expect_error(422, "invalid");
        faults.sort();
        let expected = [
            "/colour unknown_field", "/file file_name", "/file other_file_type", "/file repeated", "/owner_kind enum",
            "/public type", "/taken_at format",
        ];
        assert_eq!(faults, expected);
        let of = async |form: Form| form.send(&world, "officer").await.expect_error(422, "invalid");
        assert_eq!(of(Form::default().and("public", "true")).await, ["/file required"]);
        let file = || Form::file("a.jpg", None, &photo(1));
        assert_eq!(of(file().and("owner_kind", "problem")).await, ["/owner_id required"]);
        assert_eq!(of(file().and("owner_id", "019fb0c5-3f8e-7000-8000-0000000000ff")).await, ["/owner_kind required"]);
        assert_eq!(of(file().and("taken_at", "2019-01-10T02:00:01Z")).await, ["/taken_at not_within"]);
        assert_eq!(of(file().and("sha256", &"a".repeat(1025))).await, ["/sha256 too_long"]);
    }

    async fn what_is_no_form_is_malformed(world: World) {
        let of = async |media_type: &str, body: &'static str| {
            world.post("/attachments").by("officer").body(media_type, body).send().await
        };
        let form = "multipart/form-data; boundary=b";
        of("application/json", "{}").await.expect_error(415, "unsupported_media_type");
        of("multipart/mixed; boundary=b", "--b--\r\n").await.expect_error(415, "unsupported_media_type");
        of("multipart/form-data", "--b--\r\n").await.expect_error(400, "malformed");
        of(form, "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\ncut off").await.expect_error(400, "malformed");
        of(form, "--b\r\nContent-Type: text/plain\r\n\r\nno name\r\n--b--\r\n").await.expect_error(400, "malformed");
        let many = (0..40).fold(Form::default(), |form, number| form.and(&number.to_string(), ""));
        many.send(&world, "officer").await.expect_error(400, "malformed");
    }

    async fn equal_contents_are_kept_once(world: World) {
        let (one, two) = (world.open_problem().await, world.open_problem().await);
        let first = of_problem(&world, &one, 7).await;
        let second = of_problem(&world, &two, 7).await;
        ownerless(&world, 7).await;
        assert_ne!(first["id"], second["id"]);
        assert_eq!(first["sha256"], second["sha256"]);
        assert_eq!(stored(&world).len(), 1);
        let counts: (i64, i64) = sql("SELECT (SELECT COUNT(*) FROM attachment), (SELECT COUNT(*) FROM attachment_content)")
            .one(&world.app.db)
            .await
            .expect("counts");
        assert_eq!(counts, (3, 1));
    }

    async fn an_upload_takes_no_idempotency_key(world: World) {
        let document = crate::openapi::document();
        let parameters = document["paths"]["/api/v1/attachments"]["post"]["parameters"].clone();
        assert!(!parameters.to_string().contains("IdempotencyKey"), "{parameters}");
        let once = Form::file("a.jpg", None, &photo(1));
        let media_type = format!("multipart/form-data; boundary={}", super::BOUNDARY);
        let send = async || -> Value {
            let call = world.post("/attachments").by("officer").header("Idempotency-Key", "\"k\"");
            call.body(&media_type, once.bytes()).send().await.expect(201)
        };
        assert_ne!(send().await["id"], send().await["id"]);
    }
}

use actix_web::http::Method;
use base64::Engine as _;
use serde_json::{Value, json};

use super::{Form, id, of_problem, photo, sha256, stored};
use crate::attachments::links;
use crate::auth::keys::Keys;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::world::Answer;

async fn link(world: &World, who: &str, attachment: &Value) -> String {
    let answer = world
        .post(&format!("/attachments/{}/link", id(attachment)))
        .by(who)
        .send()
        .await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    let link = answer.expect(200);
    let url = link["url"].as_str().expect("a url");
    url.strip_prefix(&world.app.settings.public_url)
        .expect("this installation")
        .to_owned()
}

async fn fetch(world: &World, path: &str) -> Answer {
    world.call(Method::GET, path).send().await
}

on_both! {
    async fn a_link_hands_out_the_bytes_without_a_token_for_five_minutes(world: World) {
        let problem = world.open_problem().await;
        let bytes: Vec<u8> = [photo(1), vec![7; 200_000]].concat();
        let form = Form::file("现场 \\\"照片\\\".png", None, &bytes).of("problem", &problem);
        let attachment = form.send(&world, "officer").await.expect(201);
        let path = link(&world, "dispatcher", &attachment).await;
        let answer = fetch(&world, &path).await;
        assert_eq!((answer.status, answer.bytes.as_ref()), (200, bytes.as_slice()));
        let headers = &answer.headers;
        assert_eq!(headers["content-type"], "image/jpeg");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox");
        // The name's ending says another type than the content has, so it gets the right one.
        assert_eq!(
            headers["content-disposition"],
            "attachment; filename=\"__ ____.png.jpg\"; filename*=UTF-8''%E7%8E%B0%E5%9C%BA%20%22%E7%85%A7%E7%89%87%22.png.jpg"
        );
        let hash = attachment["sha256"].as_str().expect("a hash");
        let digest = headers["repr-digest"].strip_prefix("sha-256=:").and_then(|rest| rest.strip_suffix(':')).expect("a digest");
        let digest = base64::engine::general_purpose::STANDARD.decode(digest).expect("base64");
        assert_eq!(crate::events::domain::hex(&digest), hash);

        let now = world.app.real_clock.now();
        world.app.real_clock.set(now.plus_seconds(299));
        fetch(&world, &path).await.expect(200);
        world.app.real_clock.set(now.plus_seconds(300));
        fetch(&world, &path).await.expect_error(403, "link_expired");
    }

    async fn a_link_that_was_altered_or_is_anothers_leads_nowhere(world: World) {
        let problem = world.open_problem().await;
        let (one, two) = (of_problem(&world, &problem, 1).await, of_problem(&world, &problem, 2).await);
        let path = link(&world, "officer", &one).await;
        fetch(&world, &path.replace(id(&one), id(&two))).await.expect_error(403, "link_invalid");
        let (start, end) = path.split_once("expires=").expect("an end");
        let (expires, rest) = end.split_once('&').expect("a signature");
        let later = expires.parse::<i64>().expect("seconds") + 3600;
        fetch(&world, &format!("{start}expires={later}&{rest}")).await.expect_error(403, "link_invalid");
        let other = if path.ends_with('A') { "E" } else { "A" };
        fetch(&world, &format!("{}{other}", path.split_at(path.len() - 1).0)).await.expect_error(403, "link_invalid");
        fetch(&world, path.split_at(path.len() - 10).0).await.expect_error(403, "link_invalid");
        fetch(&world, start.trim_end_matches('?')).await.expect_error(422, "invalid");
        // One that is ours, of something that is not there.
        let nothing = world.app.ids.next();
        let ours = links::make(&world.app, nothing).url;
        let ours = ours.strip_prefix(&world.app.settings.public_url).expect("this installation");
        fetch(&world, ours).await.expect_error(404, "not_found");
        // Another installation's keys.
        let foreign = Keys::parse(&Keys::generate_text().expect("keys")).expect("keys");
        let now = world.app.real_clock.now();
        let code = links::check(&foreign, crate::attachments::tests::uuid(&one), expires.parse().expect("seconds"), rest.trim_start_matches("signature="), now);
        assert_eq!(code.expect_err("foreign").code().as_str(), "link_invalid");
    }

    async fn an_ended_attachment_is_no_longer_handed_out(world: World) {
        let problem = world.open_problem().await;
        let attachment = of_problem(&world, &problem, 1).await;
        let path = link(&world, "officer", &attachment).await;
        let end = format!("/attachments/{}/end", id(&attachment));
        world.post(&end).by("officer").at(&json!(1)).json(json!({ "reason": "含个人信息" })).send().await.expect(200);
        fetch(&world, &path).await.expect_error(404, "not_found");
    }

    async fn bytes_that_were_altered_in_store_are_never_handed_out_whole(world: World) {
        let problem = world.open_problem().await;
        let attachment = of_problem(&world, &problem, 1).await;
        let path = link(&world, "officer", &attachment).await;
        let file = world.app.settings.attachment_folder.join(stored(&world)[0].clone());
        let mut bytes = std::fs::read(&file).expect("the file");
        *bytes.last_mut().expect("bytes") ^= 1;
        std::fs::write(&file, &bytes).expect("the file");
        assert_ne!(sha256(&bytes), attachment["sha256"].as_str().expect("a hash"));
        let broken = fetch(&world, &path).await;
        assert!(broken.bytes.is_empty(), "one chunk, held back: the transfer breaks off");
        std::fs::write(&file, [&bytes[..], b"more"].concat()).expect("the file");
        assert!(fetch(&world, &path).await.bytes.is_empty());
        std::fs::remove_file(&file).expect("the file");
        fetch(&world, &path).await.expect_error(500, "internal");
    }

    async fn each_link_stands_in_the_access_log(world: World) {
        let problem = world.open_problem().await;
        let attachment = of_problem(&world, &problem, 1).await;
        link(&world, "dispatcher", &attachment).await;
        let entries: Vec<(uuid::Uuid, uuid::Uuid)> = crate::db::sql("SELECT person_id, subject_id FROM access_log WHERE kind = 'attachment_link'")
            .all(&world.app.db)
            .await
            .expect("entries");
        assert_eq!(entries, [(crate::test_support::seed::member("dispatcher").person, super::uuid(&attachment))]);
    }
}

//! Signing in by password: both media types, refusals that look alike, the slow-down.

use serde_json::{Value, json};

use super::{PASSWORD, access_log, cheap_hash, claims, give_passwords, me, sign_in, token_request, try_sign_in, wait};
use crate::db::sql;
use crate::on_both;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

const FORM: &str = "application/x-www-form-urlencoded";

async fn set_hash(world: &World, who: &str, password: &str) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("UPDATE credential SET password_hash = $2 WHERE person_id = $1")
        .bind(seed::member(who).person)
        .bind(cheap_hash(password))
        .run(&mut tx)
        .await
        .expect("an update");
    tx.commit().await.expect("a commit");
}

async fn disable(world: &World, who: &str) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("UPDATE person SET active = $2 WHERE id = $1")
        .bind(seed::member(who).person)
        .bind(false)
        .run(&mut tx)
        .await
        .expect("an update");
    tx.commit().await.expect("a commit");
}

async fn shape(world: &World, who: &str, password: &str) -> (u16, Vec<(String, String)>, Value) {
    let body = json!({ "grant_type": "password", "username": who, "password": password });
    let answer = token_request(world, body).header("X-Request-Id", "same").send().await;
    let headers = answer.headers.clone().into_iter().collect();
    (answer.status, headers, answer.json())
}

on_both! {
    async fn a_person_signs_in_by_json_and_by_form(world: World) {
        give_passwords(&world, &["officer"]).await;
        let by_json = try_sign_in(&world, "officer", PASSWORD, json!({})).await;
        assert_eq!(by_json.headers["cache-control"], "no-store");
        assert_eq!(by_json.headers["pragma"], "no-cache");
        assert!(!by_json.headers.contains_key("etag"));
        let by_json = by_json.expect(200);
        assert_eq!(by_json["token_type"], "Bearer");
        assert_eq!(by_json["expires_in"], 900);
        assert_eq!(by_json["membership"]["role"], "officer");
        assert_eq!(by_json["membership"]["division"]["code"], "330782");
        assert_eq!(by_json["must_change_password"], false);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "password")
            .append_pair("username", "ＯＦＦＩＣＥＲ")
            .append_pair("password", PASSWORD)
            .append_pair("scope", "")
            .append_pair("something_else", "ignored")
            .finish();
        let by_form = world.post("/auth/token").body(FORM, form.clone()).send().await.expect(200);
        me(&world, &by_form).await.expect(200);
        // The browsable page sends an empty client along.
        let empty_client = world.post("/auth/token").body(FORM, form).header("Authorization", "Basic Og==").send().await;
        empty_client.expect(200);
        let said = claims(&by_json);
        assert_eq!(said["iss"], "http://127.0.0.1:8080");
        assert_eq!(said["client_id"], "sanfuwu");
        assert_eq!(said["exp"].as_i64().zip(said["iat"].as_i64()).map(|(exp, iat)| exp - iat), Some(900));
        assert_eq!(access_log(&world).await, ["login password"; 3]);
    }

    async fn a_token_request_that_cannot_be_read_is_refused_in_oauths_words(world: World) {
        let refused = |answer: Answer| {
            let body = answer.json();
            assert_eq!(body["error"], "invalid_request", "{body}");
            assert!(body["error_description"].as_str().is_some_and(str::is_ascii), "{body}");
            answer.expect_error(400, "invalid_request")
        };
        let json_body = |body: Value| token_request(&world, body).send();
        assert_eq!(refused(json_body(json!({})).await), ["/grant_type required"]);
        let nothing = json_body(json!({ "grant_type": "password", "username": "", "password": "" })).await;
        assert_eq!(refused(nothing), ["/username required", "/password required"]);
        assert_eq!(refused(json_body(json!({ "grant_type": "refresh_token" })).await), ["/refresh_token required"]);
        assert_eq!(refused(json_body(json!({ "grant_type": 7 })).await), ["/grant_type type"]);
        let choice = json!({ "grant_type": "password", "username": "officer", "password": "x", "membership": "mine" });
        assert_eq!(refused(json_body(choice).await), ["/membership format"]);
        let form = |body: &'static str| world.post("/auth/token").body(FORM, body).send();
        assert_eq!(refused(form("grant_type=password&grant_type=password").await), ["/grant_type repeated"]);
        assert_eq!(refused(form("grant_type=").await), ["/grant_type required"]);
        refused(form("grant_type=password&username=a%00b&password=x").await);
        refused(world.post("/auth/token").body("application/json", "{\"grant_type\":").send().await);
        world.post("/auth/token").body("text/plain", "x").send().await.expect_error(415, "unsupported_media_type");
        let large = "x".repeat(2 * 1024 * 1024);
        world.post("/auth/token").body(FORM, large).send().await.expect_error(413, "payload_too_large");
        let answer = json_body(json!({ "grant_type": "urn:ietf:params:oauth:grant-type:device_code" })).await;
        assert_eq!(answer.json()["error"], "unsupported_grant_type");
        answer.expect_error(400, "unsupported_grant_type");
    }

    async fn refusals_look_alike_whatever_was_wrong(world: World) {
        give_passwords(&world, &["officer", "handler"]).await;
        disable(&world, "handler").await;
        let wrong = shape(&world, "officer", "not this one").await;
        assert_eq!(wrong.0, 400);
        assert_eq!(wrong.2["error"], "invalid_grant");
        assert_eq!(shape(&world, "nobody", "not this one").await, wrong);
        assert_eq!(shape(&world, "no name at all", "not this one").await, wrong);
        assert_eq!(shape(&world, "handler", PASSWORD).await, wrong);
        assert_eq!(
            access_log(&world).await,
            [
                "login_refused password wrong_password",
                "login_refused password unknown_user",
                "login_refused password unknown_user",
                "login_refused password disabled",
            ]
        );
    }

    async fn failures_make_the_next_attempt_wait_whoever_it_is(world: World) {
        give_passwords(&world, &["officer"]).await;
        for who in ["officer", "nobody"] {
            for _ in 0..5 {
                try_sign_in(&world, who, "wrong", json!({})).await.expect_error(400, "invalid_grant");
            }
            let early = try_sign_in(&world, who, PASSWORD, json!({})).await;
            assert_eq!(early.headers["retry-after"], "1");
            assert_eq!(early.json()["error"], "too_many_attempts");
            early.expect_error(429, "too_many_attempts");
            wait(&world, 1);
            try_sign_in(&world, who, "wrong", json!({})).await.expect_error(400, "invalid_grant");
            let early = try_sign_in(&world, who, "wrong", json!({})).await;
            assert_eq!(early.headers["retry-after"], "2");
            wait(&world, 2);
        }
        // A success forgives.
        try_sign_in(&world, "officer", PASSWORD, json!({})).await.expect(200);
        for _ in 0..5 {
            try_sign_in(&world, "officer", "wrong", json!({})).await.expect_error(400, "invalid_grant");
        }
        try_sign_in(&world, "officer", "wrong", json!({})).await.expect_error(429, "too_many_attempts");
    }

    async fn of_many_guesses_at_once_few_are_heard(world: World) {
        give_passwords(&world, &["officer"]).await;
        let guesses = (0..20).map(|guess| {
            let world = &world;
            async move { try_sign_in(world, "officer", &format!("guess {guess}"), json!({})).await.status }
        });
        let answers = futures_util::future::join_all(guesses).await;
        let heard = answers.iter().filter(|status| **status == 400).count();
        // Two are computed at a time, so one may be under way when the fifth fails.
        assert!((5..=6).contains(&heard), "{answers:?}");
        assert!(answers.iter().all(|status| [400, 429].contains(status)), "{answers:?}");
    }

    async fn a_password_is_any_unicode_in_any_composition(world: World) {
        give_passwords(&world, &["officer"]).await;
        let (composed, decomposed) = ("caf\u{e9} 密码 🔑 x", "cafe\u{301} 密码 🔑 x");
        set_hash(&world, "officer", composed).await;
        for typed in [composed, decomposed] {
            try_sign_in(&world, "officer", typed, json!({})).await.expect(200);
        }
        // Nothing else is folded: case, width and spaces count.
        for typed in ["CAF\u{c9} 密码 🔑 x", "caf\u{e9} 密码 🔑 ｘ", "caf\u{e9} 密码 🔑 x "] {
            try_sign_in(&world, "officer", typed, json!({})).await.expect_error(400, "invalid_grant");
        }
    }

    async fn an_answer_says_who_one_is(world: World) {
        give_passwords(&world, &["officer"]).await;
        let answer = sign_in(&world, "officer").await;
        let me = me(&world, &answer).await.expect(200);
        assert_eq!(me["person"], json!({ "id": seed::member("officer").person, "name": "示例走访干部" }));
        assert_eq!(me["username"], "officer");
        assert_eq!(me["roles"], json!(["officer"]));
        assert_eq!(me["scopes"], json!([format!("org:{}", seed::org("yiwu-government")), "own"]));
        assert_eq!(me["memberships"][0]["acting"], true);
        assert_eq!(me["memberships"][0]["org"]["name"], "义乌市人民政府");
        assert_eq!(me["client"], Value::Null);
        assert_eq!(me["on_behalf_of"], Value::Null);
        assert_eq!(me["delegations"], json!([]));
        let permissions = me["permissions"].as_array().expect("a list");
        assert!(permissions.contains(&json!("RecordProblem")) && !permissions.contains(&json!("ManageDirectory")));
    }
}

//! Clients: how they authenticate, and what their tokens may do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{PASSWORD, access_log, claims, give_passwords, me, refresh, token_request, wait, with};
use crate::clock::Timestamp;
use crate::db::sql;
use crate::directory::clients::store::secret_hash;
use crate::on_both;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

const SECRET: &str = "client-secret_0123456789";

async fn give_secret(world: &World, present: &str, previous: Option<(&str, Timestamp)>) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql(
        "UPDATE client_app SET secret_hash = $2, previous_secret_hash = $3, previous_secret_until = $4, scopes = $5 \
         WHERE client_id = $1",
    )
    .bind(seed::CLIENT)
    .bind(secret_hash(present))
    .bind(previous.map(|(secret, _)| secret_hash(secret)))
    .bind(previous.map(|(_, until)| until))
    .bind(json!(["problems:read", "directory:read"]))
    .run(&mut tx)
    .await
    .expect("an update");
    tx.commit().await.expect("a commit");
}

fn basic(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

async fn by_basic(world: &World, header: &str) -> Answer {
    let body = json!({ "grant_type": "client_credentials" });
    token_request(world, body).header("Authorization", header).send().await
}

async fn by_body(world: &World, id: &str, secret: &str, more: Value) -> Answer {
    let mut body = json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
    body.as_object_mut()
        .expect("an object")
        .extend(more.as_object().cloned().unwrap_or_default());
    token_request(world, body).send().await
}

fn refused(answer: Answer) {
    assert_eq!(
        answer.headers["www-authenticate"],
        "Basic realm=\"sanfuwu\", charset=\"UTF-8\""
    );
    assert_eq!(answer.json()["error"], "invalid_client");
    answer.expect_error(401, "invalid_client");
}

on_both! {
    async fn a_client_takes_a_token_for_itself(world: World) {
        give_secret(&world, SECRET, None).await;
        let answer = by_basic(&world, &basic(&format!("integrator:{SECRET}"))).await.expect(200);
        assert_eq!(answer["scope"], "problems:read directory:read");
        assert_eq!(answer.get("refresh_token"), None);
        assert_eq!(answer["membership"]["role"], "integrator");
        let said = claims(&answer);
        assert_eq!((&said["client_id"], &said["sub"]), (&json!("integrator"), &said["client"]));
        let me = me(&world, &answer).await.expect(200);
        assert_eq!(me["person"], Value::Null);
        assert_eq!(me["client"]["name"], "示例对接系统");
        assert_eq!(me["memberships"][0]["org"]["name"], "义乌市人力资源和社会保障局");
        with(world.get("/problems"), &answer).send().await.expect(200);
        let record = with(world.post("/problems"), &answer).json(json!({}));
        record.send().await.expect_error(403, "forbidden");
        let sessions = with(world.get("/me/sessions"), &answer).send().await.expect(200);
        assert_eq!(sessions["items"][0]["current"], true);
        let narrow = by_body(&world, "integrator", SECRET, json!({ "scope": "problems:read" })).await.expect(200);
        assert_eq!(narrow["scope"], "problems:read");
        let wide = by_body(&world, "integrator", SECRET, json!({ "scope": "problems:read metrics:read" })).await;
        assert_eq!(wide.json()["error"], "invalid_scope");
        wide.expect_error(400, "invalid_scope");
        assert_eq!(access_log(&world).await, ["login client_credentials", "login client_credentials"]);
    }

    async fn a_client_that_cannot_prove_itself_is_refused(world: World) {
        give_secret(&world, SECRET, None).await;
        refused(by_basic(&world, &basic("integrator:wrong")).await);
        refused(by_basic(&world, &basic(&format!("nobody:{SECRET}"))).await);
        refused(token_request(&world, json!({ "grant_type": "client_credentials" })).send().await);
        refused(token_request(&world, json!({ "grant_type": "client_credentials", "client_id": "integrator" })).send().await);
        refused(token_request(&world, json!({ "grant_type": "client_credentials", "client_secret": SECRET })).send().await);
        let malformed = [
            "Basic", "Basic ", "Basic !!!", &basic("no colon"), &basic("a=b:c"), &basic("a&b:c"), "Bearer x", "Digest x",
            &format!("Basic {}", STANDARD.encode([0xff, b':', 0xfe])), &basic(&format!("integrator:{}", "x".repeat(2000))),
        ];
        for header in malformed {
            refused(by_basic(&world, header).await);
        }
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE client_app SET ended_at = $1").bind(world.app.clock.now()).run(&mut tx).await.expect("an update");
        tx.commit().await.expect("a commit");
        refused(by_body(&world, "integrator", SECRET, json!({})).await);
    }

    async fn a_client_proves_itself_in_one_way(world: World) {
        give_secret(&world, SECRET, None).await;
        let both = json!({ "grant_type": "client_credentials", "client_id": "integrator", "client_secret": SECRET });
        let header = basic(&format!("integrator:{SECRET}"));
        let answer = token_request(&world, both).header("Authorization", &header).send().await;
        assert_eq!(answer.expect_error(400, "invalid_request"), ["Authorization conflict"]);
        let other = json!({ "grant_type": "client_credentials", "client_id": "other" });
        token_request(&world, other).header("Authorization", &header).send().await.expect_error(400, "invalid_request");
        let same = json!({ "grant_type": "client_credentials", "client_id": "integrator" });
        token_request(&world, same).header("Authorization", &header).send().await.expect(200);
    }

    async fn a_rotated_secret_is_good_until_its_time(world: World) {
        let until = world.app.real_clock.now().plus_seconds(60);
        give_secret(&world, "the-new-one", Some((SECRET, until))).await;
        by_body(&world, "integrator", "the-new-one", json!({})).await.expect(200);
        by_body(&world, "integrator", SECRET, json!({})).await.expect(200);
        wait(&world, 60);
        refused(by_body(&world, "integrator", SECRET, json!({})).await);
    }

    async fn a_clients_failures_make_it_wait(world: World) {
        give_secret(&world, SECRET, None).await;
        for _ in 0..5 {
            refused(by_body(&world, "integrator", "wrong", json!({})).await);
        }
        let early = by_body(&world, "integrator", SECRET, json!({})).await;
        assert_eq!(early.headers["retry-after"], "1");
        early.expect_error(429, "too_many_attempts");
        wait(&world, 1);
        by_body(&world, "integrator", SECRET, json!({})).await.expect(200);
    }

    async fn a_persons_session_through_a_client_goes_on_through_it_only(world: World) {
        give_passwords(&world, &["officer"]).await;
        give_secret(&world, SECRET, None).await;
        let header = basic(&format!("integrator:{SECRET}"));
        let body = json!({ "grant_type": "password", "username": "officer", "password": PASSWORD });
        let answer = token_request(&world, body).header("Authorization", &header).send().await.expect(200);
        let said = claims(&answer);
        assert_eq!(said["client_id"], "integrator");
        assert_eq!(said["sub"], json!(seed::member("officer").person));
        // The scopes of the client do not bind the person.
        let record = with(world.post("/problems"), &answer).json(json!({}));
        record.send().await.expect_error(422, "invalid");
        refresh(&world, &answer).await.expect_error(400, "invalid_grant");
        let body = json!({ "grant_type": "refresh_token", "refresh_token": answer["refresh_token"] });
        token_request(&world, body).header("Authorization", &header).send().await.expect(200);
        let own = json!({ "grant_type": "password", "username": "officer", "password": PASSWORD, "client_id": "sanfuwu" });
        token_request(&world, own).send().await.expect(200);
    }
}

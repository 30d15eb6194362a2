//! New passwords: changed by oneself, forced to, and by a one-time code.

use serde_json::{Value, json};

use super::{PASSWORD, claims, give_passwords, me, refresh, sign_in, try_sign_in, wait, with};
use crate::db::sql;
use crate::events::store::verify;
use crate::on_both;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

const NEW: &str = "another sentence of mine";

async fn change(world: &World, answer: &Value, old: &str, new: &str) -> Answer {
    let body = json!({ "old_password": old, "new_password": new });
    with(world.post("/me/password"), answer).json(body).send().await
}

async fn code_for(world: &World, admin: &str, who: &str, body: Value) -> Answer {
    let path = format!("/people/{}/reset-code", seed::member(who).person);
    world.post(&path).by(admin).json(body).send().await
}

async fn redeem(world: &World, username: &str, code: &Value, new: &str) -> Answer {
    let body = json!({ "username": username, "code": code, "new_password": new });
    world.post("/auth/reset").json(body).send().await
}

async fn must_change(world: &World) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("UPDATE credential SET must_change = $1")
        .bind(true)
        .run(&mut tx)
        .await
        .expect("an update");
    tx.commit().await.expect("a commit");
}

on_both! {
    async fn a_changed_password_ends_the_other_sessions(world: World) {
        give_passwords(&world, &["officer"]).await;
        let (here, elsewhere) = (sign_in(&world, "officer").await, sign_in(&world, "officer").await);
        change(&world, &here, PASSWORD, NEW).await.expect(204);
        me(&world, &here).await.expect(200);
        me(&world, &elsewhere).await.expect_error(401, "token_stale");
        refresh(&world, &here).await.expect(200);
        refresh(&world, &elsewhere).await.expect_error(400, "invalid_grant");
        try_sign_in(&world, "officer", PASSWORD, json!({})).await.expect_error(400, "invalid_grant");
        try_sign_in(&world, "officer", NEW, json!({})).await.expect(200);
        assert_eq!(verify(&world.app.db, seed::member("officer").person).await.expect("a chain"), None);
    }

    async fn a_change_names_every_fault_and_counts_failures(world: World) {
        give_passwords(&world, &["officer"]).await;
        let here = sign_in(&world, "officer").await;
        let faults = change(&world, &here, "wrong", "officer officer").await.expect_error(422, "invalid");
        assert_eq!(faults, ["/old_password invalid", "/new_password weak_password"]);
        for weak in [PASSWORD, "short", "aaaaaaaaaaaa"] {
            let faults = change(&world, &here, PASSWORD, weak).await.expect_error(422, "invalid");
            assert_eq!(faults, ["/new_password weak_password"]);
        }
        for _ in 0..4 {
            change(&world, &here, "wrong", NEW).await.expect_error(422, "invalid");
        }
        change(&world, &here, PASSWORD, NEW).await.expect_error(429, "too_many_attempts");
        wait(&world, 1);
        change(&world, &here, PASSWORD, NEW).await.expect(204);
        // Somebody who has no password has none to change.
        let body = json!({ "old_password": "wrong", "new_password": NEW });
        let answer = world.post("/me/password").by("handler").json(body).send().await;
        assert_eq!(answer.expect_error(422, "invalid"), ["/old_password invalid"]);
    }

    async fn a_one_time_password_is_good_for_being_changed(world: World) {
        give_passwords(&world, &["officer"]).await;
        must_change(&world).await;
        let answer = sign_in(&world, "officer").await;
        assert_eq!(answer["must_change_password"], true);
        assert_eq!(claims(&answer)["must_change"], true);
        assert_eq!(me(&world, &answer).await.expect(200)["must_change_password"], true);
        for path in ["/problems", "/me/sessions"] {
            with(world.get(path), &answer).send().await.expect_error(403, "password_change_required");
        }
        change(&world, &answer, PASSWORD, NEW).await.expect(204);
        with(world.get("/problems"), &answer).send().await.expect_error(403, "password_change_required");
        let free = refresh(&world, &answer).await.expect(200);
        assert_eq!(free["must_change_password"], false);
        with(world.get("/problems"), &free).send().await.expect(200);
    }

    async fn a_one_time_code_sets_a_password_once(world: World) {
        give_passwords(&world, &["officer"]).await;
        let before = sign_in(&world, "officer").await;
        let made = code_for(&world, "admin", "officer", json!({})).await;
        let made = made.expect(200);
        assert_eq!(made["username"], "officer");
        me(&world, &before).await.expect(200);
        let shouted = json!(made["code"].as_str().expect("a code").to_lowercase().replace('-', " "));
        let weak = redeem(&world, "officer", &shouted, "short").await;
        assert_eq!(weak.expect_error(422, "invalid"), ["/new_password weak_password"]);
        redeem(&world, "Officer", &shouted, NEW).await.expect(204);
        me(&world, &before).await.expect_error(401, "token_stale");
        refresh(&world, &before).await.expect_error(400, "invalid_grant");
        try_sign_in(&world, "officer", NEW, json!({})).await.expect(200);
        redeem(&world, "officer", &made["code"], PASSWORD).await.expect_error(400, "invalid_grant");
        assert_eq!(verify(&world.app.db, seed::member("officer").person).await.expect("a chain"), None);
    }

    async fn of_two_who_redeem_a_code_at_once_one_does(world: World) {
        give_passwords(&world, &["officer"]).await;
        let made = code_for(&world, "admin", "officer", json!({})).await.expect(200);
        let both = ["first new password", "second new password"].map(|new| redeem(&world, "officer", &made["code"], new));
        let mut statuses: Vec<u16> = futures_util::future::join_all(both).await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 400]);
    }

    async fn codes_that_are_not_good_are_refused_alike(world: World) {
        give_passwords(&world, &["officer"]).await;
        let first = code_for(&world, "admin", "officer", json!({})).await.expect(200);
        let second = code_for(&world, "admin", "officer", json!({ "username": "officer" })).await.expect(200);
        let shape = async |username: &str, code: &Value| {
            let body = json!({ "username": username, "code": code, "new_password": NEW });
            let answer = world.post("/auth/reset").json(body).header("X-Request-Id", "same").send().await;
            (answer.status, answer.json())
        };
        let replaced = shape("officer", &first["code"]).await;
        assert_eq!(replaced.0, 400);
        assert_eq!(shape("nobody", &first["code"]).await, replaced);
        assert_eq!(shape("handler", &second["code"]).await, replaced);
        wait(&world, 24 * 3600);
        assert_eq!(shape("officer", &second["code"]).await, replaced);
        let third = code_for(&world, "admin", "officer", json!({})).await.expect(200);
        for _ in 0..3 {
            redeem(&world, "officer", &json!("WRONG"), NEW).await.expect_error(400, "invalid_grant");
        }
        redeem(&world, "officer", &third["code"], NEW).await.expect_error(429, "too_many_attempts");
    }

    async fn a_code_opens_an_account_for_who_has_none(world: World) {
        give_passwords(&world, &["handler"]).await;
        let nameless = code_for(&world, "admin", "officer", json!({})).await;
        assert_eq!(nameless.expect_error(422, "invalid"), ["/username required"]);
        let no_name = code_for(&world, "admin", "officer", json!({ "username": "two words" })).await;
        assert_eq!(no_name.expect_error(422, "invalid"), ["/username format"]);
        code_for(&world, "admin", "officer", json!({ "username": "Handler" })).await.expect_error(409, "duplicate");
        let other = code_for(&world, "admin", "handler", json!({ "username": "other" })).await;
        assert_eq!(other.expect_error(422, "invalid"), ["/username conflict"]);
        let made = code_for(&world, "admin", "officer", json!({ "username": "李．明" })).await.expect(200);
        assert_eq!(made["username"], "李.明");
        try_sign_in(&world, "李.明", PASSWORD, json!({})).await.expect_error(400, "invalid_grant");
        redeem(&world, "李.明", &made["code"], NEW).await.expect(204);
        try_sign_in(&world, "李。明", NEW, json!({})).await.expect_error(400, "invalid_grant");
        try_sign_in(&world, "李．明", NEW, json!({})).await.expect(200);
    }
}

//! Sessions: going on, the reuse of a token, signing out here and elsewhere.

use serde_json::{Value, json};

use super::{access_log, claims, delegate, give_passwords, me, refresh, sign_in, token_request, wait, with};
use crate::auth::keys::sha256;
use crate::db::sql;
use crate::on_both;
use crate::test_support::{World, seed};

async fn sessions(world: &World, answer: &Value, query: &str) -> Value {
    with(world.get(&format!("/me/sessions{query}")), answer)
        .send()
        .await
        .expect(200)
}

on_both! {
    async fn a_session_goes_on_by_tokens_that_are_good_once(world: World) {
        give_passwords(&world, &["officer"]).await;
        let first = sign_in(&world, "officer").await;
        wait(&world, 600);
        let second = refresh(&world, &first).await.expect(200);
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        assert_eq!(claims(&first)["sid"], claims(&second)["sid"]);
        me(&world, &second).await.expect(200);
        refresh(&world, &second).await.expect(200);
        let (stored,): (i64,) = sql("SELECT COUNT(*) FROM refresh_token WHERE hash = $1")
            .bind(&sha256(second["refresh_token"].as_str().expect("a token").as_bytes())[..])
            .one(&world.app.db)
            .await
            .expect("a count");
        assert_eq!(stored, 1, "only the hash is stored");
    }

    async fn the_reuse_of_a_token_ends_the_session(world: World) {
        give_passwords(&world, &["officer"]).await;
        let other = sign_in(&world, "officer").await;
        let first = sign_in(&world, "officer").await;
        let second = refresh(&world, &first).await.expect(200);
        refresh(&world, &first).await.expect_error(400, "invalid_grant");
        me(&world, &first).await.expect_error(401, "token_stale");
        me(&world, &second).await.expect_error(401, "token_stale");
        refresh(&world, &second).await.expect_error(400, "invalid_grant");
        me(&world, &other).await.expect(200);
        assert_eq!(access_log(&world).await[2..], ["login_refused refresh_token reuse", "login_refused refresh_token ended"]);
    }

    async fn of_two_uses_at_once_exactly_one_wins(world: World) {
        give_passwords(&world, &["officer"]).await;
        let first = sign_in(&world, "officer").await;
        let uses = (0..8).map(|_| {
            let (world, first) = (&world, &first);
            async move { refresh(world, first).await }
        });
        let answers = futures_util::future::join_all(uses).await;
        let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(won.len(), 1);
        assert!(answers.iter().all(|answer| [200, 400].contains(&answer.status)));
        // The others were a second use: nobody keeps the session.
        me(&world, &won[0].json()).await.expect_error(401, "token_stale");
    }

    async fn a_session_ends_by_not_being_used_and_by_age(world: World) {
        give_passwords(&world, &["officer"]).await;
        let day = 24 * 3600;
        let unused = sign_in(&world, "officer").await;
        let mut used = sign_in(&world, "officer").await;
        for _ in 0..4 {
            wait(&world, 7 * day - 1);
            used = refresh(&world, &used).await.expect(200);
        }
        refresh(&world, &unused).await.expect_error(400, "invalid_grant");
        wait(&world, 2 * day + 4);
        refresh(&world, &used).await.expect_error(400, "invalid_grant");
        for nonsense in ["x", "", &"y".repeat(1024)] {
            let body = json!({ "grant_type": "refresh_token", "refresh_token": nonsense });
            assert_eq!(token_request(&world, body).send().await.status, 400);
        }
    }

    async fn signing_out_ends_every_token_of_the_session_at_once(world: World) {
        give_passwords(&world, &["officer"]).await;
        let (here, elsewhere) = (sign_in(&world, "officer").await, sign_in(&world, "officer").await);
        with(world.post("/auth/revoke"), &here).send().await.expect(204);
        me(&world, &here).await.expect_error(401, "token_stale");
        refresh(&world, &here).await.expect_error(400, "invalid_grant");
        me(&world, &elsewhere).await.expect(200);
        assert_eq!(access_log(&world).await[2..], ["logout", "login_refused refresh_token ended"]);
    }

    async fn one_sees_and_ends_ones_own_sessions(world: World) {
        give_passwords(&world, &["officer", "handler"]).await;
        let old = sign_in(&world, "officer").await;
        wait(&world, 60);
        let body = json!({ "grant_type": "password", "username": "officer", "password": super::PASSWORD });
        let here = token_request(&world, body).header("User-Agent", "a browser").send().await.expect(200);
        let theirs = sign_in(&world, "handler").await;
        let list = sessions(&world, &here, "?with_total=true").await;
        assert_eq!(list["total"], 2);
        assert_eq!(list["items"][0]["current"], true);
        assert_eq!(list["items"][0]["user_agent"], "a browser");
        assert_eq!(list["items"][1]["current"], false);
        let first_page = sessions(&world, &here, "?limit=1").await;
        let cursor = first_page["next_cursor"].as_str().expect("a cursor");
        let second_page = sessions(&world, &here, &format!("?limit=1&cursor={cursor}")).await;
        assert_eq!(second_page["items"][0], list["items"][1]);
        let old_id = list["items"][1]["id"].as_str().expect("an id").to_owned();
        let end = |who: &Value| with(world.post(&format!("/me/sessions/{old_id}/end")), who).send();
        end(&theirs).await.expect_error(404, "not_found");
        end(&here).await.expect(204);
        end(&here).await.expect(204);
        me(&world, &old).await.expect_error(401, "token_stale");
        assert_eq!(sessions(&world, &here, "").await["items"].as_array().map(Vec::len), Some(1));
        let all = sessions(&world, &here, "?include_ended=true").await;
        assert_eq!(all["items"][1]["end_reason"], "ended_by_owner");
        assert!(all["items"][1]["ended_at"].is_string());
    }

    async fn another_process_learns_of_an_ended_session_when_it_looks(world: World) {
        give_passwords(&world, &["officer"]).await;
        let answer = sign_in(&world, "officer").await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE session_family SET revoked_at = $1, revoke_reason = 'logout'")
            .bind(world.app.real_clock.now())
            .run(&mut tx)
            .await
            .expect("an update");
        tx.commit().await.expect("a commit");
        me(&world, &answer).await.expect(200);
        world.look_at_rights().await.expect("a look");
        me(&world, &answer).await.expect_error(401, "token_stale");
        // What it knows is forgotten when no token of then can live.
        wait(&world, 2000);
        world.look_at_rights().await.expect("a look");
        me(&world, &answer).await.expect_error(401, "token_expired");
    }

    async fn a_secretarys_sessions_are_his_own(world: World) {
        give_passwords(&world, &["officer"]).await;
        delegate(&world, "leader", "officer", &["create_visit"], 3600).await;
        let more = json!({ "act_for": seed::member("leader").person });
        let acting = super::try_sign_in(&world, "officer", super::PASSWORD, more).await.expect(200);
        let list = sessions(&world, &acting, "").await;
        assert_eq!(list["items"][0]["current"], true);
        assert_eq!(list["items"][0]["on_behalf_of"]["name"], "示例带队领导");
    }
}

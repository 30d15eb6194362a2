//! What is left of sessions and their tokens when their time is over.

use serde_json::Value;

use super::{access_log, give_passwords, me, refresh, sign_in, wait, with};
use crate::auth::sweep;
use crate::db::sql;
use crate::on_both;
use crate::test_support::World;

const DAY: i64 = 24 * 3600;

/// Sweeps once; how many tokens and how many sessions went.
async fn swept(world: &World) -> (u64, u64) {
    let now = world.app.real_clock.now();
    let tokens = sweep::refresh_tokens(&world.app.db, now).await.expect("a sweep");
    (tokens, sweep::families(&world.app.db, now).await.expect("a sweep"))
}

/// How many tokens and sessions there are.
async fn left(world: &World) -> (i64, i64) {
    sql("SELECT (SELECT COUNT(*) FROM refresh_token), (SELECT COUNT(*) FROM session_family)")
        .one(&world.app.db)
        .await
        .expect("counts")
}

async fn of_last_session(world: &World, answer: &Value) -> usize {
    let list = with(world.get("/me/sessions?include_ended=true"), answer).send().await;
    list.expect(200)["items"].as_array().map_or(0, Vec::len)
}

on_both! {
    async fn a_used_token_that_comes_again_late_still_ends_its_session(world: World) {
        give_passwords(&world, &["officer"]).await;
        let first = sign_in(&world, "officer").await;
        wait(&world, 6 * DAY);
        let second = refresh(&world, &first).await.expect(200);
        wait(&world, 6 * DAY);
        let third = refresh(&world, &second).await.expect(200);
        // The first token expired five days ago, and its session goes on.
        assert_eq!(swept(&world).await, (0, 0));
        refresh(&world, &first).await.expect_error(400, "invalid_grant");
        me(&world, &third).await.expect_error(401, "token_stale");
        refresh(&world, &third).await.expect_error(400, "invalid_grant");
        // So it does where the session has been ended.
        wait(&world, DAY);
        swept(&world).await;
        refresh(&world, &second).await.expect_error(400, "invalid_grant");
        let reused = "login_refused refresh_token reuse";
        assert_eq!(access_log(&world).await[1..], [reused, "login_refused refresh_token ended", reused]);
        // A week after it has expired, it is like any other that nobody knows.
        wait(&world, DAY);
        assert_eq!(swept(&world).await, (1, 0));
        refresh(&world, &first).await.expect_error(400, "invalid_grant");
        assert_eq!(access_log(&world).await.last().map(String::as_str), Some("login_refused refresh_token unknown_token"));
    }

    async fn a_session_is_gone_90_days_after_it_expired_and_the_access_log_stays(world: World) {
        give_passwords(&world, &["officer", "handler"]).await;
        sign_in(&world, "officer").await;
        let ended = sign_in(&world, "handler").await;
        with(world.post("/auth/revoke"), &ended).send().await.expect(204);
        wait(&world, 30 * DAY);
        let later = sign_in(&world, "officer").await;
        wait(&world, 90 * DAY - 1);
        assert_eq!(swept(&world).await, (3, 0));
        let now = sign_in(&world, "officer").await;
        assert_eq!(of_last_session(&world, &now).await, 3);
        wait(&world, 1);
        // Of two replicas each session falls to one.
        let both = futures_util::future::join(swept(&world), swept(&world)).await;
        assert_eq!(both.0.1 + both.1.1, 2);
        assert_eq!(left(&world).await, (1, 2));
        refresh(&world, &later).await.expect_error(400, "invalid_grant");
        let log = access_log(&world).await;
        assert_eq!(log.iter().filter(|entry| entry.starts_with("login ")).count(), 4, "{log:?}");
        assert!(log.contains(&"logout".to_owned()), "{log:?}");
    }

    async fn a_session_takes_the_tokens_along_that_a_sweep_has_left(world: World) {
        give_passwords(&world, &["officer"]).await;
        let answer = sign_in(&world, "officer").await;
        let (family,): (uuid::Uuid,) = sql("SELECT id FROM session_family").one(&world.app.db).await.expect("a session");
        let mut tx = world.app.db.begin().await.expect("a transaction");
        for number in 0..1_100_u32 {
            sql("INSERT INTO refresh_token (hash, family_id, issued_at, expires_at) VALUES ($1, $2, $3, $3)")
                .bind(number.to_be_bytes().to_vec())
                .bind(family)
                .bind(world.app.real_clock.now())
                .run(&mut tx)
                .await
                .expect("a token");
        }
        tx.commit().await.expect("commit");
        wait(&world, 120 * DAY);
        assert_eq!(swept(&world).await, (1_000, 1));
        assert_eq!(left(&world).await, (0, 0));
        me(&world, &answer).await.expect_error(401, "token_expired");
    }

    async fn sweeps_read_by_an_index(world: World) {
        for statement in [
            "SELECT hash FROM refresh_token WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000",
            "SELECT id FROM session_family WHERE expires_at <= $1 ORDER BY expires_at LIMIT 500",
        ] {
            let plan = world.plan_of(sql(statement).bind(world.app.real_clock.now())).await;
            assert!(plan.contains("_expires"), "{plan}");
        }
    }
}

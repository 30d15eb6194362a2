//! A receipt is replaced, expires, and is renewed.

use super::*;
use crate::auth::rights::Rights;
use crate::test_support::seed;

async fn add_act(world: &World, problem: &Value, who: &str, act: &str) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("INSERT INTO problem_actor (id, problem_id, person_id, act, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(world.app.ids.next())
        .bind(id_of(problem))
        .bind(seed::member(who).person)
        .bind(act)
        .bind(world.app.clock.now())
        .run(&mut tx)
        .await
        .expect("an act");
    tx.commit().await.expect("a commit");
}

on_both! {
    async fn a_new_receipt_ends_the_one_before_it_and_its_tokens(world: World) {
        let problem = world.open_problem().await;
        let token = world.receipt_token(&problem).await;
        let caller = world.app.tokens.verify(&token, world.app.real_clock.now()).expect("a caller");
        let elsewhere = Rights::default();
        let answer = world.post(&format!("{}/receipt", path_of(&problem))).by("officer")
            .header("Idempotency-Key", "once").send().await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        let new = answer.expect(200);
        assert_eq!((&new["tracking_no"], &new["url"]), (&problem["tracking_no"], &Value::Null));
        assert_ne!(new["code"], problem["receipt"]["code"]);
        let (kept,): (i64,) = sql("SELECT COUNT(*) FROM idempotency").one(&world.app.db).await.expect("a count");
        assert_eq!(kept, 0);
        world.get(&path_of(&problem)).bearer(&token).send().await.expect_error(401, "token_stale");
        // Another replica knows it at its next look, and as long as such a token could live.
        elsewhere.check(&caller).expect("not looked yet");
        let look = async || {
            let (now, business_now) = (world.app.real_clock.now(), world.app.clock.now());
            elsewhere.refresh(&world.app.db, now, business_now).await.expect("a look");
        };
        look().await;
        elsewhere.check(&caller).expect_err("replaced");
        for clock in [&world.app.real_clock, &world.app.clock] {
            clock.set(clock.now().plus_seconds(29 * 60));
        }
        look().await;
        elsewhere.check(&caller).expect_err("replaced");
        let token = exchange(&world, &new["code"]).await.expect(200)["access_token"].as_str().expect("a token").to_owned();
        let events = world.get(&format!("{}/events", path_of(&problem))).bearer(&token).send().await.expect(200);
        assert_eq!(events["items"][1]["type"], "problem.receipt_replaced");
        assert_eq!(events["items"][1]["actor"], Value::Null);
        assert_eq!(world.get(&path_of(&problem)).bearer(&token).send().await.expect(200)["version"], problem["version"]);
        assert_eq!(crate::events::store::verify(&world.app.db, id_of(&problem)).await.expect("a chain"), None);
    }

    async fn of_receipts_made_at_once_one_is_good(world: World) {
        let problem = world.open_problem().await;
        let answers = futures_util::future::join_all((0..4).map(|_| replace(&world, "officer", &problem))).await;
        let mut good = 0;
        for answer in answers {
            let status = exchange(&world, &answer.expect(200)["code"]).await.status;
            good += usize::from(status == 200);
        }
        assert_eq!(good, 1);
    }

    async fn a_receipt_is_replaced_by_who_recorded_it_his_organisation_or_a_dispatcher(world: World) {
        let visit = world.visit_in_progress().await;
        let problem = world.problem_of(&visit).await;
        for (who, status) in [
            ("officer", 200), ("dispatcher", 200), ("province-dispatcher", 200), ("officer2", 404), ("deqing-officer", 404),
            ("deqing-dispatcher", 404), ("leader", 403), ("handler", 403), ("head", 403), ("supervisor", 403),
            ("integrator", 403), ("reporter", 403),
        ] {
            assert_eq!(replace(&world, who, &problem).await.status, status, "{who}");
        }
        let path = format!("{}/receipt", path_of(&problem));
        // Another officer of the same organisation may; one who only came along from elsewhere may not.
        let mut claims = world.claims(&seed::member("officer2"), false);
        claims.memberships = world.claims(&seed::member("officer"), false).memberships;
        let token = world.app.tokens.sign(&claims).expect("a signature");
        world.post(&path).bearer(&token).send().await.expect(200);
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("INSERT INTO problem_scope SELECT $1, problem_id, state, recorded_at, due_key, updated_at, urgency_due_key, response_due_key, last_progress_at \
             FROM problem_scope WHERE scope_id = $2")
            .bind(seed::member("officer2").person).bind(id_of(&problem)).run(&mut tx).await.expect("along");
        tx.commit().await.expect("a commit");
        replace(&world, "officer2", &problem).await.expect_error(403, "forbidden");
    }

    async fn who_handled_a_problem_gets_no_receipt_of_it(world: World) {
        let problem = world.open_problem().await;
        add_act(&world, &problem, "dispatcher", "assign").await;
        replace(&world, "dispatcher", &problem).await.expect(200);
        add_act(&world, &problem, "officer", "answer").await;
        let refused = replace(&world, "officer", &problem).await;
        assert_eq!(refused.json()["earlier_act"], json!({ "act": "answer", "at": world.app.clock.now() }));
        refused.expect_error(403, "separation_of_duties");
    }

    async fn nobody_of_an_organisation_that_handles_a_problem_or_did_gets_a_receipt_of_it(world: World) {
        for part in ["lead", "former_lead", "supporting", "study"] {
            let problem = world.open_problem().await;
            world.take_part(&problem, "yiwu-government", part).await;
            // A colleague of whoever handles it: he did nothing to it himself.
            let refused = replace(&world, "officer", &problem).await;
            assert_eq!(refused.json()["earlier_act"], Value::Null, "{part}");
            refused.expect_error(403, "separation_of_duties");
            replace(&world, "dispatcher", &problem).await.expect(200);
            let problem = world.open_problem().await;
            world.take_part(&problem, "yiwu-office", part).await;
            replace(&world, "dispatcher", &problem).await.expect_error(403, "separation_of_duties");
            replace(&world, "province-dispatcher", &problem).await.expect(200);
        }
        let (logged,): (i64,) = sql("SELECT COUNT(*) FROM access_log WHERE kind = 'issue_link' AND subject_kind = 'problem'")
            .one(&world.app.db).await.expect("a count");
        assert_eq!(logged, 8);
    }

    async fn a_code_expires_30_days_after_the_last_closure_and_not_before(world: World) {
        let problem = world.open_problem().await;
        let code = &problem["receipt"]["code"];
        wait_days(&world, 400);
        exchange(&world, code).await.expect(200);
        close(&world, &problem).await;
        wait_days(&world, 29);
        exchange(&world, code).await.expect(200);
        world.app.clock.set(world.app.clock.now().plus_seconds(24 * 3600 - 60));
        // No token outlives its code.
        let last = exchange(&world, code).await.expect(200);
        assert_eq!(last["expires_in"], 60);
        let token = last["access_token"].as_str().expect("a token").to_owned();
        // A new receipt gives no more time than the one it replaces.
        let new = replace(&world, "dispatcher", &problem).await.expect(200);
        world.app.clock.set(world.app.clock.now().plus_seconds(60));
        world.app.real_clock.set(world.app.real_clock.now().plus_seconds(61));
        world.get(&path_of(&problem)).bearer(&token).send().await.expect_error(401, "token_expired");
        exchange(&world, &new["code"]).await.expect_error(400, "invalid_grant");
        replace(&world, "dispatcher", &problem).await.expect_error(409, "ended");
        exchange(&world, &new["code"]).await.expect_error(400, "invalid_grant");
        // The next cycle makes it good again.
        world.put_into(&problem, "assigned").await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        store::renew(&mut tx, id_of(&problem)).await.expect("renewed");
        tx.commit().await.expect("a commit");
        exchange(&world, &new["code"]).await.expect(200);
        exchange(&world, code).await.expect_error(400, "invalid_grant");
    }

    async fn s60_the_receipt_of_a_merged_problem_still_opens_its_number_and_its_view(world: World) {
        let (problem, target) = (world.open_problem().await, world.open_problem().await);
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE problem SET merged_into = $1 WHERE id = $2")
            .bind(id_of(&target)).bind(id_of(&problem)).run(&mut tx).await.expect("merged");
        sql("INSERT INTO problem_reporter (problem_id, reporter_id, part, came_with_id, since) \
             SELECT $1, reporter_id, 'follower', $2, $3 FROM problem_reporter WHERE problem_id = $2")
            .bind(id_of(&target)).bind(id_of(&problem)).bind(world.app.clock.now()).run(&mut tx).await.expect("a follower");
        tx.commit().await.expect("a commit");
        world.put_into(&problem, "merged").await;
        let token = world.receipt_token(&problem).await;
        let read = world.get(&path_of(&problem)).bearer(&token).send().await.expect(200);
        assert_eq!((&read["tracking_no"], &read["merged_into"]), (&problem["tracking_no"], &target["id"]));
        assert_eq!(read["allowed_actions"], json!([]));
        world.get(&path_of(&target)).bearer(&token).send().await.expect_error(404, "not_found");
        let words = json!({ "text": "补充" });
        world.post(&format!("{}/supplements", path_of(&problem))).bearer(&token).json(words).send().await
            .expect_error(409, "merged");
        replace(&world, "officer", &problem).await.expect_error(409, "merged");
    }
}

use serde_json::json;

use super::{path_of, words};
use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::seed;

on_both! {
    async fn s82_each_person_supports_a_published_problem_once_by_whichever_way(world: World) {
        let problem = world.open_problem().await;
        let support = format!("/problems/{}/support", id_of(&problem));
        world.post(&support).by("reporter").send().await.expect_error(404, "not_found");
        world.publish(&problem, words()).await;
        world.post(&support).by("officer").send().await.expect_error(403, "forbidden");
        world.post(&support).send().await.expect_error(401, "token_missing");
        world.post(&format!("/problems/{}/support", problem["tracking_no"].as_str().expect("a number"))).by("reporter").send().await.expect_error(404, "not_found");
        assert_eq!(world.post(&support).by("reporter").send().await.expect(200)["supporters"], 1);
        world.post(&support).by("reporter").send().await.expect_error(409, "duplicate");
        // Two receipts of one telephone number are one person; another number is another.
        let mut count = 1;
        for (phone, counts) in [("13811112222", true), ("138 1111-2222", false), ("13811113333", true)] {
            let mut body = problem_body();
            body["reporter"] = json!({ "kind": "person", "display_name": "李女士", "phone": phone, "anonymity": "masked" });
            let own = world.post("/problems").by("officer").json(body).send().await.expect(201);
            let token = world.receipt_token(&own).await;
            let answer = world.post(&support).bearer(&token).send().await;
            if counts {
                count += 1;
                assert_eq!(answer.expect(200)["supporters"], count);
            } else {
                answer.expect_error(409, "duplicate");
            }
        }
        // Who raised it does not support it.
        let token = world.receipt_token(&problem).await;
        world.post(&support).bearer(&token).send().await.expect_error(403, "forbidden");
        // A portal speaks for whom it knows.
        let body = |value: &str| json!({ "reporter": { "system": "portal", "value": value } });
        assert_eq!(world.post(&support).by("integrator").send().await.expect_error(422, "invalid"), ["/reporter required"]);
        assert_eq!(world.post(&support).by("integrator").json(body("u-9")).send().await.expect_error(422, "invalid"), ["/reporter unknown_reference"]);
        assert_eq!(world.post(&support).by("reporter").json(body("u-1")).send().await.expect_error(422, "invalid"), ["/reporter clients_only"]);
        let mut brought = problem_body();
        brought["reporter"]["external_id"] = json!({ "system": "portal", "value": "u-1" });
        brought["reporter"]["phone"] = json!("13811114444");
        let brought = world.post("/problems").by("integrator").json(brought).send().await.expect(201);
        assert_eq!(world.post(&support).by("integrator").json(body("u-1")).send().await.expect(200)["supporters"], 4);
        world.post(&support).by("integrator").json(body("u-1")).send().await.expect_error(409, "duplicate");
        world.publish(&brought, words()).await;
        let own = format!("/problems/{}/support", id_of(&brought));
        world.post(&own).by("integrator").json(body("u-1")).send().await.expect_error(403, "forbidden");
        assert_eq!(world.get(&path_of(&problem)).send().await.expect(200)["supporters"], 4);
        // Nothing that was kept says who it was.
        let hashes: Vec<(Vec<u8>,)> = sql("SELECT supporter_hash FROM problem_supporter").all(&world.app.db).await.expect("rows");
        assert!(hashes.len() == 4 && hashes.iter().all(|(hash,)| hash.len() == 32));
        let (events, of_somebody): (i64, i64) = sql("SELECT COUNT(*), COUNT(actor_id) FROM event WHERE type = 'problem.supported'").one(&world.app.db).await.expect("a count");
        assert_eq!((events, of_somebody), (4, 0));
        assert_eq!(world.again(&problem).await["version"], problem["version"]);
    }
}

on_both! {
    async fn s82_of_supports_sent_at_once_one_counts(world: World) {
        let problem = world.open_problem().await;
        world.publish(&problem, words()).await;
        let support = format!("/problems/{}/support", id_of(&problem));
        let calls = (0..8).map(|_| world.post(&support).by("reporter").send());
        let mut statuses: Vec<u16> = futures_util::future::join_all(calls).await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
        assert_eq!(world.get(&path_of(&problem)).send().await.expect(200)["supporters"], 1);
        // Whoever acts for another supports nothing in his name.
        let mut claims = world.claims(&seed::member("reporter"), false);
        claims.act = Some(crate::auth::token::Actor { sub: seed::member("officer").person, rights: 1 });
        claims.delegated = Some(vec!["support_problem".to_owned()]);
        let token = world.app.tokens.sign(&claims).expect("a signature");
        world.post(&support).bearer(&token).send().await.expect_error(403, "forbidden");
    }
}

on_both! {
    async fn s82_whoever_raised_it_supports_it_by_no_other_receipt(world: World) {
        let problem = world.open_problem().await;
        world.publish(&problem, words()).await;
        let support = format!("/problems/{}/support", id_of(&problem));
        let phone = problem_body()["reporter"]["phone"].clone();
        let mut body = problem_body();
        body["reporter"] = json!({ "kind": "person", "display_name": "另一称呼", "phone": phone, "anonymity": "masked" });
        let second = world.post("/problems").by("officer").json(body.clone()).send().await.expect(201);
        let token = world.receipt_token(&second).await;
        world.post(&support).bearer(&token).send().await.expect_error(403, "forbidden");
        // Nor by an account that is told of with that number.
        body["reporter"]["person_id"] = json!(seed::member("reporter").person);
        world.post("/problems").by("officer").json(body).send().await.expect(201);
        world.post(&support).by("reporter").send().await.expect_error(403, "forbidden");
        assert_eq!(world.get(&path_of(&problem)).send().await.expect(200)["supporters"], 0);
    }

    async fn s82_an_account_and_a_receipt_of_one_person_count_once(world: World) {
        let problem = world.open_problem().await;
        world.publish(&problem, words()).await;
        let support = format!("/problems/{}/support", id_of(&problem));
        let mut body = problem_body();
        body["reporter"] = json!({ "kind": "person", "display_name": "李女士", "phone": "13811112222", "anonymity": "masked" });
        let by_phone = world.post("/problems").by("officer").json(body.clone()).send().await.expect(201);
        let token = world.receipt_token(&by_phone).await;
        assert_eq!(world.post(&support).bearer(&token).send().await.expect(200)["supporters"], 1);
        // Only afterwards is it known that the number is that account's.
        body["reporter"]["person_id"] = json!(seed::member("reporter").person);
        world.post("/problems").by("officer").json(body).send().await.expect(201);
        world.post(&support).by("reporter").send().await.expect_error(409, "duplicate");
        world.post(&support).bearer(&token).send().await.expect_error(409, "duplicate");
        assert_eq!(world.get(&path_of(&problem)).send().await.expect(200)["supporters"], 1);
    }
}

//! One voice counts once, whichever way it comes.

use super::*;

async fn support(world: &World, comment: &Value, who: &str, body: Value) -> Answer {
    world.post(&path(comment)).by(who).json(body).send().await
}

fn path(comment: &Value) -> String {
    format!("/comments/{}/support", id_of(comment))
}

on_both! {
    async fn s81_a_supporter_counts_once_whichever_way_he_comes(world: World) {
        let problem = world.published_problem().await;
        let comment = world.commented(&problem).await;
        world.post(&path(&comment)).json(json!({})).send().await.expect_error(401, "token_missing");
        support(&world, &comment, "officer", json!({})).await.expect_error(403, "forbidden");
        // His own words count for him already, also by the receipt of a problem that his account raised.
        support(&world, &comment, "reporter", json!({})).await.expect_error(409, "duplicate");
        let mut body = problem_body();
        body.as_object_mut().unwrap().remove("reporter");
        let own = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        let receipt = world.receipt_token(&own).await;
        world.post(&path(&comment)).bearer(&receipt).send().await.expect_error(409, "duplicate");
        // Two problems of one telephone number are one voice.
        let (first, second) = (world.open_problem().await, world.open_problem().await);
        let (first, second) = (world.receipt_token(&first).await, world.receipt_token(&second).await);
        let counted = world.post(&path(&comment)).bearer(&first).send().await.expect(200);
        assert_eq!((&counted["supporters"], &counted["version"]), (&json!(1), &comment["version"]));
        for token in [&first, &second] {
            world.post(&path(&comment)).bearer(token).send().await.expect_error(409, "duplicate");
        }
        let faults = support(&world, &comment, "integrator", json!({})).await.expect_error(422, "invalid");
        assert_eq!(faults, ["/supporter required"]);
        let faults = support(&world, &comment, "reporter", json!({ "supporter": portal_user("u-1") })).await.expect_error(422, "invalid");
        assert_eq!(faults, ["/supporter clients_only"]);
        for (user, status) in [("u-1", 200), ("u-2", 200), ("u-1", 409)] {
            support(&world, &comment, "integrator", json!({ "supporter": portal_user(user) })).await.expect(status);
        }
        assert_eq!(world.public_comments(&problem).await[0]["supporters"], 3);
        // Who supports is kept as a keyed hash alone.
        let (text,): (String,) = sql("SELECT CAST(COUNT(*) AS text) FROM comment_supporter").one(&world.app.db).await.unwrap();
        assert_eq!(text, "3");
        let types = world.event_types(id_of(&comment)).await;
        assert_eq!(types, ["comment.supported"; 3]);
        // Who handled it speaks of his own work.
        let mut tx = world.app.db.begin().await.unwrap();
        let act = crate::events::Act::of_the_service(world.app.clock.now());
        let person = seed::member("reporter").person;
        crate::problems::store::write::actor(&mut tx, &world.app.ids, id_of(&problem), person, &act, crate::problems::domain::ProblemAct::Accept).await.unwrap();
        tx.commit().await.unwrap();
        support(&world, &comment, "reporter", json!({})).await.expect_error(403, "separation_of_duties");
        world.comment("reporter", &problem, words()).await.expect_error(403, "separation_of_duties");
        let strange = json!({ "id": Uuid::nil() });
        support(&world, &strange, "reporter", json!({})).await.expect_error(404, "not_found");
        // Of what is not published nobody else knows.
        let unpublished = world.comment("reporter", &own, words()).await.expect(201);
        world.post(&path(&unpublished)).bearer(&first).send().await.expect_error(404, "not_found");
        world.put_into(&problem, "merged").await;
        support(&world, &comment, "integrator", json!({ "supporter": portal_user("u-3") })).await.expect_error(409, "merged");
    }

    async fn s81_an_account_and_a_receipt_of_one_person_are_one_voice(world: World) {
        let problem = world.published_problem().await;
        let said = json!({ "kind": "comment", "text": "建议公布名额。", "author": portal_user("u-1") });
        let comment = world.comment("integrator", &problem, said).await.expect(201);
        let mut body = problem_body();
        body["reporter"] = json!({ "kind": "person", "display_name": "李女士", "phone": "13811112222", "anonymity": "masked" });
        let by_phone = world.post("/problems").by("officer").json(body.clone()).send().await.expect(201);
        let receipt = world.receipt_token(&by_phone).await;
        world.post(&path(&comment)).bearer(&receipt).send().await.expect(200);
        body["reporter"]["person_id"] = json!(seed::member("reporter").person);
        world.post("/problems").by("officer").json(body).send().await.expect(201);
        support(&world, &comment, "reporter", json!({})).await.expect_error(409, "duplicate");
        world.post(&path(&comment)).bearer(&receipt).send().await.expect_error(409, "duplicate");
        // Nor does he support by his receipt what he wrote by his account.
        let own = world.commented(&problem).await;
        world.post(&path(&own)).bearer(&receipt).send().await.expect_error(409, "duplicate");
    }

    async fn s81_of_supporters_at_once_each_counts_once(world: World) {
        let problem = world.published_problem().await;
        let comment = world.commented(&problem).await;
        let calls = (0..8).map(|call| {
            let user = portal_user(if call % 2 == 0 { "u-1" } else { "u-2" });
            support(&world, &comment, "integrator", json!({ "supporter": user }))
        });
        let answers = futures_util::future::join_all(calls).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 409, 409, 409, 409, 409, 409]);
        assert_eq!(world.public_comments(&problem).await[0]["supporters"], 2);
        assert_eq!(world.event_types(id_of(&comment)).await, ["comment.supported"; 2]);
    }
}

//! Through the recording of problems, and the one operation of reporters; on both databases.

mod known;
mod search;
mod voices;

use serde_json::{Value, json};

use crate::db::sql;
use crate::on_both;
use crate::reporters::domain::{Anonymity, Reader, may_know};
use crate::test_support::World;
use crate::test_support::builders::problem_body;
use crate::test_support::seed;

const NUMBER: &str = "13800001234";

/// A problem that the officer records for this reporter.
async fn recorded(world: &World, reporter: Value) -> Value {
    let mut body = problem_body();
    body["reporter"] = reporter;
    world
        .post("/problems")
        .by("officer")
        .json(body)
        .send()
        .await
        .expect(201)
}

fn person(anonymity: &str) -> Value {
    json!({ "kind": "person", "display_name": "王女士", "phone": "+86 138 0000 1234", "anonymity": anonymity })
}

fn reveal_path(problem: &Value) -> String {
    format!(
        "/reporters/{}/reveal-phone",
        problem["reporter"]["id"].as_str().expect("an id")
    )
}

async fn count(world: &World, statement: &'static str) -> i64 {
    let (count,): (i64,) = sql(statement).one(&world.app.db).await.expect("a count");
    count
}

#[test]
fn who_may_know_a_reporter() {
    use Reader::{Administration, CallsBack, Follower, Himself};
    for (anonymity, knowing) in [
        (Anonymity::Named, &[Himself, CallsBack, Administration][..]),
        (Anonymity::Masked, &[Himself, CallsBack]),
        (Anonymity::Unknown, &[]),
    ] {
        for reader in [Himself, CallsBack, Administration, Follower] {
            assert_eq!(
                may_know(anonymity, reader),
                knowing.contains(&reader),
                "{anonymity} {reader:?}"
            );
        }
    }
}

on_both! {
    async fn a_number_is_stored_sealed_and_shown_masked(world: World) {
        let problem = recorded(&world, person("named")).await;
        assert_eq!(problem["reporter"]["phone_masked"], "138****1234");
        assert!(!problem.to_string().contains(NUMBER));
        let (cipher, index): (Vec<u8>, Vec<u8>) =
            sql("SELECT phone_cipher, phone_index FROM reporter").one(&world.app.db).await.expect("the reporter");
        assert!(!cipher.windows(NUMBER.len()).any(|window| window == NUMBER.as_bytes()));
        assert_eq!(index, world.app.keys.blind_index(NUMBER));
        // Bound to its row: it cannot be moved to another.
        assert_eq!(world.app.keys.decrypt(world.app.ids.next(), &cipher), None);
    }

    async fn each_reveal_stands_in_the_access_log(world: World) {
        let problem = recorded(&world, person("named")).await;
        let path = reveal_path(&problem);
        for (times, who) in [(1, "officer"), (2, "dispatcher"), (3, "supervisor")] {
            let answer = world.post(&path).by(who).header("X-Request-Id", "log-me").send().await;
            assert_eq!(answer.headers["cache-control"], "no-store");
            assert_eq!(answer.expect(200), json!({ "phone": NUMBER }));
            assert_eq!(count(&world, "SELECT COUNT(*) FROM access_log WHERE kind = 'reveal_phone'").await, times);
        }
        let entry: (Option<uuid::Uuid>, Option<uuid::Uuid>, String, String) =
            sql("SELECT person_id, subject_id, subject_kind, request_id FROM access_log ORDER BY id LIMIT 1")
                .one(&world.app.db).await.expect("an entry");
        let reporter = problem["reporter"]["id"].as_str().and_then(|id| id.parse().ok());
        let expected = (Some(seed::member("officer").person), reporter, "reporter".to_owned(), "log-me".to_owned());
        assert_eq!(entry, expected);
        let detail = count(&world, "SELECT COUNT(*) FROM access_log WHERE CAST(detail AS text) LIKE '%1380%'").await;
        assert_eq!(detail, 0);
    }

    async fn a_replayed_key_reveals_nothing_unlogged(world: World) {
        let path = reveal_path(&recorded(&world, person("named")).await);
        for _ in 0..2 {
            world.post(&path).by("officer").header("Idempotency-Key", "again").send().await.expect(200);
        }
        assert_eq!(count(&world, "SELECT COUNT(*) FROM access_log WHERE kind = 'reveal_phone'").await, 2);
        assert_eq!(count(&world, "SELECT COUNT(*) FROM idempotency").await, 0);
    }

    async fn outside_the_scope_a_reporter_does_not_exist(world: World) {
        let path = reveal_path(&recorded(&world, person("named")).await);
        for who in ["deqing-officer", "deqing-dispatcher", "handler"] {
            world.post(&path).by(who).send().await.expect_error(404, "not_found");
        }
        for who in ["leader", "head", "assessor", "admin", "auditor", "reporter", "integrator"] {
            world.post(&path).by(who).send().await.expect_error(403, "forbidden");
        }
        let missing = format!("/reporters/{}/reveal-phone", world.app.ids.next());
        world.post(&missing).by("officer").send().await.expect_error(404, "not_found");
        assert_eq!(count(&world, "SELECT COUNT(*) FROM access_log WHERE kind = 'reveal_phone'").await, 0);
    }

    async fn a_masked_reporter_is_known_to_who_calls_back_only(world: World) {
        let problem = recorded(&world, person("masked")).await;
        let path = format!("/problems/{}", problem["id"].as_str().expect("an id"));
        let seen = |who: &'static str| world.get(&path).by(who).send();
        for (who, name, phone) in [
            ("officer", Value::Null, Value::Null),
            ("dispatcher", json!("王女士"), json!("138****1234")),
            ("supervisor", json!("王女士"), json!("138****1234")),
        ] {
            let reporter = seen(who).await.expect(200)["reporter"].clone();
            assert_eq!((&reporter["display_name"], &reporter["phone_masked"]), (&name, &phone), "{who}");
            assert_eq!(reporter["anonymity"], "masked");
        }
        world.post(&reveal_path(&problem)).by("officer").send().await.expect_error(404, "not_found");
        world.post(&reveal_path(&problem)).by("dispatcher").send().await.expect(200);
        // A dispatcher elsewhere who is an officer here is an officer here.
        let mut claims = world.claims(&seed::member("officer"), false);
        claims.memberships.extend(world.claims(&seed::member("deqing-dispatcher"), false).memberships);
        let token = world.app.tokens.sign(&claims).expect("a signature");
        world.post(&reveal_path(&problem)).header("Authorization", &format!("Bearer {token}")).send().await
            .expect_error(404, "not_found");
    }

    async fn of_an_unknown_reporter_nothing_is_stored(world: World) {
        let mut body = problem_body();
        body["reporter"] = person("unknown");
        body["reporter"]["object_id"] = json!(world.app.ids.next());
        let faults = world.post("/problems").by("officer").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(
            faults,
            ["/reporter/display_name conflict", "/reporter/phone conflict", "/reporter/object_id conflict"]
        );
        let problem = recorded(&world, json!({ "kind": "person", "anonymity": "unknown" })).await;
        assert_eq!(problem["reporter"]["display_name"], Value::Null);
        world.post(&reveal_path(&problem)).by("dispatcher").send().await.expect_error(404, "not_found");
    }

    async fn faults_of_a_reporter_point_into_the_recording(world: World) {
        for (reporter, faults) in [
            (json!({ "kind": "person", "anonymity": "named" }), vec!["/reporter/display_name required"]),
            (
                json!({ "kind": "person", "anonymity": "masked", "phone": "无" }),
                vec!["/reporter/display_name required", "/reporter/phone phone"],
            ),
            (
                json!({ "kind": "person", "anonymity": "named", "display_name": "11010519491231002X" }),
                vec!["/reporter/display_name id_number_not_accepted"],
            ),
            (
                json!({ "kind": "firm", "anonymity": "named", "display_name": "王", "age": 40 }),
                vec!["/reporter/age unknown_field", "/reporter/kind enum"],
            ),
        ] {
            let mut body = problem_body();
            body["reporter"] = reporter;
            let mut found = world.post("/problems").by("officer").json(body).send().await.expect_error(422, "invalid");
            found.sort();
            assert_eq!(found, faults);
        }
    }

    async fn a_reporter_speaks_for_what_the_recorder_can_reach(world: World) {
        let enter = |who: &'static str, division: &str| {
            let body = json!({ "type": "enterprise", "name": "示例", "division": division });
            world.post("/service-objects").by(who).json(body).send()
        };
        let near = enter("officer", "330782").await.expect(201);
        let far = enter("deqing-officer", "330521").await.expect(201);
        let with = |object: &Value, who: &str| {
            let mut body = problem_body();
            body["reporter"] = person("named");
            body["reporter"]["object_id"] = object["id"].clone();
            body["reporter"]["person_id"] = json!(seed::member(who).person);
            world.post("/problems").by("officer").json(body).send()
        };
        with(&near, "reporter").await.expect(201);
        assert_eq!(
            with(&far, "deqing-officer").await.expect_error(422, "invalid"),
            ["/reporter/person_id unknown_reference", "/reporter/object_id unknown_reference"]
        );
    }
}

//! What clients call the reporters that they bring, and reporters who record themselves.

use super::*;

/// A recording of the client's, of a person whom it calls so.
fn brought(value: &str, changes: Value) -> Value {
    let mut body = problem_body();
    body["reporter"] = person("named");
    body["reporter"]["external_id"] = json!({ "system": "portal", "value": value });
    for (name, change) in changes.as_object().expect("an object") {
        body["reporter"][name] = change.clone();
    }
    body
}

async fn record(world: &World, who: &str, body: Value) -> Value {
    let answer = world.post("/problems").by(who).json(body).send().await;
    answer.expect(201)
}

on_both! {
    async fn what_a_client_calls_by_one_name_is_one_reporter(world: World) {
        let first = record(&world, "integrator", brought("u-1", json!({}))).await;
        let again = record(&world, "integrator", brought("u-1", json!({ "display_name": "王敏", "phone": null }))).await;
        assert_eq!(again["reporter"]["id"], first["reporter"]["id"]);
        assert_eq!((&again["reporter"]["display_name"], &again["reporter"]["phone_masked"]), (&json!("王敏"), &json!("138****1234")));
        let other = record(&world, "integrator", brought("u-2", json!({}))).await;
        assert_ne!(other["reporter"]["id"], first["reporter"]["id"]);
        assert_eq!(count(&world, "SELECT COUNT(*) FROM reporter").await, 2);
        // The number is sealed for the row that it is in.
        let number = json!({ "phone": "139 0000 5678" });
        let moved = record(&world, "integrator", brought("u-1", number)).await;
        let revealed = world.post(&reveal_path(&moved)).by("dispatcher").send().await.expect(200);
        assert_eq!(revealed, json!({ "phone": "13900005678" }));
    }

    async fn another_client_means_another_reporter_by_the_same_name(world: World) {
        let first = record(&world, "integrator", brought("u-1", json!({}))).await;
        let mut claims = world.claims(&seed::member(seed::CLIENT), true);
        let other = world.app.ids.next();
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("INSERT INTO client_app (id, client_id, name, org_id, division_id, scopes, rights_changed_at, created_at, updated_at) \
             SELECT $1, 'other', name, org_id, division_id, scopes, rights_changed_at, created_at, updated_at FROM client_app")
            .bind(other).run(&mut tx).await.expect("a client");
        tx.commit().await.expect("a commit");
        (claims.sub, claims.client) = (other, Some(other));
        let token = world.app.tokens.sign(&claims).expect("a signature");
        let second = world.post("/problems").bearer(&token).json(brought("u-1", json!({}))).send().await.expect(201);
        assert_ne!(second["reporter"]["id"], first["reporter"]["id"]);
    }

    async fn a_name_that_two_recordings_bring_at_once_is_one_reporter(world: World) {
        let calls = (0..5).map(|_| world.post("/problems").by("integrator").json(brought("u-1", json!({}))).send());
        let answers = futures_util::future::join_all(calls).await;
        let mut ids: Vec<String> = answers.into_iter().map(|answer| answer.expect(201)["reporter"]["id"].to_string()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert_eq!(count(&world, "SELECT COUNT(*) FROM reporter").await, 1);
    }

    async fn a_known_reporter_becomes_nobody_else_and_stays_masked(world: World) {
        let object = json!({ "type": "enterprise", "name": "示例", "division": "330782" });
        let object = world.post("/service-objects").by("officer").json(object).send().await.expect(201);
        let himself = json!({ "person_id": seed::member("reporter").person, "anonymity": "masked" });
        record(&world, "integrator", brought("u-1", himself)).await;
        let bad = json!({ "kind": "org", "person_id": seed::member("officer").person });
        let refused = world.post("/problems").by("integrator").json(brought("u-1", bad)).send().await;
        assert_eq!(refused.expect_error(422, "invalid"), ["/reporter/kind conflict", "/reporter/person_id conflict"]);
        let named = record(&world, "integrator", brought("u-1", json!({ "object_id": object["id"] }))).await;
        assert_eq!((&named["reporter"]["anonymity"], &named["reporter"]["display_name"]), (&json!("masked"), &Value::Null));
        for (who, body, faults) in [
            ("officer", brought("u-1", json!({})), vec!["/reporter/external_id clients_only"]),
            (
                "integrator",
                brought("u-1", json!({ "anonymity": "unknown", "display_name": null, "phone": null })),
                vec!["/reporter/external_id conflict"],
            ),
        ] {
            let refused = world.post("/problems").by(who).json(body).send().await;
            assert_eq!(refused.expect_error(422, "invalid"), faults);
        }
        assert_eq!(count(&world, "SELECT COUNT(*) FROM problem").await, 2);
    }

    async fn what_was_erased_is_not_filled_again(world: World) {
        let first = record(&world, "integrator", brought("u-1", json!({}))).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE reporter SET erased_at = $1, display_name = NULL, phone_cipher = NULL, phone_masked = NULL")
            .bind(world.app.clock.now()).run(&mut tx).await.expect("erased");
        tx.commit().await.expect("a commit");
        let again = record(&world, "integrator", brought("u-1", json!({}))).await;
        assert_ne!(again["reporter"]["id"], first["reporter"]["id"]);
        assert_eq!(record(&world, "integrator", brought("u-1", json!({}))).await["reporter"]["id"], again["reporter"]["id"]);
        assert_eq!(count(&world, "SELECT COUNT(*) FROM reporter WHERE erased_at IS NOT NULL AND display_name IS NOT NULL").await, 0);
    }

    async fn whoever_records_himself_and_is_not_to_be_known_is_named_nowhere(world: World) {
        for (anonymity, sees) in [("masked", 200), ("unknown", 404)] {
            let mut body = problem_body();
            body["reporter"] = match anonymity {
                "masked" => {
                    let mut himself = person("masked");
                    himself["person_id"] = json!(seed::member("reporter").person);
                    himself
                }
                _ => json!({ "kind": "person", "anonymity": "unknown" }),
            };
            let problem = record(&world, "reporter", body).await;
            let path = format!("/problems/{}", problem["id"].as_str().expect("an id"));
            let said = json!({ "text": "补充" });
            assert_eq!(world.get(&path).by("reporter").send().await.status, sees, "{anonymity}");
            let added = world.post(&format!("{path}/supplements")).by("reporter").json(said.clone()).send().await;
            assert_eq!(added.status, if sees == 200 { 201 } else { 404 }, "{anonymity}");
            world.dispose("dispatcher", &problem, json!({
                "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "assign": true,
            })).await.expect(200);
            for path in [path.clone(), format!("{path}/events"), format!("{path}/supplements")] {
                let read = world.get(&path).by("handler").send().await.expect(200).to_string();
                for name in ["示例反映人", "王女士", &seed::member("reporter").person.to_string()] {
                    assert!(!read.contains(name), "{path} tells {name}: {read}");
                }
            }
        }
        // Who records for another stands by it, whatever the other wishes.
        let problem = recorded(&world, person("masked")).await;
        assert_eq!(problem["recorded_by"]["name"], "示例走访干部");
    }
}

//! Through the real router, on both databases. Transitions that a test only needs to have happened are written by hand.

mod replacing;
mod speaking;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::sql;
use crate::on_both;
use crate::receipts::domain::{OPERATIONS, Refusal, Validity, expiry};
use crate::receipts::store;
use crate::test_support::builders::problem_body;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

fn id_of(problem: &Value) -> Uuid {
    problem["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}

fn path_of(problem: &Value) -> String {
    format!("/problems/{}", id_of(problem))
}

async fn exchange(world: &World, code: &Value) -> Answer {
    let call = world.post("/public/receipts/token").header("X-Request-Id", "same");
    call.json(json!({ "code": code })).send().await
}

async fn replace(world: &World, who: &str, problem: &Value) -> Answer {
    world
        .post(&format!("{}/receipt", path_of(problem)))
        .by(who)
        .send()
        .await
}

/// What the access log says of exchanges, oldest first: kind, reason, problem.
async fn log(world: &World) -> Vec<(String, String, Option<Uuid>)> {
    let rows: Vec<(String, Value, Option<Uuid>)> =
        sql("SELECT kind, detail, subject_id FROM access_log WHERE kind LIKE 'login%' ORDER BY id")
            .all(&world.app.db)
            .await
            .expect("rows");
    rows.into_iter()
        .map(|(kind, detail, subject)| {
            assert_eq!(detail["grant"], "receipt");
            (kind, detail["reason"].as_str().unwrap_or_default().to_owned(), subject)
        })
        .collect()
}

async fn close(world: &World, problem: &Value) {
    world.put_into(problem, "closed").await;
    let mut tx = world.app.db.begin().await.expect("a transaction");
    store::expire(&mut tx, id_of(problem), world.app.clock.now())
        .await
        .expect("an expiry");
    tx.commit().await.expect("a commit");
}

/// Business time that is so many days on.
fn wait_days(world: &World, days: i64) {
    world
        .app
        .clock
        .set(world.app.clock.now().plus_seconds(days * 24 * 3600));
}

on_both! {
    async fn the_code_of_a_receipt_opens_its_one_problem_for_half_an_hour(world: World) {
        let (problem, other) = (world.open_problem().await, world.open_problem().await);
        let answer = exchange(&world, &problem["receipt"]["code"]).await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        let answer = answer.expect(200);
        assert_eq!((&answer["expires_in"], &answer["operations"]), (&json!(1800), &json!(OPERATIONS)));
        assert_eq!(answer["problem"], json!({ "id": problem["id"], "tracking_no": problem["tracking_no"] }));
        assert_eq!(answer["refresh_token"], Value::Null);
        let token = answer["access_token"].as_str().expect("a token");
        let number = problem["tracking_no"].as_str().expect("a number");
        for path in [path_of(&problem), format!("/problems/{number}")] {
            assert_eq!(world.get(&path).bearer(token).send().await.expect(200)["id"], problem["id"]);
        }
        // Another problem does not exist for it, though the same people recorded it.
        for path in ["", "/events", "/supplements"] {
            let path = format!("{}{path}", path_of(&other));
            world.get(&path).bearer(token).send().await.expect_error(404, "not_found");
        }
        let words = json!({ "text": "别的问题" });
        let path = format!("{}/supplements", path_of(&other));
        world.post(&path).bearer(token).json(words).send().await.expect_error(404, "not_found");
        world.app.real_clock.set(world.app.real_clock.now().plus_seconds(30 * 60 + 31));
        world.get(&path_of(&problem)).bearer(token).send().await.expect_error(401, "token_expired");
        assert_eq!(log(&world).await, [("login".to_owned(), String::new(), Some(id_of(&problem)))]);
    }

    async fn codes_that_are_not_good_are_refused_in_the_same_bytes_and_logged_without_them(world: World) {
        let problem = world.open_problem().await;
        let code = problem["receipt"]["code"].as_str().expect("a code").to_owned();
        let new = replace(&world, "officer", &problem).await.expect(200);
        let expired = world.open_problem().await;
        close(&world, &expired).await;
        wait_days(&world, 30);
        let mut altered = new["code"].as_str().expect("a code").to_owned();
        let last = if altered.ends_with('A') { "B" } else { "A" };
        altered.replace_range(altered.len() - 1.., last);
        let mut answers = Vec::new();
        for bad in [json!(code), expired["receipt"]["code"].clone(), json!(altered), json!("SFW-2019-330782-000001")] {
            let answer = exchange(&world, &bad).await;
            assert_eq!(answer.status, 400);
            answers.push(answer.bytes);
        }
        assert_eq!(crate::error::Code::InvalidGrant.as_str(), serde_json::from_slice::<Value>(&answers[0]).unwrap()["code"]);
        assert!(answers.iter().all(|bytes| *bytes == answers[0]), "{answers:?}");
        let refused = |reason: &str, of: Option<&Value>| ("login_refused".to_owned(), reason.to_owned(), of.map(id_of));
        assert_eq!(
            log(&world).await,
            [
                refused("replaced", Some(&problem)), refused("expired", Some(&expired)), refused("unknown_code", None),
                refused("unknown_code", None),
            ]
        );
        let (told,): (i64,) = sql("SELECT COUNT(*) FROM access_log WHERE CAST(detail AS text) LIKE $1")
            .bind(format!("%{}%", code.get(..8).expect("eight"))).one(&world.app.db).await.expect("a count");
        assert_eq!(told, 0);
        exchange(&world, &new["code"]).await.expect(200);
        exchange(&world, &json!("")).await.expect_error(422, "invalid");
    }

    async fn failures_slow_down_the_address_that_they_come_from(world: World) {
        let problem = world.open_problem().await;
        let from = |address: &'static str, code: Value| {
            world.post("/public/receipts/token").sent_from(address).json(json!({ "code": code })).send()
        };
        let good = || problem["receipt"]["code"].clone();
        for _ in 0..5 {
            from("203.0.113.9", json!("wrong")).await.expect_error(400, "invalid_grant");
        }
        let refused = from("203.0.113.9", good()).await;
        assert_eq!(refused.headers["retry-after"], "1");
        refused.expect_error(429, "too_many_attempts");
        // Another address need not wait, and what was refused unread is not in the log.
        from("203.0.113.10", good()).await.expect(200);
        assert_eq!(log(&world).await.len(), 6);
        world.app.real_clock.set(world.app.real_clock.now().plus_seconds(1));
        from("203.0.113.9", good()).await.expect(200);
        from("203.0.113.9", json!("wrong")).await.expect_error(400, "invalid_grant");
        from("203.0.113.9", good()).await.expect(200);
    }

    async fn the_token_of_a_receipt_may_call_what_is_listed_and_nothing_else(world: World) {
        let problem = world.open_problem().await;
        let token = world.receipt_token(&problem).await;
        let mut faults = Vec::new();
        for (method, path, operation) in world.app.operations.all() {
            if operation.rule.is_none() {
                continue;
            }
            let mut path = path.clone();
            while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
                path.replace_range(from..=to, &id_of(&problem).to_string());
            }
            let mut call = world.call(method.clone(), &path).bearer(&token);
            match &operation.body {
                Some(body) if body.is_upload() => call = call.body("multipart/form-data; boundary=b", "--b--\r\n"),
                Some(_) => call = call.json(json!({})),
                None => {}
            }
            let status = call.send().await.status;
            let listed = OPERATIONS.contains(&operation.id.as_str());
            if status >= 500 || (status == 403) == listed {
                faults.push(format!("{method} {}: {status}", operation.id));
            }
        }
        assert_eq!(faults, Vec::<String>::new());
        // What everybody may about himself is about nobody here.
        for path in ["/me", "/me/sessions", "/meta/permissions"] {
            world.get(path).bearer(&token).send().await.expect_error(403, "forbidden");
        }
        let password = json!({ "old_password": "a", "new_password": "three words of mine" });
        world.post("/me/password").bearer(&token).json(password).send().await.expect_error(403, "forbidden");
        world.post("/auth/revoke").bearer(&token).send().await.expect_error(403, "forbidden");
        world.post("/problems").bearer(&token).json(problem_body()).send().await.expect_error(403, "forbidden");
        // It knows its one problem: there is nothing to list.
        world.get("/problems").bearer(&token).send().await.expect_error(403, "forbidden");
    }

    async fn what_the_bearer_of_a_receipt_adds_is_the_reporters(world: World) {
        let problem = world.open_problem().await;
        let token = world.receipt_token(&problem).await;
        let path = format!("{}/supplements", path_of(&problem));
        let added = world.post(&path).bearer(&token).header("Idempotency-Key", "k").json(json!({ "text": "补充一句" }))
            .send().await.expect(201);
        assert_eq!(added["person"], Value::Null);
        let again = world.post(&path).bearer(&token).header("Idempotency-Key", "k").json(json!({ "text": "补充一句" }))
            .send().await;
        assert_eq!(again.headers["idempotent-replayed"], "true");
        let rows: Vec<(Option<Uuid>, Option<Uuid>)> =
            sql("SELECT reporter_id, person_id FROM supplement").all(&world.app.db).await.expect("rows");
        assert_eq!(rows, [(problem["reporter"]["id"].as_str().and_then(|id| id.parse().ok()), None)]);
        let seen = world.get(&format!("{}/events", path_of(&problem))).by("officer").send().await.expect(200);
        assert_eq!((&seen["items"][1]["actor"], &seen["items"][1]["actor_org"]), (&Value::Null, &Value::Null));
        assert_eq!(crate::events::store::verify(&world.app.db, id_of(&problem)).await.expect("a chain"), None);
    }

    async fn s59_the_bearer_of_a_receipt_reads_no_names_of_people_and_no_internal_ones(world: World) {
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE org SET public_name = '义乌市人社局' WHERE name = '义乌市人力资源和社会保障局'")
            .run(&mut tx).await.expect("renamed");
        tx.commit().await.expect("a commit");
        let visit = world.visit_in_progress().await;
        let assign = json!({
            "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "assign": true,
            "organisations": [{ "org_id": seed::org("yiwu-finance"), "agreed": "经费" }],
        });
        let coordinated = json!({
            "disposition": "resolved_on_site", "on_site_kind": "coordinated", "text": "当场协调",
            "organisations": [{ "org_id": seed::org("yiwu-hr"), "agreed": "受理" },
                { "org_id": seed::org("yiwu-finance"), "agreed": "经费" }],
        });
        let typical = json!({ "disposition": "typical", "study_org_id": seed::org("yiwu-hr"), "due_on": "2019-02-01" });
        let names: Vec<(String,)> = sql("SELECT name FROM person").all(&world.app.db).await.expect("names");
        for disposition in [assign, coordinated, typical] {
            let problem = world.problem_of(&visit).await;
            world.dispose("leader", &problem, disposition).await.expect(200);
            let patch = json!({ "summary": "概括" });
            let now = world.get(&path_of(&problem)).by("officer").send().await.expect(200);
            world.patch(&path_of(&problem)).by("officer").at(&now["version"]).json(patch).send().await.expect(200);
            let said = json!({ "text": "补充" });
            world.post(&format!("{}/supplements", path_of(&problem))).by("officer").json(said).send().await.expect(201);
            let token = world.receipt_token(&problem).await;
            let mut read = String::new();
            for path in ["", "/events", "/supplements"] {
                let answer = world.get(&format!("{}{path}", path_of(&problem))).bearer(&token).send().await.expect(200);
                read += &answer.to_string();
            }
            assert!(read.contains("义乌市人社局"), "{read}");
            for name in names.iter().map(|(name,)| name.as_str()).chain(["义乌市人力资源和社会保障局", "problem.corrected"]) {
                assert!(!read.contains(name), "{name}: {read}");
            }
        }
    }
}

#[test]
fn a_code_is_good_until_another_takes_its_place_or_its_time_is_over() {
    let now: Timestamp = "2019-01-10T02:00:00Z".parse().expect("a literal");
    let (earlier, later) = (now.plus_seconds(-1), now.plus_seconds(1));
    let check = |replaced_at, expires_at| {
        let validity = Validity {
            replaced_at,
            expires_at,
        };
        validity.check(now)
    };
    assert_eq!(check(None, None), Ok(()));
    assert_eq!(check(None, Some(later)), Ok(()));
    assert_eq!(check(None, Some(now)), Err(Refusal::Expired));
    assert_eq!(check(Some(earlier), None), Err(Refusal::Replaced));
    assert_eq!(check(Some(later), Some(later)), Err(Refusal::Replaced));
    assert_eq!(expiry(now).to_string(), "2019-02-09T02:00:00Z");
}

#[test]
fn what_a_receipt_is_good_for_exists_and_is_a_reporters() {
    let mut seen = std::collections::BTreeSet::new();
    for operation in OPERATIONS {
        assert!(seen.insert(operation), "{operation} twice");
        let rule = crate::auth::policy::rule_of(operation).unwrap_or_else(|| panic!("{operation} does not exist"));
        assert!(rule.roles.contains(&crate::auth::Role::Reporter), "{operation}");
    }
    // All that the table lets a reporter do to a problem.
    let speaks = (crate::auth::Role::Reporter, crate::lifecycle::workflow::Tie::Speaks);
    let table = crate::lifecycle::workflow::TRANSITIONS;
    for row in table {
        let operation = row.action.operation();
        let mut rows = table.iter().filter(|row| row.action.operation() == operation);
        assert_eq!(
            rows.any(|row| row.who.contains(&speaks)),
            seen.contains(&operation),
            "{operation}"
        );
    }
}

mod hiding;
mod late;
mod recompute;
mod saying;

use serde_json::{Value, json};

use super::domain::{
    Disposition, Matter, NO_DUE, Urgency, due_key, resolution_days, resolution_term, tracking_no, urgency_due_key,
};
use crate::clock_rules::domain::Terms;
use crate::on_both;
use crate::test_support::builders::{problem_body, with};
use crate::test_support::seed;

fn without(mut body: Value, name: &str) -> Value {
    body.as_object_mut().expect("an object").remove(name);
    body
}

on_both! {
    async fn a_problem_is_recorded_with_number_clock_and_receipt(world: World) {
        let answer = world.post("/problems").by("officer").json(problem_body()).send().await;
        assert!(answer.headers["location"].starts_with("/api/v1/problems/"));
        assert!(answer.headers["etag"].starts_with("\"1-"));
        let problem = answer.expect(201);
        assert_eq!(problem["tracking_no"], "SFW-2019-330782-000001");
        assert_eq!(problem["state"], "open");
        assert_eq!(problem["division"], json!({ "code": "330782", "name": "义乌市", "full_name": "浙江省金华市义乌市" }));
        assert_eq!(problem["category"], json!({ "code": "E01", "label": "引进高端人才和专业技术人才" }));
        assert_eq!(problem["clock"]["first_response_due"], "2019-01-11T09:00:00Z");
        assert_eq!(problem["reporter"]["phone_masked"], "139****0001");
        assert_eq!(problem["receipt"]["tracking_no"], problem["tracking_no"]);
        assert_eq!(problem["receipt"]["code"].as_str().map(str::len), Some(43));
        let read = world.get("/problems/SFW-2019-330782-000001").by("dispatcher").send().await.expect(200);
        assert_eq!(read["id"], problem["id"]);
        assert_eq!(read["statement"], problem["statement"]);
    }

    async fn s01_there_are_exactly_three_audiences(world: World) {
        let body = with(problem_body(), json!({ "audience": "other" }));
        let faults = world.post("/problems").by("officer").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/audience enum"]);
    }

    async fn s15_s16_s17_a_category_of_another_audience_is_refused(world: World) {
        let body = with(problem_body(), json!({ "category": "M01" }));
        let faults = world.post("/problems").by("officer").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/category other_audience"]);
    }

    async fn every_fault_is_named_at_once(world: World) {
        let body = json!({ "audience": "other", "category": "E01", "statement": "", "nonsense": 1, "urgency": 3 });
        let mut faults = world.post("/problems").by("officer").json(body).send().await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/audience enum", "/nonsense unknown_field", "/statement too_short", "/urgency type"]);
        let body = with(problem_body(), json!({ "category": "E77", "causes": ["no_such"], "division": "990000" }));
        let mut faults = world.post("/problems").by("officer").json(body).send().await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/category unknown_reference", "/causes/0 unknown_reference", "/division unknown_reference"]);
    }

    async fn s39_the_statement_is_required_and_never_changes(world: World) {
        let body = without(problem_body(), "statement");
        let faults = world.post("/problems").by("officer").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/statement required"]);
        let problem = world.open_problem().await;
        let path = format!("/problems/{}", problem["id"].as_str().unwrap());
        let patch = json!({ "statement": "别的话" });
        world.patch(&path).by("officer").at(&problem["version"]).json(patch).send().await.expect_error(409, "immutable");
        let patch = json!({ "summary": "高层次人才子女入学" });
        let patched = world.patch(&path).by("officer").at(&problem["version"]).json(patch).send().await.expect(200);
        assert_eq!(patched["summary"], "高层次人才子女入学");
        assert_eq!(patched["statement"], problem["statement"]);
        // The database itself refuses, whoever asks it.
        let mut tx = world.app.db.begin().await.unwrap();
        assert!(crate::db::sql("UPDATE problem SET statement = 'x'").run(&mut tx).await.is_err());
    }

    async fn an_identity_card_number_is_refused_wherever_it_stands(world: World) {
        let body = with(problem_body(), json!({ "statement": "我的身份证是11010519491231002X，请帮忙。" }));
        let faults = world.post("/problems").by("officer").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/statement id_number_not_accepted"]);
    }

    async fn a_write_names_the_version_it_read(world: World) {
        let problem = world.open_problem().await;
        let path = format!("/problems/{}", problem["id"].as_str().unwrap());
        let patch = || json!({ "summary": "新的概括" });
        world.patch(&path).by("officer").json(patch()).send().await.expect_error(428, "precondition_required");
        world.patch(&path).by("officer").at(&json!(9)).json(patch()).send().await.expect_error(412, "precondition_failed");
        let etag = world.get(&path).by("officer").send().await.headers["etag"].clone();
        world.patch(&path).by("officer").header("If-Match", &etag).json(patch()).send().await.expect(200);
    }

    async fn what_is_outside_the_scope_does_not_exist(world: World) {
        let problem = world.open_problem().await;
        let path = format!("/problems/{}", problem["id"].as_str().unwrap());
        let foreign = world.get(&path).by("deqing-dispatcher").send().await;
        let missing = world.get("/problems/019fb0c5-3f8e-7000-8000-000000000099").by("deqing-dispatcher").send().await;
        assert_eq!((foreign.status, missing.status), (404, 404));
        let strip = |answer: &crate::test_support::world::Answer| {
            let mut body = answer.json();
            body["request_id"] = Value::Null;
            body["instance"] = Value::Null;
            body
        };
        assert_eq!(strip(&foreign), strip(&missing));
        world.get("/problems/not-an-id").by("dispatcher").send().await.expect_error(404, "not_found");
        world.get("/problems").by("deqing-dispatcher").send().await.expect(200)["items"]
            .as_array().map(Vec::len).into_iter().for_each(|count| assert_eq!(count, 0));
        world.get(&path).by("admin").send().await.expect_error(403, "forbidden");
        world.get(&path).by("province-dispatcher").send().await.expect(200);
    }

    async fn a_recording_sent_again_is_not_made_twice(world: World) {
        let body = with(problem_body(), json!({ "client_ref": "019fb0c5-3f8e-7000-8000-00000000abcd" }));
        let first = world.post("/problems").by("officer").json(body.clone()).send().await.expect(201);
        let second = world.post("/problems").by("officer").json(body.clone()).send().await.expect(200);
        assert_eq!(first["id"], second["id"]);
        assert_eq!(second["receipt"], Value::Null);
        world.post("/problems").by("deqing-officer").json(with(body, json!({ "division": "330521" }))).send().await
            .expect_error(409, "duplicate");
    }

    async fn an_idempotency_key_replays_the_committed_answer(world: World) {
        let send = |body: Value| world.post("/problems").by("officer").header("Idempotency-Key", "\"k-1\"").json(body).send();
        let first = send(problem_body()).await;
        let second = send(problem_body()).await;
        assert_eq!((first.status, second.status), (201, 201));
        assert_eq!(first.bytes, second.bytes);
        assert_eq!(first.headers["location"], second.headers["location"]);
        assert_eq!(second.headers["idempotent-replayed"], "true");
        send(with(problem_body(), json!({ "summary": "别的" }))).await.expect_error(422, "idempotency_key_reused");
        // A refused request changed nothing and may be tried again with the same key.
        let refused = |body: Value| world.post("/problems").by("officer").header("Idempotency-Key", "k-2").json(body).send();
        refused(with(problem_body(), json!({ "category": "E77" }))).await.expect_error(422, "invalid");
        refused(problem_body()).await.expect(201);
    }

    async fn a_key_whose_request_runs_is_in_progress(world: World) {
        let send = || world.post("/problems").by("officer").header("Idempotency-Key", "k-3").json(problem_body()).send();
        let answers = futures_util::future::join_all([send(), send(), send()]).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
        let page = world.get("/problems").by("dispatcher").send().await.expect(200);
        assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    }

    async fn numbers_are_unique_under_concurrency(world: World) {
        let record = || world.post("/problems").by("officer").json(problem_body()).send();
        let answers = futures_util::future::join_all((0..12).map(|_| record())).await;
        let mut numbers: Vec<String> = answers.into_iter().map(|answer| answer.expect(201)["tracking_no"].to_string()).collect();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), 12);
    }

    async fn pages_follow_each_other_in_every_order(world: World) {
        for urgency in ["normal", "critical", "urgent", "normal", "critical"] {
            world.post("/problems").by("officer").json(with(problem_body(), json!({ "urgency": urgency }))).send().await.expect(201);
        }
        for sort in super::dto::ProblemSort::ALL {
            let whole = world.get(&format!("/problems?sort={sort}")).by("dispatcher").send().await.expect(200);
            let whole: Vec<Value> = whole["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = world.get(&format!("/problems?sort={sort}&limit=2{cursor}")).by("dispatcher").send().await;
                let page = page.expect(200);
                seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(seen, whole, "{sort}");
        }
        let first = world.get("/problems?limit=2&with_total=true").by("dispatcher").send().await;
        assert!(first.headers["link"].contains("rel=\"next\""));
        let first = first.expect(200);
        assert_eq!((first["total"].as_i64(), first["items"][0]["urgency"].as_str()), (Some(5), Some("critical")));
        let other = format!("/problems?limit=2&sort=due_at&cursor={}", first["next_cursor"].as_str().unwrap());
        assert_eq!(world.get(&other).by("dispatcher").send().await.expect_error(400, "malformed"), ["?cursor cursor"]);
    }

    async fn filters_narrow_and_unknown_ones_are_refused(world: World) {
        world.open_problem().await;
        world.post("/problems").by("officer").json(with(problem_body(), json!({ "category": "E02", "causes": [] }))).send().await.expect(201);
        for (query, count) in [
            ("category=E02", 1), ("category=E01&category=E02", 2), ("audience=masses", 0), ("undisposed=true", 2),
            ("state=open&state=assigned", 2), ("state=open", 2), ("state=closed", 0), ("cause=schooling", 1),
            ("division=330000", 2), ("division=330783", 0), ("campaign=2019", 2), ("recorded_from=2019-01-11T00:00:00Z", 0),
        ] {
            let page = world.get(&format!("/problems?with_total=true&{query}")).by("dispatcher").send().await.expect(200);
            assert_eq!(page["items"].as_array().map(Vec::len), Some(count), "{query}");
            assert_eq!(page["total"].as_u64(), Some(count as u64), "{query}");
        }
        assert_eq!(world.get("/problems?colour=red").by("dispatcher").send().await.expect_error(400, "malformed"), ["?colour unknown_parameter"]);
        assert_eq!(world.get("/problems?limit=5&limit=6").by("dispatcher").send().await.expect_error(400, "malformed"), ["?limit repeated"]);
        assert_eq!(world.get("/problems?limit=500").by("dispatcher").send().await.expect_error(422, "invalid"), ["?limit out_of_range"]);
        assert_eq!(world.get("/problems?scope=own").by("dispatcher").send().await.expect_error(422, "invalid"), ["?scope unknown_scope"]);
    }

    async fn s59_a_reporter_sees_the_public_part(world: World) {
        let body = without(problem_body(), "reporter");
        let problem = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        assert_eq!((problem["channel"].as_str(), problem["recorded_by"].as_str()), (Some("portal"), None));
        let path = format!("/problems/{}", problem["id"].as_str().unwrap());
        world.patch(&path).by("officer").at(&problem["version"]).json(json!({ "summary": "内部" })).send().await.expect_error(404, "not_found");
        world.patch(&path).by("dispatcher").at(&problem["version"]).json(json!({ "summary": "内部" })).send().await.expect(200);
        let events = world.get(&format!("{path}/events")).by("reporter").send().await.expect(200);
        let types: Vec<&str> = events["items"].as_array().unwrap().iter().filter_map(|event| event["type"].as_str()).collect();
        assert_eq!(types, ["problem.recorded"]);
        assert_eq!(events["items"][0]["actor"], Value::Null);
        let events = world.get(&format!("{path}/events")).by("dispatcher").send().await.expect(200);
        assert_eq!(events["items"].as_array().map(Vec::len), Some(2));
    }

    async fn a_masked_name_is_shown_by_a_membership_that_reaches_the_problem_only(world: World) {
        let masked = json!({ "kind": "person", "display_name": "王女士", "phone": "13800001234", "anonymity": "masked" });
        let body = with(problem_body(), json!({ "reporter": masked }));
        let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
        let path = format!("/problems/{}", problem["id"].as_str().unwrap());
        let read = world.get(&path).by("dispatcher").send().await.expect(200);
        assert_eq!(read["reporter"]["display_name"], "王女士");
        // An officer here who is a dispatcher elsewhere learns nothing.
        let mut claims = world.claims(&seed::member("officer"), false);
        let elsewhere = world.claims(&seed::member("deqing-dispatcher"), false);
        claims.memberships.extend(elsewhere.memberships);
        let token = format!("Bearer {}", world.app.tokens.sign(&claims).unwrap());
        let read = world.get(&path).header("Authorization", &token).send().await.expect(200);
        assert_eq!((&read["reporter"]["display_name"], &read["reporter"]["phone_masked"]), (&Value::Null, &Value::Null));
    }

    async fn a_delegation_offers_only_what_it_names(world: World) {
        let problem = world.open_problem().await;
        let path = format!("/problems/{}", problem["id"].as_str().unwrap());
        let offered = async |names: &[&str]| -> usize {
            let mut claims = world.claims(&seed::member("dispatcher"), false);
            claims.delegated = Some(names.iter().map(|name| (*name).to_owned()).collect());
            let token = format!("Bearer {}", world.app.tokens.sign(&claims).unwrap());
            let read = world.get(&path).header("Authorization", &token).send().await.expect(200);
            read["allowed_actions"].as_array().map_or(0, Vec::len)
        };
        assert_eq!(offered(&["get_problem"]).await, 0);
        assert_eq!(offered(&["get_problem", "dispose_problem"]).await, 1);
    }

    async fn supplements_at_once_all_count(world: World) {
        let problem = world.open_problem().await;
        let id = problem["id"].as_str().unwrap();
        let path = format!("/problems/{id}/supplements");
        let add = |number: usize| world.post(&path).by("officer").json(json!({ "text": format!("补充{number}") })).send();
        for answer in futures_util::future::join_all((0..6).map(add)).await {
            answer.expect(201);
        }
        let listed = world.get(&format!("{path}?with_total=true")).by("officer").send().await.expect(200);
        assert_eq!(listed["total"], 6);
        assert_eq!(crate::events::store::verify(&world.app.db, id.parse().unwrap()).await.unwrap(), None);
    }

    async fn a_forged_cursor_is_malformed(world: World) {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        world.open_problem().await;
        world.open_problem().await;
        for sort in super::dto::ProblemSort::ALL {
            let page = world.get(&format!("/problems?limit=1&sort={sort}")).by("dispatcher").send().await.expect(200);
            let cursor = URL_SAFE_NO_PAD.decode(page["next_cursor"].as_str().unwrap()).unwrap();
            let mut cursor: Value = serde_json::from_slice(&cursor).unwrap();
            for key in [json!(i64::MIN), json!(i64::MAX), json!("x"), json!(1.5), Value::Null] {
                cursor[1][0] = key;
                let forged = URL_SAFE_NO_PAD.encode(cursor.to_string());
                let answer = world.get(&format!("/problems?limit=1&sort={sort}&cursor={forged}")).by("dispatcher").send().await;
                assert!([200, 400].contains(&answer.status), "{sort} {cursor}: {}", answer.status);
            }
        }
    }

    async fn s60_one_number_for_life_whatever_happens(world: World) {
        let problem = world.open_problem().await;
        let number = problem["tracking_no"].as_str().unwrap().to_owned();
        let disposed = world.dispose("dispatcher", &problem, json!({
            "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "assign": true,
        })).await.expect(200);
        assert_eq!((disposed["tracking_no"].as_str(), &disposed["id"]), (Some(number.as_str()), &problem["id"]));
        for who in ["officer", "handler", "dispatcher", "province-dispatcher"] {
            let read = world.get(&format!("/problems/{number}")).by(who).send().await.expect(200);
            assert_eq!(read["id"], problem["id"], "{who}");
        }
        let mut tx = world.app.db.begin().await.unwrap();
        assert!(crate::db::sql("UPDATE problem SET tracking_no = 'SFW-2019-330782-999999'").run(&mut tx).await.is_err());
    }

    async fn supplements_are_added_beside_the_statement(world: World) {
        let problem = world.open_problem().await;
        let path = format!("/problems/{}/supplements", problem["id"].as_str().unwrap());
        let added = world.post(&path).by("officer").json(json!({ "text": "两个孩子分别上三年级和大班。" })).send().await.expect(201);
        let listed = world.get(&path).by("dispatcher").send().await.expect(200);
        assert_eq!(listed["items"], json!([added]));
        let read = world.get(&format!("/problems/{}", problem["id"].as_str().unwrap())).by("officer").send().await.expect(200);
        assert_eq!((read["counts"]["supplements"].as_i64(), &read["version"]), (Some(1), &problem["version"]));
        assert_eq!(crate::events::store::verify(&world.app.db, problem["id"].as_str().unwrap().parse().unwrap()).await.unwrap(), None);
    }

    async fn an_unchanged_representation_is_304(world: World) {
        let problem = world.open_problem().await;
        let path = format!("/problems/{}", problem["id"].as_str().unwrap());
        let first = world.get(&path).by("officer").send().await;
        let again = world.get(&path).by("officer").header("If-None-Match", &first.headers["etag"]).send().await;
        assert_eq!((again.status, again.bytes.len()), (304, 0));
        // In another language the whole tag differs.
        let other = world.get(&path).by("officer").header("Accept-Language", "en")
            .header("If-None-Match", &first.headers["etag"]).send().await;
        assert_eq!(other.status, 200);
    }
}

#[test]
fn sort_keys_put_the_most_urgent_first_and_missing_due_times_last() {
    let soon = "2019-01-10T00:00:00Z".parse().ok();
    let late = "9000-01-10T00:00:00Z".parse().ok();
    assert!(due_key(soon) < due_key(late) && due_key(late) < due_key(None));
    assert_eq!(due_key(None), NO_DUE);
    let order = [
        urgency_due_key(Urgency::Critical, soon),
        urgency_due_key(Urgency::Critical, None),
        urgency_due_key(Urgency::Urgent, soon),
        urgency_due_key(Urgency::Urgent, None),
        urgency_due_key(Urgency::Normal, soon),
        urgency_due_key(Urgency::Normal, None),
    ];
    assert!(order.is_sorted());
}

#[test]
fn a_number_has_six_digits_or_more() {
    assert_eq!(tracking_no(2019, "330782", 123), "SFW-2019-330782-000123");
    assert_eq!(tracking_no(2019, "330000", 1_234_567), "SFW-2019-330000-1234567");
}

#[test]
fn critical_matters_have_half_the_time_rounded_up() {
    let days =
        |matter, class, own, urgency| resolution_days(&Terms::default(), resolution_term(matter, class, own), urgency);
    let (follow_up, typical) = (Some(Disposition::FollowUp), Some(Disposition::Typical));
    assert_eq!(days(Matter::Complex, None, false, Urgency::Normal), 7);
    assert_eq!(days(Matter::Complex, None, true, Urgency::Critical), 4);
    assert_eq!(days(Matter::Simple, follow_up, false, Urgency::Critical), 2);
    assert_eq!(days(Matter::Simple, follow_up, true, Urgency::Critical), 1);
    assert_eq!(days(Matter::Simple, typical, false, Urgency::Urgent), 30);
    assert_eq!(days(Matter::Institutional, None, false, Urgency::Critical), 15);
}

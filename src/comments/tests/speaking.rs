//! Who comments, on what, and who learns who it was.

use super::*;

on_both! {
    async fn s81_whoever_is_identified_comments_on_what_is_published_and_nobody_else(world: World) {
        let problem = world.published_problem().await;
        let path = path_of(&problem);
        world.post(&path).json(words()).send().await.expect_error(401, "token_missing");
        for who in ["officer", "handler", "head", "dispatcher", "supervisor", "leader", "assessor", "admin"] {
            world.comment(who, &problem, words()).await.expect_error(403, "forbidden");
        }
        // An account that has nothing to do with the problem; the receipt of another problem; whom a portal knows.
        let first = world.comment("reporter", &problem, words()).await;
        assert_eq!(first.headers["location"], format!("/api/v1/comments/{}", first.json()["id"].as_str().unwrap()));
        let first = first.expect(201);
        let elsewhere = world.open_problem().await;
        let receipt = world.receipt_token(&elsewhere).await;
        let by_receipt = with(words(), json!({ "kind": "criticism", "author_name": null, "parent_id": first["id"] }));
        let second = world.post(&path).bearer(&receipt).json(by_receipt).send().await.expect(201);
        assert_eq!((&second["parent_id"], &second["author_name"], &second["reply_due_at"]), (&first["id"], &Value::Null, &Value::Null));
        let faults = world.comment("integrator", &problem, words()).await.expect_error(422, "invalid");
        assert_eq!(faults, ["/author required"]);
        let nameless = with(words(), json!({ "author": { "external_id": { "system": "portal", "value": "u-1" } } }));
        let faults = world.comment("integrator", &problem, nameless.clone()).await.expect_error(422, "invalid");
        assert_eq!(faults, ["/author/display_name required"]);
        world.comment("integrator", &problem, with(words(), json!({ "author": portal_user("u-1") }))).await.expect(201);
        world.comment("integrator", &problem, nameless).await.expect(201);
        let (reporters,): (i64,) = sql("SELECT COUNT(*) FROM reporter WHERE display_name = '李先生'").one(&world.app.db).await.unwrap();
        assert_eq!(reporters, 1, "the same name again is the same voice");
        let faults = world.comment("reporter", &problem, with(words(), json!({ "author": portal_user("u-1") }))).await.expect_error(422, "invalid");
        assert_eq!(faults, ["/author clients_only"]);
        // One level deep, within one problem.
        let other = world.published_problem().await;
        let there = world.commented(&other).await;
        for parent in [&second["id"], &there["id"], &json!(Uuid::nil())] {
            let faults = world.comment("reporter", &problem, with(words(), json!({ "parent_id": parent }))).await.expect_error(422, "invalid");
            assert_eq!(faults, ["/parent_id unknown_reference"]);
        }
        // Everybody reads them, and no name but the one that was given. The number on a receipt opens nothing to
        // others.
        let number = problem["tracking_no"].as_str().unwrap();
        world.get(&format!("/public/problems/{number}/comments")).send().await.expect_error(404, "not_found");
        world.get(&format!("/problems/{number}/comments")).by("deqing-officer").send().await.expect_error(404, "not_found");
        world.post(&format!("/problems/{number}/comments")).by("reporter").json(words()).send().await.expect_error(404, "not_found");
        let public = world.get(&format!("/public{path}")).send().await;
        assert_eq!(public.headers["cache-control"], "public, max-age=60");
        let tag = public.headers["etag"].clone();
        let text = String::from_utf8_lossy(&public.bytes).into_owned();
        assert!(!text.contains("示例反映人") && !text.contains("浙江示例纺织") && !text.contains("李先生"), "{text}");
        let items = public.expect(200)["items"].as_array().unwrap().clone();
        assert_eq!(items.len(), 4);
        assert_eq!((&items[0]["author_name"], &items[0]["kind"], &items[0]["hidden"]), (&json!("一位家长"), &json!("suggestion"), &json!(false)));
        let again = world.get(&format!("/public{path}")).header("If-None-Match", &tag).send().await;
        assert_eq!(again.status, 304);
        let one = world.get(&format!("/comments/{}", id_of(&first))).bearer(&receipt).send().await.expect(200);
        assert_eq!((&one["text"], &one["author"]), (&first["text"], &Value::Null));
        // The timeline names no author to those who handle the problem.
        let events = world.get(&format!("/problems/{}/events", id_of(&problem))).by("handler").send().await.expect(200);
        let said: Vec<&Value> = events["items"].as_array().unwrap().iter().filter(|event| event["type"] == "problem.commented").collect();
        assert_eq!(said.len(), 4);
        assert!(said.iter().all(|event| event["actor"].is_null() && event["actor_org"].is_null()));
        assert_eq!(world.event_types(id_of(&problem)).await.len(), 7);
    }

    async fn s81_what_is_not_published_is_its_reporters_alone(world: World) {
        let mut body = problem_body();
        body.as_object_mut().unwrap().remove("reporter");
        let own = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        let others = world.assigned(problem_body()).await;
        let nothing = json!({ "id": Uuid::nil() });
        let refused = |answer: Answer| {
            let mut body = answer.json();
            for name in ["request_id", "instance"] {
                body.as_object_mut().unwrap().remove(name);
            }
            (answer.status, body)
        };
        // A stranger learns nothing, not even that it exists.
        assert_eq!(refused(world.comment("reporter", &others, words()).await), refused(world.comment("reporter", &nothing, words()).await));
        world.comment("reporter", &others, words()).await.expect_error(404, "not_found");
        for path in [format!("/public{}", path_of(&others)), format!("/public{}", path_of(&own))] {
            let (there, none) = (world.get(&path).send().await, world.get(&format!("/public{}", path_of(&nothing))).send().await);
            assert_eq!(refused(there), refused(none));
        }
        world.get(&path_of(&others)).by("reporter").send().await.expect_error(404, "not_found");
        let receipt = world.receipt_token(&own).await;
        let strange = world.open_problem().await;
        let theirs = world.receipt_token(&strange).await;
        world.post(&path_of(&own)).bearer(&theirs).json(words()).send().await.expect_error(404, "not_found");
        let said = world.comment("reporter", &own, words()).await.expect(201);
        world.post(&path_of(&own)).bearer(&receipt).json(words()).send().await.expect(201);
        world.get(&format!("/comments/{}", id_of(&said))).bearer(&theirs).send().await.expect_error(404, "not_found");
        // A client whose organisation sees it, and does not know its reporter, speaks for nobody here.
        let strangers = with(words(), json!({ "author": portal_user("u-9") }));
        world.comment("integrator", &others, strangers.clone()).await.expect_error(403, "forbidden");
        let mut brought = problem_body();
        brought["reporter"]["external_id"] = json!({ "system": "portal", "value": "firm" });
        let theirs = world.post("/problems").by("integrator").json(brought).send().await.expect(201);
        world.comment("integrator", &theirs, words()).await.expect(201);
        world.comment("integrator", &theirs, strangers).await.expect_error(403, "forbidden");
        // What was merged takes no more words.
        world.put_into(&own, "merged").await;
        world.comment("reporter", &own, words()).await.expect_error(409, "merged");
    }

    async fn s84_who_wished_not_to_be_known_is_known_to_nobody_who_handles_it(world: World) {
        let mut body = problem_body();
        body["reporter"] = json!({ "kind": "person", "display_name": "赵女士", "anonymity": "masked", "person_id": seed::member("reporter").person });
        let problem = world.assigned(body).await;
        let named = world.published_problem().await;
        let plain = with(words(), json!({ "author_name": null }));
        // He is masked, so his account is too; and a named one may wish it.
        let masked = world.comment("reporter", &problem, plain.clone()).await.expect(201);
        let known = world.comment("reporter", &named, plain.clone()).await.expect(201);
        let anonymous = world.comment("reporter", &named, with(plain, json!({ "anonymous": true, "text": "请再快些。" }))).await.expect(201);
        let author = async |who: &str, comment: &Value| {
            let read = world.get(&format!("/comments/{}", id_of(comment))).by(who).send().await.expect(200);
            read["author"]["display_name"].clone()
        };
        for who in ["officer", "handler", "head"] {
            assert_eq!(author(who, &masked).await, Value::Null, "{who}");
            assert_eq!(author(who, &anonymous).await, Value::Null, "{who}");
            assert_eq!(author(who, &known).await, "示例反映人", "{who}");
        }
        for who in ["dispatcher", "supervisor"] {
            assert_eq!(author(who, &masked).await, "赵女士");
            assert_eq!(author(who, &anonymous).await, "示例反映人");
        }
        for who in ["reporter", "integrator"] {
            assert_eq!(author(who, &known).await, Value::Null, "{who} reads what everybody reads");
        }
        // Lists say no more than single reads.
        for who in ["handler", "dispatcher"] {
            let page = world.get("/comments").by(who).send().await.expect(200);
            for item in page["items"].as_array().unwrap() {
                assert_eq!(item["author"]["display_name"], author(who, item).await, "{who}");
            }
        }
    }

    async fn what_everybody_will_read_holds_no_number_of_a_person(world: World) {
        let problem = world.published_problem().await;
        for (changes, expected) in [
            (json!({ "text": "请打 138 1234 5678 找王老师" }), vec!["/text phone_number_not_accepted"]),
            (json!({ "text": "家里电话0579-85551234，身份证11010519491231002X" }), vec!["/text id_number_not_accepted", "/text phone_number_not_accepted"]),
            (json!({ "author_name": "１３８１２３４５６７８" }), vec!["/author_name phone_number_not_accepted"]),
            (json!({ "anonymous": true }), vec!["/author_name conflict"]),
            (json!({ "text": "  " }), vec!["/text format"]),
            (json!({ "kind": "praise", "stars": 5 }), vec!["/kind enum", "/stars unknown_field"]),
        ] {
            let mut faults = world.comment("reporter", &problem, with(words(), changes.clone())).await.expect_error(422, "invalid");
            faults.sort();
            assert_eq!(faults, expected, "{changes}");
        }
        let refused = world.post(&path_of(&problem)).by("reporter").header("Accept-Language", "en")
            .json(with(words(), json!({ "text": "13812345678" }))).send().await;
        assert!(!String::from_utf8_lossy(&refused.bytes).contains("13812345678"), "a refusal repeats no number");
        assert_eq!(world.public_comments(&problem).await, Vec::<Value>::new());
        // Codes and short numbers are no persons.
        let fine = "企业91330782MA28D0KL2X反映的SFW-2019-330782-000123，可拨12345，2019-01-10前答复。";
        world.comment("reporter", &problem, with(words(), json!({ "text": fine }))).await.expect(201);
    }
}

//! A passage about a third person is gone, wherever it stood, and the chain is whole.

use serde_json::{Value, json};

use super::{in_hand, move_on, past_every_rule, read, searched, where_it_says};
use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

const PASSAGE: &str = "邻居李某患病";

/// What is written in tables that would take many steps to fill, past every rule.
const WRITTEN: &[&str] = &[
    "INSERT INTO comment (id, problem_id, author_name, text, state, reply, hidden_note, at) \
     SELECT p.id, p.id, '示例居民', '邻居李某患病，办得太慢', 'visible', '邻居李某患病，已回复', '邻居李某患病，隐藏', p.recorded_at \
     FROM problem p WHERE p.id = $1",
    "INSERT INTO comment_moderation (id, comment_id, act, note, person_id, at) \
     SELECT p.id, p.id, 'unhide', '邻居李某患病，恢复', p.recorded_by, p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO problem_reply (id, problem_id, cycle_no, text, person_id, at) \
     SELECT p.id, p.id, 1, '邻居李某患病，请放心', p.recorded_by, p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO problem_note (id, problem_id, text, person_id, at) \
     SELECT p.id, p.id, '邻居李某患病，另办', p.recorded_by, p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO publication (id, problem_id, edition, kind, title, summary, names_firm, published_at) \
     SELECT p.id, p.id, 1, 'problem', '题', '邻居李某患病，公开', p.published, p.recorded_at FROM problem p WHERE p.id = $1",
];

/// Who took part in a discussion, how a file is called, what somebody noted for himself.
const LATER: &[&str] = &[
    "INSERT INTO action_plan (id, kind, title, org_id, division_id, state, discussion_participants, created_at, updated_at) \
     SELECT p.id, 'one_matter_one_discussion', '清单', p.lead_org_id, p.division_id, 'done', '[\"邻居李某患病之兄\",\"示例局长\"]', \
     p.recorded_at, p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO action_plan_problem (action_plan_id, problem_id, since) \
     SELECT p.id, p.id, p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO attachment (id, owner_kind, owner_id, problem_id, file_name, media_type, size, sha256, end_reason, created_at) \
     SELECT p.id, 'problem', p.id, p.id, '邻居李某患病.jpg', 'image/jpeg', 1, t.salt, '邻居李某患病，误传', p.recorded_at \
     FROM problem p JOIN event e ON e.problem_id = p.id JOIN event_text t ON t.event_id = e.id WHERE p.id = $1 LIMIT 1",
    "INSERT INTO watch (person_id, problem_id, note, created_at) \
     SELECT p.recorded_by, p.id, '邻居李某患病，盯住', p.recorded_at FROM problem p WHERE p.id = $1",
];

/// What oversight says of it, which no operation writes yet.
const OVERSEEN: &str = "INSERT INTO supervision_order (id, problem_id, org_id, issuer_org_id, issued_by, issued_at, text, due_on, \
     state, answer, created_at, updated_at) SELECT p.id, p.id, p.recorder_org_id, p.recorder_org_id, p.recorded_by, p.recorded_at, \
     '邻居李某患病，限期办结', '2019-01-18', 'answered', '邻居李某患病，已办结', p.recorded_at, p.recorded_at FROM problem p WHERE p.id = $1";

/// How many problems are found by the passage.
async fn found(world: &World) -> usize {
    let list = world
        .get(&format!("/problems?{}", searched(PASSAGE)))
        .by("dispatcher")
        .send()
        .await
        .expect(200);
    list["items"].as_array().expect("items").len()
}

async fn redact(world: &World, who: &str, problem: &Value, field: &str, changes: Value) -> Answer {
    let mut body = json!({ "field": field, "passage": PASSAGE, "ground": "third_person" });
    for (name, value) in changes.as_object().expect("an object") {
        body[name] = value.clone();
    }
    let path = format!("/problems/{}/redactions", id_of(problem));
    world
        .post(&path)
        .by(who)
        .at(&problem["version"])
        .json(body)
        .send()
        .await
}

on_both! {
    async fn s39_a_passage_about_a_third_person_is_blotted_out_of_a_statement(world: World) {
        let mut body = problem_body();
        body["statement"] = json!("孩子上学难，邻居李某患病，我们不敢说，邻居李某患病的事请保密。");
        let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
        assert_eq!(found(&world).await, 1);
        redact(&world, "handler", &problem, "statement", json!({})).await.expect_error(403, "forbidden");
        redact(&world, "officer", &problem, "statement", json!({})).await.expect_error(403, "forbidden");
        redact(&world, "deqing-dispatcher", &problem, "statement", json!({})).await.expect_error(404, "not_found");
        let faults = redact(&world, "dispatcher", &problem, "statement", json!({ "passage": "张某" })).await;
        assert_eq!(faults.expect_error(422, "invalid"), ["/passage passage_missing"]);
        let faults = redact(&world, "dispatcher", &problem, "summary", json!({})).await;
        assert_eq!(faults.expect_error(422, "invalid"), ["/passage passage_missing"], "it stands in another text");
        let faults = redact(&world, "dispatcher", &problem, "statement", json!({ "passage": "隐去" })).await;
        assert_eq!(faults.expect_error(422, "invalid"), ["/passage invalid"]);
        let faults = redact(&world, "dispatcher", &problem, "name", json!({ "ground": "annoying" })).await;
        assert_eq!(faults.expect_error(422, "invalid"), ["/field enum", "/ground enum"]);
        let path = format!("/problems/{}/redactions", id_of(&problem));
        let body = json!({ "field": "statement", "passage": PASSAGE, "ground": "third_person" });
        world.post(&path).by("dispatcher").json(body).send().await.expect_error(428, "precondition_required");

        let blotted = redact(&world, "dispatcher", &problem, "statement", json!({})).await.expect(200);
        assert_eq!(blotted["statement"], "孩子上学难，（已隐去），我们不敢说，（已隐去）的事请保密。");
        assert_eq!((&blotted["version"], &blotted["erased_at"]), (&json!(2), &Value::Null));
        assert_eq!(where_it_says(&world, PASSAGE).await, Vec::<String>::new());
        assert_eq!(found(&world).await, 0);
        let again = redact(&world, "dispatcher", &blotted, "statement", json!({})).await;
        assert_eq!(again.expect_error(422, "invalid"), ["/passage passage_missing"]);
        redact(&world, "dispatcher", &problem, "statement", json!({})).await.expect_error(412, "precondition_failed");

        // The event tells what is left, and why; the chain is whole.
        assert_eq!(world.event_types(id_of(&problem)).await, ["problem.recorded", "problem.redacted"]);
        let events = world.get(&format!("/problems/{}/events", id_of(&problem))).by("dispatcher").send().await.expect(200);
        let event = &events["items"][1];
        assert_eq!((&event["text"], &event["public"]), (&blotted["statement"], &json!(true)));
        assert_eq!((&event["payload"]["field"], &event["payload"]["ground"]), (&json!("statement"), &json!("third_person")));
        // It stays the one change that the database lets a statement have.
        for statement in ["UPDATE problem SET statement = '别的话'", "UPDATE problem SET statement = '别的话', redactions = redactions + 1",
            "UPDATE problem SET statement = '别的话（已隐去）'"] {
            let mut tx = world.app.db.begin().await.unwrap();
            assert!(sql(statement).run(&mut tx).await.is_err(), "{statement}");
        }
    }

    async fn it_is_blotted_out_of_what_others_said_and_of_the_timeline(world: World) {
        let (recorded, assigned) = in_hand(&world, "王女士").await;
        let path = format!("/problems/{}", id_of(&recorded));
        let words = |rest: &str| format!("{PASSAGE}，{rest}");
        let post = async |who: &str, end: &str, body: Value| {
            world.post(&format!("{path}/{end}")).by(who).json(body).send().await.expect(201)
        };
        let one = post("officer", "supplements", json!({ "text": words("甲") })).await;
        let two = post("officer", "supplements", json!({ "text": words("乙") })).await;
        let contact = json!({ "purpose": "contact", "channel": "phone", "with_reporter": true, "words": words("丙") });
        post("handler", "contacts", contact).await;
        let back = json!({ "kind": "return", "reason_code": "other_lead", "reason": words("丁"),
            "proposed_org_id": seed::org("yiwu-finance"), "alternatives": [words("戊")] });
        let asked = world.post(&format!("{path}/requests")).by("handler").at(&assigned["version"]).json(back).send().await.expect(201);
        let now = read(&world, &recorded).await;
        assert_eq!(found(&world).await, 1);
        // Another problem's supplement is not named by this one's address.
        let other = world.open_problem().await;
        let foreign = redact(&world, "dispatcher", &other, "supplement", json!({ "target_id": one["id"] })).await;
        assert_eq!(foreign.expect_error(422, "invalid"), ["/passage passage_missing"]);

        let now = redact(&world, "supervisor", &now, "supplement", json!({ "target_id": one["id"] })).await.expect(200);
        let list = world.get(&format!("{path}/supplements")).by("dispatcher").send().await.expect(200);
        assert_eq!((&list["items"][0]["text"], &list["items"][1]["text"]), (&json!("（已隐去），甲"), &two["text"]));
        let now = redact(&world, "supervisor", &now, "supplement", json!({})).await.expect(200);
        let now = redact(&world, "supervisor", &now, "contact", json!({})).await.expect(200);
        let now = redact(&world, "supervisor", &now, "request", json!({})).await.expect(200);
        // What the public, the handlers and the dispatchers wrote; in criticism never by whom it criticises.
        for statement in WRITTEN {
            past_every_rule(&world, statement, id_of(&recorded)).await;
        }
        assert_eq!(where_it_says(&world, PASSAGE).await.len(), 7);
        redact(&world, "dispatcher", &now, "comment", json!({})).await.expect_error(403, "separation_of_duties");
        redact(&world, "dispatcher", &now, "rating", json!({})).await.expect_error(403, "separation_of_duties");
        let mut now = now;
        for field in ["comment", "reply", "note", "publication"] {
            now = redact(&world, "supervisor", &now, field, json!({})).await.expect(200);
        }
        let (text, redactions): (String, i64) = sql("SELECT text, redactions FROM comment").one(&world.app.db).await.unwrap();
        assert_eq!((text.as_str(), redactions), ("（已隐去），办得太慢", 1));
        for statement in ["UPDATE comment SET text = '很满意'", "UPDATE comment SET text = '很满意', redactions = redactions + 1",
            "UPDATE comment SET text = '很满意（已隐去）'"] {
            let mut tx = world.app.db.begin().await.unwrap();
            assert!(sql(statement).run(&mut tx).await.is_err(), "{statement}");
        }
        assert_eq!(where_it_says(&world, PASSAGE).await, Vec::<String>::new());
        for statement in LATER {
            past_every_rule(&world, statement, id_of(&recorded)).await;
        }
        assert_eq!(where_it_says(&world, PASSAGE).await, ["action_plan.discussion_participants", "attachment.end_reason", "attachment.file_name", "watch.note"]);
        for field in ["plan", "attachment", "watch"] {
            now = redact(&world, "supervisor", &now, field, json!({})).await.expect(200);
        }
        let (people,): (Value,) = sql("SELECT discussion_participants FROM action_plan").one(&world.app.db).await.unwrap();
        assert_eq!(people, json!(["（已隐去）之兄", "示例局长"]));
        let (name, note): (String, String) = sql("SELECT a.file_name, w.note FROM attachment a JOIN watch w ON w.problem_id = a.problem_id")
            .one(&world.app.db).await.unwrap();
        assert_eq!((name.as_str(), note.as_str()), ("（已隐去）.jpg", "（已隐去），盯住"));
        let told: Vec<(String,)> = sql("SELECT text FROM event_text WHERE text LIKE '%盯住%'").all(&world.app.db).await.unwrap();
        assert_eq!(told, [], "what somebody noted for himself is not told to others");
        assert_eq!(where_it_says(&world, PASSAGE).await, Vec::<String>::new());
        assert_eq!(found(&world).await, 0, "a supplement is found by what is left of it");
        let request = world.get(&format!("/requests/{}", asked["id"].as_str().unwrap())).by("dispatcher").send().await.expect(200);
        assert_eq!(request["reason"], "（已隐去），丁");
        assert_eq!(now["state"], "in_dispute", "nothing moved");
        let types = world.event_types(id_of(&recorded)).await;
        assert_eq!(types.iter().filter(|kind| *kind == "problem.redacted").count(), 11);
        assert_eq!(crate::events::store::verify_all(&world.app.db).await.unwrap().broken, []);
    }

    async fn it_is_blotted_out_of_its_theme_its_output_and_of_oversight(world: World) {
        let (one, two) = (world.open_problem().await, world.open_problem().await);
        let words = |rest: &str| format!("{PASSAGE}，{rest}");
        let theme = json!({ "title": words("甲"), "description": words("乙"), "org_id": seed::org("yiwu-hr"), "problem_ids": [one["id"], two["id"]] });
        let theme = world.post("/themes").by("dispatcher").json(theme).send().await.expect(201);
        let output = json!({ "kind": "case", "title": words("丙"), "summary": words("丁"), "theme_id": theme["id"] });
        let output = world.post("/outputs").by("handler").json(output).send().await.expect(201);
        let end = world.post(&format!("/outputs/{}/end", id_of(&output))).by("handler").at(&output["version"]);
        end.json(json!({ "reason": words("戊") })).send().await.expect(200);
        let leave = json!({ "problem_ids": [one["id"]], "reason": words("己") });
        let path = format!("/themes/{}/problems/remove", id_of(&theme));
        world.post(&path).by("dispatcher").at(&theme["version"]).json(leave).send().await.expect(200);
        past_every_rule(&world, OVERSEEN, id_of(&one)).await;
        let now = redact(&world, "supervisor", &read(&world, &one).await, "theme", json!({})).await.expect(200);
        let now = redact(&world, "supervisor", &now, "output", json!({ "target_id": output["id"] })).await.expect(200);
        assert_eq!(where_it_says(&world, PASSAGE).await, ["supervision_order.answer", "supervision_order.text"]);
        redact(&world, "supervisor", &now, "oversight", json!({})).await.expect(200);
        assert_eq!(where_it_says(&world, PASSAGE).await, Vec::<String>::new());
        let told: Vec<(String,)> = sql("SELECT text FROM event_text WHERE text LIKE '%限期%'").all(&world.app.db).await.unwrap();
        assert_eq!(told, [], "what oversight says is not told to who handles");
        let theme = world.get(&format!("/themes/{}", id_of(&theme))).by("dispatcher").send().await.expect(200);
        assert_eq!((&theme["title"], &theme["description"]), (&json!("（已隐去），甲"), &json!("（已隐去），乙")));
        let output = world.get(&format!("/outputs/{}", id_of(&output))).by("handler").send().await.expect(200);
        assert_eq!((&output["title"], &output["summary"], &output["end_reason"]), (&json!("（已隐去），丙"), &json!("（已隐去），丁"), &json!("（已隐去），戊")));
        assert_eq!(crate::events::store::verify_all(&world.app.db).await.unwrap().broken, []);
    }

    async fn a_text_that_stands_in_the_timeline_alone_is_erased_there(world: World) {
        let (recorded, assigned) = in_hand(&world, "王女士").await;
        let note = json!({ "note": format!("{PASSAGE}，请抓紧") });
        let moved = move_on(&world, "dispatcher", &assigned, "urge", note).await;
        assert_eq!(where_it_says(&world, PASSAGE).await, ["event_text.text"]);
        let now = redact(&world, "supervisor", &moved, "event", json!({})).await.expect(200);
        assert_eq!(where_it_says(&world, PASSAGE).await, Vec::<String>::new());
        let events = world.get(&format!("/problems/{}/events", id_of(&recorded))).by("dispatcher").send().await.expect(200);
        let texts: Vec<&Value> = events["items"].as_array().unwrap().iter().map(|event| &event["text"]).collect();
        assert_eq!(texts.last(), Some(&&json!("（已隐去），请抓紧")));
        assert!(world.event_types(id_of(&now)).await.contains(&"problem.redacted".to_owned()));
    }

    async fn what_is_blotted_out_of_a_publication_is_found_by_it_no_more(world: World) {
        let problem = world.open_problem().await;
        let words = json!({ "title": "入学难", "summary": format!("子女入学难，{PASSAGE}。"), "reason": "同类问题较多" });
        let path = format!("/problems/{}/publish", id_of(&problem));
        world.post(&path).by("dispatcher").at(&problem["version"]).json(words).send().await.expect(200);
        let public = async |words: &str| {
            let list = world.get(&format!("/public/problems?{}", searched(words))).send().await.expect(200);
            list["items"].as_array().expect("items").len()
        };
        assert_eq!((public(PASSAGE).await, public("入学难").await), (1, 1));
        redact(&world, "supervisor", &problem, "publication", json!({})).await.expect(200);
        assert_eq!((public(PASSAGE).await, public("入学难").await), (0, 1));
    }

    async fn its_reporter_is_told_that_something_was_blotted_out_and_reads_no_text_of_it(world: World) {
        let mut body = problem_body();
        body.as_object_mut().unwrap().remove("reporter");
        body["statement"] = json!("孩子上学难，邻居李某患病。");
        let problem = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        redact(&world, "dispatcher", &problem, "statement", json!({})).await.expect(200);
        let notices = world.get("/me/notices").by("reporter").send().await.expect(200);
        assert_eq!(notices["items"][0]["kind"], "problem.redacted");
        assert_eq!(notices["items"][0]["payload"], json!({ "to": null }));
        for (who, text) in [("reporter", Value::Null), ("dispatcher", json!("孩子上学难，（已隐去）。"))] {
            let events = world.get(&format!("/problems/{}/events", id_of(&problem))).by(who).send().await.expect(200);
            let event = &events["items"][1];
            assert_eq!((&event["type"], &event["text"]), (&json!("problem.redacted"), &text), "{who}");
        }
    }
}

use serde_json::{Value, json};

use crate::auth::policy::{Role, rule_of};
use crate::db::sql;
use crate::on_both;
use crate::receipts::domain::OPERATIONS;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

/// A problem that `reporter` raised himself and that 义乌市人力资源和社会保障局 leads.
async fn raised(world: &World) -> (Value, Value) {
    let mut body = problem_body();
    body.as_object_mut().unwrap().remove("reporter");
    let recorded = world
        .post("/problems")
        .by("reporter")
        .json(body)
        .send()
        .await
        .expect(201);
    let assign = json!({ "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "assign": true });
    let problem = world.dispose("dispatcher", &recorded, assign).await.expect(200);
    (recorded, problem)
}

async fn write(world: &World, who: &str, problem: &Value, text: &str) -> Answer {
    let path = format!("/problems/{}/notes", id_of(problem));
    world.post(&path).by(who).json(json!({ "text": text })).send().await
}

/// What nobody outside reads: words of the administration among itself, and its people's names.
const INTERNAL: &[&str] = &[
    "内部一",
    "内部二",
    "内部三",
    "内部四",
    "内部五",
    "内部六",
    "示例承办人",
    "示例局长",
    "示例交办员",
    "示例财政承办人",
    "note.written",
    "hidden_note\":\"",
];

on_both! {
    async fn s59_a_note_is_for_those_who_deal_with_the_problem_alone(world: World) {
        let (recorded, problem) = raised(&world).await;
        let path = format!("/problems/{}/notes", id_of(&problem));
        let before = world.get(&format!("/problems/{}", id_of(&problem))).by("reporter").send().await;
        for who in ["handler", "head", "dispatcher", "supervisor", "leader"] {
            write(&world, who, &problem, "教育局口头同意协调学位。").await.expect(201);
        }
        let listed = world.get(&format!("{path}?with_total=true")).by("handler").send().await.expect(200);
        assert_eq!((&listed["total"], &listed["items"][0]["person"]["name"]), (&json!(5), &json!("示例承办人")));
        let page = world.get(&format!("{path}?limit=4")).by("assessor").send().await.expect(200);
        let rest = world.get(&format!("{path}?limit=4&cursor={}", page["next_cursor"].as_str().unwrap())).by("assessor").send().await.expect(200);
        assert_eq!(rest["items"].as_array().map(Vec::len), Some(1));
        // Not by who speaks for the reporter in whatever way, nor by a client, nor by strangers.
        let receipt = world.receipt_token(&recorded).await;
        world.get(&path).bearer(&receipt).send().await.expect_error(403, "forbidden");
        for who in ["reporter", "integrator", "admin"] {
            world.get(&path).by(who).send().await.expect_error(403, "forbidden");
            write(&world, who, &problem, "备注").await.expect_error(403, "forbidden");
        }
        for who in ["deqing-officer", "finance-handler"] {
            world.get(&path).by(who).send().await.expect_error(404, "not_found");
            write(&world, who, &problem, "备注").await.expect_error(404, "not_found");
        }
        // An officer by profession, here the reporter: his office makes him no insider of his own problem.
        let as_officer = world.as_other("reporter", Role::Officer, "yiwu-hr");
        world.get(&path).header("Authorization", &as_officer).send().await.expect_error(403, "forbidden");
        // Nothing else tells of it: not the version, not the counts, not the timeline, not a number that is missing.
        let after = world.get(&format!("/problems/{}", id_of(&problem))).by("reporter").send().await;
        assert_eq!(before.headers["etag"], after.headers["etag"]);
        let events = world.get(&format!("/problems/{}/events", id_of(&problem))).by("integrator").send().await.expect(200);
        let seqs: Vec<i64> = events["items"].as_array().unwrap().iter().map(|event| event["seq"].as_i64().unwrap()).collect();
        assert_eq!(seqs, [1, 2]);
        let (notices,): (i64,) = sql("SELECT COUNT(*) FROM notice WHERE kind LIKE '%note%'").one(&world.app.db).await.unwrap();
        assert_eq!(notices, 0);
        let faults = write(&world, "handler", &problem, " ").await.expect_error(422, "invalid");
        assert_eq!(faults, ["/text format"]);
        world.put_into(&problem, "closed").await;
        write(&world, "supervisor", &problem, "结案后核查。").await.expect(201);
        world.put_into(&problem, "merged").await;
        write(&world, "handler", &problem, "备注").await.expect_error(409, "merged");
        let broken = crate::events::store::verify_all(&world.app.db).await;
        assert!(broken.is_ok(), "{broken:?}");
    }

    async fn s34_neither_notes_nor_replies_nor_comments_are_progress(world: World) {
        let (_, problem) = raised(&world).await;
        world.made_public(&problem).await;
        world.app.clock.set("2019-01-30T02:00:00Z".parse().unwrap());
        let stalled = async || {
            let page = world.get("/problems?stalled=true").by("dispatcher").send().await.expect(200);
            page["items"].as_array().map(Vec::len)
        };
        assert_eq!(stalled().await, Some(1));
        write(&world, "handler", &problem, "正在协调。").await.expect(201);
        let own = format!("/problems/{}", id_of(&problem));
        world.post(&format!("{own}/replies")).by("handler").json(json!({ "text": "正在协调。" })).send().await.expect(201);
        let comment = json!({ "kind": "criticism", "text": "太慢了。" });
        let comment = world.post(&format!("{own}/comments")).by("reporter").json(comment).send().await.expect(201);
        let reply = world.post(&format!("/comments/{}/reply", id_of(&comment))).by("handler").at(&comment["version"]);
        reply.json(json!({ "text": "正在协调。" })).send().await.expect(200);
        assert_eq!(stalled().await, Some(1), "words alone move nothing");
        world.act("handler", &problem, "accept", json!({})).await.expect(200);
        assert_eq!(stalled().await, Some(0), "a transition does");
    }

    async fn s59_whatever_a_reporter_may_read_shows_nothing_internal(world: World) {
        let (recorded, problem) = raised(&world).await;
        world.made_public(&problem).await;
        let own = format!("/problems/{}", id_of(&problem));
        write(&world, "handler", &problem, "内部一").await.expect(201);
        let contact = json!({ "purpose": "contact", "channel": "phone", "with_reporter": true, "public": false, "words": "内部二" });
        world.post(&format!("{own}/contacts")).by("handler").json(contact).send().await.expect(201);
        let back = json!({
            "kind": "return", "reason_code": "not_competent", "reason": "内部三", "proposed_org_id": seed::org("yiwu-finance"),
            "alternatives": ["内部三"],
        });
        let asked = world.post(&format!("{own}/requests")).by("handler").at(&problem["version"]).json(back).send().await;
        let asked = asked.expect(201);
        let ruling = json!({ "decision": "refused", "ruling": "内部三" });
        let decided = world.post(&format!("/requests/{}/decide", id_of(&asked))).by("supervisor").at(&asked["version"]).json(ruling).send().await;
        assert_eq!(decided.status, 200, "{}", String::from_utf8_lossy(&decided.bytes));
        world.post(&format!("{own}/urge")).by("dispatcher").json(json!({ "note": "内部四" })).send().await.expect(200);
        let now = world.get(&own).by("dispatcher").send().await.expect(200);
        let question = json!({ "org_id": seed::org("yiwu-finance"), "question": "内部五", "due_on": "2019-01-16" });
        world.post(&format!("{own}/referrals")).by("dispatcher").at(&now["version"]).json(question).send().await.expect(201);
        let comment = json!({ "kind": "criticism", "text": "答复太慢", "anonymous": true });
        let comment = world.post(&format!("{own}/comments")).by("reporter").json(comment).send().await.expect(201);
        let hide = json!({ "reason": "personal_privacy", "note": "内部六" });
        let hidden = world.post(&format!("/comments/{}/hide", id_of(&comment))).by("province-dispatcher").at(&comment["version"]);
        hidden.json(hide).send().await.expect(200);
        world.post(&format!("{own}/replies")).by("handler").json(json!({ "text": "正在协调。" })).send().await.expect(201);
        // Every GET that he may call, by account and by receipt, with the ids that he could guess from elsewhere.
        let receipt = world.receipt_token(&recorded).await;
        let ids = [id_of(&problem), id_of(&asked), id_of(&comment)];
        let mut read = 0;
        for (method, path, operation) in world.app.operations.all() {
            let reads = method == actix_web::http::Method::GET && path.starts_with("/api/v1/");
            let known = rule_of(&operation.id).is_none_or(|rule| rule.roles.contains(&Role::Reporter));
            if !reads || !known || path.matches('{').count() > 1 {
                continue;
            }
            for id in ids {
                let path = path.split_once('{').map_or(path.clone(), |(before, rest)| {
                    format!("{before}{id}{}", rest.split_once('}').map_or("", |(_, after)| after))
                });
                let by_account = world.call(method.clone(), &path).by("reporter").send().await;
                let mut answers = vec![by_account];
                if OPERATIONS.contains(&operation.id.as_str()) {
                    answers.push(world.call(method.clone(), &path).bearer(&receipt).send().await);
                }
                for answer in answers {
                    let text = String::from_utf8_lossy(&answer.bytes).into_owned();
                    let found: Vec<&&str> = INTERNAL.iter().filter(|word| text.contains(**word)).collect();
                    assert!(found.is_empty(), "{path}: {found:?} in {text}");
                    read += usize::from(answer.status == 200);
                }
            }
        }
        assert!(read > 20, "only {read} were read");
        let returned = world.get(&format!("/requests/{}", id_of(&asked))).by("reporter").send().await;
        assert_eq!(returned.status, 404, "a return is internal");
    }
}

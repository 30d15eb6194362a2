//! Of whom more is kept, what is erased tells no longer; and nothing that was kept beside it gives its words back.

use serde_json::{Value, json};

use super::around::erase;
use super::left::{files, upload};
use super::{in_hand, move_on, read};
use crate::attachments::sweep;
use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

const WORDS: &str = "密语戊己";

/// A problem that a portal brings of somebody whom it knows.
async fn brought(world: &World) -> Value {
    let mut body = problem_body();
    body["reporter"] = json!({
        "kind": "person", "display_name": "王秀英", "phone": "13800009999", "anonymity": "named",
        "external_id": { "system": "portal", "value": "甲" },
    });
    let call = world.post("/problems").by("integrator").json(body);
    call.send().await.expect(201)
}

/// What the reporter's account records under a key, and its answer.
async fn under_key(world: &World, key: &str) -> Answer {
    let mut body = problem_body();
    body.as_object_mut().expect("an object").remove("reporter");
    body["statement"] = json!(format!("{WORDS}孩子入学难，请帮助协调。"));
    let call = world.post("/problems").by("reporter").header("Idempotency-Key", key);
    call.json(body).send().await
}

on_both! {
    async fn what_is_erased_says_no_longer_whose_it_was_though_more_of_him_is_kept(world: World) {
        let (one, other) = (brought(&world).await, brought(&world).await);
        assert_eq!(one["reporter"]["id"], other["reporter"]["id"]);
        let rating = "INSERT INTO rating (id, problem_id, cycle_no, reporter_id, result, speed, attitude, via, rated_at, created_at) \
             SELECT p.id, p.id, 1, x.reporter_id, 5, 5, 5, 'portal', p.recorded_at, p.recorded_at FROM problem p \
             JOIN problem_reporter x ON x.problem_id = p.id WHERE p.id = $1";
        super::past_every_rule(&world, rating, id_of(&one)).await;
        let found = async || {
            let search = json!({ "phone": "13800009999" });
            let found = world.post("/reporters/search").by("dispatcher").json(search).send().await.expect(200);
            let problems = found["items"].as_array().unwrap().iter().flat_map(|item| item["problems"].as_array().unwrap().clone());
            let mut ids: Vec<Value> = problems.map(|problem| problem["id"].clone()).collect();
            ids.sort_by_key(ToString::to_string);
            ids
        };
        assert_eq!(found().await.len(), 2);
        erase(&world, &one).await;
        assert_eq!(found().await, [other["id"].clone()]);
        for path in [format!("/problems/{}", id_of(&one)), format!("/problems/{}", one["tracking_no"].as_str().unwrap())] {
            let seen = world.get(&path).by("dispatcher").send().await.expect(200);
            assert_eq!((&seen["reporter"]["display_name"], &seen["reporter"]["phone_masked"]), (&Value::Null, &Value::Null));
            assert_ne!(seen["reporter"]["id"], other["reporter"]["id"]);
        }
        let ratings = world.get(&format!("/problems/{}/ratings", id_of(&one))).by("dispatcher").send().await.expect(200);
        assert_eq!(ratings["items"].as_array().unwrap().len(), 1, "that it was rated stays");
        let text = ratings.to_string();
        assert!(!text.contains("王秀英") && !text.contains(other["reporter"]["id"].as_str().unwrap()), "{text}");
        let reveal = |id: &Value| format!("/reporters/{}/reveal-phone", id.as_str().unwrap());
        let erased = read(&world, &one).await["reporter"]["id"].clone();
        let shown = world.post(&reveal(&erased)).by("dispatcher").send().await;
        assert!(!String::from_utf8_lossy(&shown.bytes).contains("13800009999"));
        // In no table of the problem's does his row stand; the other problem is told of whom it is.
        for statement in [
            "SELECT COUNT(*) FROM problem_reporter x WHERE x.reporter_id = $1 AND x.problem_id = $2",
            "SELECT COUNT(*) FROM rating x WHERE x.reporter_id = $1 AND x.problem_id = $2",
            "SELECT COUNT(*) FROM rating_invitation x WHERE x.reporter_id = $1 AND x.problem_id = $2",
            "SELECT COUNT(*) FROM case_link x WHERE x.reporter_id = $1 AND x.problem_id = $2",
            "SELECT COUNT(*) FROM supplement x WHERE x.reporter_id = $1 AND x.problem_id = $2",
            "SELECT COUNT(*) FROM request x WHERE x.reporter_id = $1 AND x.problem_id = $2",
            "SELECT COUNT(*) FROM survey_answer x WHERE x.reporter_id = $1 AND x.problem_id = $2",
        ] {
            let his: uuid::Uuid = other["reporter"]["id"].as_str().unwrap().parse().unwrap();
            let (rows,): (i64,) = sql(statement).bind(his).bind(id_of(&one)).one(&world.app.db).await.unwrap();
            assert_eq!(rows, 0, "{statement}");
        }
        assert_eq!(read(&world, &other).await["reporter"]["display_name"], "王秀英");
        world.post(&reveal(&other["reporter"]["id"])).by("dispatcher").send().await.expect(200);
        // The last one takes him along.
        erase(&world, &other).await;
        let (kept,): (i64,) = sql("SELECT COUNT(*) FROM reporter WHERE display_name = '王秀英' OR phone_index IS NOT NULL AND erased_at IS NOT NULL")
            .one(&world.app.db).await.unwrap();
        assert_eq!(kept, 0);
    }

    async fn his_account_sees_no_longer_what_is_erased_though_he_commented_elsewhere(world: World) {
        let mine = async || {
            let list = world.get("/problems?scope=own").by("reporter").send().await;
            let list = list.expect(200);
            list["items"].as_array().unwrap().len()
        };
        let problem = under_key(&world, "k-0").await.expect(201);
        let elsewhere = world.assigned(problem_body()).await;
        world.made_public(&elsewhere).await;
        let words = json!({ "kind": "comment", "text": "建议公布名额。" });
        world.post(&format!("/problems/{}/comments", id_of(&elsewhere))).by("reporter").json(words).send().await.expect(201);
        assert_eq!(mine().await, 1);
        erase(&world, &problem).await;
        assert_eq!(mine().await, 0);
        world.get(&format!("/problems/{}", id_of(&problem))).by("reporter").send().await.expect_error(404, "not_found");
        assert_eq!(read(&world, &problem).await["recorded_by"], Value::Null);
        let (kept,): (i64,) = sql("SELECT COUNT(*) FROM reporter WHERE person_id = $1 AND erased_at IS NULL")
            .bind(seed::member("reporter").person).one(&world.app.db).await.unwrap();
        assert_eq!(kept, 1, "his comment is his still");
    }

    async fn a_kept_answer_gives_no_erased_word_back(world: World) {
        let (one, other) = (under_key(&world, "k-1").await.expect(201), under_key(&world, "k-2").await.expect(201));
        under_key(&world, "k-1").await.expect(201);
        let path = format!("/problems/{}", one["tracking_no"].as_str().unwrap());
        let add = async || {
            let call = world.post(&format!("{path}/supplements")).by("reporter").header("Idempotency-Key", "k-3");
            call.json(json!({ "text": format!("{WORDS}补充") })).send().await
        };
        add().await.expect(201);
        let one = move_on(&world, "reporter", &read(&world, &one).await, "withdraw", json!({ "reason": "不再需要" })).await;
        let erase = json!({ "reason": "反映人书面申请" });
        world.post(&format!("/problems/{}/erase", id_of(&one))).by("supervisor").at(&one["version"]).json(erase).send().await.expect(200);
        for answer in [under_key(&world, "k-1").await, add().await] {
            assert!(!String::from_utf8_lossy(&answer.bytes).contains(WORDS));
            answer.expect_error(409, "answer_gone");
        }
        let (problems,): (i64,) = sql("SELECT COUNT(*) FROM problem").one(&world.app.db).await.unwrap();
        assert_eq!(problems, 2, "and nothing is done twice");
        // What is blotted out is given back by no answer either.
        under_key(&world, "k-2").await.expect(201);
        let redaction = json!({ "field": "statement", "passage": WORDS, "ground": "third_person" });
        world.post(&format!("/problems/{}/redactions", id_of(&other))).by("supervisor").at(&other["version"]).json(redaction).send().await.expect(200);
        under_key(&world, "k-2").await.expect_error(409, "answer_gone");
    }

    async fn a_visits_kept_answer_gives_nothing_back_either(world: World) {
        let mut body = crate::test_support::builders::visit_body();
        body["heard"] = json!(format!("{WORDS}，甲"));
        let plan = async || {
            let call = world.post("/visits").by("officer").header("Idempotency-Key", "k-1");
            call.json(body.clone()).send().await
        };
        let visit = plan().await.expect(201);
        let redaction = json!({ "field": "heard", "passage": WORDS, "ground": "third_person" });
        world.post(&format!("/visits/{}/redactions", id_of(&visit))).by("supervisor").at(&visit["version"]).json(redaction).send().await.expect(200);
        plan().await.expect_error(409, "answer_gone");
    }

    async fn files_go_with_the_erasure(world: World) {
        let (problem, _) = in_hand(&world, "王女士").await;
        upload(&world, &problem).await;
        assert_eq!(files(&world), 1);
        let (token, now) = (world.receipt_token(&problem).await, read(&world, &problem).await);
        let withdraw = world.post(&format!("/problems/{}/withdraw", id_of(&problem))).bearer(&token).at(&now["version"]);
        let problem = withdraw.json(json!({ "reason": "不再需要" })).send().await.expect(200);
        let erase = json!({ "reason": "反映人书面申请" });
        world.post(&format!("/problems/{}/erase", id_of(&problem))).by("supervisor").at(&problem["version"]).json(erase).send().await.expect(200);
        assert_eq!(files(&world), 0);
        assert_eq!(sweep::contents(&world.app, world.app.real_clock.now()).await.unwrap(), 0, "nothing is left to the sweep");
    }
}

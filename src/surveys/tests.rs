//! Surveys, through the router.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::on_both;
use crate::test_support::builders::{problem_body, visit_body};
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

const ENTERPRISE: &str = "019fb0c5-3f8e-7000-8000-000000003001";
const MASSES: &str = "019fb0c5-3f8e-7000-8000-000000003002";

fn answers(invest: i64, renovate: i64) -> Value {
    json!({
        "invest_confidence": invest, "tech_reno_confidence": renovate, "burden_relief": 3, "policy_delivery": 4,
        "service_quality": 5,
    })
}

fn of_object(visit: &Value, object: &Value, moment: &str, answers: Value) -> Value {
    json!({
        "template_id": ENTERPRISE, "moment": moment, "visit_id": visit["id"], "object_id": object["id"], "answers": answers,
    })
}

impl World {
    async fn answer(&self, who: &str, body: Value) -> Answer {
        self.post("/surveys/answers").by(who).json(body).send().await
    }

    /// A visit to these objects that has begun.
    async fn visit_to(&self, objects: &[Value]) -> Value {
        let mut body = visit_body();
        body["object_ids"] = objects.iter().map(|object| object["id"].clone()).collect();
        let visit = self.post("/visits").by("officer").json(body).send().await.expect(201);
        let path = format!("/visits/{}/start", id_of(&visit));
        self.post(&path)
            .by("officer")
            .at(&visit["version"])
            .send()
            .await
            .expect(200)
    }

    async fn item(&self, query: &str, item: &str) -> Value {
        let figures = self
            .get(&format!("/metrics/confidence{query}"))
            .by("dispatcher")
            .send()
            .await
            .expect(200);
        let items = figures["items"].as_array().expect("items").clone();
        items.into_iter().find(|one| one["item"] == item).expect("the item")
    }
}

on_both! {
    async fn s21_each_audience_has_questions_of_its_own(world: World) {
        let ask = async |query: &str| world.get(&format!("/surveys/templates{query}")).by("reporter").send().await.expect(200);
        let mut seen: Vec<Vec<String>> = Vec::new();
        for audience in ["enterprise", "masses", "grassroots"] {
            let page = ask(&format!("?audience={audience}&with_total=true")).await;
            assert_eq!((&page["total"], &page["items"][0]["audience"], &page["items"][0]["number"]), (&json!(1), &json!(audience), &json!(1)));
            let items = page["items"][0]["items"].as_array().expect("items").clone();
            assert!(items.iter().all(|item| item["question"] == item["zh"] && item["highest"] == 5));
            seen.push(items.iter().map(|item| item["code"].as_str().expect("a code").to_owned()).collect());
        }
        assert!(seen[0] != seen[1] && seen[1] != seen[2] && seen[0] != seen[2]);
        assert!(["gain", "happiness", "security"].iter().all(|code| seen[1].iter().any(|one| one == code)));
        let english = world.get(&format!("/surveys/templates/{MASSES}")).by("officer").header("Accept-Language", "en").send().await.expect(200);
        assert_eq!(english["items"][0]["question"], "How much do you feel that you gain?");
        assert_eq!(ask("").await["items"].as_array().map(Vec::len), Some(3));
        // An administrator gives new questions: a new number, from its day on; the old ones stay.
        let new = json!({
            "audience": "masses", "title": "群众获得感问卷", "title_en": "What the people gain", "valid_from": "2019-01-14",
            "items": [{ "code": "gain", "zh": "您的获得感如何", "en": "What do you gain?" }, { "code": "roads", "zh": "道路", "en": "Roads" }],
        });
        let give = async |who: &str, body: Value| world.post("/surveys/templates").by(who).json(body).send().await;
        give("officer", new.clone()).await.expect_error(403, "forbidden");
        give("admin", new.clone()).await.expect_error(403, "forbidden");
        let given = give("province-admin", new.clone()).await.expect(201);
        assert_eq!((&given["number"], &given["valid_to"]), (&json!(2), &Value::Null));
        assert_eq!(ask("?audience=masses").await["items"][0]["number"], 1);
        world.app.clock.set("2019-01-14T02:00:00Z".parse().expect("a literal"));
        let ask = async |query: &str| world.get(&format!("/surveys/templates{query}")).by("officer").send().await.expect(200);
        assert_eq!(ask("?audience=masses").await["items"][0]["number"], 2);
        assert_eq!(ask("?audience=masses&include_ended=true").await["items"].as_array().map(Vec::len), Some(2));
        let mut bad = new;
        bad["audience"] = json!("enterprise");
        bad["valid_from"] = json!("2019-01-13");
        bad["items"][1]["code"] = json!("gain");
        let mut faults = give("province-admin", bad).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/items required", "/items/1/code repeated", "/valid_from not_within"]);
    }

    async fn s79_confidence_is_compared_by_pairs_before_and_after(world: World) {
        let mut firms = Vec::new();
        for name in ["示例甲", "示例乙", "示例丙", "示例丁", "示例戊"] {
            firms.push(world.enterprise(name).await);
        }
        let visit = world.visit_to(&firms).await;
        for (firm, before) in firms.iter().zip([2, 3, 3, 4, 5]) {
            let kept = world.answer("officer", of_object(&visit, firm, "before", answers(before, 3))).await.expect(201);
            assert_eq!((&kept["via"], &kept["before_id"], &kept["object_id"]), (&json!("visit"), &Value::Null, &firm["id"]));
        }
        world.answer("officer", of_object(&visit, &firms[0], "before", answers(5, 5))).await.expect_error(409, "duplicate");
        // Before is not after: without pairs nothing is compared.
        let item = world.item("", "invest_confidence").await;
        assert_eq!((&item["pairs"], &item["delta"], &item["suppressed"]), (&json!(0), &Value::Null, &json!(false)));
        assert_eq!(item["before"], json!({ "numerator": 17, "denominator": 5, "value": 3.4 }));
        for (firm, after) in firms.iter().zip([4, 4, 3, 5]) {
            let kept = world.answer("leader", of_object(&visit, firm, "after", answers(after, 2))).await.expect(201);
            assert!(kept["before_id"].is_string());
        }
        // Four pairs would tell who answered what.
        let item = world.item("", "invest_confidence").await;
        assert_eq!((&item["pairs"], &item["delta"], &item["risen"], &item["suppressed"]), (&json!(4), &Value::Null, &Value::Null, &json!(true)));
        assert_eq!(item["after"], json!({ "numerator": 0, "denominator": 4, "value": null }));
        world.answer("leader", of_object(&visit, &firms[4], "after", answers(4, 2))).await.expect(201);
        let item = world.item("", "invest_confidence").await;
        // 17 before, 20 after, of five.
        assert_eq!((&item["pairs"], &item["delta"], &item["risen"], &item["fallen"]), (&json!(5), &json!(0.6), &json!(3), &json!(1)));
        assert_eq!(world.item("", "tech_reno_confidence").await["delta"], json!(-1.0));
        assert_eq!(world.rollups().await, { world.rebuild_rollups().await; world.rollups().await });
        assert_eq!(world.item("?audience=enterprise&as_of=2019-01-09", "invest_confidence").await["pairs"], 0);
        assert_eq!(world.item("?from=2019-01-11", "invest_confidence").await["pairs"], 0);
        assert_eq!(world.item("", "gain").await["before"]["denominator"], 0);
        let elsewhere = world.get("/metrics/confidence").by("deqing-dispatcher").send().await.expect(200);
        assert!(elsewhere["items"].as_array().expect("items").iter().all(|item| item["pairs"] == 0));
        let list = async |who: &str, query: &str| world.get(&format!("/surveys/answers{query}")).by(who).send().await.expect(200);
        let page = list("dispatcher", &format!("?object={}&with_total=true", id_of(&firms[0]))).await;
        assert_eq!((&page["total"], &page["items"][1]["before_id"]), (&json!(2), &page["items"][0]["id"]));
        assert_eq!(list("deqing-dispatcher", "").await["items"], json!([]));
        let one = format!("/surveys/answers/{}", id_of(&page["items"][0]));
        assert_eq!(world.get(&one).by("officer").send().await.expect(200)["answers"]["invest_confidence"], 2);
        world.get(&one).by("deqing-dispatcher").send().await.expect_error(404, "not_found");
        assert_eq!(crate::events::store::verify(&world.app.db, id_of(&visit)).await.expect("a chain"), None);
    }

    async fn s79_a_reporter_answers_for_his_problem_and_every_fault_is_named_at_once(world: World) {
        let problem = world.open_problem().await;
        let token = world.receipt_token(&problem).await;
        let give = async |body: Value| world.post("/surveys/answers").bearer(&token).json(body).send().await;
        let own = |moment: &str, answers: Value| json!({ "template_id": ENTERPRISE, "moment": moment, "problem_id": problem["id"], "answers": answers });
        let faulty = json!({ "invest_confidence": 6, "tech_reno_confidence": 0, "burden_relief": 3, "no/such": 4 });
        let mut faults = give(own("before", faulty)).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(
            faults,
            ["/answers/invest_confidence out_of_range", "/answers/no~1such unknown_field", "/answers/policy_delivery required",
             "/answers/service_quality required", "/answers/tech_reno_confidence out_of_range"]
        );
        let mut other = own("before", json!({ "gain": 5 }));
        other["template_id"] = json!(MASSES);
        other["object_id"] = json!(Uuid::nil());
        let faults = give(other).await.expect_error(422, "invalid");
        assert!(faults.contains(&"/template_id other_audience".to_owned()) && faults.contains(&"/object_id conflict".to_owned()), "{faults:?}");
        let mut unknown = own("before", answers(3, 3));
        unknown["template_id"] = json!(Uuid::nil());
        assert_eq!(give(unknown).await.expect_error(422, "invalid"), ["/template_id unknown_reference"]);
        for moment in ["before", "once", "after"] {
            world.put_into(&problem, "merged").await;
            give(own(moment, answers(2, 2))).await.expect_error(409, "merged");
            world.put_into(&problem, "open").await;
        }
        let before = give(own("before", answers(2, 2))).await.expect(201);
        assert_eq!((&before["via"], &before["problem_id"]), (&json!("link"), &problem["id"]));
        give(own("before", answers(5, 5))).await.expect_error(409, "duplicate");
        // After, when it is said to be done.
        assert_eq!(give(own("after", answers(4, 4))).await.expect(409)["state"], "open");
        world.put_into(&problem, "pending_confirmation").await;
        assert_eq!(give(own("after", answers(4, 4))).await.expect(201)["before_id"], before["id"]);
        // A receipt speaks for its own problem only, and nobody else for the reporter.
        let foreign = world.open_problem().await;
        let mut theirs = own("once", answers(3, 3));
        theirs["problem_id"] = foreign["id"].clone();
        assert_eq!(give(theirs.clone()).await.expect_error(422, "invalid"), ["/problem_id unknown_reference"]);
        world.answer("officer", theirs).await.expect_error(403, "forbidden");
        assert_eq!(world.answer("reporter", json!({ "template_id": ENTERPRISE, "moment": "once", "answers": {} })).await.expect_error(422, "invalid"), ["/problem_id required"]);
        world.answer("handler", own("once", answers(3, 3))).await.expect_error(403, "forbidden");
        let types = world.event_types(id_of(&problem)).await;
        assert_eq!(types, ["problem.recorded", "survey.answered", "survey.answered"]);
    }

    async fn an_officer_writes_down_what_was_answered_where_he_was_and_never_about_his_own_work(world: World) {
        let firm = world.enterprise("示例企业").await;
        let visit = world.visit_to(std::slice::from_ref(&firm)).await;
        let stranger = world.enterprise("未走访企业").await;
        let mut faults = world.answer("officer", of_object(&visit, &stranger, "before", json!({}))).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!((faults[0].as_str(), faults.len()), ("/answers/burden_relief required", 6));
        assert!(faults.contains(&"/object_id unknown_reference".to_owned()));
        let mut nothing = of_object(&visit, &firm, "before", answers(3, 3));
        nothing["object_id"] = Value::Null;
        assert_eq!(world.answer("officer", nothing).await.expect_error(422, "invalid"), ["/object_id needs_one_of"]);
        world.answer("province-leader", of_object(&visit, &firm, "before", answers(3, 3))).await.expect_error(403, "forbidden");
        assert_eq!(world.answer("officer2", of_object(&visit, &firm, "before", answers(3, 3))).await.expect_error(422, "invalid"), ["/visit_id unknown_reference"]);
        let mut recorded = problem_body();
        recorded["visit_id"] = visit["id"].clone();
        let problem = world.post("/problems").by("officer").json(recorded).send().await.expect(201);
        let about = json!({ "template_id": ENTERPRISE, "moment": "once", "visit_id": visit["id"], "problem_id": problem["id"], "answers": answers(3, 3) });
        let mut tx = world.app.db.begin().await.expect("a transaction");
        crate::db::sql("INSERT INTO problem_actor (id, problem_id, person_id, act, at) VALUES ($1, $2, $3, 'answer', $4)")
            .bind(world.app.ids.next()).bind(id_of(&problem)).bind(seed::member("officer").person)
            .bind(world.app.clock.now()).run(&mut tx).await.expect("an act");
        tx.commit().await.expect("a commit");
        world.answer("officer", about.clone()).await.expect_error(403, "separation_of_duties");
        world.answer("leader", about.clone()).await.expect(201);
        world.answer("leader", about).await.expect_error(409, "duplicate");
        let (once,): (i64,) = crate::db::sql("SELECT CAST(SUM(amount) AS bigint) FROM survey_rollup WHERE measure = 'once'")
            .one(&world.app.db).await.expect("a sum");
        assert_eq!(once, 5);
        assert_eq!(world.rollups().await, { world.rebuild_rollups().await; world.rollups().await });
    }
}

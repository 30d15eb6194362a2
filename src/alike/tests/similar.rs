//! Looking for what is recorded already.

use serde_json::{Value, json};

use crate::db::sql;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::{id_of, problem_of};

async fn ask(world: &World, who: &str, body: Value) -> Vec<(Value, f64, Value)> {
    let answer = world
        .post("/problems/similar")
        .by(who)
        .json(body)
        .send()
        .await
        .expect(200);
    assert_eq!(answer["next_cursor"], Value::Null);
    let items = answer["items"].as_array().expect("items").clone();
    items
        .into_iter()
        .map(|item| {
            (
                item["problem"]["id"].clone(),
                item["score"].as_f64().expect("a score"),
                item["reasons"].clone(),
            )
        })
        .collect()
}

async fn record(world: &World, who: &str, mut body: Value, statement: &str) -> Value {
    body["statement"] = json!(statement);
    body["summary"] = json!("示例");
    world.post("/problems").by(who).json(body).send().await.expect(201)
}

on_both! {
    async fn what_is_recorded_already_is_shown_to_those_who_may_see_it(world: World) {
        let firm = world.enterprise("浙江示例电梯有限公司").await;
        let lift = record(&world, "officer", problem_of("masses", "M03"), "老旧小区没有电梯，老人下楼不便，希望加装电梯。").await;
        let mut of_firm = problem_body();
        of_firm["object_id"] = firm["id"].clone();
        let loan = record(&world, "officer", of_firm, "贷款利率过高，流动资金紧张。").await;
        for statement in ["村里自来水水压不足。", "企业招工难，技工短缺。", "博士子女上学问题。"] {
            record(&world, "officer", problem_body(), statement).await;
        }
        let text = "小区老人反映没有电梯，下楼不便";
        let found = ask(&world, "dispatcher", json!({ "text": text })).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((&found[0].0, &found[0].2), (&lift["id"], &json!(["words"])));
        let with_category = ask(&world, "officer", json!({ "text": text, "audience": "masses", "category": "M03" })).await;
        assert_eq!((&with_category[0].0, &with_category[0].2), (&lift["id"], &json!(["category", "words"])));
        assert!(with_category[0].1 > found[0].1);
        // Another audience could not be merged with it.
        assert_eq!(ask(&world, "officer", json!({ "text": text, "audience": "enterprise" })).await, []);
        // What is about the same object is alike whatever its words.
        let of_object = ask(&world, "officer", json!({ "text": "用电价格", "object_id": firm["id"] })).await;
        assert_eq!(of_object.iter().map(|(id, _, reasons)| (id, reasons)).collect::<Vec<_>>(), [(&loan["id"], &json!(["object"]))]);
        // Outside the scope there is nothing, by whatever is asked.
        for who in ["deqing-officer", "deqing-dispatcher", "handler"] {
            let everything = json!({ "text": text, "object_id": firm["id"], "category": "M03" });
            assert_eq!(ask(&world, who, everything).await, [], "{who}");
        }
        world.post("/problems/similar").by("reporter").json(json!({ "text": text })).send().await.expect_error(403, "forbidden");
        // What ended is shown, but for what was merged or taken back.
        world.put_into(&lift, "closed").await;
        assert_eq!(ask(&world, "dispatcher", json!({ "text": text })).await.len(), 1);
        world.put_into(&lift, "merged").await;
        assert_eq!(ask(&world, "dispatcher", json!({ "text": text })).await, []);
        assert_eq!(ask(&world, "dispatcher", json!({ "text": "，。😀\"*" })).await, []);
        assert_eq!(ask(&world, "dispatcher", json!({ "text": "电".repeat(4_000) })).await, []);
    }

    async fn asking_what_is_similar_changes_nothing_and_is_checked(world: World) {
        let problem = world.open_problem().await;
        let events = async || {
            let (count,): (i64,) = sql("SELECT COUNT(*) FROM event").one(&world.app.db).await.unwrap();
            count
        };
        let before = events().await;
        let text = problem["statement"].clone();
        let ask = |key: &'static str, body: Value| world.post("/problems/similar").by("officer").header("Idempotency-Key", key).json(body);
        let first = ask("k-1", json!({ "text": text })).send().await.expect(200);
        assert_eq!(first["items"][0]["problem"]["id"], problem["id"]);
        assert!(first["items"][0]["score"].as_f64().unwrap() > 0.9, "{first}");
        assert_eq!(first["items"][0]["problem"].get("statement"), None, "as a list shows it");
        let again = ask("k-1", json!({ "text": text })).send().await.expect(200);
        assert_eq!(first, again);
        assert_eq!(events().await, before);
        for (body, faults) in [
            (json!({}), vec!["/text required"]),
            (json!({ "text": "" }), vec!["/text too_short"]),
            (json!({ "text": "电".repeat(4_001) }), vec!["/text too_long"]),
            (json!({ "text": "电", "category": "E99X" }), vec!["/category unknown_reference"]),
            (json!({ "text": "电", "category": "M03", "audience": "enterprise" }), vec!["/category other_audience"]),
            (json!({ "text": "身份证11010519491231002X" }), vec!["/text id_number_not_accepted"]),
            (json!({ "text": "电", "scope": "province" }), vec!["/scope unknown_field"]),
        ] {
            let answer = world.post("/problems/similar").by("officer").json(body.clone()).send().await;
            assert_eq!(answer.expect_error(422, "invalid"), faults, "{body}");
        }
        // The client that may read problems asks too.
        let found = world.post("/problems/similar").by("integrator").json(json!({ "text": text })).send().await.expect(200);
        assert_eq!(found["items"], json!([]), "its organisation has no part in it");
        assert_eq!(id_of(&problem).to_string().len(), 36);
    }
}

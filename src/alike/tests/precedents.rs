//! Solved cases, from everywhere, without whose they were.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

async fn precedents(world: &World, who: &str, problem: &Value) -> Vec<Value> {
    let path = format!("/problems/{}/precedents", id_of(problem));
    let answer = world.get(&path).by(who).send().await.expect(200);
    answer["items"].as_array().expect("items").clone()
}

/// A problem that Deqing handles, like those of Yiwu.
async fn of_deqing(world: &World) -> Value {
    let mut body = problem_body();
    body["division"] = json!("330521");
    world
        .post("/problems")
        .by("deqing-officer")
        .json(body)
        .send()
        .await
        .expect(201)
}

async fn past_every_rule(world: &World, statement: &'static str, id: Uuid) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql(statement).bind(id).run(&mut tx).await.expect("a change");
    tx.commit().await.expect("a commit");
}

/// An output of a case.
async fn output(world: &World, case: &Value) {
    let new = json!({
        "kind": "policy", "title": "关于优化高层次人才子女入学服务的办法", "document_no": "示例〔2019〕3号", "effective_on": "2019-03-01",
        "summary": "引进人才的孩子入学统一受理、一次办结。",
    });
    let act = crate::events::Act {
        person: None,
        org: None,
        client: None,
        on_behalf_of: None,
        at: world.app.clock.now(),
    };
    let mut tx = world.app.db.begin().await.expect("a transaction");
    let new = serde_json::from_value(new).expect("an output");
    crate::outputs::store::insert(&mut tx, &world.app.ids, &act, &new, seed::org("yiwu-hr"), id_of(case))
        .await
        .expect("stored");
    tx.commit().await.expect("a commit");
}

on_both! {
    async fn a_solved_case_travels_without_whose_it_was(world: World) {
        let asking = of_deqing(&world).await;
        assert_eq!(precedents(&world, "deqing-officer", &asking).await, Vec::<Value>::new());
        let done = world.completed().await;
        assert_eq!(precedents(&world, "deqing-officer", &asking).await, Vec::<Value>::new(), "not before its reporter confirmed it");
        let closed = world.called_back(&done).await;
        output(&world, &closed).await;
        // Another county reads it, and is told what solved it.
        let found = precedents(&world, "deqing-officer", &asking).await;
        assert_eq!(found.len(), 1);
        let case = &found[0];
        assert_eq!(case["category"]["code"], "E01");
        assert_eq!(case["causes"][0]["code"], "schooling");
        assert_eq!(case["measures"][0]["code"], "green_channel");
        assert_eq!((&case["horizon"], &case["nature"]), (&json!("short"), &json!("operational")));
        assert_eq!(case["outputs"][0]["document_no"], "示例〔2019〕3号");
        assert_eq!((&case["confirmed_via"], &case["cycles"], &case["days"], &case["holds"]), (&json!("call_back"), &json!(1), &json!(0), &json!(false)));
        assert_eq!(case["reasons"], json!(["category", "cause", "words"]));
        assert!(case["score"].as_f64().unwrap() > 0.8, "{case}");
        // Nothing says whose it was: neither who, nor where, nor in which words.
        let text = case.to_string();
        for secret in [
            closed["id"].as_str().unwrap(), closed["tracking_no"].as_str().unwrap(), "330782",  "浙江示例纺织", "139", "博士", "人才子女入学\"",
            "两个孩子", "学位", "解决人才", "等待过久", "人社局\"", "示例承办人", "示例走访干部",
        ] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        // Only of a problem that the caller sees, and only for officials.
        let path = |problem: &Value| format!("/problems/{}/precedents", id_of(problem));
        world.get(&path(&closed)).by("deqing-officer").send().await.expect_error(404, "not_found");
        world.get(&path(&asking)).by("handler").send().await.expect_error(404, "not_found");
        world.get(&path(&asking)).by("reporter").send().await.expect_error(403, "forbidden");
        assert_eq!(precedents(&world, "officer", &closed).await, Vec::<Value>::new(), "a case is no precedent of itself");
        assert_eq!(world.get(&format!("{}?limit=21", path(&asking))).by("deqing-officer").send().await.expect_error(422, "invalid"), ["?limit out_of_range"]);
        // It is one no longer where it did not hold, where nobody confirmed it, or where there is nothing to learn.
        let id = id_of(&closed);
        let count = async |statement: &'static str| {
            past_every_rule(&world, statement, id).await;
            precedents(&world, "deqing-officer", &asking).await.len()
        };
        assert_eq!(count("UPDATE cycle SET confirmed_via = NULL, unconfirmed = TRUE WHERE problem_id = $1").await, 0);
        assert_eq!(count("UPDATE cycle SET confirmed_via = 'link', unconfirmed = FALSE WHERE problem_id = $1").await, 1);
        assert_eq!(count("UPDATE problem SET state = 'in_progress' WHERE id = $1").await, 0);
        assert_eq!(count("UPDATE problem SET state = 'closed' WHERE id = $1").await, 1);
        assert_eq!(count("UPDATE output SET ended_at = created_at WHERE id IN (SELECT output_id FROM output_problem WHERE problem_id = $1)").await, 1);
        assert_eq!(count("UPDATE measure SET ended_at = created_at WHERE action_plan_id IN (SELECT action_plan_id FROM action_plan_problem WHERE problem_id = $1)").await, 0);
    }
}

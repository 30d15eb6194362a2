//! However a name was entered and however a text is written.

use serde_json::{Value, json};

use super::{path_of, with_result, words};
use crate::on_both;
use crate::test_support::World;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::problem_of;

/// What keeps a summary from being published of a problem.
async fn faults(world: &World, problem: &Value, summary: &str) -> Vec<String> {
    let mut body = words();
    body["summary"] = json!(summary);
    let answer = world.try_to_publish(problem, body).await;
    if answer.status == 200 {
        return Vec::new();
    }
    answer.expect_error(422, "invalid")
}

async fn of_reporter(world: &World, name: &str) -> Value {
    let mut body = problem_of("masses", "M02");
    body["reporter"] = json!({ "kind": "person", "display_name": name, "anonymity": "named" });
    world
        .post("/problems")
        .by("officer")
        .json(body)
        .send()
        .await
        .expect(201)
}

on_both! {
    async fn s80_a_name_is_known_with_whatever_was_entered_beside_it(world: World) {
        for name in ["陈立新先生", "陈立新（村民）", "陈立新"] {
            let problem = of_reporter(&world, name).await;
            for text in ["陈立新反映报销慢", "陈·立新反映报销慢", "陈立-新反映报销慢"] {
                assert_eq!(faults(&world, &problem, text).await, ["/summary personal_name"], "{name}: {text}");
            }
        }
        // What names nobody keeps no text back.
        for name in ["群众", "匿名", "一位热心市民"] {
            let problem = of_reporter(&world, name).await;
            let text = format!("{name}反映报销慢，群众、村民、职工都说慢。");
            assert_eq!(faults(&world, &problem, &text).await, Vec::<String>::new(), "{name}");
        }
        for name in ["松门里社区金家（示例户124）", "金家（示例户124）"] {
            let object = json!({ "type": "household", "name": name, "division": "330782001001", "household": { "alias": "示例户124" } });
            let object = world.post("/service-objects").by("officer").json(object).send().await.expect(201);
            let mut body = problem_of("masses", "M02");
            body["object_id"] = object["id"].clone();
            body["place"] = json!("佛堂镇示例路九号");
            let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
            assert_eq!(faults(&world, &problem, "松门里社区金家的报销").await, ["/summary personal_name"], "{name}");
            for text in ["佛堂镇示例路九号某户", "佛堂镇示例路9号某户"] {
                assert_eq!(faults(&world, &problem, text).await, ["/summary personal_address"], "{text}");
            }
            assert_eq!(faults(&world, &problem, "佛堂镇示例路拓宽，企业的资金家底").await, Vec::<String>::new());
        }
        let firm = world.enterprise("浙江示例众合新材料有限公司").await;
        let mut body = problem_body();
        body["object_id"] = firm["id"].clone();
        let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
        for text in ["众合新材料遇到抽贷", "众合公司遇到抽贷"] {
            assert_eq!(faults(&world, &problem, text).await, ["/summary firm_named"], "{text}");
        }
        assert_eq!(faults(&world, &problem, "新材料企业遇到抽贷").await, Vec::<String>::new());
    }

    async fn s80_a_firm_that_hides_as_a_reporter_is_never_named(world: World) {
        let code = crate::service_objects::uscc::Uscc::complete("91330782MA28XXXX1").expect("a code").to_string();
        let object = json!({ "type": "enterprise", "name": "浙江示例纺织有限公司", "division": "330782", "enterprise": { "uscc": code } });
        let object = world.post("/service-objects").by("officer").json(object).send().await.expect(201);
        let mut body = problem_body();
        body["object_id"] = object["id"].clone();
        body["reporter"] = json!({ "kind": "enterprise", "display_name": "浙江示例纺织有限公司", "object_id": object["id"], "phone": "13900000001", "anonymity": "masked" });
        let done = world.done(body).await;
        let closed = world.called_back(&done).await;
        let mut silent = with_result();
        silent["enterprise_consent"] = json!({ "given_on": "2019-01-10", "evidence": "企业盖章的同意函" });
        assert_eq!(world.try_to_publish(&closed, silent.clone()).await.expect_error(422, "invalid"), ["/enterprise_consent conflict"]);
        for text in ["浙江示例纺织有限公司已复工", code.as_str()] {
            assert_eq!(faults(&world, &closed, text).await.len(), 1, "{text}");
        }
        // A consent of before it hid itself shows nothing either.
        let shown_by = async |anonymity: &'static str| {
            let mut tx = world.app.db.begin().await.expect("a transaction");
            crate::db::sql("UPDATE reporter SET anonymity = $1").bind(anonymity).run(&mut tx).await.expect("changed");
            tx.commit().await.expect("a commit");
        };
        shown_by("named").await;
        world.publish(&closed, silent).await;
        assert_eq!(world.get(&path_of(&closed)).send().await.expect(200)["enterprise"]["name"], "浙江示例纺织有限公司");
        shown_by("masked").await;
        assert_eq!(world.get(&path_of(&closed)).send().await.expect(200)["enterprise"], Value::Null);
    }

    async fn s80_the_words_of_a_plan_are_shown_where_its_publisher_says_so(world: World) {
        let mut body = problem_body();
        body["reporter"] = json!({ "kind": "person", "display_name": "王秀英", "anonymity": "named" });
        let done = world.done(body).await;
        let write = async |text: &'static str| {
            let mut tx = world.app.db.begin().await.expect("a transaction");
            crate::db::sql("UPDATE measure SET text = $1").bind(text).run(&mut tx).await.expect("changed");
            tx.commit().await.expect("a commit");
        };
        write("请赵小明到窗口办理").await;
        let plan = async || world.get(&path_of(&done)).send().await.expect(200)["plan"].clone();
        world.publish(&done, words()).await;
        let silent = plan().await;
        assert_eq!((&silent["measures"][0]["text"], &silent["steps"][0]["expected_result"]), (&Value::Null, &Value::Null));
        assert!(silent["measures"][0]["type"]["code"].is_string() && silent["steps"][0]["org"].is_string() && silent["steps"][0]["due_on"].is_string());
        let mut telling = words();
        telling["with_plan_texts"] = json!(true);
        let published = world.publish(&done, telling.clone()).await;
        assert_eq!(published["with_plan_texts"], json!(true));
        assert_eq!(plan().await["measures"][0]["text"], "请赵小明到窗口办理");
        // What names somebody is refused then, and left out where it was written later.
        write("请王秀英到窗口办理").await;
        assert_eq!(plan().await["measures"][0]["text"], Value::Null);
        assert_eq!(world.try_to_publish(&done, telling).await.expect_error(422, "invalid"), ["/with_plan_texts personal_name"]);
    }
}

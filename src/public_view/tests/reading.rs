use serde_json::{Value, json};

use super::{path_of, with_result, words};
use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

/// A problem as full of personal data as can be, worked at and reported done.
async fn rich(world: &World) -> Value {
    let object = json!({ "type": "enterprise", "name": "浙江示例纺织有限公司", "division": "330782", "address": "稠州北路9999号",
        "enterprise": { "uscc": crate::service_objects::uscc::Uscc::complete("91330782MA28XXXX1").expect("a code").to_string() } });
    let object = world
        .post("/service-objects")
        .by("officer")
        .json(object)
        .send()
        .await
        .expect(201);
    let mut body = problem_body();
    body["object_id"] = object["id"].clone();
    body["statement"] = json!("我是王秀英，电话13800009999，厂里的两位博士留不住。");
    body["place"] = json!("稠州北路9999号三楼");
    body["reporter"] =
        json!({ "kind": "person", "display_name": "王秀英", "phone": "13800009999", "anonymity": "named" });
    let done = world.done(body).await;
    let mut tx = world.app.db.begin().await.expect("a transaction");
    for statement in [
        "UPDATE measure SET text = '请王秀英 138 0000 9999 到示例承办人处办理', policy_ref = '示例纺织专项'",
        "UPDATE plan_step SET expected_result = '示例纺织的两个孩子入学'",
        "INSERT INTO problem_reply (id, problem_id, cycle_no, text, person_id, at) \
         SELECT p.id, p.id, 1, '王秀英，示例承办人已到稠州北路9999号见示例纺织', p.recorded_by, p.recorded_at FROM problem p",
        "INSERT INTO comment (id, problem_id, author_name, text, state, reply, replied_by, replied_at, at) \
         SELECT p.id, p.id, '王秀英', '示例纺织的两位博士留不住，138 0000 9999', 'visible', '王秀英，示例局长已阅', p.recorded_by, \
         p.recorded_at, p.recorded_at FROM problem p",
    ] {
        sql(statement).run(&mut tx).await.expect("changed");
    }
    tx.commit().await.expect("a commit");
    done
}

const PERSONAL: &[&str] = &[
    "王秀英",
    "13800009999",
    "138****9999",
    "9999",
    "示例纺织",
    "91330782MA28XXXX1",
    "稠州北路",
    "两位博士",
    "SFW-2019",
    "示例承办人",
    "示例局长",
    "示例走访干部",
    "示例交办员",
    "示例督查员",
    "\"reporter",
    "tracking",
];

on_both! {
    async fn s80_no_byte_of_the_public_view_is_personal(world: World) {
        let done = rich(&world).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("INSERT INTO output (id, kind, title, issuing_org_id, summary, published, created_at, updated_at) VALUES ($1, 'case', '入学一件事', $2, '统一受理。', $3, $4, $4)")
            .bind(world.app.ids.next()).bind(seed::org("yiwu-hr")).bind(true).bind(world.app.clock.now()).run(&mut tx).await.expect("an output");
        sql("INSERT INTO output_problem (output_id, problem_id) SELECT id, $1 FROM output").bind(id_of(&done)).run(&mut tx).await.expect("a tie");
        tx.commit().await.expect("a commit");
        world.publish(&done, with_result()).await;
        let own = path_of(&done);
        let (replies, comments) = (format!("{own}/replies?with_total=true"), format!("{own}/comments"));
        for closed in [false, true] {
            if closed {
                world.called_back(&done).await;
            }
            for path in [own.as_str(), replies.as_str(), comments.as_str(), "/public/problems?with_total=true", "/public/overview", "/public/overview?division=330782", "/public/outputs?with_total=true"] {
                for language in ["zh-CN", "en"] {
                    let answer = world.get(path).header("Accept-Language", language).send().await;
                    let text = String::from_utf8_lossy(&answer.bytes).into_owned() + &format!("{:?}", answer.headers);
                    let found: Vec<_> = PERSONAL.iter().filter(|word| text.contains(**word)).collect();
                    assert_eq!(found, Vec::<&&str>::new(), "{path}: {text}");
                    answer.expect(200);
                }
            }
        }
        let shown = world.get(&own).send().await.expect(200);
        assert_eq!(shown["plan"]["measures"][0]["text"], Value::Null, "what was not for everybody");
        assert_eq!(shown["plan"]["measures"][0]["type"]["code"], "green_channel");
        assert_eq!(shown["plan"]["steps"][0], json!({ "expected_result": null, "org": "义乌市人力资源和社会保障局", "due_on": "2019-01-18", "done": true }));
        assert_eq!(shown["outputs"][0]["title"], "入学一件事");
        // Of what was said there is the stub: by whom and when.
        let reply = &world.get(&replies).send().await.expect(200)["items"][0];
        assert_eq!((&reply["text"], &reply["at"]), (&Value::Null, &json!("2019-01-10T02:00:00Z")));
        let comment = &world.get(&comments).send().await.expect(200)["items"][0];
        assert_eq!((&comment["text"], &comment["author_name"], &comment["hidden"]), (&Value::Null, &Value::Null, &json!(false)));
        assert_eq!(comment["reply"], json!({ "text": null, "org": null, "at": "2019-01-10T02:00:00Z" }));
        let course: Vec<_> = shown["timeline"].as_array().expect("entries").iter().map(|entry| (entry["step"].as_str().expect("a step"), entry["org"].as_str())).collect();
        let hr = Some("义乌市人力资源和社会保障局");
        assert_eq!(course, [("recorded", None), ("assigned", Some("义乌市“三服务”办公室")), ("accepted", hr), ("started", hr), ("completed", hr), ("confirmed_by_call_back", None)]);
        assert_eq!(shown["timeline"][0]["on"], "2019-01-10");
    }
}

on_both! {
    async fn the_public_part_of_a_plan_is_shown_where_its_words_are_for_everybody(world: World) {
        let done = world.completed().await;
        let mut body = with_result();
        body["with_plan_texts"] = json!(true);
        world.publish(&done, body).await;
        let shown = world.get(&path_of(&done)).header("Accept-Language", "en").send().await.expect(200);
        assert_eq!((&shown["plan"]["measures"][0]["text"], &shown["plan"]["steps"][0]["expected_result"]), (&json!("开通绿色通道"), &json!("两个孩子入学")));
        assert_eq!(shown["timeline"][0]["label"], "received");
        // Another problem of the same plan is not for everybody.
        let other = world.open_problem().await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("INSERT INTO action_plan_problem (action_plan_id, problem_id, since) SELECT id, $1, $2 FROM action_plan")
            .bind(id_of(&other)).bind(world.app.clock.now()).run(&mut tx).await.expect("a tie");
        tx.commit().await.expect("a commit");
        assert_eq!(world.get(&path_of(&done)).send().await.expect(200)["plan"]["measures"], json!([]));
    }
}

on_both! {
    async fn public_answers_may_be_kept_and_asked_for_again(world: World) {
        let problem = world.open_problem().await;
        world.publish(&problem, words()).await;
        let own = path_of(&problem);
        for (path, seconds) in [(own.as_str(), 30), ("/public/problems", 30), ("/public/overview", 60), ("/public/outputs", 60)] {
            let answer = world.get(path).send().await;
            assert_eq!(answer.headers["cache-control"], format!("public, max-age={seconds}"));
            assert_eq!(answer.headers["vary"], "Accept-Language");
            assert!(answer.headers["etag"].starts_with('"'), "a strong one");
            let again = world.get(path).header("If-None-Match", &answer.headers["etag"]).send().await;
            assert_eq!((again.status, again.bytes.len(), &again.headers["etag"]), (304, 0, &answer.headers["etag"]));
            assert_eq!(again.headers["cache-control"], answer.headers["cache-control"]);
            // A token, even a bad one, changes nothing.
            assert_eq!(world.get(path).bearer("whatever").send().await.bytes, answer.bytes);
        }
        // The number opens nothing, nor does the id of what is not published.
        let unpublished = world.open_problem().await;
        for id in [problem["tracking_no"].as_str().expect("a number"), unpublished["id"].as_str().expect("an id"), "019fb0c5-3f8e-7000-8000-0000000000ff", "x"] {
            let answer = world.get(&format!("/public/problems/{id}")).send().await;
            assert_eq!(answer.headers["cache-control"], "private, no-cache");
            answer.expect_error(404, "not_found");
        }
    }
}

on_both! {
    async fn s80_what_a_theme_led_to_stands_on_the_page_of_each_member(world: World) {
        let (one, two) = (world.open_problem().await, world.open_problem().await);
        let theme = json!({ "title": "引进人才子女入学难", "org_id": seed::org("yiwu-hr"), "problem_ids": [one["id"], two["id"]] });
        let theme = world.post("/themes").by("dispatcher").json(theme).send().await.expect(201);
        let output = json!({ "kind": "case", "title": "入学一件事", "summary": "统一受理。", "theme_id": theme["id"] });
        let output = world.post("/outputs").by("handler").json(output).send().await.expect(201);
        let publish = world.post(&format!("/outputs/{}/publish", output["id"].as_str().expect("an id"))).by("dispatcher");
        publish.at(&output["version"]).send().await.expect(200);
        for problem in [&one, &two] {
            world.publish(problem, words()).await;
        }
        let titles = async |problem: &Value| {
            let shown = world.get(&path_of(problem)).send().await.expect(200);
            shown["outputs"].as_array().expect("outputs").iter().map(|output| output["title"].clone()).collect::<Vec<_>>()
        };
        assert_eq!((titles(&one).await, titles(&two).await), (vec![json!("入学一件事")], vec![json!("入学一件事")]));
        // Of what has left it no longer.
        let now = world.get(&format!("/themes/{}", theme["id"].as_str().expect("an id"))).by("dispatcher").send().await.expect(200);
        let leave = json!({ "problem_ids": [two["id"]], "reason": "成因不同。" });
        let path = format!("/themes/{}/problems/remove", theme["id"].as_str().expect("an id"));
        world.post(&path).by("dispatcher").at(&now["version"]).json(leave).send().await.expect(200);
        assert_eq!((titles(&one).await.len(), titles(&two).await.len()), (1, 0));
    }
}

//! What a problem is about tells nobody who raised it.

use serde_json::{Value, json};

use crate::on_both;
use crate::test_support::World;
use crate::test_support::builders::{visit_body, with};
use crate::test_support::handling::{id_of, problem_of};
use crate::test_support::seed;

/// The problem of a masked reporter about something.
async fn masked(world: &World, object: &Value, reporter: Value) -> Value {
    let mut body = problem_of("masses", "M02");
    body["object_id"] = object["id"].clone();
    body["place"] = json!("佛堂镇示例村中街7号");
    body["reporter"] = reporter;
    world.assigned(body).await
}

async fn ids(world: &World, who: &str, path: &str) -> Vec<Value> {
    let page = world.get(path).by(who).send().await.expect(200);
    let items = page["items"].as_array().expect("items").iter();
    items.map(|item| item["id"].clone()).collect()
}

on_both! {
    async fn an_officer_is_a_reporter_where_nothing_but_his_own_report_reaches(world: World) {
        let reporter = |person: Value| json!({ "kind": "person", "display_name": "示例走访干部乙", "anonymity": "named", "person_id": person });
        for (person, inside) in [(json!(seed::member("officer2").person), false), (json!(seed::member("reporter").person), true)] {
            let body = with(problem_of("masses", "M02"), json!({ "reporter": reporter(person) }));
            let problem = world.post("/problems").by("officer2").json(body).send().await.expect(201);
            let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
            let path = format!("/problems/{}", id_of(&problem));
            let assigned = world.post(&format!("{path}/assign")).by("dispatcher").at(&problem["version"]).json(assign);
            let assigned = assigned.send().await.expect(200);
            let accept = world.post(&format!("{path}/accept")).by("handler").at(&assigned["version"]).json(json!({}));
            accept.send().await.expect(200);
            let read = world.get(&path).by("officer2").send().await.expect(200);
            assert_eq!(!read["lead_person"].is_null(), inside, "{read}");
        }
    }

    async fn s80_what_a_problem_is_about_tells_nobody_who_raised_it(world: World) {
        let home = json!({ "type": "household", "name": "王秀英家", "division": "330782001001", "household": { "alias": "示例户" } });
        let home = world.post("/service-objects").by("officer").json(home).send().await.expect(201);
        let firm = world.enterprise("浙江示例电梯有限公司").await;
        let person = json!({ "kind": "person", "display_name": "王秀英", "phone": "13900000001", "anonymity": "masked" });
        let of_firm = json!({ "kind": "enterprise", "display_name": "浙江示例电梯有限公司", "object_id": firm["id"], "anonymity": "masked" });
        for (object, reporter) in [(&home, person), (&firm, of_firm.clone())] {
            let problem = masked(&world, object, reporter).await;
            let one = format!("/problems/{}", id_of(&problem));
            for (who, sees) in [("handler", false), ("head", false), ("dispatcher", true), ("supervisor", true)] {
                let read = world.get(&one).by(who).send().await.expect(200);
                assert_eq!((read["object"].is_null(), read["place"].is_null()), (!sees, !sees), "{who}: {read}");
                let found: Vec<Value> = if sees { vec![problem["id"].clone()] } else { Vec::new() };
                for path in ["/problems", "/lists/problems"] {
                    let path = format!("{path}?object_id={}&with_total=true", object["id"].as_str().unwrap());
                    assert_eq!(ids(&world, who, &path).await, found, "{who} {path}");
                    let page = world.get(&path).by(who).send().await.expect(200);
                    assert_eq!(page["total"], found.len(), "{who} {path}");
                }
                for list in ["assignments", "actions"] {
                    let path = format!("/lists/{list}?object_id={}", object["id"].as_str().unwrap());
                    assert!(sees || ids(&world, who, &path).await.is_empty(), "{who} {path}");
                }
                let asked = json!({ "text": "用电价格", "object_id": object["id"] });
                let similar = world.post("/problems/similar").by(who).json(asked).send().await.expect(200);
                let similar: Vec<Value> = similar["items"].as_array().unwrap().iter().map(|item| item["problem"]["id"].clone()).collect();
                assert_eq!(similar, found, "{who}");
            }
            let lines = world.get(&format!("/lists/problems?org_id={}", seed::org("yiwu-hr"))).by("handler").send().await.expect(200);
            let line = lines["items"].as_array().unwrap().iter().find(|line| line["id"] == problem["id"]).expect("a line").clone();
            assert_eq!(line["object"], Value::Null);
        }
        // Who is named hides nothing, and neither does who speaks of another's firm.
        let other = world.enterprise("浙江示例水泵有限公司").await;
        let named = json!({ "kind": "person", "display_name": "王秀英", "phone": "13900000001", "anonymity": "named" });
        for (object, reporter) in [(&home, named), (&other, of_firm)] {
            let problem = masked(&world, object, reporter).await;
            let read = world.get(&format!("/problems/{}", id_of(&problem))).by("handler").send().await.expect(200);
            assert_eq!((&read["object"]["id"], &read["place"]), (&object["id"], &json!("佛堂镇示例村中街7号")));
            let path = format!("/problems?object_id={}", object["id"].as_str().unwrap());
            assert_eq!(ids(&world, "handler", &path).await, [problem["id"].clone()]);
        }
    }

    async fn s80_nobody_finds_a_masked_reporters_problem_by_the_place_where_he_lives(world: World) {
        let home = json!({ "type": "household", "name": "王秀英家", "division": "330782001001", "household": { "alias": "示例户" } });
        let home = world.post("/service-objects").by("officer").json(home).send().await.expect(201);
        let person = |anonymity: &str| json!({ "kind": "person", "display_name": "王秀英", "phone": "13900000001", "anonymity": anonymity });
        // 中街
        let path = "/problems?q=%E4%B8%AD%E8%A1%97";
        masked(&world, &home, person("masked")).await;
        assert_eq!(ids(&world, "handler", path).await, Vec::<Value>::new());
        let named = masked(&world, &home, person("named")).await;
        assert_eq!(ids(&world, "handler", path).await, [named["id"].clone()]);
        // Who was named and is masked now is found no longer.
        let brought = |anonymity: &str| {
            let mut reporter = person(anonymity);
            reporter["external_id"] = json!({ "system": "portal", "value": "u-1" });
            let body = with(problem_of("masses", "M02"), json!({ "place": "佛堂镇示例村后街8号", "object_id": home["id"], "reporter": reporter }));
            world.post("/problems").by("integrator").json(body)
        };
        // 后街
        let path = "/problems?q=%E5%90%8E%E8%A1%97";
        let first = brought("named").send().await.expect(201);
        assert_eq!(ids(&world, "dispatcher", path).await, [first["id"].clone()]);
        brought("masked").send().await.expect(201);
        assert_eq!(ids(&world, "dispatcher", path).await, Vec::<Value>::new());
    }

    async fn s80_neither_visit_nor_promise_tells_where_a_masked_reporter_lives(world: World) {
        let home = json!({ "type": "household", "name": "王秀英家", "division": "330782001001", "household": { "alias": "示例户" } });
        let home = world.post("/service-objects").by("officer").json(home).send().await.expect(201);
        let visit = visit_body();
        let visit = with(visit, json!({ "place_kind": "household", "object_ids": [home["id"]] }));
        let visit = world.post("/visits").by("officer").json(visit).send().await.expect(201);
        let path = format!("/visits/{}", id_of(&visit));
        world.post(&format!("{path}/start")).by("officer").at(&visit["version"]).send().await.expect(200);
        let promise = json!({ "text": "五日内上门答复。", "due_on": "2019-01-15", "object_id": home["id"] });
        let promise = world.post(&format!("{path}/commitments")).by("officer").json(promise).send().await.expect(201);
        let of_home = format!("/visits?object={}", home["id"].as_str().unwrap());
        let shows = async |who: &str| {
            let (read, listed) = (world.get(&path).by(who).send().await.expect(200), ids(&world, who, &of_home).await);
            let made = world.get(&format!("/commitments/{}", id_of(&promise))).by(who).send().await.expect(200);
            let shown = (read["objects"] == json!([]), listed.is_empty(), made["object"].is_null());
            assert!(shown == (true, true, true) || shown == (false, false, false), "{who}: {shown:?}");
            shown == (false, false, false)
        };
        assert!(shows("assessor").await);
        let person = json!({ "kind": "person", "display_name": "王秀英", "phone": "13900000001", "anonymity": "masked" });
        let heard = with(problem_of("masses", "M02"), json!({ "visit_id": visit["id"], "reporter": person }));
        world.post("/problems").by("officer").json(heard).send().await.expect(201);
        for (who, sees) in [("assessor", false), ("dispatcher", true), ("supervisor", true)] {
            assert_eq!(shows(who).await, sees, "{who}");
        }
        // Whoever may change the visit sees what he would otherwise drop.
        let read = world.get(&path).by("officer").send().await.expect(200);
        assert_eq!(read["objects"][0]["id"], home["id"]);
    }

    async fn s80_the_handler_of_a_masked_firm_plans_for_it_and_does_not_learn_which(world: World) {
        let (firm, other) = (world.enterprise("浙江示例电梯有限公司").await, world.enterprise("浙江示例水泵有限公司").await);
        let reporter = json!({ "kind": "enterprise", "display_name": "浙江示例电梯有限公司", "object_id": firm["id"], "anonymity": "masked" });
        let body = with(problem_of("enterprise", "E01"), json!({ "object_id": firm["id"], "reporter": reporter }));
        let problem = world.analysed(body).await;
        let plan = json!({
            "kind": "one_enterprise_one_policy", "title": "一企一策", "problem_ids": [problem["id"]], "need": "留住人才",
            "blockage": "名额", "pain_point": "离职", "liaison_id": seed::member("handler").person,
        });
        for guess in [&firm, &other] {
            let guessed = with(plan.clone(), json!({ "object_id": guess["id"] }));
            let answer = world.post("/action-plans").by("handler").json(guessed).send().await;
            assert_eq!(answer.expect_error(422, "invalid"), ["/object_id conflict"]);
        }
        let plan = world.post("/action-plans").by("handler").json(plan).send().await.expect(201);
        for (who, sees) in [("handler", false), ("head", false), ("dispatcher", true)] {
            let read = world.get(&format!("/action-plans/{}", id_of(&plan))).by(who).send().await.expect(200);
            assert_eq!(read["object"]["id"] == firm["id"], sees, "{who}");
            assert_eq!(read["object"].is_null(), !sees, "{who}");
            let path = format!("/action-plans?object_id={}", firm["id"].as_str().unwrap());
            assert_eq!(ids(&world, who, &path).await.len(), usize::from(sees), "{who}");
            let events = world.get(&format!("/action-plans/{}/events", id_of(&plan))).by(who).send().await.expect(200);
            assert!(!events.to_string().contains(firm["id"].as_str().unwrap()), "{who}");
        }
    }
}

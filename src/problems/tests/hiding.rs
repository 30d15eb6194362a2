//! What a problem is about tells nobody who raised it.

use serde_json::{Value, json};

use crate::on_both;
use crate::test_support::World;
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
}

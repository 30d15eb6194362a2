use serde_json::{Value, json};

use super::{act, draft, enterprise_plan_body, path_of, plan_body, read, step_body, with};
use crate::on_both;
use crate::test_support::World;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::{analysis_body, id_of};
use crate::test_support::seed;

/// A problem that the reporter recorded himself, analysed.
async fn own_problem(world: &World, object: Option<&Value>) -> Value {
    let mut body = problem_body();
    body.as_object_mut().unwrap().remove("reporter");
    if let Some(object) = object {
        body["object_id"] = object["id"].clone();
    }
    let problem = world
        .post("/problems")
        .by("reporter")
        .json(body)
        .send()
        .await
        .expect(201);
    let assign = json!({ "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "assign": true });
    let problem = world.dispose("dispatcher", &problem, assign).await.expect(200);
    let path = format!("/problems/{}/analyses", id_of(&problem));
    world
        .post(&path)
        .by("handler")
        .json(analysis_body())
        .send()
        .await
        .expect(201);
    problem
}

on_both! {
    async fn s59_a_reporter_sees_what_is_planned_once_it_is_approved_and_no_names(world: World) {
        let problem = own_problem(&world, None).await;
        let measures = json!([{ "type": "green_channel", "text": "入学绿色通道" }]);
        let plan = draft(&world, with(plan_body(&problem), json!({ "steps": [step_body()], "measures": measures }))).await;
        let seen = read(&world, "reporter", &plan).await;
        assert_eq!(seen["state"], "draft");
        for hidden in ["need", "blockage", "pain_point", "discussion", "liaison", "submitted_by"] {
            assert_eq!(seen[hidden], Value::Null, "{hidden}");
        }
        assert_eq!((&seen["steps"], &seen["measures"], &seen["counts"]["steps"]), (&json!([]), &json!([]), &json!(0)));
        assert_eq!(seen["allowed_actions"], json!([]));
        act(&world, "handler", &plan, "submit", Value::Null).await;
        assert_eq!(read(&world, "reporter", &plan).await["steps"], json!([]));
        act(&world, "head", &plan, "send_back", json!({ "reason": "内部意见" })).await;
        act(&world, "handler", &plan, "submit", Value::Null).await;
        act(&world, "head", &plan, "approve", Value::Null).await;
        let seen = read(&world, "reporter", &plan).await;
        assert_eq!((&seen["need"], &seen["steps"][0]["text"]), (&json!("两名子女九月入学"), &json!("与教育局核定学位")));
        assert_eq!((&seen["measures"][0]["text"], &seen["counts"]["steps"]), (&json!("入学绿色通道"), &json!(1)));
        assert_eq!((&seen["steps"][0]["owner"], &seen["steps"][0]["owner_org"]["name"]), (&Value::Null, &json!("义乌市人力资源和社会保障局")));
        for hidden in ["liaison", "submitted_by", "approved_by", "send_back_reason"] {
            assert_eq!(seen[hidden], Value::Null, "{hidden}");
        }
        assert_eq!(seen["discussion"]["participants"], json!([]));
        let text = seen.to_string();
        for name in ["示例承办人", "示例局长", "内部意见"] {
            assert!(!text.contains(name), "{name} in {text}");
        }
        let events = world.get(&format!("{}/events", path_of(&plan))).by("reporter").send().await.expect(200);
        let types: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
        assert_eq!(types, ["action_plan.approved"]);
        assert_eq!(events["items"][0]["actor"], Value::Null);
        let listed = world.get("/action-plans").by("reporter").send().await.expect(200);
        assert_eq!(listed["items"][0]["id"], plan["id"]);
        world.patch(&path_of(&plan)).by("reporter").at(&json!(1)).json(json!({ "need": "别的" })).send().await.expect_error(403, "forbidden");
    }

    async fn s59_a_plan_shows_the_problems_that_the_caller_sees_and_their_steps(world: World) {
        let enterprise = world.enterprise("浙江示例纺织有限公司").await;
        let own = own_problem(&world, Some(&enterprise)).await;
        let other = world.analysed(with(problem_body(), json!({ "object_id": enterprise["id"] }))).await;
        let plan = draft(&world, enterprise_plan_body(&enterprise, &[&own, &other])).await;
        act(&world, "handler", &plan, "submit", Value::Null).await;
        act(&world, "head", &plan, "approve", Value::Null).await;
        let seen = read(&world, "reporter", &plan).await;
        assert_eq!(seen["problems"].as_array().unwrap().iter().map(|problem| &problem["id"]).collect::<Vec<_>>(), [&own["id"]]);
        assert_eq!(seen["steps"].as_array().unwrap().iter().map(|step| &step["problem"]["id"]).collect::<Vec<_>>(), [&own["id"]]);
        assert_eq!(seen["counts"]["steps"], 1);
        assert!(!seen.to_string().contains(other["tracking_no"].as_str().unwrap()));
        assert_eq!(read(&world, "dispatcher", &plan).await["problems"].as_array().map(Vec::len), Some(2));
    }
}

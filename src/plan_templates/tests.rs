//! Templates and the plans that begin with them, through the router.

use serde_json::{Value, json};

use crate::on_both;
use crate::test_support::builders::{problem_body, with};
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

fn template_body() -> Value {
    json!({
        "audience": "enterprise", "category": "E01", "nature": "operational", "title": "人才子女入学", "guidance": "先核类别。",
        "measures": [{ "type": "green_channel", "text": "开通绿色通道" }],
        "steps": [{ "text": "核定学位", "expected_result": "书面确认", "working_days": 5 }],
    })
}

fn plan_body(problem: &Value, template: &Value) -> Value {
    json!({
        "kind": "one_matter_one_discussion", "title": "两位博士子女入学", "problem_ids": [problem["id"]], "need": "入学", "blockage": "名额",
        "pain_point": "离开", "liaison_id": seed::member("handler").person, "from_template": template["id"],
        "discussion": { "on": "2019-01-10", "participants": ["教育局"], "conclusion": "按绿色通道办理" },
    })
}

impl World {
    async fn template(&self, who: &str, body: Value) -> Answer {
        self.post("/plan-templates").by(who).json(body).send().await
    }

    async fn plan_from(&self, body: Value) -> Answer {
        self.post("/action-plans").by("handler").json(body).send().await
    }

    /// Submits a plan at its present version.
    async fn submit(&self, plan: &Value, body: Value) -> Answer {
        let path = format!("/action-plans/{}", id_of(plan));
        let now = self.get(&path).by("handler").send().await.expect(200);
        let call = self.post(&format!("{path}/submit")).by("handler").at(&now["version"]);
        if body.is_null() { call } else { call.json(body) }.send().await
    }
}

on_both! {
    async fn s49_a_plan_from_a_template_differs_from_it_or_says_why_not(world: World) {
        let template = world.template("dispatcher", template_body()).await.expect(201);
        let problem = world.analysed(problem_body()).await;
        let plan = world.plan_from(plan_body(&problem, &template)).await.expect(201);
        assert_eq!(plan["from_template"], json!({ "id": template["id"], "title": "人才子女入学", "number": 1 }));
        assert_eq!((&plan["measures"][0]["text"], &plan["steps"][0]["text"], &plan["steps"][0]["due_on"]), (&json!("开通绿色通道"), &json!("核定学位"), &json!("2019-01-17")));
        assert_eq!(plan["steps"][0]["owner"]["id"], json!(seed::member("handler").person));
        assert_eq!(world.submit(&plan, Value::Null).await.expect_error(422, "invalid"), ["/template_unchanged_reason required"]);
        let reason = json!({ "template_unchanged_reason": "情况与模板一致。" });
        let submitted = world.submit(&plan, reason.clone()).await.expect(200);
        assert_eq!((&submitted["state"], &submitted["template_unchanged_reason"]), (&json!("submitted"), &reason["template_unchanged_reason"]));
        // Sent back, it may be submitted again: the reason was said. Changed, it needs none and takes none.
        let path = format!("/action-plans/{}", id_of(&plan));
        let back = |at: Value| world.post(&format!("{path}/send_back")).by("head").at(&at).json(json!({ "reason": "再议" }));
        back(submitted["version"].clone()).send().await.expect(200);
        let again = world.submit(&plan, Value::Null).await.expect(200);
        assert_eq!(again["template_unchanged_reason"], reason["template_unchanged_reason"]);
        let draft = back(again["version"].clone()).send().await.expect(200);
        let step = format!("{path}/steps/{}", draft["steps"][0]["id"].as_str().unwrap());
        world.patch(&step).by("handler").at(&draft["steps"][0]["version"]).json(json!({ "text": "与两所学校核定学位" })).send().await.expect(200);
        assert_eq!(world.submit(&plan, reason.clone()).await.expect_error(422, "invalid"), ["/template_unchanged_reason conflict"]);
        let changed = world.submit(&plan, Value::Null).await.expect(200);
        assert_eq!(changed["template_unchanged_reason"], Value::Null);
        // Where the plan names its own steps, the template adds none; and never is a template required.
        let other = world.analysed(problem_body()).await;
        let own = json!({ "steps": [{ "owner_id": seed::member("handler").person, "due_on": "2019-01-18", "text": "自定步骤", "expected_result": "办成" }] });
        let own = world.plan_from(with(plan_body(&other, &template), own)).await.expect(201);
        assert_eq!((own["steps"].as_array().unwrap().len(), &own["measures"][0]["text"]), (1, &json!("开通绿色通道")));
        world.submit(&own, Value::Null).await.expect(200);
        // Without a step it is two faults at once.
        let third = world.analysed(problem_body()).await;
        let bare = world.template("dispatcher", with(template_body(), json!({ "steps": [] }))).await.expect(201);
        let bare = world.plan_from(plan_body(&third, &bare)).await.expect(201);
        assert_eq!(world.submit(&bare, Value::Null).await.expect_error(422, "invalid"), ["/steps too_short", "/template_unchanged_reason required"]);
    }

    async fn a_template_goes_on_in_versions_and_plans_keep_theirs(world: World) {
        let answer = world.template("admin", template_body()).await;
        assert!(answer.headers["location"].starts_with("/api/v1/plan-templates/"));
        let first = answer.expect(201);
        assert_eq!((&first["number"], &first["series_id"], &first["division"]["code"], &first["category"]["code"]), (&json!(1), &first["id"], &json!("330782"), &json!("E01")));
        let problem = world.analysed(problem_body()).await;
        let plan = world.plan_from(plan_body(&problem, &first)).await.expect(201);
        let path = format!("/plan-templates/{}", id_of(&first));
        let next = with(template_body(), json!({ "title": "人才子女入学（修订）", "category": null, "nature": null }));
        world.post(&format!("{path}/replace")).by("dispatcher").json(next.clone()).send().await.expect_error(428, "precondition_required");
        let second = world.post(&format!("{path}/replace")).by("dispatcher").at(&first["version"]).json(next.clone()).send().await.expect(201);
        assert_eq!((&second["number"], &second["series_id"], &second["category"]), (&json!(2), &first["id"], &Value::Null));
        world.post(&format!("{path}/replace")).by("dispatcher").at(&json!(2)).json(next).send().await.expect_error(409, "ended");
        let kept = world.get(&format!("/action-plans/{}", id_of(&plan))).by("handler").send().await.expect(200);
        assert_eq!(kept["from_template"]["number"], 1);
        let other = world.analysed(problem_body()).await;
        assert_eq!(world.plan_from(plan_body(&other, &first)).await.expect_error(422, "invalid"), ["/from_template unknown_reference"]);
        // Lists: the latest of each; those for any category fit every one.
        let list = |who: &'static str, query: String| { let call = world.get(&format!("/plan-templates?{query}")).by(who); async move { call.send().await.expect(200) } };
        let one = list("handler", "audience=enterprise&category=E03&nature=institutional&with_total=true".to_owned()).await;
        assert_eq!((&one["total"], &one["items"][0]["id"]), (&json!(1), &second["id"]));
        assert_eq!(list("handler", format!("series_id={}", id_of(&first))).await["items"].as_array().unwrap().len(), 2);
        assert_eq!(list("handler", "audience=masses".to_owned()).await["items"], json!([]));
        let ended = world.post(&format!("/plan-templates/{}/end", id_of(&second))).by("admin").at(&second["version"]).json(json!({ "reason": "政策已调整" })).send().await.expect(200);
        assert_eq!(ended["end_reason"], "政策已调整");
        assert_eq!(list("handler", String::new()).await["items"], json!([]));
        assert_eq!(world.plan_from(plan_body(&other, &second)).await.expect_error(422, "invalid"), ["/from_template unknown_reference"]);
        assert_eq!(world.event_types(id_of(&first)).await, ["plan_template.created", "plan_template.replaced", "plan_template.ended"]);
    }

    async fn a_template_is_for_its_division_and_audience(world: World) {
        let mut faults = world.template("dispatcher", with(template_body(), json!({
            "division": "330521", "category": "M02", "measures": [{ "type": "nothing", "text": "办" }],
        }))).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/category other_audience", "/division unknown_reference", "/measures/0/type unknown_reference"]);
        let empty = with(template_body(), json!({ "measures": [{ "type": "implement_policy", "text": "兑现" }], "steps": [] }));
        assert_eq!(world.template("dispatcher", empty).await.expect_error(422, "invalid"), ["/measures/0/policy_ref required"]);
        let nothing = with(template_body(), json!({ "measures": [], "steps": [] }));
        assert_eq!(world.template("dispatcher", nothing).await.expect_error(422, "invalid"), ["/steps needs_one_of"]);
        for who in ["handler", "head", "officer", "supervisor"] {
            world.template(who, template_body()).await.expect_error(403, "forbidden");
        }
        // The province's is for Yiwu too, but not Yiwu's to keep; Deqing's is not there.
        let province = world.template("province-admin", template_body()).await.expect(201);
        let deqing = world.template("deqing-dispatcher", template_body()).await.expect(201);
        let masses = world.template("dispatcher", with(template_body(), json!({ "audience": "masses", "category": null }))).await.expect(201);
        let end = |template: &Value| {
            let path = format!("/plan-templates/{}/end", id_of(template));
            world.post(&path).by("dispatcher").at(&template["version"]).json(json!({ "reason": "不用" }))
        };
        end(&province).send().await.expect_error(403, "forbidden");
        end(&deqing).send().await.expect_error(404, "not_found");
        world.get(&format!("/plan-templates/{}", id_of(&deqing))).by("handler").send().await.expect_error(404, "not_found");
        let enterprise = world.enterprise("浙江示例纺织有限公司").await;
        let about = || with(problem_body(), json!({ "object_id": enterprise["id"] }));
        let problems = [world.analysed(about()).await, world.analysed(about()).await];
        let ids: Vec<&Value> = problems.iter().map(|problem| &problem["id"]).collect();
        let plan = |template: &Value| {
            let mut body = with(plan_body(&problems[0], template), json!({ "kind": "one_enterprise_one_policy", "object_id": enterprise["id"], "problem_ids": ids }));
            body.as_object_mut().unwrap().remove("discussion");
            body
        };
        assert_eq!(world.plan_from(plan(&deqing)).await.expect_error(422, "invalid"), ["/from_template unknown_reference"]);
        assert_eq!(world.plan_from(plan(&masses)).await.expect_error(422, "invalid"), ["/from_template other_audience"]);
        let made = world.plan_from(plan(&province)).await.expect(201);
        assert_eq!(made["steps"].as_array().unwrap().len(), 2, "a step for each problem");
        assert_eq!(world.submit(&made, Value::Null).await.expect_error(422, "invalid"), ["/template_unchanged_reason required"]);
    }
}

//! Outputs and cases, through the router.

use serde_json::{Value, json};

use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::{problem_body, with};
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

fn policy() -> Value {
    json!({
        "kind": "policy", "title": "关于优化高层次人才子女入学服务的办法", "document_no": "示例〔2019〕3号", "effective_on": "2019-03-01",
        "summary": "统一受理、一次办结。",
    })
}

impl World {
    async fn output(&self, who: &str, body: Value) -> Answer {
        self.post("/outputs").by(who).json(body).send().await
    }

    async fn keep_output(&self, who: &str, output: &Value, action: &str, body: Value) -> Answer {
        let path = format!("/outputs/{}", id_of(output));
        let now = self.get(&path).by("supervisor").send().await.expect(200);
        let call = if action.is_empty() {
            self.patch(&path)
        } else {
            self.post(&format!("{path}/{action}"))
        };
        let call = call.by(who).at(&now["version"]);
        if body.is_null() { call } else { call.json(body) }.send().await
    }
}

on_both! {
    async fn s47_an_output_is_entered_for_its_problems_and_holds_no_personal_data(world: World) {
        let enterprise = world.enterprise("浙江示例机械有限公司").await;
        let problem = world.assigned(with(problem_body(), json!({ "object_id": enterprise["id"] }))).await;
        let answer = world.output("handler", with(policy(), json!({ "problem_ids": [problem["id"]] }))).await;
        assert!(answer.headers["location"].starts_with("/api/v1/outputs/") && answer.headers["etag"].starts_with("\"1-"));
        let output = answer.expect(201);
        assert_eq!((&output["issuing_org"]["id"], &output["published"], &output["problem_count"]), (&json!(seed::org("yiwu-hr")), &json!(false), &json!(1)));
        assert_eq!((&output["audience"], &output["category"]["code"], &output["problems"][0]["tracking_no"]), (&json!("enterprise"), &json!("E01"), &problem["tracking_no"]));
        assert_eq!(world.event_types(id_of(&output)).await, ["output.entered"]);
        assert!(world.event_types(id_of(&problem)).await.contains(&"problem.output_entered".to_owned()));
        // Every fault at once: numbers by which somebody is known, names of the object and of the reporter, what is
        // missing.
        let personal = json!({ "kind": "rule", "title": "浙江示例机械有限公司入学办法", "summary": "请联系浙江示例纺织有限公司张工，电话138 1234 5678。", "problem_ids": [problem["id"]] });
        let mut faults = world.output("handler", personal.clone()).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/document_no required", "/effective_on required", "/summary phone_number_not_accepted"]);
        let named = with(personal.clone(), json!({ "kind": "case", "summary": "浙江示例纺织有限公司已办结。" }));
        let mut faults = world.output("handler", named).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/summary firm_named", "/title firm_named"]);
        let number = with(policy(), json!({ "title": "办法 13812345678", "summary": "经办人11010519491231002X，热线0571-87654321" }));
        let mut faults = world.output("handler", number).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/summary id_number_not_accepted", "/summary phone_number_not_accepted", "/title phone_number_not_accepted"]);
        let lost = with(policy(), json!({
            "problem_ids": [seed::org("yiwu-hr")], "theme_id": seed::org("yiwu-hr"), "issuing_org_id": seed::org("yiwu-finance"), "category": "nothing",
        }));
        let mut faults = world.output("handler", lost).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/category unknown_reference", "/issuing_org_id unknown_reference", "/problem_ids/0 unknown_reference", "/theme_id unknown_reference"]);
        for who in ["officer", "leader", "supervisor", "reporter"] {
            world.output(who, policy()).await.expect_error(403, "forbidden");
        }
    }

    async fn an_output_is_kept_by_who_issues_it_and_published_by_the_dispatcher(world: World) {
        let problem = world.assigned(problem_body()).await;
        let output = world.output("handler", with(policy(), json!({ "problem_ids": [problem["id"]] }))).await.expect(201);
        let path = format!("/outputs/{}", id_of(&output));
        // Every official reads it; its problems as far as he sees them.
        let elsewhere = world.get(&path).by("deqing-officer").send().await.expect(200);
        assert_eq!((&elsewhere["problem_count"], &elsewhere["problems"], &elsewhere["allowed_actions"]), (&json!(1), &json!([]), &json!([])));
        world.get(&path).by("reporter").send().await.expect_error(403, "forbidden");
        // Changed by merge patch: all that was said still holds afterwards.
        world.patch(&path).by("head").json(json!({ "title": "办法" })).send().await.expect_error(428, "precondition_required");
        world.patch(&path).by("head").at(&json!(9)).json(json!({ "title": "办法" })).send().await.expect_error(412, "precondition_failed");
        for who in ["finance-handler", "study-handler", "deqing-dispatcher"] {
            world.keep_output(who, &output, "", json!({ "title": "办法" })).await.expect_error(403, "forbidden");
        }
        let bad = json!({ "document_no": null, "summary": "浙江示例纺织有限公司，13812345678", "category": "M02" });
        let mut faults = world.keep_output("head", &output, "", bad).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/category other_audience", "/document_no required", "/summary firm_named", "/summary phone_number_not_accepted"]);
        let same = world.keep_output("head", &output, "", json!({ "title": output["title"] })).await.expect(200);
        assert_eq!(same["version"], 1);
        let changed = world.keep_output("head", &output, "", json!({ "effective_on": "2019-04-01" })).await.expect(200);
        assert_eq!((&changed["effective_on"], &changed["version"]), (&json!("2019-04-01"), &json!(2)));
        // Published by the dispatcher of its division, once.
        world.keep_output("head", &output, "publish", Value::Null).await.expect_error(403, "forbidden");
        world.keep_output("deqing-dispatcher", &output, "publish", Value::Null).await.expect_error(403, "forbidden");
        assert_eq!(world.keep_output("dispatcher", &output, "publish", Value::Null).await.expect(200)["published"], true);
        world.keep_output("dispatcher", &output, "publish", Value::Null).await.expect_error(409, "transition_not_allowed");
        assert_eq!(world.keep_output("province-dispatcher", &output, "unpublish", Value::Null).await.expect(200)["published"], false);
        world.keep_output("dispatcher", &output, "publish", Value::Null).await.expect(200);
        let ended = world.keep_output("handler", &output, "end", json!({ "reason": "已被取代" })).await.expect(200);
        assert_eq!((&ended["published"], &ended["end_reason"]), (&json!(false), &json!("已被取代")));
        world.keep_output("handler", &output, "", json!({ "title": "办法" })).await.expect_error(409, "ended");
        world.keep_output("dispatcher", &output, "publish", Value::Null).await.expect_error(409, "ended");
        let expected = ["output.entered", "output.updated", "output.published", "output.unpublished", "output.published", "output.ended"];
        assert_eq!(world.event_types(id_of(&output)).await, expected);
        assert_eq!(world.get("/outputs").by("officer").send().await.expect(200)["items"], json!([]));
        assert_eq!(world.get("/outputs?include_ended=true").by("officer").send().await.expect(200)["items"][0]["id"], output["id"]);
    }

    async fn solved_cases_travel_and_name_nobody(world: World) {
        let (open, solved) = (world.assigned(problem_body()).await, world.assigned(problem_body()).await);
        let case = world.output("handler", json!({ "kind": "case", "title": "入学一次办结", "summary": "联审联办。", "problem_ids": [open["id"]] })).await.expect(201);
        let rule = with(policy(), json!({ "kind": "rule", "problem_ids": [solved["id"]] }));
        let rule = world.output("handler", rule).await.expect(201);
        let plain = world.output("dispatcher", with(policy(), json!({ "audience": "grassroots" }))).await.expect(201);
        let cases = |query: &str| { let call = world.get(&format!("/cases?{query}")).by("deqing-officer"); async move { call.send().await.expect(200) } };
        let ids = |page: &Value| -> Vec<Value> { page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect() };
        assert_eq!(ids(&cases("").await), Vec::<Value>::new(), "nothing is solved by what came of an open problem alone");
        for problem in [&open, &solved] {
            world.put_into(problem, "closed").await;
        }
        assert_eq!(ids(&cases("").await), Vec::<Value>::new(), "nor while nobody has confirmed it");
        for (confirmed, erased) in [(true, true), (true, false)] {
            let mut tx = world.app.db.begin().await.unwrap();
            for problem in [&open, &solved] {
                sql("UPDATE cycle SET confirmed_via = CASE WHEN $1 THEN 'account' END WHERE problem_id = $2")
                    .bind(confirmed).bind(id_of(problem)).run(&mut tx).await.unwrap();
                sql("UPDATE problem SET erased_at = CASE WHEN $1 THEN recorded_at END WHERE id = $2")
                    .bind(erased).bind(id_of(problem)).run(&mut tx).await.unwrap();
            }
            tx.commit().await.unwrap();
            assert_eq!(ids(&cases("").await).is_empty(), erased);
        }
        let all = cases("with_total=true").await;
        assert_eq!((ids(&all), &all["total"]), (vec![rule["id"].clone(), case["id"].clone()], &json!(2)));
        assert_eq!((&all["items"][0]["solved"], &all["items"][0]["causes"][0]["code"]), (&json!(1), &json!("schooling")));
        let said = all.to_string();
        for hidden in ["浙江示例纺织有限公司", "两位博士", "13900000001", "139****0001", "人才子女入学\"", solved["tracking_no"].as_str().unwrap(), solved["id"].as_str().unwrap()] {
            assert!(!said.contains(hidden), "{hidden}");
        }
        // Page by page, and narrowed.
        let first = cases("limit=1").await;
        let second = cases(&format!("limit=1&cursor={}", first["next_cursor"].as_str().unwrap())).await;
        assert_eq!((ids(&first), ids(&second), &second["next_cursor"]), (vec![rule["id"].clone()], vec![case["id"].clone()], &Value::Null));
        assert_eq!(ids(&cases("category=E01&audience=enterprise&cause=schooling").await).len(), 2);
        assert_eq!(ids(&cases("cause=industry_mismatch").await).len() + ids(&cases("audience=masses").await).len() + ids(&cases("category=E03").await).len(), 0);
        world.get("/cases").by("reporter").send().await.expect_error(403, "forbidden");
        // Outputs are listed whatever they came of.
        let outputs = |who: &'static str, query: String| { let call = world.get(&format!("/outputs?{query}")).by(who); async move { call.send().await.expect(200) } };
        let listed = outputs("deqing-officer", "with_total=true".to_owned()).await;
        assert_eq!((ids(&listed), &listed["total"]), (vec![plain["id"].clone(), rule["id"].clone(), case["id"].clone()], &json!(3)));
        assert_eq!(ids(&outputs("officer", "kind=rule&category=E01&published=false".to_owned()).await), [rule["id"].clone()]);
        assert_eq!(ids(&outputs("officer", format!("issuing_org_id={}", seed::org("yiwu-office"))).await), [plain["id"].clone()]);
        assert_eq!(ids(&outputs("dispatcher", format!("problem_id={}", id_of(&open))).await), [case["id"].clone()]);
        assert_eq!(ids(&outputs("deqing-officer", format!("problem_id={}", id_of(&open))).await).len(), 0, "of a problem that he does not see");
    }

    async fn s80_an_output_names_nobody_of_its_theme_however_it_is_written(world: World) {
        let code = |body: &str| crate::service_objects::uscc::Uscc::complete(body).expect("a code").to_string();
        let (own, other) = (code("91330782MA28XXXX1"), code("91330782MA28YYYY1"));
        let object = json!({ "type": "enterprise", "name": "浙江示例机械有限公司", "division": "330782", "address": "稠州北路9999号", "enterprise": { "uscc": own } });
        let object = world.post("/service-objects").by("officer").json(object).send().await.expect(201);
        let problem = world.assigned(with(problem_body(), json!({ "object_id": object["id"] }))).await;
        let theme = json!({ "title": "引进人才子女入学难", "problem_ids": [problem["id"]] });
        let theme = world.post("/themes").by("handler").json(theme).send().await.expect(201);
        let case = |summary: &str| json!({ "kind": "case", "title": "入学一次办结", "summary": summary });
        let of_theme = |summary: &str| with(case(summary), json!({ "theme_id": theme["id"] }));
        for (summary, fault) in [
            ("浙江 示例纺织 有限公司已办结。", "firm_named"), ("示例机械率先试行。", "firm_named"), ("在稠州北路9999号试点。", "personal_address"),
            (&format!("试点企业 {own}"), "credit_code_in_text"), (&format!("另一家 {other}"), "credit_code_in_text"),
        ] {
            let faults = world.output("handler", of_theme(summary)).await.expect_error(422, "invalid");
            assert_eq!(faults, [format!("/summary {fault}")], "{summary}");
        }
        let faults = world.output("handler", case(&format!("另一家 {other}"))).await.expect_error(422, "invalid");
        assert_eq!(faults, ["/summary credit_code_in_text"], "a code is a firm's, whosesoever");
        // It comes to the theme later: by a change, or by what the theme gathers before it is published.
        let loose = world.output("handler", case("示例机械率先试行。")).await.expect(201);
        let moved = world.keep_output("handler", &loose, "", json!({ "theme_id": theme["id"] })).await;
        assert_eq!(moved.expect_error(422, "invalid"), ["/summary firm_named"]);
        let empty = world.post("/themes").by("handler").json(json!({ "title": "用工难" })).send().await.expect(201);
        let early = world.output("handler", with(case("示例轴承率先试行。"), json!({ "theme_id": empty["id"] }))).await.expect(201);
        let bearings = world.enterprise("浙江示例轴承有限公司").await;
        let joined = world.assigned(with(problem_body(), json!({ "object_id": bearings["id"] }))).await;
        let members = json!({ "problem_ids": [joined["id"]] });
        world.post(&format!("/themes/{}/problems", id_of(&empty))).by("handler").json(members).send().await.expect(200);
        let published = world.keep_output("dispatcher", &early, "publish", Value::Null).await;
        assert_eq!(published.expect_error(422, "invalid"), ["/summary firm_named"]);
        let clean = world.output("handler", of_theme("一家企业率先试行。")).await.expect(201);
        world.keep_output("dispatcher", &clean, "publish", Value::Null).await.expect(200);
    }

    async fn s80_a_problem_that_joins_a_theme_is_compared_with_what_is_published_of_it(world: World) {
        let plain = world.assigned(problem_body()).await;
        let theme = world.post("/themes").by("handler").json(json!({ "title": "用工难", "problem_ids": [plain["id"]] })).send().await.expect(201);
        let case = json!({ "kind": "case", "title": "入学一次办结", "summary": "示例轴承率先试行，赵女士带头。", "theme_id": theme["id"] });
        let case = world.output("handler", case).await.expect(201);
        world.keep_output("dispatcher", &case, "publish", Value::Null).await.expect(200);
        let bearings = world.enterprise("浙江示例轴承有限公司").await;
        let reporter = json!({ "kind": "person", "display_name": "赵女士", "phone": "13800001234", "anonymity": "named" });
        let named = world.assigned(with(problem_body(), json!({ "object_id": bearings["id"], "reporter": reporter }))).await;
        let clean = world.assigned(problem_body()).await;
        let join = async |ids: Value| {
            let path = format!("/themes/{}/problems", id_of(&theme));
            world.post(&path).by("handler").json(json!({ "problem_ids": ids })).send().await
        };
        let refused = join(json!([clean["id"], named["id"]])).await;
        assert_eq!(refused.json()["outputs"], json!([case["id"]]));
        let mut faults = refused.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/problem_ids/1 firm_named", "/problem_ids/1 personal_name"]);
        let members = world.get(&format!("/themes/{}/problems", id_of(&theme))).by("dispatcher").send().await.expect(200);
        assert_eq!(members["items"].as_array().unwrap().len(), 1, "all or none");
        join(json!([clean["id"]])).await.expect(200);
        // What is published no longer, or says it otherwise, keeps nobody out.
        world.keep_output("dispatcher", &case, "unpublish", Value::Null).await.expect(200);
        join(json!([named["id"]])).await.expect(200);
        let published = world.keep_output("dispatcher", &case, "publish", Value::Null).await;
        let mut faults = published.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/summary firm_named", "/summary personal_name"]);
    }
}

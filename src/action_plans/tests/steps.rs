use serde_json::{Value, json};

use super::{act, add_step, approved, draft, enterprise_plan_body, force, path_of, plan_body, read, step_body, with};
use crate::auth::Role;
use crate::on_both;
use crate::problems::domain::State;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::seed;

fn step_path(plan: &Value, step: &Value) -> String {
    format!("{}/steps/{}", path_of(plan), id_of(step))
}

fn measure() -> Value {
    json!({ "type": "green_channel", "text": "入学绿色通道" })
}

on_both! {
    async fn s67_a_step_without_owner_or_day_is_refused(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, plan_body(&problem)).await;
        let path = format!("{}/steps", path_of(&plan));
        let mut faults = world.post(&path).by("handler").json(json!({ "text": "办" })).send().await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/due_on required", "/expected_result required", "/owner_id required"]);
        let wrong = with(step_body(), json!({ "due_on": "2018-12-31", "owner_id": problem["id"] }));
        let mut faults = world.post(&path).by("handler").json(wrong).send().await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/due_on not_within", "/owner_id unknown_reference"]);
        let answer = world.post(&path).by("handler").json(step_body()).send().await;
        assert!(answer.headers["etag"].starts_with("\"1-"));
        let step = answer.expect(201);
        assert_eq!((&step["owner"]["name"], &step["owner_org"]["name"]), (&json!("示例承办人"), &json!("义乌市人力资源和社会保障局")));
        assert_eq!((&step["cycle_no"], &step["state"], &step["overdue"]), (&json!(1), &json!("open"), &json!(false)));
        assert_eq!(read(&world, "handler", &plan).await["steps"], json!([step]));
        let standing = crate::action_plans::store::standing(&world.app.db, id_of(&problem), 1).await.unwrap();
        assert_eq!((standing.steps, standing.open_steps), (1, vec![id_of(&step)]));
    }

    async fn a_step_of_several_problems_names_its_own(world: World) {
        let enterprise = world.enterprise("浙江示例纺织有限公司").await;
        let about = || world.analysed(with(problem_body(), json!({ "object_id": enterprise["id"] })));
        let (one, two) = (about().await, about().await);
        let plan = draft(&world, enterprise_plan_body(&enterprise, &[&one, &two])).await;
        let path = format!("{}/steps", path_of(&plan));
        assert_eq!(world.post(&path).by("handler").json(step_body()).send().await.expect_error(422, "invalid"), ["/problem_id required"]);
        let named = with(step_body(), json!({ "problem_id": two["id"] }));
        assert_eq!(add_step(&world, "handler", &plan, named.clone()).await["problem"]["tracking_no"], two["tracking_no"]);
        world.force(&two, State::Closed).await;
        world.post(&path).by("handler").json(named).send().await.expect_error(409, "transition_not_allowed");
    }

    async fn what_was_approved_is_changed_by_a_head_alone(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, with(plan_body(&problem), json!({ "steps": [step_body()], "measures": [measure()] }))).await;
        let (step, first) = (step_path(&plan, &plan["steps"][0]), format!("{}/measures/{}", path_of(&plan), id_of(&plan["measures"][0])));
        let change = |who: &str, path: &str, version: i64| world.patch(path).by(who).at(&json!(version)).json(json!({ "text": "改为就近入学" })).send();
        world.patch(&step).by("handler").json(json!({ "text": "改" })).send().await.expect_error(428, "precondition_required");
        change("handler", &step, 9).await.expect_error(412, "precondition_failed");
        let changed = change("handler", &step, 1).await.expect(200);
        assert_eq!((&changed["text"], &changed["version"]), (&json!("改为就近入学"), &json!(2)));
        assert_eq!(change("handler", &step, 2).await.expect(200)["version"], 2, "nothing changed");
        assert_eq!(change("handler", &first, 1).await.expect(200)["version"], 2);
        act(&world, "handler", &plan, "submit", Value::Null).await;
        for path in [&step, &first] {
            change("head", path, 2).await.expect_error(409, "transition_not_allowed");
            world.call(actix_web::http::Method::DELETE, &format!("/api/v1{path}")).by("handler").at(&json!(2)).send().await
                .expect_error(409, "transition_not_allowed");
        }
        act(&world, "head", &plan, "approve", Value::Null).await;
        for path in [&step, &first] {
            change("handler", path, 2).await.expect_error(403, "forbidden");
        }
        let later = json!({ "due_on": "2019-01-21", "owner_id": seed::member("officer2").person });
        let moved = world.patch(&step).by("head").at(&json!(2)).json(later).send().await.expect(200);
        assert_eq!((&moved["due_on"], &moved["owner_org"]["name"]), (&json!("2019-01-21"), &json!("义乌市财政局")));
        let past = world.patch(&step).by("head").at(&json!(3)).json(json!({ "due_on": "2019-01-01" })).send().await;
        assert_eq!(past.expect_error(422, "invalid"), ["/due_on not_within"]);
        world.patch(&first).by("head").at(&json!(2)).json(json!({ "text": "随到随办" })).send().await.expect(200);
        // A handler may still add: the head starts the next cycle, or waives it.
        add_step(&world, "handler", &plan, step_body()).await;
        world.post(&format!("{}/measures", path_of(&plan))).by("handler").json(measure()).send().await.expect(201);
        for state in ["done", "abandoned", "submitted"] {
            force(&world, &plan, state).await;
            world.post(&format!("{}/steps", path_of(&plan))).by("head").json(step_body()).send().await.expect_error(409, "transition_not_allowed");
            world.post(&format!("{}/measures", path_of(&plan))).by("head").json(measure()).send().await.expect_error(409, "transition_not_allowed");
        }
    }

    async fn a_draft_loses_what_is_taken_out_and_keeps_its_record(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, with(plan_body(&problem), json!({ "steps": [step_body()], "measures": [measure()] }))).await;
        let paths = [step_path(&plan, &plan["steps"][0]), format!("{}/measures/{}", path_of(&plan), id_of(&plan["measures"][0]))];
        for path in &paths {
            let delete = || world.call(actix_web::http::Method::DELETE, &format!("/api/v1{path}")).by("handler");
            delete().send().await.expect_error(428, "precondition_required");
            assert_eq!(delete().at(&json!(1)).send().await.status, 204);
            delete().at(&json!(1)).send().await.expect_error(404, "not_found");
        }
        let left = read(&world, "handler", &plan).await;
        assert_eq!((&left["steps"], &left["measures"], &left["counts"]), (&json!([]), &json!([]), &json!({ "steps": 0, "open_steps": 0, "measures": 0 })));
        assert_eq!(world.event_types(id_of(&plan)).await, ["action_plan.drafted", "action_plan.step_removed", "action_plan.measure_removed"]);
        let (kept,): (i64,) = crate::db::sql("SELECT COUNT(*) FROM plan_step WHERE ended_at IS NOT NULL").one(&world.app.db).await.unwrap();
        assert_eq!(kept, 1);
    }

    async fn a_step_is_done_with_its_result_while_the_plan_is_carried_out(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = approved(&world, &problem).await;
        let path = format!("{}/done", step_path(&plan, &plan["steps"][0]));
        let done = |who: &str, body: Value| world.post(&path).by(who).at(&json!(1)).json(body).send();
        done("handler", json!({ "result": "办成" })).await.expect_error(409, "transition_not_allowed");
        force(&world, &plan, "executing").await;
        assert_eq!(done("handler", json!({})).await.expect_error(422, "invalid"), ["/result required"]);
        world.post(&path).by("handler").json(json!({ "result": "办成" })).send().await.expect_error(428, "precondition_required");
        world.app.clock.set("2019-01-19T02:00:00Z".parse().unwrap());
        assert_eq!(read(&world, "handler", &plan).await["steps"][0]["overdue"], true);
        let step = done("handler", json!({ "result": "两个学位已确认" })).await.expect(200);
        assert_eq!((&step["state"], &step["result"], &step["overdue"]), (&json!("done"), &json!("两个学位已确认"), &json!(false)));
        assert_eq!(step["done_by"]["name"], "示例承办人");
        let again = done("handler", json!({ "result": "再办" })).await;
        assert_eq!(again.json()["step_state"], "done");
        again.expect_error(409, "transition_not_allowed");
        let (at,): (crate::clock::Timestamp,) = crate::db::sql("SELECT last_progress_at FROM problem").one(&world.app.db).await.unwrap();
        assert_eq!(at, world.app.clock.now());
        let standing = crate::action_plans::store::standing(&world.app.db, id_of(&problem), 1).await.unwrap();
        assert_eq!((standing.steps, standing.open_steps.len()), (1, 0));
    }

    async fn a_step_is_done_by_its_owner_in_another_organisation_and_by_no_third(world: World) {
        let problem = world.analysed(problem_body()).await;
        let body = with(step_body(), json!({ "owner_id": seed::member("officer2").person }));
        let plan = draft(&world, with(plan_body(&problem), json!({ "steps": [body] }))).await;
        force(&world, &plan, "executing").await;
        let path = format!("{}/done", step_path(&plan, &plan["steps"][0]));
        let done = |token: &str| world.post(&path).header("Authorization", token).at(&json!(1)).json(json!({ "result": "补贴已到账" })).send();
        let (owner, third) = (world.as_other("officer2", Role::Handler, "yiwu-finance"), world.as_other("officer", Role::Handler, "yiwu-government"));
        done(&owner).await.expect_error(404, "not_found");
        world.take_part(&problem, "yiwu-finance", "supporting").await;
        done(&third).await.expect_error(403, "forbidden");
        assert_eq!(done(&owner).await.expect(200)["state"], "done");
    }

    async fn a_step_is_waived_by_a_head_with_a_reason(world: World) {
        let problem = world.analysed(problem_body()).await;
        let draft = draft(&world, with(plan_body(&problem), json!({ "steps": [step_body(), step_body()] }))).await;
        let path = format!("{}/waive", step_path(&draft, &draft["steps"][0]));
        let waive = |who: &str, body: Value| world.post(&path).by(who).at(&json!(1)).json(body).send();
        waive("head", json!({ "reason": "不需要" })).await.expect_error(409, "transition_not_allowed");
        force(&world, &draft, "executing").await;
        waive("handler", json!({ "reason": "不需要" })).await.expect_error(403, "forbidden");
        assert_eq!(waive("head", json!({ "reason": "" })).await.expect_error(422, "invalid"), ["/reason too_short"]);
        let waived = waive("head", json!({ "reason": "学校已直接落实" })).await.expect(200);
        assert_eq!((&waived["state"], &waived["waive_reason"]), (&json!("waived"), &json!("学校已直接落实")));
        let standing = crate::action_plans::store::standing(&world.app.db, id_of(&problem), 1).await.unwrap();
        assert_eq!((standing.steps, standing.open_steps), (2, vec![id_of(&draft["steps"][1])]));
        let events = world.get(&format!("{}/events", path_of(&draft))).by("head").send().await.expect(200);
        let last = events["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["type"], &last["text"]), (&json!("action_plan.step_waived"), &json!("学校已直接落实")));
    }

    async fn s54_a_policy_that_is_implemented_keeps_its_name(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, plan_body(&problem)).await;
        let path = format!("{}/measures", path_of(&plan));
        let add = |body: Value| world.post(&path).by("handler").json(body).send();
        assert_eq!(add(json!({ "type": "implement_policy", "text": "兑现补贴" })).await.expect_error(422, "invalid"), ["/policy_ref required"]);
        assert_eq!(add(json!({ "type": "purchase", "text": "采购" })).await.expect_error(422, "invalid"), ["/type unknown_reference"]);
        let measure = add(json!({ "type": "implement_policy", "text": "兑现补贴", "policy_ref": "示例〔2018〕12号" })).await.expect(201);
        let change = |body: Value| world.patch(&format!("{path}/{}", id_of(&measure))).by("handler").at(&json!(1)).json(body).send();
        assert_eq!(change(json!({ "policy_ref": null })).await.expect_error(422, "invalid"), ["/policy_ref required"]);
        let other = change(json!({ "type": "other", "policy_ref": null })).await.expect(200);
        assert_eq!((&other["type"]["label"], &other["policy_ref"]), (&json!("其他举措"), &Value::Null));
    }
}

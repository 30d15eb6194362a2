use serde_json::{Value, json};

use super::{act, draft, path_of, plan_body, read, step_body, with};
use crate::auth::Role;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::seed;

on_both! {
    async fn s67_a_plan_without_steps_is_not_submitted(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, plan_body(&problem)).await;
        let submit = || world.post(&format!("{}/submit", path_of(&plan))).by("handler");
        submit().send().await.expect_error(428, "precondition_required");
        assert_eq!(submit().at(&plan["version"]).send().await.expect_error(422, "invalid"), ["/steps too_short"]);
        super::add_step(&world, "handler", &plan, step_body()).await;
        submit().at(&plan["version"]).send().await.expect_error(412, "precondition_failed");
        let submitted = act(&world, "handler", &plan, "submit", Value::Null).await;
        assert_eq!((submitted["state"].as_str(), submitted["submitted_by"]["name"].as_str()), (Some("submitted"), Some("示例承办人")));
    }

    async fn a_body_that_may_be_missing_may_be_empty_whatever_it_says_it_is(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, with(plan_body(&problem), json!({ "steps": [step_body()] }))).await;
        let submit = |media_type: &str, body: &'static str| {
            let call = world.post(&format!("{}/submit", path_of(&plan))).by("handler").at(&plan["version"]);
            call.body(media_type, body).send()
        };
        submit("text/plain", "").await.expect_error(415, "unsupported_media_type");
        submit("application/json", "{").await.expect_error(400, "malformed");
        assert_eq!(submit("application/json", "").await.expect(200)["state"], "submitted");
    }

    async fn a_plan_is_approved_by_a_head_or_sent_back_by_one(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, with(plan_body(&problem), json!({ "steps": [step_body()] }))).await;
        act(&world, "handler", &plan, "submit", Value::Null).await;
        for action in ["approve", "send_back"] {
            let call = world.post(&format!("{}/{action}", path_of(&plan))).by("handler").at(&json!(2));
            call.json(json!({ "reason": "不行" })).send().await.expect_error(403, "forbidden");
        }
        let send_back = |body: Value| world.post(&format!("{}/send_back", path_of(&plan))).by("head").at(&json!(2)).json(body).send();
        assert_eq!(send_back(json!({})).await.expect_error(422, "invalid"), ["/reason required"]);
        let back = send_back(json!({ "reason": "没有办成标准" })).await.expect(200);
        assert_eq!((back["state"].as_str(), back["send_back_reason"].as_str()), (Some("draft"), Some("没有办成标准")));
        // The head may have worked it out himself.
        act(&world, "head", &plan, "submit", Value::Null).await;
        let approved = act(&world, "head", &plan, "approve", Value::Null).await;
        assert_eq!((approved["state"].as_str(), approved["approved_by"]["name"].as_str()), (Some("approved"), Some("示例局长")));
        let again = world.post(&format!("{}/approve", path_of(&plan))).by("head").at(&approved["version"]).send().await;
        assert_eq!(again.json()["allowed"], json!(["add_step", "add_measure", "abandon"]));
        again.expect_error(409, "transition_not_allowed");
        assert_eq!(
            world.event_types(id_of(&plan)).await,
            ["action_plan.drafted", "action_plan.submitted", "action_plan.sent_back", "action_plan.submitted", "action_plan.approved"]
        );
        let events = world.get(&format!("{}/events?with_total=true", path_of(&plan))).by("supervisor").send().await.expect(200);
        assert_eq!((&events["items"][2]["text"], &events["total"]), (&json!("没有办成标准"), &json!(5)));
        let acts: Vec<(String,)> = crate::db::sql("SELECT act FROM problem_actor WHERE act = 'analyse' OR act LIKE '%plan' ORDER BY id")
            .all(&world.app.db).await.unwrap();
        let acts: Vec<_> = acts.iter().map(|(act,)| act.as_str()).collect();
        assert_eq!(acts, ["analyse", "plan", "plan", "send_back_plan", "plan", "approve_plan"]);
    }

    async fn a_plan_is_abandoned_with_a_reason_by_who_may(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = super::approved(&world, &problem).await;
        let abandon = |who: &str, body: Value| world.post(&format!("{}/abandon", path_of(&plan))).by(who).at(&plan["version"]).json(body).send();
        assert_eq!(abandon("head", json!({})).await.expect_error(422, "invalid"), ["/reason required"]);
        abandon("handler", json!({ "reason": "不办了" })).await.expect_error(403, "forbidden");
        let ended = abandon("head", json!({ "reason": "企业已自行解决" })).await.expect(200);
        assert_eq!((&ended["state"], &ended["end_reason"], &ended["ended_at"]), (&json!("abandoned"), &json!("企业已自行解决"), &json!("2019-01-10T02:00:00Z")));
        assert_eq!(ended["allowed_actions"], json!([]));
        let standing = crate::action_plans::store::standing(&world.app.db, id_of(&problem), 1).await.unwrap();
        assert_eq!(standing, crate::action_plans::store::Standing::default());
    }

    async fn allowed_actions_are_those_that_the_caller_may_do_now(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, with(plan_body(&problem), json!({ "steps": [step_body()] }))).await;
        let names = |view: &Value| -> Vec<String> {
            view["allowed_actions"].as_array().unwrap().iter().map(|action| action["action"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&plan), ["update", "add_step", "add_measure", "submit", "abandon"]);
        assert_eq!(plan["allowed_actions"][3]["href"], format!("/api/v1{}/submit", path_of(&plan)));
        assert_eq!(names(&plan["steps"][0]), ["update", "remove"]);
        for who in ["dispatcher", "supervisor", "officer"] {
            assert_eq!(names(&read(&world, who, &plan).await), Vec::<String>::new(), "{who}");
        }
        act(&world, "handler", &plan, "submit", Value::Null).await;
        assert_eq!(names(&read(&world, "handler", &plan).await), Vec::<String>::new());
        assert_eq!(names(&read(&world, "head", &plan).await), ["approve", "send_back", "abandon"]);
        // Under a delegation only what it names.
        let mut claims = world.claims(&seed::member("head"), false);
        claims.delegated = Some(vec!["get_action_plan".to_owned(), "approve_action_plan".to_owned()]);
        let token = format!("Bearer {}", world.app.tokens.sign(&claims).unwrap());
        let seen = world.get(&path_of(&plan)).header("Authorization", &token).send().await.expect(200);
        assert_eq!(names(&seen), ["approve"]);
        // A department that only supports sees it and decides nothing.
        world.take_part(&problem, "yiwu-finance", "supporting").await;
        let finance = world.as_other("officer2", Role::Head, "yiwu-finance");
        let approve = world.post(&format!("{}/approve", path_of(&plan))).header("Authorization", &finance).at(&json!(2));
        approve.send().await.expect_error(403, "forbidden");
    }

    async fn of_two_heads_who_decide_at_once_one_does(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, with(plan_body(&problem), json!({ "steps": [step_body()] }))).await;
        act(&world, "handler", &plan, "submit", Value::Null).await;
        let approve = world.post(&format!("{}/approve", path_of(&plan))).by("head").at(&json!(2)).send();
        let back = world.post(&format!("{}/send_back", path_of(&plan))).by("head").at(&json!(2)).json(json!({ "reason": "再议" })).send();
        let (one, other) = futures_util::future::join(approve, back).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(world.event_types(id_of(&plan)).await.len(), 3);
    }

    async fn what_is_outside_the_scope_does_not_exist(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, with(plan_body(&problem), json!({ "steps": [step_body()] }))).await;
        let missing = "/action-plans/019fb0c5-3f8e-7000-8000-0000000000ff";
        let strip = |mut body: Value| {
            (body["request_id"], body["instance"]) = (Value::Null, Value::Null);
            body
        };
        let foreign = world.get(&path_of(&plan)).by("deqing-dispatcher").send().await.expect(404);
        assert_eq!(strip(foreign), strip(world.get(missing).by("deqing-dispatcher").send().await.expect(404)));
        world.get("/action-plans/no-uuid").by("dispatcher").send().await.expect_error(404, "not_found");
        world.get(&format!("{}/events", path_of(&plan))).by("deqing-leader").send().await.expect_error(404, "not_found");
        let other = world.as_other("deqing-officer", Role::Head, "deqing-government");
        for path in ["submit", "approve"] {
            let call = world.post(&format!("{}/{path}", path_of(&plan))).header("Authorization", &other).at(&json!(1));
            call.send().await.expect_error(404, "not_found");
        }
        let step = format!("{}/steps/{}", path_of(&plan), id_of(&plan["steps"][0]));
        let patch = world.patch(&step).header("Authorization", &other).at(&json!(1)).json(json!({ "text": "别的" }));
        patch.send().await.expect_error(404, "not_found");
    }
}

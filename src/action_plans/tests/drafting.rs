use serde_json::{Value, json};

use super::{act, draft, enterprise_plan_body, path_of, plan_body, read, step_body, with};
use crate::analyses::domain::WORKED_AT;
use crate::auth::Role;
use crate::on_both;
use crate::problems::domain::State;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

async fn faults(world: &World, body: Value) -> Vec<String> {
    let answer = world.post("/action-plans").by("handler").json(body).send().await;
    let mut faults = answer.expect_error(422, "invalid");
    faults.sort();
    faults
}

fn without(mut body: Value, fields: &[&str]) -> Value {
    for field in fields {
        body.as_object_mut().expect("an object").remove(*field);
    }
    body
}

async fn problem_about(world: &World, object: &Value) -> Value {
    world
        .analysed(with(problem_body(), json!({ "object_id": object["id"] })))
        .await
}

on_both! {
    async fn s50_one_matter_has_one_problem_and_its_discussion(world: World) {
        let (problem, other) = (world.analysed(problem_body()).await, world.analysed(problem_body()).await);
        assert_eq!(faults(&world, without(plan_body(&problem), &["discussion"])).await, ["/discussion required"]);
        let two = with(plan_body(&problem), json!({ "problem_ids": [problem["id"], other["id"]] }));
        assert_eq!(faults(&world, two).await, ["/problem_ids too_long"]);
        let bound = with(plan_body(&problem), json!({ "object_id": problem["id"] }));
        assert_eq!(faults(&world, bound).await, ["/object_id conflict"]);
        let later = with(plan_body(&problem), json!({ "discussion": { "on": "2019-01-11", "participants": ["教育局"], "conclusion": "办" } }));
        assert_eq!(faults(&world, later).await, ["/discussion/on not_within"]);
        let nobody = with(plan_body(&problem), json!({ "discussion": { "on": "2019-01-10", "participants": [" "], "conclusion": "" } }));
        assert_eq!(faults(&world, nobody).await, ["/discussion/conclusion too_short"]);
        let answer = world.post("/action-plans").by("handler").json(plan_body(&problem)).send().await;
        assert!(answer.headers["location"].starts_with("/api/v1/action-plans/") && answer.headers["etag"].starts_with("\"1-"));
        let plan = answer.expect(201);
        assert_eq!((plan["state"].as_str(), plan["version"].as_i64()), (Some("draft"), Some(1)));
        assert_eq!(plan["discussion"], json!({ "on": "2019-01-10", "participants": ["人力社保局", "教育局"], "conclusion": "按人才绿色通道办理" }));
        assert_eq!(plan["problems"][0]["tracking_no"], problem["tracking_no"]);
        assert_eq!(plan["org"]["name"], "义乌市人力资源和社会保障局");
        assert_eq!(read(&world, "handler", &plan).await, plan);
        assert_eq!(world.event_types(id_of(&plan)).await, ["action_plan.drafted"]);
    }

    async fn s50_one_enterprise_has_its_own_problems(world: World) {
        let (enterprise, other) = (world.enterprise("浙江示例纺织有限公司").await, world.enterprise("浙江示例机械有限公司").await);
        let (one, two) = (problem_about(&world, &enterprise).await, problem_about(&world, &enterprise).await);
        let foreign = problem_about(&world, &other).await;
        let body = enterprise_plan_body(&enterprise, &[&one, &two]);
        // Unnamed, it is what the problems are about; a problem about nothing belongs to no enterprise.
        let plain = world.analysed(problem_body()).await;
        let unnamed = |problems: &[&Value]| without(enterprise_plan_body(&enterprise, problems), &["object_id"]);
        assert_eq!(faults(&world, unnamed(&[&plain, &one])).await, ["/problem_ids/0 conflict", "/problem_ids/1 conflict"]);
        assert_eq!(faults(&world, unnamed(&[&one, &plain])).await, ["/problem_ids/1 conflict"]);
        let third = problem_about(&world, &enterprise).await;
        assert_eq!(draft(&world, unnamed(&[&third])).await["object"]["id"], enterprise["id"]);
        let discussed = with(body.clone(), json!({ "discussion": plan_body(&one)["discussion"] }));
        assert_eq!(faults(&world, discussed).await, ["/discussion conflict"]);
        assert_eq!(faults(&world, enterprise_plan_body(&enterprise, &[&one, &foreign])).await, ["/problem_ids/1 conflict"]);
        let twice = with(body.clone(), json!({ "problem_ids": [one["id"], one["id"]] }));
        assert_eq!(faults(&world, twice).await, ["/problem_ids repeated"]);
        let plan = draft(&world, body).await;
        assert_eq!((plan["object"]["name"].as_str(), plan["problems"].as_array().map(Vec::len)), (Some("浙江示例纺织有限公司"), Some(2)));
        assert_eq!((plan["counts"]["steps"].as_i64(), plan["steps"][1]["problem"]["id"].clone()), (Some(2), two["id"].clone()));
    }

    async fn s50_one_enterprise_is_no_household(world: World) {
        let household = json!({ "type": "household", "division": "330782001001", "household": { "alias": "示例农户甲" } });
        let household = world.post("/service-objects").by("officer").json(household).send().await.expect(201);
        let mut body = with(problem_body(), json!({ "object_id": household["id"], "audience": "masses", "category": "M02" }));
        body.as_object_mut().unwrap().remove("division");
        let problem = world.assigned(body).await;
        let analysis = json!({ "horizon": "long", "nature": "operational", "causes": ["other"], "findings": "…", "dimensions": ["gain"] });
        world.post(&format!("/problems/{}/analyses", id_of(&problem))).by("handler").json(analysis).send().await.expect(201);
        assert_eq!(faults(&world, enterprise_plan_body(&household, &[&problem])).await, ["/object_id conflict"]);
    }

    async fn s52_need_blockage_and_pain_point_are_required(world: World) {
        let problem = world.analysed(problem_body()).await;
        let body = without(plan_body(&problem), &["need", "blockage", "pain_point"]);
        assert_eq!(faults(&world, body).await, ["/blockage required", "/need required", "/pain_point required"]);
        let body = with(plan_body(&problem), json!({ "need": "", "blockage": null }));
        assert_eq!(faults(&world, body).await, ["/blockage type", "/need too_short"]);
    }

    async fn s51_one_named_liaison(world: World) {
        let problem = world.analysed(problem_body()).await;
        assert_eq!(faults(&world, without(plan_body(&problem), &["liaison_id"])).await, ["/liaison_id required"]);
        let unknown = with(plan_body(&problem), json!({ "liaison_id": problem["id"] }));
        assert_eq!(faults(&world, unknown).await, ["/liaison_id unknown_reference"]);
        assert_eq!(draft(&world, plan_body(&problem)).await["liaison"]["name"], "示例承办人");
    }

    async fn s45_a_plan_needs_an_analysis_of_each_of_its_problems(world: World) {
        let enterprise = world.enterprise("浙江示例纺织有限公司").await;
        let one = problem_about(&world, &enterprise).await;
        let bare = world.assigned(with(problem_body(), json!({ "object_id": enterprise["id"] }))).await;
        let answer = world.post("/action-plans").by("handler").json(enterprise_plan_body(&enterprise, &[&one, &bare])).send().await;
        assert_eq!(answer.json()["problems"], json!([bare["id"]]));
        answer.expect_error(409, "analysis_missing");
        world.post("/action-plans").by("handler").json(plan_body(&bare)).send().await.expect_error(409, "analysis_missing");
        draft(&world, enterprise_plan_body(&enterprise, &[&one])).await;
    }

    async fn a_problem_stands_in_one_plan_until_that_is_abandoned(world: World) {
        let problem = world.analysed(problem_body()).await;
        let send = || world.post("/action-plans").by("handler").json(plan_body(&problem)).send();
        let answers = futures_util::future::join_all([send(), send(), send()]).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409]);
        let plan = answers.iter().find(|answer| answer.status == 201).unwrap().json();
        let again = send().await;
        assert_eq!((&again.json()["plan"], &again.json()["problem"]), (&plan["id"], &problem["id"]));
        again.expect_error(409, "duplicate");
        act(&world, "handler", &plan, "abandon", json!({ "reason": "另行研究" })).await;
        let next = send().await.expect(201);
        assert_ne!(next["id"], plan["id"]);
        let standing = crate::action_plans::store::standing(&world.app.db, id_of(&problem), 1).await.unwrap();
        assert_eq!(standing.plan, Some(id_of(&next)));
    }

    async fn what_nobody_works_at_is_not_planned(world: World) {
        let problem = world.analysed(problem_body()).await;
        for state in State::ALL {
            world.force(&problem, *state).await;
            let answer = world.post("/action-plans").by("handler").json(plan_body(&problem)).send().await;
            if WORKED_AT.contains(state) {
                let plan = answer.expect(201);
                act(&world, "head", &plan, "abandon", json!({ "reason": "下一个" })).await;
            } else {
                assert_eq!(answer.json()["problem"], problem["id"]);
                answer.expect_error(409, "transition_not_allowed");
            }
        }
    }

    async fn who_does_not_answer_for_every_problem_plans_nothing(world: World) {
        let problem = world.analysed(problem_body()).await;
        for who in ["officer", "dispatcher", "supervisor", "leader", "reporter"] {
            world.post("/action-plans").by(who).json(plan_body(&problem)).send().await.expect_error(403, "forbidden");
        }
        let send = |token: &str| world.post("/action-plans").header("Authorization", token).json(plan_body(&problem)).send();
        let finance = world.as_other("officer2", Role::Handler, "yiwu-finance");
        assert_eq!(send(&finance).await.expect_error(422, "invalid"), ["/problem_ids/0 unknown_reference"]);
        world.take_part(&problem, "yiwu-finance", "supporting").await;
        send(&finance).await.expect_error(403, "forbidden");
        // One of two problems is another organisation's.
        let enterprise = world.enterprise("浙江示例纺织有限公司").await;
        let one = problem_about(&world, &enterprise).await;
        let two = world.post("/problems").by("officer").json(with(problem_body(), json!({ "object_id": enterprise["id"] }))).send().await.expect(201);
        let assign = json!({ "disposition": "follow_up", "lead_org_id": seed::org("yiwu-finance"), "due_on": "2019-01-21", "assign": true });
        let two = world.dispose("dispatcher", &two, assign).await.expect(200);
        let body = enterprise_plan_body(&enterprise, &[&one, &two]);
        assert_eq!(faults(&world, body.clone()).await, ["/problem_ids/1 unknown_reference"]);
        world.take_part(&two, "yiwu-hr", "supporting").await;
        world.post("/action-plans").by("handler").json(body).send().await.expect_error(403, "forbidden");
        send(&world.as_other("leader", Role::Head, "yiwu-government")).await.expect(201);
    }

    async fn s67_a_step_has_an_owner_a_day_and_a_result(world: World) {
        let problem = world.analysed(problem_body()).await;
        let bare = with(plan_body(&problem), json!({ "steps": [{ "text": "办" }] }));
        assert_eq!(faults(&world, bare).await, ["/steps/0/due_on required", "/steps/0/expected_result required", "/steps/0/owner_id required"]);
        let late = with(step_body(), json!({ "due_on": "2019-01-09", "owner_id": problem["id"], "problem_id": problem["category"]["id"] }));
        let body = with(plan_body(&problem), json!({ "steps": [step_body(), late] }));
        assert_eq!(faults(&world, body).await, ["/steps/1/due_on not_within", "/steps/1/owner_id unknown_reference"]);
        let foreign = with(step_body(), json!({ "problem_id": seed::org("yiwu-hr") }));
        assert_eq!(faults(&world, with(plan_body(&problem), json!({ "steps": [foreign] }))).await, ["/steps/0/problem_id unknown_reference"]);
    }

    async fn s54_a_measure_is_of_a_kind_and_names_the_policy_that_it_implements(world: World) {
        let problem = world.analysed(problem_body()).await;
        let measures = json!([{ "type": "implement_policy", "text": "兑现补贴" }, { "type": "no_such", "text": "别的" }]);
        assert_eq!(faults(&world, with(plan_body(&problem), json!({ "measures": measures }))).await, ["/measures/0/policy_ref required"]);
        let unknown = json!([{ "type": "no_such", "text": "别的" }]);
        assert_eq!(faults(&world, with(plan_body(&problem), json!({ "measures": unknown }))).await, ["/measures/0/type unknown_reference"]);
        let all = json!([
            { "type": "build_platform", "text": "人才对接平台" }, { "type": "implement_policy", "text": "兑现补贴", "policy_ref": "示例〔2018〕12号" },
            { "type": "green_channel", "text": "入学绿色通道" }, { "type": "other", "text": "其他" },
        ]);
        let plan = draft(&world, with(plan_body(&problem), json!({ "measures": all }))).await;
        let kinds: Vec<_> = plan["measures"].as_array().unwrap().iter().map(|measure| measure["type"]["label"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["搭建平台", "落实政策", "开通绿色通道", "其他举措"]);
    }

    async fn a_draft_is_changed_and_nothing_else_is(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, with(plan_body(&problem), json!({ "steps": [step_body()] }))).await;
        let patch = |body: Value| world.patch(&path_of(&plan)).by("handler").json(body);
        patch(json!({ "need": "就近入学" })).send().await.expect_error(428, "precondition_required");
        patch(json!({ "need": "就近入学" })).at(&json!(7)).send().await.expect_error(412, "precondition_failed");
        assert_eq!(patch(json!({ "need": null, "state": "done" })).at(&plan["version"]).send().await.expect_error(422, "invalid").len(), 2);
        let faults = patch(json!({ "liaison_id": problem["id"] })).at(&plan["version"]).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/liaison_id unknown_reference"]);
        let same = patch(json!({ "title": plan["title"] })).at(&plan["version"]).send().await.expect(200);
        assert_eq!(same["version"], plan["version"]);
        let changed = patch(json!({ "need": "就近入学" })).at(&plan["version"]).send().await.expect(200);
        assert_eq!((&changed["need"], changed["version"].as_i64()), (&json!("就近入学"), Some(2)));
        act(&world, "handler", &plan, "submit", Value::Null).await;
        let refused = patch(json!({ "need": "别的" })).at(&json!(3)).send().await;
        assert_eq!(refused.json()["allowed"], json!([]));
        refused.expect_error(409, "transition_not_allowed");
    }
}
